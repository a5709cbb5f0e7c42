using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Runs when the module is imported, so that a tensor shows its numbers even if a script uses TorchSharp before any cmdlet.</summary>
public sealed class ModuleStart : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport() => RuntimeHelpers.RunModuleConstructor(typeof(TensorText).Module.ModuleHandle);
}
