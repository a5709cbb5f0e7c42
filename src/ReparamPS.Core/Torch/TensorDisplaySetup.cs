using System.Runtime.CompilerServices;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Tells the module's copy of TorchSharp how tensors show their numbers.</summary>
internal static class TensorDisplaySetup
{
    // Runs before any other code of this assembly: a tensor may be printed before anything else here is used.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        TensorDisplay.Format = tensor => TensorText.Brief((Tensor)tensor);
        TensorDisplay.Numbers = tensor => ManagedValues.ToDoubles((Tensor)tensor);
    }
}
