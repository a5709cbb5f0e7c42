using System.Globalization;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference.Evaluation;

/// <summary>Measures how good a fit is, and gives the first verdict that applies.</summary>
public static class FitCertificate
{
    private const double LargestShape = 0.7, UnreliableShare = 0.5, BiasedShare = 0.9, LargestShift = 0.05;

    // Of a sum of some thousand terms.
    private const double Rounding = 1e-13;

    /// <summary>Measures a fit.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="draws">Fresh draws.</param>
    /// <param name="seed">Their seed; null follows from the fit's.</param>
    /// <param name="generator">Their generator.</param>
    /// <param name="cancellation">Stops between two parts of the draws.</param>
    public static FitMeasurement Measure(VariationalFit fit, int draws = 10_000, long? seed = null, RandomGenerator generator = RandomGenerator.Torch, CancellationToken cancellation = default)
    {
        if (draws < 100) throw new ArgumentException($"Draws must be at least 100; got {draws}.", nameof(draws));
        WeightedDraws drawn = WeightedDraws.Of(fit, draws, new RandomSeed(seed ?? DefaultSeed(fit), generator), cancellation);
        (double elbo, double spread) = drawn.Moments(drawn.LogRatios, isWeighted: false);
        double effective = drawn.EffectiveDraws, shape = drawn.HardlyVary ? 0 : drawn.Smoothing.Shape;
        // The asymptotic variance does not hold for shapes below -1/2.
        double shapeError = shape > -0.5 ? (1 + shape) / Math.Sqrt(drawn.Smoothing.TailCount) : double.NaN;
        (FitVerdict verdict, string reason) = Judge(fit, drawn, shape, shapeError, Math.Min(LargestShape, 1 - 1 / Math.Log10(draws)), effective / draws);
        return new FitMeasurement
        {
            Family = fit.Family, Seed = fit.Seed, Generator = fit.Generator, Elbo = elbo, ElboStandardError = spread / Math.Sqrt(draws), LogEvidence = LogEvidence(drawn),
            LogEvidenceStandardError = Math.Sqrt(Math.Max(0, 1 / effective - 1.0 / draws)), KHat = shape, KHatStandardError = shapeError, EffectiveDraws = effective, Draws = draws,
            GradientNorm = fit.GradientNorm, Evaluations = fit.Evaluations, TotalEvaluations = fit.TotalEvaluations, FitDraws = fit.FitDraws, Seconds = fit.Seconds, Verdict = verdict, Reason = reason,
        };
    }

    /// <summary>The seed of fresh draws that a fit's own noise does not use.</summary>
    internal static long DefaultSeed(VariationalFit fit) => unchecked((fit.Seed + 1) * 7_919);

    // log mean of the raw ratios: smoothing would make it less noisy, but biased.
    private static double LogEvidence(WeightedDraws drawn)
    {
        double largest = drawn.LogRatios.Where(ratio => !double.IsNaN(ratio)).DefaultIfEmpty(double.NegativeInfinity).Max();
        return double.IsFinite(largest) ? largest + Math.Log(drawn.LogRatios.Sum(ratio => double.IsNaN(ratio) ? 0 : Math.Exp(ratio - largest)) / drawn.Count) : largest;
    }

    // Few draws support only a lighter tail: the limit 1 − 1 / log₁₀ n of Vehtari et al. 2024.
    private static (FitVerdict, string) Judge(VariationalFit fit, WeightedDraws drawn, double shape, double shapeError, double limit, double share)
    {
        if (ConvergenceFailure(fit) is { } failure) return (FitVerdict.NotConverged, failure);
        if (drawn.LogRatios.Count(ratio => !double.IsFinite(ratio)) is > 0 and var undefined) return (FitVerdict.Unreliable, Text($"The log-density of the model is not finite at {undefined} of {drawn.Count} draws of the fit. It must be finite for all values that the priors allow.{(fit.Model.LogLikelihood is null ? "" : " Check -LogLikelihood.")}"));
        if (shape - shapeError > limit && share < UnreliableShare)
            return (FitVerdict.Unreliable, Text($"The importance weights have heavy tails: the Pareto shape k̂ of the weights is {Shape(shape, shapeError)}, above {limit:0.##}, and the effective number of draws, from the smoothed weights, is {share:P0} of all. The posterior is wider than the fit, or has another shape. {ShapeAdvice(fit)}"));
        if (LargestDifference(fit, drawn) is { } difference)
            return (FitVerdict.Biased, difference + (shape > limit ? Text($" The Pareto shape k̂ of the weights is {Shape(shape, shapeError)}, above {limit:0.##}, so the weights may fail to correct the fit. {ShapeAdvice(fit)}") : Text($" The Pareto shape k̂ of the weights is {Shape(shape, shapeError)}. To correct the fit, use -Resample of Invoke-PosteriorSampling{(IsFullRankOpen(fit) ? ", or fit with -Family FullRank" : "")}.")));
        if (shape - shapeError > limit)
            return (FitVerdict.Biased, Text($"The importance weights have heavy tails: the Pareto shape k̂ of the weights is {Shape(shape, shapeError)}, above {limit:0.##}. They hardly change means and standard deviations, but the posterior may have heavier tails than the fit. {ShapeAdvice(fit)}"));
        const string MoreDraws = "With more -Draws, k̂ is estimated more precisely.";
        bool isNearLimit = shape + shapeError > limit;
        if (isNearLimit && share < BiasedShare)
            return (FitVerdict.Biased, Text($"The importance weights may have heavy tails: the Pareto shape k̂ of the weights, {Shape(shape, shapeError)}, may be above the limit {limit:0.##}, and the effective number of draws, from the smoothed weights, is {Floor(share):P1} of all, less than {BiasedShare:P0}. {MoreDraws}"));
        return (FitVerdict.Trustworthy, "The fit converged, importance weights hardly change its means and standard deviations, and the Pareto shape k̂ of the weights is " + (isNearLimit
            ? Text($"{Shape(shape, shapeError)}, within one standard error of the limit {limit:0.##}. This does not count against the fit, because the effective number of draws, from the smoothed weights, is {Floor(share):P1} of all, at least {BiasedShare:P0}. {MoreDraws}")
            : Text($"{shape:F2} (limit {limit:0.##}).")));
    }

    /// <summary>Why a fit has not converged, and what may help; null if it has.</summary>
    /// <param name="fit">The fit.</param>
    public static string? ConvergenceFailure(VariationalFit fit) =>
        !(fit.GradientNorm <= fit.GradientTolerance) ? Text($"The gradient norm is {fit.GradientNorm:G3}; it must be at most {fit.GradientTolerance:G2}. {GradientAdvice(fit)}")
        : !fit.Agrees ? Text($"The ELBO of a second fit with other random numbers differs by {fit.Disagreement:G3} nats, more than -Tolerance {fit.Options.Tolerance:G3}. {(HasUsedAllEvaluations(fit) ? "Raise -MaxEvaluations of the fit." : fit.Disagreement <= Rounding * Math.Max(1, Math.Abs(fit.Bound)) ? "Such a difference is a rounding error: raise -Tolerance of the fit." : "Raise -Draws or -Tolerance of the fit.")}")
        : null;

    // Rounded down to the digits shown, so that a share below a limit is not shown as the limit.
    private static double Floor(double share) => Math.Floor(share * 1000) / 1000;

    private static string GradientAdvice(VariationalFit fit) => fit.Options.Optimizer == VariationalOptimizer.Adam ? $"Raise -Steps (now {fit.Options.Steps}){(fit.Options.LearningRate > new VariationalOptions().LearningRate ? Text($", or lower -LearningRate (now {fit.Options.LearningRate})") : "")}."
        : HasUsedAllEvaluations(fit) ? $"Raise -MaxEvaluations (now {fit.Options.MaxEvaluations})." + ImproperAdvice(fit)
        : "L-BFGS stopped early: it found no better point, although the gradient is not 0. The log-density may have kinks or jumps. Raise -Draws (the average over more draws is smoother), or use -Optimizer Adam.";

    // The default is enough for most models: more may not help.
    private static string ImproperAdvice(VariationalFit fit) => fit.Options.MaxEvaluations < new VariationalOptions().MaxEvaluations ? ""
        : " If the gradient norm then stays the same, the log-density may have no maximum" + (fit.Model.Regression is { HasSigma: true } ? ": Sigma goes to 0 if the predictors fit the response exactly." : ".");

    private static bool IsFullRankOpen(VariationalFit fit) => fit.Family == VariationalFamily.MeanField && fit.Model.Dimension > 1;

    private static string ShapeAdvice(VariationalFit fit) => IsFullRankOpen(fit) ? "Try -Family FullRank, or reparameterize the model." : "Try to reparameterize the model.";

    private static bool HasUsedAllEvaluations(VariationalFit fit) => fit.Options.Optimizer == VariationalOptimizer.Lbfgs && fit.TotalEvaluations >= fit.Options.MaxEvaluations;

    private static string? LargestDifference(VariationalFit fit, WeightedDraws drawn)
    {
        (double Size, string Text) worst = (0, "");
        for (int i = 0; i < fit.Model.Dimension; i++)
        {
            (double mean, double spread) = drawn.Moments(drawn.Coordinate(i), isWeighted: false);
            (double corrected, double correctedSpread) = drawn.Moments(drawn.Coordinate(i), isWeighted: true);
            double shift = Math.Abs(corrected - mean) / spread, stretch = Math.Abs(correctedSpread / spread - 1);
            if (Math.Max(shift, stretch) <= worst.Size) continue;
            string name = CoordinateName(fit.Model, i);
            worst = shift > stretch
                ? (shift, Text($"Importance weights move the mean of {name} by {shift:F2} standard deviations, more than {LargestShift}."))
                : (stretch, Text($"Importance weights {(correctedSpread > spread ? "increase" : "reduce")} the standard deviation of {name} by {stretch:P0}, more than {LargestShift:P0}."));
        }
        return worst.Size > LargestShift ? worst.Text : null;
    }

    private static string Shape(double shape, double error) => double.IsNaN(error) ? Text($"{shape:F2}") : Text($"{shape:F2} ± {error:F2}");

    private static string CoordinateName(BayesianModel model, int coordinate)
    {
        ModelParameter parameter = model.Parameters.Last(each => each.Offset <= coordinate);
        return (parameter.Size == 1 ? parameter.Name : $"{parameter.Name}[{coordinate - parameter.Offset}]") + (parameter.IsMapped ? ", in unconstrained coordinates," : "");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
