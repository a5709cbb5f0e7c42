using System.Globalization;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// Checks whether the members of a distribution agree with each other: draws with the support, the CDF (or the mass) and the moments; the density with the CDF; the quantiles with the CDF.
/// Omits the checks whose members the distribution lacks. A custom distribution is also checked by <see cref="CustomCheck"/>.
/// </summary>
public sealed class DistributionCheck
{
    // Where a discrete distribution expects fewer events among the draws, their sum is not nearly normal.
    private const double MinEvents = 50;

    // E|d|³ / (E[d²]^1.5 √n) bounds how far a mean is from normal. Beyond this bound, as with heavy tails, a z-test would raise false alarms.
    private const double MaxLyapunovRatio = 0.2, RarestLevel = 1e-12, LevelFactor = 1.3;

    // Also those of a clamp that keeps draws inside.
    private const double Roundings = 4;

    private readonly Distribution distribution;
    private readonly Tensor draws;
    private readonly int count;
    private readonly RandomSeed seed;
    private readonly double level;

    private DistributionCheck(Distribution distribution, Tensor draws, RandomSeed seed, double level) =>
        (this.distribution, this.draws, count, this.seed, this.level) = (distribution, draws, (int)draws.shape[0], seed, level);

    private int Elements => (int)TensorShapes.Count([.. distribution.BatchShape, .. distribution.EventShape]);

    private bool IsUnivariate => distribution.EventShape.Length == 0;

    /// <summary>Runs all checks that apply.</summary>
    /// <param name="distribution">The distribution to check.</param>
    /// <param name="count">The number of draws; at least 100.</param>
    /// <param name="seed">The seed of the draws and its generator.</param>
    /// <param name="level">The probability of a false alarm of each statistical check.</param>
    /// <param name="cancellation">Stops between checks.</param>
    public static IReadOnlyList<DistributionCheckRow> Run(Distribution distribution, int count, RandomSeed seed, double level, CancellationToken cancellation)
    {
        if (count < 100) throw new ArgumentException($"Draws must be at least 100; got {count}.", nameof(count));
        RequireElements(distribution);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var random = seed.Open(distribution.Device);
        var check = new DistributionCheck(distribution, distribution.Sample([count], random), seed, level);
        List<DistributionCheckRow> rows = [];
        foreach (Func<DistributionCheckRow?> each in new[] { check.Support, check.GoodnessOfFit, check.Mean, check.Variance, check.Normalization, check.Quantile })
        {
            cancellation.ThrowIfCancellationRequested();
            if (each() is { } row) rows.Add(row);
        }
        if (distribution is CustomDistribution custom) rows.AddRange(CustomCheck.Run((CustomDistribution)custom.To(custom.Device, ScalarType.Float64), count, seed, level));
        return rows;
    }

    /// <summary>Refuses an empty batch, of which nothing can be checked.</summary>
    internal static void RequireElements(Distribution distribution)
    {
        if (TensorShapes.Count(distribution.BatchShape) == 0)
            throw new ArgumentException($"Distribution must not have an empty batch; {distribution.Name} has batch shape {TensorShapes.Format(distribution.BatchShape)}.", nameof(distribution));
    }

    private DistributionCheckRow? Support()
    {
        Constraint support = distribution.Support;
        Tensor met = support.Check(draws);
        double inside = ManagedValues.ToDoubles(met.to(ScalarType.Float64).mean())[0];
        if (inside == 1) return Row("Support", "every draw", inside, 1, true, "all draws are in the support");
        long outside = met.logical_not().sum().item<long>();
        return Row("Support", "every draw", inside, 1, false, $"{outside} of {met.numel()} drawn values {(outside == 1 ? "is" : "are")} outside the support ({support}); the first is {Violation.FirstOutside(support, draws, met)}");
    }

    private DistributionCheckRow? GoodnessOfFit() => distribution.Support.IsDiscrete ? MassFit() : IsUnivariate ? CdfFit() : DensityFit();

    private DistributionCheckRow? CdfFit()
    {
        if (!distribution.HasCdf || distribution is CustomDistribution) return null;
        (int Element, double Statistic, double PValue) worst = (0, 0, 2);
        (double[] low, double[] high) = LevelsAround(draws);
        for (int element = 0; element < Elements; element++)
        {
            double statistic = TestStatistics.KolmogorovDistance([.. Column(low, element).Order()], [.. Column(high, element).Order()]), pValue = TestStatistics.KolmogorovPValue(statistic, count);
            if (pValue < worst.PValue) worst = (element, statistic, pValue);
        }
        return Fit("Kolmogorov–Smirnov distance of the draws from the CDF", worst.Element, worst.Statistic, worst.PValue, Elements, "distribution");
    }

    private DistributionCheckRow? MassFit()
    {
        if (!distribution.HasLogProb) return null;
        int members = (int)TensorShapes.Count(distribution.BatchShape), size = Elements / members;
        double[] values = ManagedValues.ToDoubles(draws), masses = ManagedValues.ToDoubles(distribution.LogProb(draws).exp());
        (int Member, double Statistic, double PValue) worst = (0, 0, 2);
        for (int member = 0; member < members; member++)
        {
            // Draws of vectors are equal if all their numbers are.
            var keys = Enumerable.Range(0, count).Select(i => size == 1 ? (object)values[(i * members) + member] : string.Join(' ', values.Skip(((i * members) + member) * size).Take(size)));
            (double statistic, double pValue) = ChiSquare(keys, Enumerable.Range(0, count).Select(i => masses[(i * members) + member]));
            if (pValue < worst.PValue) worst = (member, statistic, pValue);
        }
        return Fit("χ² of the draws against the mass", worst.Member, worst.Statistic, worst.PValue, members, "distribution");
    }

    // In float64, since slopes of the density are compared.
    private DistributionCheckRow? DensityFit() => SteinCheck.Of(distribution.To(distribution.Device, ScalarType.Float64), count, seed) is not { } stein ? null
        : Fit("Stein's identity: means of slopes of the log-density over the draws", stein.Member, stein.Mean, stein.PValue, stein.Tests, "density") with { Expected = 0, StandardError = stein.StandardError };

    private DistributionCheckRow Fit(string method, int member, double statistic, double pValue, int tests, string against)
    {
        bool passed = pValue >= level / tests;
        string reason = passed ? $"the draws follow the {against}" : $"the draws do not follow the {against}: {TooSmall(pValue, level, tests)}";
        return Row("GoodnessOfFit", method, statistic, double.NaN, passed, reason) with { Index = TensorShapes.IndexText(member, distribution.BatchShape), PValue = pValue };
    }

    // The CDF before and after the numbers that a value can be rounded from. At an end of the support, much of the mass can round to one number.
    private (double[] Low, double[] High) LevelsAround(Tensor values)
    {
        Tensor reach = values.abs() * (Roundings * TorchTypes.Epsilon(values.dtype)) + 2 * TorchTypes.Tiny(values.dtype), isInfinite = values.isinf();
        Tensor largest = values.sign() * TorchTypes.Largest(values.dtype);
        Tensor low = where(isInfinite, largest.minimum(values), values - reach), high = where(isInfinite, largest.maximum(values), values + reach);
        return (ManagedValues.ToDoubles(distribution.Cdf(low)), ManagedValues.ToDoubles(distribution.Cdf(high)));
    }

    // Rare and missing values together make one cell.
    private (double Statistic, double PValue) ChiSquare(IEnumerable<object> values, IEnumerable<double> masses)
    {
        double statistic = 0, restExpected = count, restSeen = count;
        int cells = 0;
        foreach (var group in values.Zip(masses).GroupBy(pair => pair.First))
        {
            double expected = group.First().Second * count;
            if (expected < 5) continue;
            int seen = group.Count();
            statistic += (seen - expected) * (seen - expected) / expected;
            restExpected -= expected;
            restSeen -= seen;
            cells++;
        }
        if (restExpected >= 5)
        {
            statistic += (restSeen - restExpected) * (restSeen - restExpected) / restExpected;
            cells++;
        }
        return (statistic, TestStatistics.ChiSquarePValue(statistic, Math.Max(0, cells - 1)));
    }

    // Angles have circular moments.
    private DistributionCheckRow? Mean() => !distribution.HasMoments ? null : Moment(
        "Mean", ManagedValues.ToDoubles(distribution.Mean), (value, mean) => distribution.IsCircular ? mean + Math.Sin(value - mean) : value);

    private DistributionCheckRow? Variance() => !distribution.HasMoments ? null : Moment(
        "Variance", ManagedValues.ToDoubles(distribution.Variance), (value, mean) => distribution.IsCircular ? 1 - Math.Cos(value - mean) : (value - mean) * (value - mean));

    private DistributionCheckRow? Moment(string name, double[] expected, Func<double, double, double> term)
    {
        double[] values = ManagedValues.ToDoubles(draws), means = ManagedValues.ToDoubles(distribution.Mean), variances = ManagedValues.ToDoubles(distribution.Variance);
        (int Element, double Actual, double Error, double Z) worst = (-1, 0, 0, -1);
        (double[] quantiles, double[] masses) = MomentRule();
        for (int element = 0; element < Elements; element++)
        {
            if (quantiles.Length > 0 && !IsNearlyNormal([.. quantiles.Where((_, i) => i % Elements == element).Select(value => term(value, means[element]))], masses)) continue;
            if (!double.IsFinite(expected[element]) || (distribution.Support.IsDiscrete && variances[element] > 0 && count * variances[element] < MinEvents)) continue;
            double[] column = [.. Column(values, element).Select(value => term(value, means[element]))];
            Moments moments = Moments.Of(column);
            (double mean, double error) = (moments.Mean, moments.StandardError);
            double difference = Math.Abs(mean - expected[element]), rounding = 1e-6 * Math.Max(Math.Abs(expected[element]), column.Max(Math.Abs));
            double z = difference <= rounding && error <= rounding ? 0 : difference / error;
            if (!(z <= worst.Z)) worst = (element, mean, error, z);
        }
        if (worst.Element < 0) return null;
        return Judged(
            name, $"{name.ToLowerInvariant()} of the draws, compared in standard errors", worst.Element, worst.Actual, expected[worst.Element], worst.Error, TestStatistics.NormalPValue(worst.Z),
            $"the {name.ToLowerInvariant()} of the draws agrees with the distribution", Differing($"the {name.ToLowerInvariant()} of the draws is {{0}}, that of the distribution {{1}}", worst.Actual, expected[worst.Element]));
    }

    // Quantiles and the mass that each stands for; none if the distribution has no quantiles, or is circular or discrete.
    private (double[] Quantiles, double[] Masses) MomentRule()
    {
        if (!IsUnivariate || distribution.IsCircular || !distribution.HasQuantile || distribution.Support.IsDiscrete) return ([], []);
        double[] edges = DensityIntegral.Levels(DensityIntegral.Extreme(distribution.DType, RarestLevel), LevelFactor);
        double[] masses = [.. edges.Zip(edges.Skip(1), (from, to) => to - from)];
        return (ManagedValues.ToDoubles(distribution.Icdf(DensityIntegral.Column([.. edges.Zip(masses, (from, mass) => from + mass / 2)], distribution))), masses);
    }

    // Whether the mean of these terms over the draws is. Deviations are from the mean by the same rule: the expectation can come from values that hardly any draw has.
    private bool IsNearlyNormal(double[] terms, double[] masses)
    {
        double mean = terms.Zip(masses, (value, mass) => value * mass).Sum() / masses.Sum();
        double[] deviations = [.. terms.Select(value => value - mean)];
        double second = deviations.Zip(masses, (d, mass) => d * d * mass).Sum(), third = deviations.Zip(masses, (d, mass) => Math.Abs(d * d * d) * mass).Sum();
        return second == 0 || third / (Math.Pow(second, 1.5) * Math.Sqrt(count)) <= MaxLyapunovRatio;
    }

    /// <summary>Why a statistical check fails.</summary>
    /// <param name="pValue">The smallest p-value.</param>
    /// <param name="level">The significance level of all tests together.</param>
    /// <param name="tests">The number of tests.</param>
    internal static string TooSmall(double pValue, double level, int tests) => string.Create(
        CultureInfo.InvariantCulture, $"the p-value {pValue:G3} is below {level / tests:G3}, {(tests == 1 ? "the SignificanceLevel" : $"the SignificanceLevel divided by {tests}, the number of tests")}");

    /// <summary>A sentence about two numbers that differ: with six digits, or with all if they look the same in six.</summary>
    /// <param name="format">The sentence, with {0} and {1} for the numbers.</param>
    /// <param name="first">A number.</param>
    /// <param name="second">Another number.</param>
    internal static string Differing(string format, double first, double second)
    {
        (string one, string other) = (TensorText.Number(first), TensorText.Number(second));
        return string.Format(CultureInfo.InvariantCulture, format, one == other ? [first, second] : new object[] { one, other });
    }

    /// <summary>The place of the largest error; NaN is the largest of all.</summary>
    internal static int Worst(double[] errors) => Enumerable.Range(0, errors.Length).MaxBy(i => double.IsNaN(errors[i]) ? double.MaxValue : errors[i]);

    private DistributionCheckRow? Normalization()
    {
        // The quantiles of a custom distribution may be as wrong as its density, so CustomCheck sums without them.
        if (!IsUnivariate || !distribution.HasQuantile || !distribution.HasLogProb || distribution is CustomDistribution) return null;
        double[]? totals = distribution.Support.IsDiscrete ? MassTotals() : DensityIntegral.Totals(distribution);
        if (totals is null) return null;
        int worst = Worst([.. totals.Select(total => Math.Abs(total - 1))]);
        double tolerance = distribution.DType == ScalarType.Float32 ? 1e-3 : 1e-6;
        bool passed = Math.Abs(totals[worst] - 1) <= tolerance;
        string method = distribution.Support.IsDiscrete ? "sum of the mass between extreme quantiles" : "integral of the density between extreme quantiles";
        return Row("Normalization", method, totals[worst], 1, passed, passed ? $"the {method} is 1" : Differing($"the {method} is {{0}}, not {{1}}", totals[worst], 1)) with { Index = TensorShapes.IndexText(worst, distribution.BatchShape) };
    }

    private double[]? MassTotals() => Values(distribution) is { } values ? ManagedValues.ToDoubles(distribution.LogProb(values).exp().sum([0])) : null;

    // The values between extreme quantiles; null if there are too many to sum over.
    private static Tensor? Values(Distribution distribution)
    {
        if (distribution is TransformedDistribution transformed) return Values(transformed.BaseDistribution) is { } origins ? transformed.Pushed(origins) : null;
        double extreme = DensityIntegral.Extreme(distribution.DType, 1e-13);
        double low = ManagedValues.ToDoubles(distribution.Icdf(Level(distribution, extreme)).min())[0], high = ManagedValues.ToDoubles(distribution.Icdf(Level(distribution, 1 - extreme)).max())[0];
        return high - low > 1e6 ? null : arange(low, high + 1, dtype: distribution.DType, device: distribution.Device).reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]);
    }

    private DistributionCheckRow? Quantile()
    {
        if (!IsUnivariate || !distribution.HasCdf || !distribution.HasQuantile || (distribution is CustomDistribution custom && CustomCheck.ChecksQuantile(custom))) return null;
        int some = Math.Min(count, 1000);
        Tensor values = draws.narrow(0, 0, some);
        bool isDiscrete = distribution.Support.IsDiscrete;
        double[] expected, actual;
        if (isDiscrete)
        {
            // A float32 CDF may be rounded up, beyond what the draw reaches: the number below it is reached in any case.
            Tensor level = distribution.Cdf(values);
            if (distribution.DType == ScalarType.Float32) level = level.nextafter(zeros_like(level));
            (expected, actual) = (ManagedValues.ToDoubles(values), ManagedValues.ToDoubles(distribution.Icdf(level)));
        }
        else
        {
            Tensor levels = linspace(0.001, 0.999, some, distribution.DType, distribution.Device).reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]).expand(values.shape);
            Tensor quantiles = distribution.Icdf(levels);
            (expected, actual) = (ManagedValues.ToDoubles(levels), ManagedValues.ToDoubles(distribution.Cdf(quantiles)));
            // A quantile that is rounded has another level.
            (double[] low, double[] high) = LevelsAround(quantiles);
            actual = [.. actual.Select((level, i) => low[i] <= expected[i] && expected[i] <= high[i] ? expected[i] : level)];
        }
        int worst = Enumerable.Range(0, expected.Length).MaxBy(i => actual[i] == expected[i] ? 0 : double.IsNaN(actual[i]) ? double.MaxValue : Math.Abs(actual[i] - expected[i]));
        // The values of a transformed distribution are rounded.
        double tolerance = isDiscrete ? distribution is TransformedDistribution ? 4 * TorchTypes.Epsilon(distribution.DType) * Math.Abs(expected[worst]) : 0 : distribution.DType == ScalarType.Float32 ? 1e-4 : 1e-9;
        bool passed = Math.Abs(actual[worst] - expected[worst]) <= tolerance;
        return Row("Quantile", isDiscrete ? "quantile at the CDF of each draw" : "CDF of the quantiles", actual[worst], expected[worst], passed, passed ? "the quantile function is the inverse of the CDF"
            : "the quantile function is not the inverse of the CDF: " + Differing(isDiscrete ? "the quantile at the CDF of the draw {1} is {0}" : "the CDF of the quantile at p = {1} is {0}", actual[worst], expected[worst]))
            with { Index = TensorShapes.IndexText(worst % Elements, distribution.BatchShape), Count = some };
    }

    private static Tensor Level(Distribution distribution, double probability) => full([], probability, distribution.DType, distribution.Device);

    private double[] Column(double[] values, int element)
    {
        double[] column = new double[count];
        for (int i = 0; i < count; i++) column[i] = values[(i * Elements) + element];
        return column;
    }

    // All elements are tested, so each gets its share of the level only.
    private DistributionCheckRow Judged(string check, string method, int element, double actual, double expected, double error, double pValue, string good, string bad)
    {
        bool passed = pValue >= level / Elements;
        string reason = passed ? good : $"{bad}; {TooSmall(pValue, level, Elements)}";
        return Row(check, method, actual, expected, passed, reason) with { Index = TensorShapes.IndexText(element, [.. distribution.BatchShape, .. distribution.EventShape]), StandardError = error, PValue = pValue };
    }

    private DistributionCheckRow Row(string check, string method, double actual, double expected, bool passed, string reason) => new()
    {
        Distribution = distribution.Name, Check = check, Method = method, Actual = actual, Expected = expected, Count = count, Passed = passed, Reason = reason,
    };
}
