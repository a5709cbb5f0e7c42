using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// ∫₀^∞ g(r) dr in tensor operations of fixed number, which never wait for a device: the trapezoidal rule in τ with r = exp(τ − exp(−τ)) / rate (Takahasi, Mori 1974). For functions that are
/// analytic beside the axis and decay like exp(−rate r) or faster, it converges exponentially.
/// </summary>
internal static class HalfLineRule
{
    private const double First = -3.5, Last = 4.3;
    private const int Nodes = 160;

    // Many integrals take their nodes in groups, which bounds the memory.
    private const long MaxElements = 1 << 22;

    /// <summary>The integrals of several functions of one rate.</summary>
    /// <param name="rate">How fast they decay, in float64.</param>
    /// <param name="functions">The functions at points, which have one more dimension than the rate.</param>
    public static Tensor[] Integrals(Tensor rate, Func<Tensor, Tensor[]> functions)
    {
        double step = (Last - First) / (Nodes - 1);
        int group = (int)Math.Clamp(MaxElements / Math.Max(1, rate.numel()), 1, Nodes);
        Tensor[]? sums = null;
        for (int start = 0; start < Nodes; start += group)
        {
            using var scope = NewDisposeScope();
            Tensor at = arange(start, Math.Min(start + group, Nodes), ScalarType.Float64, rate.device) * step + First, decay = (-at).exp();
            Tensor point = (at - decay).exp(), weight = step * point * (1 + decay);
            Tensor[] parts = [.. functions(point / rate.unsqueeze(-1)).Select(value => (value * weight).sum(-1) / rate)];
            sums = [.. parts.Select((part, i) => (sums is null ? part : sums[i] + part).MoveToOuterDisposeScope())];
        }
        return sums!;
    }
}
