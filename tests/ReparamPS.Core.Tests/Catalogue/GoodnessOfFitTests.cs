using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Draws follow the CDF, and the density integrates to it.</summary>
public sealed class GoodnessOfFitTests
{
    private const int Draws = 4000;
    private const double Rounding = 4.5e-16;

    // Gauss–Legendre on [-1, 1], 12 points: the positive abscissas.
    private static readonly double[] Abscissas = [0.1252334085114689, 0.3678314989981802, 0.5873179542866175, 0.7699026741943047, 0.9041172563704749, 0.9815606342467193];
    private static readonly double[] GaussWeights = [0.2491470458134028, 0.2334925365383548, 0.2031674267230659, 0.1600783285433462, 0.1069393259953184, 0.0471753363865118];

    // Kolmogorov–Smirnov: D √n exceeds 2.3 once in 20,000 times; the seeds are fixed, so the verdict is too.
    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Draws_follow_the_CDF(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        using var random = new RandomSource(100 + setting);
        Tensor draws = distribution.Sample([Draws], random).sort().Values;
        Assert.True(distribution.Support.Check(draws).all().item<bool>(), $"{reference}: a draw is outside the support {distribution.Support}.");
        bool isDiscrete = distribution.Support.IsDiscrete;
        double[] values = ManagedValues.ToDoubles(draws), cdf = ManagedValues.ToDoubles(distribution.Cdf(draws));
        double[] before = isDiscrete ? cdf : ManagedValues.ToDoubles(distribution.Cdf(draws - (draws.abs() * Rounding)));
        double[] after = isDiscrete ? cdf : ManagedValues.ToDoubles(distribution.Cdf(draws + (draws.abs() * Rounding)));
        double distance = 0;
        for (int i = 0; i < Draws; i++)
        {
            // Draws can coincide, on the integers or where they underflow: then only the last of them tells. A draw stands for what rounds to it, or is kept off the end of the
            // interval by ε as PyTorch does.
            if (i + 1 < Draws && values[i + 1] == values[i]) continue;
            double observed = (i + 1.0) / Draws;
            distance = Math.Max(distance, Math.Max(before[i] - observed, observed - after[i]));
        }
        Assert.True(distance * Math.Sqrt(Draws) < 2.3, string.Create(CultureInfo.InvariantCulture, $"{reference}: D √n = {distance * Math.Sqrt(Draws):G4}"));
    }

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void The_density_integrates_to_the_CDF(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        double[] quantiles = ManagedValues.ToDoubles(distribution.Icdf(tensor([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 0.99, 0.999, 1 - 1e-4, 1 - 1e-5, 1 - 1e-6]), cancellation: TestContext.Current.CancellationToken));
        double[] heights = ManagedValues.ToDoubles(distribution.LogProb(tensor(quantiles)).exp());
        double[] edges = [.. quantiles.Where((value, i) => distribution.Support.IsDiscrete || IsResolved(value, heights[i])).Distinct()];
        double total, expected;
        if (distribution.Support.IsDiscrete)
        {
            Assert.SkipWhen(edges[^1] - edges[0] > 2e6, "The sum has too many terms.");
            total = distribution.LogProb(arange(edges[0], edges[^1] + 1, 1, ScalarType.Float64)).exp().sum().item<double>();
            expected = distribution.Cdf(tensor(edges[^1])).item<double>() - distribution.Cdf(tensor(edges[0])).item<double>() + distribution.LogProb(tensor(edges[0])).exp().item<double>();
        }
        else
        {
            (double[] nodes, double[] weights) = Rule(edges);
            double[] density = ManagedValues.ToDoubles(distribution.LogProb(tensor(nodes)).exp());
            total = density.Zip(weights, (value, weight) => weight == 0 ? 0 : value * weight).Sum();
            expected = distribution.Cdf(tensor(edges[^1])).item<double>() - distribution.Cdf(tensor(edges[0])).item<double>();
        }
        Assert.True(Math.Abs(total - expected) < 1e-6, string.Create(CultureInfo.InvariantCulture, $"{reference}: the density integrates to {total:R} where the CDF grows by {expected:R}."));
    }

    // Within the range of float64, and not where the CDF jumps between neighbouring numbers.
    private static bool IsResolved(double value, double density) =>
        Math.Abs(value) is > 1e-280 and < 1e280 && (Math.BitIncrement(Math.Abs(value)) - Math.Abs(value)) * density < 1e-8;

    // Gauss–Legendre between neighbouring quantiles; over decades in the logarithm of the distance to 0 (or to 1), as in a gamma density with a small shape.
    private static (double[] Nodes, double[] Weights) Rule(double[] edges)
    {
        if (edges[0] < 0.5 && edges[^1] is > 0.5 and <= 1) edges = [.. edges.Append(0.5).Distinct().Order()];
        List<double> nodes = [], weights = [];
        for (int i = 0; i + 1 < edges.Length; i++)
        {
            double anchor = edges[i] > 0.5 && edges[i + 1] < 1 ? 1 : 0;
            double a = edges[i] - anchor, b = edges[i + 1] - anchor;
            bool logarithmic = Math.Sign(a) * Math.Sign(b) > 0 && Math.Max(Math.Abs(a), Math.Abs(b)) > 3 * Math.Min(Math.Abs(a), Math.Abs(b));
            if (!logarithmic) (a, b, anchor) = (edges[i], edges[i + 1], 0);
            (double from, double to) = logarithmic ? (Math.Log(Math.Abs(a)), Math.Log(Math.Abs(b))) : (a, b);
            int panels = logarithmic ? (int)Math.Clamp(Math.Abs(to - from), 2, 60) : 2;
            double half = (to - from) / panels / 2;
            for (int panel = 0; panel < panels; panel++)
            {
                double middle = from + (half * ((2 * panel) + 1));
                for (int k = 0; k < Abscissas.Length; k++)
                {
                    foreach (int sign in new[] { -1, 1 })
                    {
                        double t = middle + (sign * half * Abscissas[k]), x = logarithmic ? Math.Sign(a) * Math.Exp(t) : t;
                        nodes.Add(anchor + x);
                        weights.Add(GaussWeights[k] * Math.Abs(half) * (logarithmic ? Math.Abs(x) : 1));
                    }
                }
            }
        }
        return ([.. nodes], [.. weights]);
    }
}
