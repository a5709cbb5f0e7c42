using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// The height h = 1 − cos s of a von Mises–Fisher vector in d dimensions, of density ∝ exp(−κ h) (h (2 − h))^((d − 3) / 2), by quadrature in tensor operations that never wait for a device, in float64.
/// The variable of integration is l = log((2 − h) / h), in which the density exp(−κ h) (h (2 − h))^((d − 1) / 2) has one mode and decays exponentially on both sides.
/// </summary>
/// <param name="dimension">The dimension d, at least 2.</param>
/// <param name="concentration">The concentration κ, in float64.</param>
internal sealed class SphereHeights(long dimension, Tensor concentration)
{
    private const double Tiny = 1e-300;

    private readonly double power = (dimension - 1) / 2.0;

    /// <summary>log ∫ exp(κ (cos s − 1)) sin^(d−2) s ds, and the mean height, which is its derivative in κ with the other sign.</summary>
    public (Tensor LogNormalizer, Tensor Mean) Normalizer()
    {
        using var scope = NewDisposeScope();
        // The mode has cos s = κ / (m + √(m² + κ²)) with m = (d − 1) / 2; 1 − cos s without cancellation.
        Tensor root = (concentration.square() + power * power).sqrt(), sum = power + root;
        Tensor mode = (concentration / sum).log1p() - ((power + power * power / (root + concentration)) / sum).log();
        Tensor x = mode.sigmoid(), y = (-mode).sigmoid();
        Tensor[] up = Integrals(mode, x, y, x > 0), down = Integrals(mode, x, y, x < 0);
        Tensor mass = up[0] + down[0], log = (mass / 2).log() - 2 * concentration * y + power * (4 * x * y).log();
        return (log.MoveToOuterDisposeScope(), ((up[1] + down[1]) / mass).MoveToOuterDisposeScope());
    }

    /// <summary>dh / dκ of drawn heights.</summary>
    /// <param name="height">Draws, whose last dimensions are those of the concentration.</param>
    /// <param name="mean">The mean height at each concentration.</param>
    public Tensor Slope(Tensor height, Tensor mean)
    {
        using var scope = NewDisposeScope();
        Tensor h = height.clamp(Tiny, 2 - 1e-15), l = ((2 - h) / h).log(), x = (2 - h) / 2, y = h / 2;
        // Above the mode in l, the density falls upwards.
        Tensor isUp = 2 * concentration * x * y + power * (y - x) < 0;
        Tensor[] integrals = Integrals(l, x, y, isUp);
        Tensor slope = TensorChoice.Where(isUp, 1, -ones_like(l)) * (mean * integrals[0] - integrals[1]);
        return (-2 * x * y * slope).MoveToOuterDisposeScope();
    }

    // The integrals of the density over that at the start, and of that times the height, to one side.
    private Tensor[] Integrals(Tensor start, Tensor x, Tensor y, Tensor isUp)
    {
        Tensor sign = TensorChoice.Where(isUp, 1, -ones_like(start)), slope = sign * (2 * concentration * x * y + power * (y - x));
        Tensor curvature = (2 * concentration * x * y * (x - y) + 2 * power * x * y).abs().clamp_min(Tiny);
        Tensor rate = (-slope).clamp_min(0) + 1 / (1 / power + (2 / curvature).sqrt());
        Tensor k = concentration.unsqueeze(-1), atX = x.unsqueeze(-1), atY = y.unsqueeze(-1);
        return HalfLineRule.Integrals(rate, r =>
        {
            Tensor step = sign.unsqueeze(-1) * r, ratio = atY + atX * step.exp();
            Tensor density = (2 * k * (atX * atY * step.expm1() / ratio) + power * (step - 2 * ratio.log())).exp();
            return [density, density * (2 * atY / ratio)];
        });
    }
}
