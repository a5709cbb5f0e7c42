using System.Management.Automation;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Runs when the module is imported.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    /// <summary>Lets scripts use TorchSharp's types before any cmdlet has loaded libtorch.</summary>
    public void OnImport() => NativeLibraries.ServeTorchSharp();
}
