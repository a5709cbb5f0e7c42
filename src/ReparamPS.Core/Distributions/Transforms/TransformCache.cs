using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>The latest input and output of a transform. It compares tensors by identity, and returns a view of the other tensor of the pair, which it keeps alive.</summary>
internal sealed class TransformCache
{
    [ThreadStatic] private static int freezes;

    private readonly object gate = new();
    private WeakReference<Tensor>? input, output;
    private Tensor? heldInput, heldOutput;

    /// <summary>Keeps all pairs on this thread as they are until the result is disposed: a look at values must not replace the pair of a draw.</summary>
    public static IDisposable Freeze()
    {
        freezes++;
        return new Freezing();
    }

    public void Remember(Tensor x, Tensor y)
    {
        if (freezes > 0) return;
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
            if (freezes == 0) output = new WeakReference<Tensor>(y);
            return y;
        }
    }

    public Tensor? InputOf(Tensor y)
    {
        lock (gate)
        {
            if (!Is(output, y)) return null;
            Tensor x = heldInput!.alias();
            if (freezes == 0) input = new WeakReference<Tensor>(x);
            return x;
        }
    }

    private static bool Is(WeakReference<Tensor>? reference, Tensor tensor) => reference is not null && reference.TryGetTarget(out Tensor? target) && ReferenceEquals(target, TensorAlias.Original(tensor));

    private sealed class Freezing : IDisposable
    {
        public void Dispose() => freezes--;
    }
}
