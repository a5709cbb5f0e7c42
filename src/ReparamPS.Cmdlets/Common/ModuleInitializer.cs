using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Native;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Runs when the module is imported: scripts may use TorchSharp's types before any cmdlet has loaded libtorch.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    /// <summary>Lets TorchSharp find libtorch, and tensors show their numbers.</summary>
    public void OnImport()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(TensorText).Module.ModuleHandle);
        NativeLibraries.ServeTorchSharp();
    }
}
