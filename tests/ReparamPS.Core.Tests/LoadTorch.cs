using System.Runtime.CompilerServices;
using ReparamPS.Libraries;
using ReparamPS.Native;
using ReparamPS.Tables;

// TorchSharp lets a number's native copy be finalized while an operation still reads it, if another
// thread collects garbage just then: one test at a time, and (Properties/launchSettings.json) rare collections, make that unlikely.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace ReparamPS.Core.Tests;

/// <summary>Loads the staged native library before a test touches TorchSharp, which would not find it. Files is the referenced assembly, so that tests see its internals.</summary>
internal static class LoadTorch
{
#pragma warning disable CA2255 // The test assembly is an application here.
    [ModuleInitializer]
    internal static void Load()
    {
        FilesAssembly.Use(typeof(TableFiles).Assembly);
        NativeLibraries.LoadTorch();
        // Whichever test of a chart comes first: without it, ScottPlot would look for Skia by its name alone, and never again.
        FileLibraries.LoadSkia();
    }
#pragma warning restore CA2255
}
