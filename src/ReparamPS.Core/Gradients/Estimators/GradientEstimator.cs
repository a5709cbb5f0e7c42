using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The derivatives of draws, without the parameters that the estimator does not support.</summary>
/// <param name="Gradients">For each parameter a tensor of shape [draws, elements], or a single row with the mean of dependent draws.</param>
/// <param name="Draws">The number of draws, or of points of an exact sum.</param>
internal sealed record DrawGradients(IReadOnlyDictionary<string, Tensor> Gradients, long Draws);

/// <summary>One way to estimate a gradient.</summary>
internal abstract class GradientEstimator(EstimationProblem problem)
{
    /// <summary>The problem.</summary>
    protected EstimationProblem Problem { get; } = problem;

    /// <summary>The distribution.</summary>
    protected Distribution Distribution => Problem.Distribution;

    /// <summary>Parameters that the estimator leaves out after its preparation, each with the reason.</summary>
    public virtual IReadOnlyDictionary<string, string> LeftOut => new Dictionary<string, string>();

    /// <summary>Preparation, once, before the time is measured.</summary>
    public virtual void Prepare() { }

    /// <summary>Estimates once.</summary>
    /// <param name="draws">The number of draws.</param>
    /// <param name="random">The source of noise.</param>
    public abstract DrawGradients Estimate(long draws, RandomSource random);

    /// <summary>The error for an estimator that does not apply.</summary>
    /// <param name="why">The reason, without a full stop.</param>
    /// <param name="advice">What to do instead; by default, to use an estimator that applies, if there is one.</param>
    protected EstimatorNotApplicableException NotFor(string why, string? advice = null) => new($"{Name} does not apply to {Distribution.Name}: {why}. {advice ?? Other}".TrimEnd());

    /// <summary>An objective for estimators that need its gradient.</summary>
    protected const string Differentiable = "an objective that carries a gradient, such as one with .sigmoid() instead of a comparison";

    /// <summary>The name of the estimator.</summary>
    protected virtual string Name => GetType().Name.Replace("Estimator", "", StringComparison.Ordinal);

    private string Other => PathwiseEstimator.Applies(Problem) ? "Use -Estimator Pathwise." : ScoreFunctionEstimator.Applies(Problem) ? "Use -Estimator ScoreFunction." : "";

    /// <summary>Separate parameters per draw. Dependent draws share theirs, because only their mean is informative.</summary>
    protected RepeatedParameters Repeat(long draws, RandomSource random) => random is StructuredNoise ? Problem.Repeat(1, draws) : Problem.Repeat(draws, 1);

    /// <summary>The gradients of the values in their draws; an error if there are none.</summary>
    protected Dictionary<string, Tensor> ThroughDraws(RepeatedParameters repeated, Tensor values)
    {
        const string Score = "-Estimator ScoreFunction, which does not need this gradient";
        if (!values.is_floating_point())
            throw new EstimatorNotApplicableException($"The objective's result carries no gradient: it is Boolean or integer, such as the result of a comparison. Use {(ScoreFunctionEstimator.Applies(Problem) ? Score : Differentiable)}.");
        Dictionary<string, Tensor> found = repeated.Gradients(values);
        return found.Count > 0 ? found : throw new EstimatorNotApplicableException(
            $"The objective's result carries no gradient to the draws: it does not depend on them, or a call such as New-Tensor, .detach(), .item() or .ToArray() cuts the gradient. Use tensor operations on the draws{(ScoreFunctionEstimator.Applies(Problem) ? $", or {Score}" : "")}.");
    }

    /// <summary>Draws samples, by the quantile function if the sampler cannot use structured noise.</summary>
    protected static Tensor Draw(Distribution from, long[] shape, RandomSource random, bool reparameterized)
    {
        try
        {
            return reparameterized ? from.RSample(shape, random) : from.Sample(shape, random);
        }
        catch (UnstructuredSamplerException) when (from.EventShape.Length == 0 && from.HasQuantile)
        {
            Tensor uniform = random.Uniform([.. shape, .. from.BatchShape], from.DType);
            return reparameterized ? from.Icdf(uniform) : from.Icdf(uniform).detach();
        }
    }

    /// <summary>The estimator of a kind.</summary>
    public static GradientEstimator Of(EstimationProblem problem, GradientEstimatorOptions options) => options.Estimator switch
    {
        GradientEstimatorKind.Pathwise => new PathwiseEstimator(problem),
        GradientEstimatorKind.ScoreFunction => new ScoreFunctionEstimator(problem, options),
        GradientEstimatorKind.MeasureValued => new MeasureValuedEstimator(problem),
        GradientEstimatorKind.StraightThrough => new RelaxedEstimator(problem, options.Temperature, straightThrough: true),
        GradientEstimatorKind.GumbelSoftmax => new RelaxedEstimator(problem, options.Temperature, straightThrough: false),
        GradientEstimatorKind.Rebar => new RebarEstimator(problem, options.Temperature, options.Stream),
        GradientEstimatorKind.Relax => new RelaxEstimator(problem, options.Temperature, options.Stream),
        _ => new EnumeratedEstimator(problem),
    };
}

/// <summary>The gradient of f through a reparameterized draw.</summary>
internal sealed class PathwiseEstimator(EstimationProblem problem) : GradientEstimator(problem)
{
    private const long ProbeDraws = 16;

    /// <summary>Whether the draws are reparameterized, and the objective carries a gradient to them.</summary>
    public static bool Applies(EstimationProblem problem)
    {
        if (!problem.Distribution.HasRSample) return false;
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        using RandomSource random = new RandomSeed(0).Open(problem.Distribution.Device);
        RepeatedParameters repeated = problem.Repeat(ProbeDraws, 1);
        Tensor values = problem.Objective(repeated.Distribution.RSample([], random), repeated.Leading);
        return values.is_floating_point() && repeated.Gradients(values).Count > 0;
    }

    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        if (!Distribution.HasRSample) throw new NotReparameterizableException(Distribution, "Use -Estimator ScoreFunction, which does not need reparameterized samples.");
        RepeatedParameters repeated = Repeat(draws, random);
        Tensor values = Problem.Objective(Draw(repeated.Distribution, [], random, reparameterized: true), repeated.Leading);
        return new DrawGradients(ThroughDraws(repeated, values), draws);
    }
}

/// <summary>f minus a baseline, times the gradient of the log-density.</summary>
internal sealed class ScoreFunctionEstimator(EstimationProblem problem, GradientEstimatorOptions options) : GradientEstimator(problem)
{
    private const double Memory = 0.99;
    private const long PilotDraws = 2000;
    private const long PilotSeedOffset = 0x5eed;
    private const double Unlikely = 8;
    private const int DrawsPerCut = 16;
    private const long MaxNumbers = 1 << 20;
    private readonly Dictionary<string, string> leftOut = [];
    private Dictionary<string, Tensor> factors = [];

    private ScoreBaseline Baseline => options.Baseline;

    /// <summary>Whether the estimate is unbiased in all parameters, if the density is right.</summary>
    public static bool Applies(EstimationProblem problem)
    {
        Distribution distribution = problem.Distribution;
        if (!distribution.HasLogProb || distribution.Support is { DependsOnParameters: true, IsDiscrete: false }) return false;
        using var scope = NewDisposeScope();
        using RandomSource random = new RandomSeed(0).Open(distribution.Device);
        return new ScoreFunctionEstimator(problem, new GradientEstimatorOptions()).MovedCut(random) is null;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> LeftOut => leftOut;

    // From separate draws, so that the factor is independent of the draws that it is applied to.
    /// <inheritdoc/>
    public override void Prepare()
    {
        if (!options.AllowsBaseline)
        {
            throw new ArgumentException(Baseline == ScoreBaseline.MovingAverage
                ? $"-Baseline MovingAverage averages the objective over earlier draws. With -Scheme {options.Scheme}, draws depend on earlier draws, so the estimate would be biased. Use -Baseline {(options.Scheme == DrawScheme.Sobol ? "" : "LeaveOneOut, ")}ControlVariate or None."
                : $"-Baseline {Baseline} averages the objective over the other draws. With -Scheme {options.Scheme}, each draw depends on all others, so the estimate would be biased. Use -Baseline ControlVariate or None.", nameof(Baseline));
        }
        if (options.Draws < options.MinDraws) throw new ArgumentException($"Draws must be at least {options.MinDraws} for Baseline {Baseline}{(options.Scheme == DrawScheme.Independent ? "" : $" with Scheme {options.Scheme}")}; got {options.Draws}.", nameof(options.Draws));
        using var random = (options.Stream + PilotSeedOffset).Open(Distribution.Device);
        (RepeatedParameters repeated, Tensor values, Tensor log) = Evaluate(PilotDraws, random);
        Dictionary<string, Tensor> scores = repeated.Gradients(log);
        // A rare value that is missing from the pilot draws would also look like a non-zero mean; discrete values do not move.
        if (!Distribution.Support.IsDiscrete)
        {
            string[] biased = [.. scores.Where(pair => HasMean(pair.Value)).Select(pair => pair.Key)];
            string? moved = MovedCut(random);
            bool isPathwise = (biased.Length > 0 || moved is not null) && PathwiseEstimator.Applies(Problem);
            foreach (string path in biased) leftOut[path] = WhyNotZero("the support depends on this parameter") + (Problem.HasCustoms ? ". Run Test-Distribution" : isPathwise ? ". Use -Estimator Pathwise for this parameter" : "");
            if (moved is not null)
                leftOut[moved] = $"the draws are angles within π of {moved}, and the objective has different values at the two ends of this interval, so the estimate would be biased. Use {(isPathwise ? "-Estimator Pathwise for this parameter, or " : "")}an objective with period 2π";
            if (scores.Count > 0 && leftOut.Count == scores.Count)
                throw NotFor(WhyNotZero("its support depends on its parameters"), Problem.HasCustoms ? "Run Test-Distribution." : isPathwise || !Distribution.HasRSample ? null : $"Use -Estimator Pathwise and {Differentiable}.");
        }
        if (Baseline != ScoreBaseline.ControlVariate) return;
        // E[f s²] / E[s²] for each element.
        factors = scores.ToDictionary(pair => pair.Key, pair =>
        {
            Tensor squares = pair.Value.square(), total = squares.sum(0, keepdim: true);
            return where(total > 0, (values * squares).sum(0, keepdim: true) / total, zeros_like(total));
        });
    }

    private string WhyNotZero(string moves) => Problem.HasCustoms
        ? $"the mean of the score is not 0, so the estimate would be biased. Either {moves}, or the density does not integrate to 1, or the draws do not follow the density"
        : $"{moves}, so the mean of the score is not 0 and the estimate would be biased";

    // The score of an angle has the mean 0, but the derivative of E[f] has the further term (f(Loc + π) − f(Loc − π)) p(Loc + π), which is 0 only if f is equal at both ends.
    private string? MovedCut(RandomSource random)
    {
        if (CircleCut.Of(Distribution) is not { } cut) return null;
        using var noGrad = no_grad();
        VonMises circle = cut.Circle;
        long members = TensorShapes.Count(circle.BatchShape), together = Math.Max(1, MaxNumbers / DrawsPerCut / Math.Max(1, members));
        Tensor loc = circle.Loc.expand(circle.BatchShape).reshape(members), density = circle.LogProb(circle.Loc + Math.PI).exp().expand(circle.BatchShape).reshape(members);
        double tolerance = Math.Sqrt(TorchTypes.Epsilon(Distribution.DType));
        for (long start = 0; start < members; start += together)
        {
            // Each draw has one angle at an end.
            Tensor which = arange(start, Math.Min(start + together, members), device: Distribution.Device).unsqueeze(1).expand(-1, DrawsPerCut).reshape(-1);
            Tensor angles = circle.Sample([which.shape[0]], random).reshape(-1, members);
            Tensor At(double side)
            {
                Tensor moved = angles.scatter(1, which.unsqueeze(1), (loc.index_select(0, which) + side).unsqueeze(1)).reshape([which.shape[0], .. circle.BatchShape]);
                return Problem.Objective(cut.Push(moved), [which.shape[0]]).to(ScalarType.Float64);
            }
            Tensor above = At(Math.PI), below = At(-Math.PI);
            if (TensorQuestions.Any((above - below).abs() * density.index_select(0, which) > tolerance * above.abs().maximum(below.abs()))) return cut.Path;
        }
        return null;
    }

    private static bool HasMean(Tensor scores)
    {
        if (scores.numel() == 0) return false;
        Tensor mean = scores.mean([0]), error = scores.std(0, unbiased: true) / Math.Sqrt(scores.shape[0]);
        return (mean.abs() > Unlikely * error + 1e-9 * scores.abs().mean([0])).any().item<bool>();
    }

    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        (RepeatedParameters repeated, Tensor values, Tensor log) = Evaluate(draws, random);
        Dictionary<string, Tensor> gradients = repeated.Gradients(Less(values) * log);
        if (Baseline == ScoreBaseline.ControlVariate)
        {
            Dictionary<string, Tensor> scores = repeated.Gradients(log);
            gradients = gradients.ToDictionary(pair => pair.Key, pair => pair.Value - factors[pair.Key] * scores[pair.Key]);
        }
        foreach (string path in leftOut.Keys) gradients.Remove(path);
        return new DrawGradients(gradients, draws);
    }

    private (RepeatedParameters Repeated, Tensor Values, Tensor Log) Evaluate(long draws, RandomSource random)
    {
        RepeatedParameters repeated = Repeat(draws, random);
        Tensor z = Draw(repeated.Distribution, [], random, reparameterized: false), values;
        using (no_grad()) values = Problem.Objective(z, repeated.Leading).to(Distribution.DType);
        return (repeated, values, repeated.LogProb(z));
    }

    private Tensor Less(Tensor values) => Baseline switch
    {
        ScoreBaseline.LeaveOneOut => LeaveOneOut(values),
        ScoreBaseline.MovingAverage => values - MovingAverage(values),
        _ => values,
    };

    // The mean omits everything that depends on the draw: the draw itself, and its mirror image.
    private Tensor LeaveOneOut(Tensor values)
    {
        long count = values.numel();
        if (options.Scheme != DrawScheme.Antithetic) return (values - values.mean()) * ((double)count / (count - 1));
        Tensor flat = values.flatten(), pair = flat + flat.roll(count / 2);
        return (flat - (flat.sum() - pair) / (count - 2)).reshape(values.shape);
    }

    private static Tensor MovingAverage(Tensor values)
    {
        double[] own = ManagedValues.ToDoubles(values), before = new double[own.Length];
        double total = 0, weight = 0;
        for (int i = 0; i < own.Length; i++)
        {
            before[i] = weight > 0 ? total / weight : 0;
            (total, weight) = (Memory * total + own[i], Memory * weight + 1);
        }
        return tensor(before, values.shape, values.dtype, values.device);
    }
}
