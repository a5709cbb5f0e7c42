using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>
/// dz/dθ = −(∂F/∂θ) / p(z) for every draw and every parameter of univariate distributions, ∂F/∂θ by central differences of sixth order of the CDF,
/// which <see cref="ReferenceValueTests"/> ties to the truth. It holds whatever the sampler, so rejection samplers are judged too.
/// </summary>
public sealed class ImplicitGradientTests
{
    private const int Draws = 48;
    private static readonly double[] Weights = [-1.0 / 60, 9.0 / 60, -45.0 / 60, 45.0 / 60, -9.0 / 60, 1.0 / 60];
    private static readonly int[] Offsets = [-3, -2, -1, 1, 2, 3];

    [Theory, MemberData(nameof(Cases.UnivariateReparameterized), MemberType = typeof(Cases))]
    public void Gradients_of_draws_obey_the_implicit_identity(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, batch: [Draws], requiresGrad: true);
        using var random = new RandomSource(20 + setting);
        Tensor draws = made.Value.RSample([], random);
        draws.sum().backward();
        Tensor z = draws.detach();
        double[] values = ManagedValues.ToDoubles(z), density = ManagedValues.ToDoubles(made.Value.LogProb(z).exp());
        double[] lower = ManagedValues.ToDoubles(made.Value.Cdf(z)), upper = ManagedValues.ToDoubles(made.Value.Survival(z));
        bool[] usable = [.. values.Select((value, i) => IsUsable(value, Math.Min(lower[i], upper[i]), density[i]))];
        List<string> wrong = [];
        foreach ((string path, Tensor leaf) in made.Leaves.Where(pair => IsReparameterized(reference.File.Type, pair.Key)))
        {
            Assert.True(leaf.grad is not null, $"{reference}: no gradient reaches {path}.");
            double[] gradient = ManagedValues.ToDoubles(leaf.grad!);
            int components = gradient.Length / Draws;
            for (int component = 0; component < components; component++)
            {
                (double[] slope, double[] noise) = CdfSlope(reference, path, component, z, upper);
                for (int i = 0; i < Draws; i++)
                {
                    if (!usable[i] || double.IsNaN(slope[i])) continue;
                    double expected = -slope[i] / density[i], actual = gradient[(i * components) + component];
                    if (Math.Abs(actual - expected) <= (reference.Tolerance("gradient", 1e-6) * Math.Abs(expected)) + (noise[i] / density[i])) continue;
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"d z/d {path}[{component}] at z = {values[i]:R} (F = {lower[i]:G6}) is {actual:R}, not {expected:R}: {Math.Abs((actual - expected) / expected):E1}"));
                }
            }
        }
        Assert.True(wrong.Count == 0, $"{reference}\n{string.Join("\n", wrong)}");
    }

    // Not far in a tail, and not where neighbouring float64 numbers have different tails, as just below 1 in a relaxed Bernoulli.
    private static bool IsUsable(double value, double tail, double density) =>
        tail > 1e-3 && Math.Abs(value) > 1e-280 && density > 1e-280 && Math.BitIncrement(Math.Abs(value)) - Math.Abs(value) < 1e-9 * tail / density;

    private static bool IsReparameterized(DistributionType type, string path) =>
        type.Parameters.First(parameter => parameter.Name == path.Split('.')[0]).IsReparameterized;

    // One step for every draw: so small that the CDF moves by a hundredth or less, so large that rounding does not show. The smaller of F and 1 − F is differenced.
    private static (double[] Slope, double[] Noise) CdfSlope(ReferenceSetting reference, string path, int component, Tensor z, double[] upper)
    {
        bool[] useSurvival = [.. upper.Select(tail => tail < 0.5)];
        double[] steps = new double[Draws];
        Tensor? parameter = null;
        double[] at = Tails(0);
        double[] original = Component(parameter!, component);
        for (int i = 0; i < Draws; i++) steps[i] = original[i] == 0 ? 0.02 : 0.02 * Math.Abs(original[i]);
        for (int halving = 0; halving < 60; halving++)
        {
            double[] near = Tails(3), far = Tails(-3);
            bool changed = false;
            for (int i = 0; i < Draws; i++)
            {
                if (Math.Abs(near[i] - at[i]) <= 0.05 * at[i] && Math.Abs(far[i] - at[i]) <= 0.05 * at[i]) continue;
                steps[i] /= 2;
                changed = true;
            }
            if (!changed) break;
        }
        // Two step sizes: they differ by what a kink of the CDF (a Laplace's) or rounding does to the formula.
        double[] coarse = Slope();
        for (int i = 0; i < Draws; i++) steps[i] /= 4;
        double[] fine = Slope();
        return (fine, [.. fine.Select((value, i) => Math.Abs(value - coarse[i]) + (1e-13 * at[i] / steps[i]))]);

        double[] Slope()
        {
            double[] sum = new double[Draws];
            for (int k = 0; k < Offsets.Length; k++)
            {
                double[] tail = Tails(Offsets[k]);
                for (int i = 0; i < Draws; i++) sum[i] += Weights[k] * tail[i];
            }
            return [.. sum.Select((value, i) => (useSurvival[i] ? -1 : 1) * value / steps[i])];
        }

        double[] Tails(int offset)
        {
            using var scope = NewDisposeScope();
            Distribution shifted;
            try
            {
                shifted = ReferenceDistribution.Make(reference.File, reference.Parameters, batch: [Draws], change: (at, leaf) => at == path ? Shift(leaf, offset) : leaf).Value;
            }
            catch (ParameterConstraintException)
            {
                return [.. Enumerable.Repeat(double.NaN, Draws)];
            }
            double[] low = ManagedValues.ToDoubles(shifted.Cdf(z)), high = ManagedValues.ToDoubles(shifted.Survival(z));
            return [.. low.Select((value, i) => useSurvival[i] ? high[i] : value)];
        }

        Tensor Shift(Tensor leaf, int offset)
        {
            parameter ??= leaf.clone().MoveToOuterDisposeScope();
            if (offset == 0) return leaf;
            Tensor change = tensor(steps, dtype: ScalarType.Float64) * offset;
            if (leaf.dim() == 1) return leaf + change;
            Tensor wide = zeros_like(leaf);
            wide[.., component] = change;
            return leaf + wide;
        }
    }

    private static double[] Component(Tensor leaf, int component)
    {
        double[] all = ManagedValues.ToDoubles(leaf);
        int width = all.Length / Draws;
        return [.. Enumerable.Range(0, Draws).Select(i => all[(i * width) + component])];
    }
}
