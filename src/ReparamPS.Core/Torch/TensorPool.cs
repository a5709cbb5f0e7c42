using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Tensors that live until the pool is disposed, independent of their dispose scope.</summary>
internal sealed class TensorPool : IDisposable
{
    private readonly List<Tensor> owned = [];

    /// <summary>Takes ownership of a tensor.</summary>
    public Tensor Own(Tensor tensor)
    {
        owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in owned) tensor.Dispose();
        owned.Clear();
    }
}
