using ReparamPS.Distributions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>The gradient of gamma draws in the concentration, against −(∂P/∂a)/p by the incomplete gamma function's own derivative.</summary>
public sealed class GammaGradientTests
{
    [Theory]
    [InlineData(1e-3), InlineData(0.3), InlineData(1.0), InlineData(2.5), InlineData(12.0), InlineData(39.0), InlineData(41.0), InlineData(500.0), InlineData(1e6)]
    public void Gradients_of_draws_are_right_to_1e_9(double concentration)
    {
        using var scope = NewDisposeScope();
        foreach (long draws in new[] { 2_000L, 30_000L })
        {
            using var random = new RandomSource(5);
            // One concentration for all draws, which takes the table where there are many, and one for each.
            foreach (bool isShared in new[] { true, false })
            {
                Tensor leaf = full(isShared ? [] : [draws], concentration, ScalarType.Float64).requires_grad_();
                Tensor z = new Gamma(leaf, ones([], ScalarType.Float64)).RSample(isShared ? [draws] : [], random);
                double[] values = ManagedValues.ToDoubles(z.detach());
                double[] expected = [.. values.Select(x => x * IncompleteGamma.Evaluate(concentration, x).LogDrawSlope)];
                z.sum().backward();
                if (isShared)
                {
                    Assert.Equal(1, leaf.grad!.item<double>() / expected.Sum(), 1e-9);
                    continue;
                }
                double[] actual = ManagedValues.ToDoubles(leaf.grad!);
                Assert.All(Enumerable.Range(0, values.Length).Where(i => values[i] > 1e-290), i => Assert.Equal(1, actual[i] / expected[i], 1e-9));
            }
        }
    }

    // −(∂P/∂a)/p by mpmath at 40 digits.
    [Theory]
    [InlineData(0.3, 0.05, 0.4947109870041313)]
    [InlineData(2.5, 2.0, 0.9534627029186165)]
    [InlineData(50.0, 60.0, 1.097579585776727)]
    public void Slopes_are_those_of_the_incomplete_gamma_function(double concentration, double x, double slope) =>
        Assert.Equal(1, x * GammaDrawSlope.OfLog(concentration, x) / slope, 1e-11);
}
