using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// The derivatives of draws in their parameters, −(∂F/∂θ) / p (Figurnov, Mohamed, Mnih 2018), in tensor operations that never wait for a device, in float64, to about 1e-9. ∂F/∂θ is the integral
/// of p ∂ log p / ∂θ over the side of the draw on which the density decreases, so that nothing cancels.
/// </summary>
internal static class ImplicitSlopes
{
    private const double Tiny = 1e-300;

    /// <summary>dx / da of Gamma(a, 1) draws.</summary>
    public static Tensor Gamma(Tensor a, Tensor draw)
    {
        using var scope = NewDisposeScope();
        Tensor x = draw.clamp_min(Tiny), log = x.log(), isBelow = x < a.clamp_min(1), width = (2 / x).sqrt();
        // In t = log x − log draw: a t − x (eᵗ − 1) has these slopes and curvatures at 0.
        Tensor below = (a - x).clamp_min(0) + 1 / (1 / minimum(a, x) + width), above = (x - a).clamp_min(0) + 1 / (width + 1 / x).log1p();
        Tensor sign = TensorChoice.Where(isBelow, -1, ones_like(x)), digamma = a.digamma();
        Tensor integral = HalfLineRule.Integrals(TensorChoice.Where(isBelow, below, above), r =>
        {
            Tensor t = sign.unsqueeze(-1) * r;
            return [(a.unsqueeze(-1) * t - x.unsqueeze(-1) * t.expm1()).exp() * (t + (log - digamma).unsqueeze(-1))];
        })[0];
        return (sign * x * integral).MoveToOuterDisposeScope();
    }

    /// <summary>The derivatives in a and b of the log-odds of Beta(a, b) draws.</summary>
    public static (Tensor A, Tensor B) Beta(Tensor logOdds, Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        // From above the mode, 1 − x is below its mode.
        Tensor isBelow = logOdds < a.log() - b.log(), l = TensorChoice.Where(isBelow, logOdds, -logOdds);
        Tensor p = TensorChoice.Where(isBelow, a, b), q = TensorChoice.Where(isBelow, b, a), x = l.sigmoid(), y = (-l).sigmoid(), total = (a + b).digamma();
        Tensor rate = (p * y - q * x).clamp_min(0) + 1 / (1 / p + (2 / ((a + b) * x * y).clamp_min(Tiny)).sqrt());
        Tensor shiftP = TensorFunctions.LogSigmoid(l) - p.digamma() + total, shiftQ = TensorFunctions.LogSigmoid(-l) - q.digamma() + total;
        Tensor[] integrals = HalfLineRule.Integrals(rate, r =>
        {
            // log(1 − x) falls by this from the draw to the point r below it.
            Tensor rise = (x.unsqueeze(-1) * (-r).expm1()).log1p(), density = (p.unsqueeze(-1) * (-r - rise) - q.unsqueeze(-1) * rise).exp();
            return [density * (shiftP.unsqueeze(-1) - r - rise), density * (shiftQ.unsqueeze(-1) - rise)];
        });
        Tensor ofA = TensorChoice.Where(isBelow, -integrals[0], integrals[1]), ofB = TensorChoice.Where(isBelow, -integrals[1], integrals[0]);
        return (ofA.MoveToOuterDisposeScope(), ofB.MoveToOuterDisposeScope());
    }
}
