using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Compares gradient estimators with a reference gradient and with each other.</summary>
/// <remarks>
/// <para>Returns one row per estimator and element of a parameter. ScoreFunction has such rows for each baseline, with names such as ScoreFunction/None.</para>
/// <para>Truth is the reference gradient, Bias is Estimate minus Truth, and ZScore is Bias divided by StandardError; for an unbiased estimator, ZScore is about standard normal.
/// VariancePerDraw is the number of draws times the variance of the estimate; for independent draws, this is the variance of one draw's gradient. VarianceTimesCost is VariancePerDraw times SecondsPerDraw. VarianceRatio is VariancePerDraw divided by that of Pathwise, or NaN if Pathwise was not run.</para>
/// <para>TruthSource names the method that computes Truth: a sum over all values of z if the estimator Enumerated applies, or an integral by adaptive quadrature for other univariate distributions. Both work even if the objective jumps. An integral that does not converge, because the expectation is infinite or the tail is very heavy, is not used.
/// For a batch, the integral is used only if the objective is a sum of separate terms, each of which depends on the draw of one distribution in the batch. This is true of the named objectives, whose values are summed over the batch. If neither method is possible, Truth is estimated from up to a million draws by Pathwise or ScoreFunction. If these do not apply either, Truth is NaN. For a distribution from New-CustomDistribution, it is also NaN if the gradient of its -LogProbability, -Cdf or -Quantile is wrong.
/// If Truth is estimated from draws, there is a warning when only a few of the draws determine its variance, as happens when the expectation is infinite.</para>
/// <para>StandardError is the standard error of Bias, so it includes the error of Truth. It comes from the spread of the draws or, for Antithetic and Sobol, of the repetitions. If more than 7/8 of the repetitions return the same estimate, their spread does not show the error. StandardError is then computed as if the draws were independent, which makes it too large.</para>
/// </remarks>
/// <example>
/// <para>Compare the estimators of the gradient of E[(z − 3)²]</para>
/// <code>New-NormalDistribution 0.5 1.5 | Compare-GradientEstimator Quadratic -K 3</code>
/// </example>
/// <example>
/// <para>Find biased estimators for a discrete distribution</para>
/// <code>New-BernoulliDistribution 0.3 |
///     Compare-GradientEstimator { $_.sub(0.45).pow(2) } |
///     Where-Object { [Math]::Abs($_.ZScore) -gt 6 }</code>
/// </example>
[Cmdlet(VerbsData.Compare, "GradientEstimator"), OutputType(typeof(GradientComparison))]
public sealed class CompareGradientEstimatorCommand : EstimatorCommandBase
{
    private ScoreBaseline[] baselines = [];

    /// <summary>The estimators to compare; see Measure-Gradient. Default: all that apply; -Verbose says why the others do not.</summary>
    [Parameter(Position = 1), EstimatorNames]
    public GradientEstimatorKind[]? Estimator { get; set; }

    /// <summary>The baselines of ScoreFunction to compare. A baseline other than None is an error if ScoreFunction is not among the estimators that run. A baseline is subtracted from f(z) to lower the variance; see Measure-Gradient. Default: all, except those that would be biased (MovingAverage for Antithetic and Sobol draws, LeaveOneOut for Sobol draws), and except LeaveOneOut with fewer than 2 draws (4 for Antithetic). Naming one of these exceptions is an error.</summary>
    [Parameter, Exact<ScoreBaseline[]>]
    public ScoreBaseline[]? Baseline { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        CheckUsed(Estimators, Baseline);
        baselines = Baseline?.Distinct().ToArray() ?? [.. Enum.GetValues<ScoreBaseline>().Where(IsDefault)];
    }

    private GradientEstimatorKind[] Estimators => Estimator ?? Enum.GetValues<GradientEstimatorKind>();

    private bool IsDefault(ScoreBaseline baseline)
    {
        GradientEstimatorOptions options = Options(GradientEstimatorKind.ScoreFunction, baseline);
        if (!options.AllowsBaseline || Draws >= options.MinDraws) return options.AllowsBaseline;
        if (Estimators.Contains(GradientEstimatorKind.ScoreFunction)) WriteWarning($"ScoreFunction/{baseline} is left out, because it requires Draws of at least {options.MinDraws}; got {Draws}.");
        return false;
    }

    // A reason that several estimators share stands once.
    private string Joined(IEnumerable<string> reasons)
    {
        string inapplicable = $" does not apply to {Distribution.Name}: ";
        return string.Join(" ", reasons.Select(reason => reason.Split(inapplicable, 2)).GroupBy(parts => parts[^1])
            .Select(group => group.Count() == 1 ? string.Join(inapplicable, group.Single()) : $"{string.Join(", ", group.Select(parts => parts[0]))} do not apply: {group.Key}"));
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        IEnumerable<GradientEstimatorOptions> estimators = Estimators.Distinct()
            .SelectMany(estimator => (estimator == GradientEstimatorKind.ScoreFunction ? baselines : baselines[..1]).Select(baseline => Options(estimator, baseline)));
        var reasons = new List<string>();
        Action<string>? skipped = Estimator is null ? Skip : null;
        var rows = GradientComparison.Run(Distribution, Function(), estimators, skipped, Warner(), Cancellation).ToList();
        if (rows.Count == 0 && reasons.Count > 0)
        {
            // Reasons of the scheme come with what to use instead; those of other estimators would hide them.
            string[] all = [.. reasons.Distinct()], ofScheme = Scheme == DrawScheme.Independent ? [] : [.. all.Where(reason => reason.Contains($"-{nameof(Scheme)} {nameof(DrawScheme.Independent)}", StringComparison.Ordinal))];
            throw new NotSupportedException(ofScheme.Length > 0 ? $"No estimator applies to {Distribution.Name} with -Scheme {Scheme}. {string.Join(" ", ofScheme)}" : $"No estimator applies to {Distribution.Name}. {Joined(all)}");
        }
        string[] used = [.. rows.Select(row => row.Estimator.Split('/')[0]).Distinct()];
        CheckUsed([.. used.Select(Enum.Parse<GradientEstimatorKind>)], Baseline, $"{string.Join(", ", used)} (all that apply to {Distribution.Name})");
        WriteObject(rows, enumerateCollection: true);

        void Skip(string message)
        {
            reasons.Add(message);
            WriteVerbose($"Skipped: {message}");
        }
    }
}
