using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Second handles of tensors. What a distribution or a transform knows about a tensor, it knows about the tensor's alias too.</summary>
public static class TensorAlias
{
    private static readonly ConditionalWeakTable<Tensor, Tensor> Originals = [];

    /// <summary>A handle that stays valid after the tensor is disposed; it belongs to no dispose scope.</summary>
    /// <param name="tensor">The tensor.</param>
    public static Tensor Of(Tensor tensor)
    {
        Tensor alias = tensor.alias().DetachFromDisposeScope();
        Originals.Add(alias, Original(tensor));
        return alias;
    }

    /// <summary>The tensor that an alias stands for; a tensor that is not an alias stands for itself.</summary>
    /// <param name="tensor">The tensor or alias.</param>
    internal static Tensor Original(Tensor tensor) => Originals.TryGetValue(tensor, out Tensor? original) ? original : tensor;
}
