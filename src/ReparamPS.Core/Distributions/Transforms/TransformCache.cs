using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>The latest input and output of a transform. It compares tensors by identity, and returns a view of the other tensor of the pair, which it keeps alive.</summary>
internal sealed class TransformCache
{
    private readonly object gate = new();
    private WeakReference<Tensor>? input, output;
    private Tensor? heldInput, heldOutput;

    public void Remember(Tensor x, Tensor y)
    {
        lock (gate)
        {
            heldInput?.Dispose();
            heldOutput?.Dispose();
            (input, output) = (new WeakReference<Tensor>(TensorAlias.Original(x)), new WeakReference<Tensor>(TensorAlias.Original(y)));
            (heldInput, heldOutput) = (x.alias().DetachFromDisposeScope(), y.alias().DetachFromDisposeScope());
        }
    }

    public Tensor? OutputOf(Tensor x)
    {
        lock (gate)
        {
            if (!Is(input, x)) return null;
            Tensor y = heldOutput!.alias();
            output = new WeakReference<Tensor>(y);
            return y;
        }
    }

    public Tensor? InputOf(Tensor y)
    {
        lock (gate)
        {
            if (!Is(output, y)) return null;
            Tensor x = heldInput!.alias();
            input = new WeakReference<Tensor>(x);
            return x;
        }
    }

    private static bool Is(WeakReference<Tensor>? reference, Tensor tensor) => reference is not null && reference.TryGetTarget(out Tensor? target) && ReferenceEquals(target, TensorAlias.Original(tensor));
}
