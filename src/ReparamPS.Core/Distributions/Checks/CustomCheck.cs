using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// Checks whether the functions of a custom distribution agree with each other. A built-in distribution needs none of this: its density, CDF and sampler are tested against references.
/// Runs in float64, since it compares integrals.
/// </summary>
internal sealed class CustomCheck
{
    private const double Tolerance = 1e-6, StandardErrorsAllowed = 6;
    private const int ComparedDraws = 257, MaxIntegratedDraws = 10_000;

    private readonly CustomDistribution distribution;
    private readonly RandomSeed seed;
    private readonly double level;
    private readonly Tensor draws;
    private readonly Lazy<IntegratedDensity> integrated;
    private readonly Lazy<IntegratedDensity.Result> whole;

    private CustomCheck(CustomDistribution distribution, Tensor draws, RandomSeed seed, double level)
    {
        (this.distribution, this.draws, this.seed, this.level) = (distribution, draws, seed, level);
        integrated = new(() => IntegratedDensity.Of(distribution, seed));
        whole = new(() => integrated.Value.At(distribution, draws.narrow(0, 0, 1)));
    }

    private int Elements => (int)TensorShapes.Count([.. distribution.BatchShape, .. distribution.EventShape]);

    private bool IsContinuous => distribution.EventShape.Length == 0 && !distribution.Support.IsDiscrete;

    private bool CanIntegrate => IntegratedDensity.Applies(distribution);

    /// <summary>Runs all checks that apply.</summary>
    /// <param name="distribution">The distribution, in float64.</param>
    /// <param name="count">The number of draws.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="level">The probability of a false alarm of each statistical check.</param>
    public static IReadOnlyList<DistributionCheckRow> Run(CustomDistribution distribution, int count, RandomSeed seed, double level)
    {
        using var scope = NewDisposeScope();
        using var random = seed.Open(distribution.Device);
        Tensor draws;
        using (no_grad()) draws = distribution.Sample([count], random);
        var check = new CustomCheck(distribution, draws, seed, level);
        return [.. new Func<DistributionCheckRow?>[] { check.Seed, check.Quantile, check.Normalization, check.Cdf, check.Levels, check.GoodnessOfFit, check.Gradient, check.Score }.Select(each => each()).OfType<DistributionCheckRow>()];
    }

    /// <summary>Why two samples with one seed differ; null if they do not.</summary>
    public static string? SeedFault(CustomDistribution distribution, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        Tensor Draws()
        {
            using var random = seed.Open(distribution.Device);
            return distribution.Sample([ComparedDraws], random);
        }
        Tensor first = Draws(), second = Draws();
        return TensorQuestions.All((first == second) | (first.isnan() & second.isnan())) ? null
            : $"two samples with the same seed differ: {(distribution.HasSampler ? "Sample must take all random numbers from its argument $noise, and must not change variables outside its script block"
                : $"{(distribution.HasGivenQuantile ? "Quantile" : "Cdf")} must return the same result each time it gets the same values")}";
    }

    private DistributionCheckRow Seed()
    {
        string? different = SeedFault(distribution, seed);
        return Row("Seed", "two samples with the same seed", different is null ? 0 : 1, 0, different is null, different ?? "the same seed draws the same values") with { Count = ComparedDraws };
    }

    // A decreasing function draws as well as an increasing one, but it is not the quantile function.
    private DistributionCheckRow? Quantile()
    {
        if (!ChecksQuantile(distribution)) return null;
        using var noGrad = no_grad();
        double[] probabilities = [.. Enumerable.Range(0, ComparedDraws).Select(i => (i + 0.5) / ComparedDraws)];
        Tensor levels = tensor(probabilities, ScalarType.Float64, distribution.Device).reshape([ComparedDraws, .. distribution.BatchShape.Select(_ => 1L)]).expand([ComparedDraws, .. distribution.BatchShape]);
        Tensor quantiles = distribution.Icdf(levels);
        double[] at = ManagedValues.ToDoubles(quantiles);
        for (int i = 0; i < at.Length; i++)
        {
            int next = Math.Min(i + Elements, at.Length - Elements + i % Elements);
            if (at[next] >= at[i]) continue;
            return Row("Quantile", "order of the quantiles", at[next], at[i], false, double.IsNaN(at[i]) || double.IsNaN(at[next])
                ? $"the quantile is NaN at p = {Number(probabilities[(double.IsNaN(at[i]) ? i : next) / Elements])}"
                : $"the quantile decreases: it is {Number(at[i])} at p = {Number(probabilities[i / Elements])} and {Number(at[next])} at p = {Number(probabilities[next / Elements])}") with { Index = IndexOf(i % Elements), Count = ComparedDraws };
        }
        if (distribution.Support.IsDiscrete || !HasLevels) return Row("Quantile", "order of the quantiles", 0, 0, true, "the quantiles increase") with { Count = ComparedDraws };
        double[] given = LevelsOf(quantiles), wanted = [.. Enumerable.Range(0, at.Length).Select(i => probabilities[i / Elements])];
        int worst = DistributionCheck.Worst([.. given.Zip(wanted, (left, right) => Math.Abs(left - right))]);
        bool passed = Math.Abs(given[worst] - wanted[worst]) <= LevelTolerance(worst);
        return Row("Quantile", $"{Reference} at quantiles", given[worst], wanted[worst], passed, passed
            ? $"the quantile function is the inverse of the {Reference}"
            : $"the quantile does not match the {Given}: at p = {Number(wanted[worst])} it is {Number(at[worst])}, where the {Reference} is {Number(given[worst])}") with { Index = IndexOf(worst % Elements), Count = ComparedDraws };
    }

    /// <summary>Whether the quantile function of a custom distribution is checked here, with its order, and not as one of a built-in distribution.</summary>
    public static bool ChecksQuantile(CustomDistribution distribution) => distribution.HasGivenQuantile && !(distribution.Support.IsDiscrete && distribution.HasCdf);

    private DistributionCheckRow? Normalization()
    {
        if (distribution.Support.IsDiscrete) return MassNormalization();
        if (!CanIntegrate) return VectorNormalization();
        double[] totals = whole.Value.Totals;
        int worst = DistributionCheck.Worst([.. totals.Select((total, member) => Math.Abs(total - 1) / (Tolerance + whole.Value.Rounding(member)))]);
        double total = totals[worst];
        bool passed = Math.Abs(total - 1) <= Tolerance + whole.Value.Rounding(worst);
        string reason = passed ? Math.Abs(total - 1) <= Tolerance ? "the density integrates to 1" : "the density integrates to 1, apart from mass so close to an end of the support that rounding hides it"
            : double.IsNaN(total) ? "the integral of the density cannot be computed, because the numerical integration does not converge: the integral is infinite, or the density changes too much between neighboring floating-point numbers"
            : DistributionCheck.Differing("the density integrates to {0}, not to {1}", total, 1);
        return Row("Normalization", "integral of the density over the support", total, 1, passed, reason) with { Index = IndexOf(worst) };
    }

    private DistributionCheckRow? MassNormalization()
    {
        if (!distribution.HasLogProb || MassSum.Of(distribution, draws) is not { } totals) return null;
        int worst = DistributionCheck.Worst([.. totals.Select(total => Math.Abs(total - 1))]);
        bool passed = Math.Abs(totals[worst] - 1) <= Tolerance;
        return Row("Normalization", "sum of the mass over the support", totals[worst], 1, passed, passed ? "the mass sums to 1" : DistributionCheck.Differing("the mass sums to {0}, not to {1}", totals[worst], 1)) with { Index = IndexOf(worst) };
    }

    private DistributionCheckRow? VectorNormalization()
    {
        if (VectorDensity.Of(distribution, draws, seed) is not { } integral) return null;
        double z = Math.Abs(integral.Total - 1) / integral.StandardError;
        bool passed = z <= StandardErrorsAllowed;
        return Row("Normalization", "integral of the density by importance sampling", integral.Total, 1, passed, passed
            ? "the density integrates to 1" : DistributionCheck.Differing("the density integrates to {0}, not to {1}", integral.Total, 1) + $" ({Number(z)} standard errors away)") with { StandardError = integral.StandardError, Count = integral.Proposals };
    }

    private DistributionCheckRow? Cdf()
    {
        if (!HasIntegral || !distribution.HasCdf) return null;
        Tensor values = draws.narrow(0, 0, Math.Min(ComparedDraws, draws.shape[0]));
        double[] integral = integrated.Value.At(distribution, values).Below, given, at = ManagedValues.ToDoubles(values);
        using (no_grad()) given = ManagedValues.ToDoubles(distribution.Cdf(values));
        int worst = DistributionCheck.Worst([.. given.Zip(integral, (left, right) => Math.Abs(left - right))]);
        bool passed = Math.Abs(given[worst] - integral[worst]) <= Tolerance + whole.Value.Rounding(worst % Elements);
        return Row("Cdf", "CDF against the integral of the density, at draws", given[worst], integral[worst], passed, passed
            ? "the CDF is the integral of the density"
            : $"the CDF does not match the density: at {Number(at[worst])}, the CDF is {Number(given[worst])} and the integral of the density is {Number(integral[worst])}") with { Index = IndexOf(worst % Elements), Count = values.shape[0] };
    }

    // One number of noise per draw, through which draws rise or fall: then the level of a draw is that of its noise, exactly.
    private DistributionCheckRow? Levels()
    {
        if (!IsContinuous || !HasLevels || !distribution.HasSampler) return null;
        if (NoisePath.Of(distribution, seed) is not { IsSingle: true, Levels: { } levels } path) return null;
        double[] at = LevelsOf(path.Draws);
        int worst = DistributionCheck.Worst([.. at.Zip(levels, (left, right) => Math.Abs(left - right))]);
        bool passed = Math.Abs(at[worst] - levels[worst]) <= LevelTolerance(worst);
        return Row("Levels", $"{Reference} at each draw against the CDF of its noise", at[worst], levels[worst], passed, passed
            ? $"the {Reference} at each draw equals the CDF of its noise"
            : $"the draws do not follow the {Given}: the probability of a draw below {Number(ManagedValues.ToDoubles(path.Draws)[worst])} is {Number(levels[worst])} by the sampler and {Number(at[worst])} by the {Given}") with { Index = IndexOf(worst % Elements), Count = path.Draws.shape[0] };
    }

    private DistributionCheckRow? GoodnessOfFit()
    {
        if (!IsContinuous || !HasLevels) return null;
        int count = (int)(distribution.HasCdf ? draws.shape[0] : Math.Min(MaxIntegratedDraws, draws.shape[0])), worst = 0;
        double[] levels = LevelsOf(draws.narrow(0, 0, count));
        double statistic = 0, pValue = 2;
        for (int element = 0; element < Elements; element++)
        {
            double[] sorted = new double[count];
            for (int i = 0; i < count; i++) sorted[i] = levels[i * Elements + element];
            Array.Sort(sorted);
            double distance = sorted.Any(double.IsNaN) ? 1 : TestStatistics.KolmogorovDistance(sorted), chance = TestStatistics.KolmogorovPValue(distance, count);
            if (chance < pValue) (worst, statistic, pValue) = (element, distance, chance);
        }
        bool passed = pValue >= level / Elements;
        return Row("GoodnessOfFit", $"Kolmogorov–Smirnov distance of the draws from the {Reference}", statistic, double.NaN, passed, passed
            ? $"the draws follow the {Given}" : $"the draws do not follow the {Given}: {DistributionCheck.TooSmall(pValue, level, Elements)}") with { Index = IndexOf(worst), PValue = pValue, Count = count };
    }

    private DistributionCheckRow? Gradient()
    {
        FunctionDerivative[] compared = [.. CustomDerivatives.Of(distribution, draws, seed)];
        if (compared.Length == 0) return null;
        FunctionDerivative worst = compared.FirstOrDefault(each => each.Fault is not null) ?? compared[0];
        string functions = string.Join(", ", compared.Select(each => each.Function).Distinct());
        return Row("Gradient", worst.Fault is null ? $"gradients of {functions} against finite differences" : $"gradient of {worst.Function} with respect to {worst.Parameter} against a finite difference", worst.Gradient, worst.Difference, worst.Fault is null,
            worst.Fault ?? $"the gradients of {functions} agree with finite differences");
    }

    // E[∂ log p / ∂θ] = 0 under p, unless the support moves. More sensitive than a distance: a scale that is 2 percent off shows in 50,000 draws.
    private DistributionCheckRow? Score()
    {
        if (!distribution.HasLogProb || distribution.Support.DependsOnParameters) return null;
        using var grad = enable_grad();
        long count = draws.shape[0];
        Dictionary<string, Tensor> leaves = CustomDerivatives.PerDraw(distribution, count);
        Tensor log = distribution.Type.Create(leaves.ToDictionary(pair => pair.Key, object (pair) => pair.Value)).LogProb(draws);
        if (!log.requires_grad) return null;
        log.sum().backward();
        (string Name, double Mean, double Error, double Z) worst = ("", 0, 0, -1);
        foreach ((string name, Tensor leaf) in leaves)
        {
            if (leaf.grad is not { } gradient) continue;
            Tensor each = gradient.reshape(count, -1);
            double[] means = ManagedValues.ToDoubles(each.mean([0])), errors = ManagedValues.ToDoubles(each.std(0, unbiased: true) / Math.Sqrt(count)), sizes = ManagedValues.ToDoubles(each.abs().mean([0]));
            for (int i = 0; i < means.Length; i++)
            {
                double z = Math.Abs(means[i]) / (errors[i] + 1e-9 * sizes[i] / StandardErrorsAllowed + double.Epsilon);
                if (double.IsFinite(z) && z > worst.Z) worst = (name, means[i], errors[i], z);
            }
        }
        if (worst.Z < 0) return null;
        bool passed = worst.Z <= StandardErrorsAllowed;
        return Row("Score", $"mean of ∂ log p / ∂{worst.Name} over the draws", worst.Mean, 0, passed, passed
            ? "the mean score is 0"
            : $"the draws do not follow the density: the mean of ∂ log p / ∂{worst.Name} over the draws must be 0; it is {Number(worst.Mean)}, which is {Number(worst.Z)} standard errors from 0") with { StandardError = worst.Error };
    }

    // An integral that cannot be computed says nothing of the draws.
    private bool HasIntegral => CanIntegrate && !whole.Value.Totals.Any(double.IsNaN);

    private bool HasLevels => distribution.HasCdf || HasIntegral;

    private string Reference => distribution.HasCdf ? "CDF" : "integral of the density";

    private string Given => distribution.HasCdf ? "CDF" : "density";

    private double[] LevelsOf(Tensor values)
    {
        using var noGrad = no_grad();
        return distribution.HasCdf ? ManagedValues.ToDoubles(distribution.Cdf(values)) : integrated.Value.At(distribution, values).Below;
    }

    private double LevelTolerance(int entry) => distribution.HasCdf ? Tolerance : Tolerance + whole.Value.Rounding(entry % Elements);

    private static string Number(double value) => TensorText.Number(value);

    private string IndexOf(int element) => TensorShapes.IndexText(element, distribution.BatchShape);

    private DistributionCheckRow Row(string check, string method, double actual, double expected, bool passed, string reason) => new()
    {
        Distribution = distribution.Name, Check = check, Method = method, Actual = actual, Expected = expected, Count = draws.shape[0], Passed = passed, Reason = reason,
    };
}
