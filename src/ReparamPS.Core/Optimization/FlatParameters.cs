using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Optimization;

/// <summary>
/// Named tensors as views of one flat buffer, so that an optimizer moves all of them at once. Each starts on a cache line; the gaps stay zero.
/// </summary>
internal sealed class FlatParameters : IDisposable
{
    /// <summary>Every tensor starts at a multiple of this, and the buffer's length is one.</summary>
    public const int Alignment = 16;

    private readonly TensorPool pool = new();

    /// <summary>Makes the buffer, all zeros.</summary>
    public FlatParameters(IReadOnlyList<(string Name, long[] Shape)> layout, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long[] offsets = new long[layout.Count];
        long length = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = length;
            length = checked(length + (TensorShapes.Count(layout[i].Shape) + Alignment - 1) / Alignment * Alignment);
        }
        Layout = layout;
        Buffer = pool.Own(zeros(Math.Max(length, Alignment), dtype, device));
        Views = [.. layout.Select((entry, i) => pool.Own(Buffer.narrow(0, offsets[i], TensorShapes.Count(entry.Shape)).view(entry.Shape).detach()))];
    }

    /// <summary>Names and shapes, in the buffer's order.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> Layout { get; }

    /// <summary>All values.</summary>
    public Tensor Buffer { get; }

    /// <summary>The tensors, in the buffer's order; leaves of any graph.</summary>
    public IReadOnlyList<Tensor> Views { get; }

    /// <summary>The last two tensors by name, with their first numbers. Training changes these, while the first weights stay as they are if their pixel is always black.</summary>
    /// <param name="count">Numbers per tensor.</param>
    public string LastText(int count = 4) => Buffer.IsInvalid
        ? "disposed"
        : string.Join(' ', Layout.Zip(Views, (entry, view) => (entry.Name, view)).TakeLast(2).Select(each => $"{each.Name}={ShortText.Numbers(ManagedValues.ToDoubles(each.view), count)}"));

    /// <summary>Scales the buffer, a gradient, so that its norm is at most a limit; 0: no limit.</summary>
    public void ClipNorm(double limit)
    {
        if (limit == 0) return;
        using Tensor norm = Buffer.norm(), scale = (norm + 1e-6).reciprocal_().mul_(limit).clamp_max_(1);
        Buffer.mul_(scale);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();
}
