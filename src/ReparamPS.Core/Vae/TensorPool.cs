using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Tensors of one owner, that live until it is disposed, whatever dispose scope they were made in.</summary>
internal sealed class TensorPool : IDisposable
{
    private readonly List<Tensor> owned = [];

    /// <summary>Takes a tensor over.</summary>
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
