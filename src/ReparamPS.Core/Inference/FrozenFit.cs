using System.Numerics.Tensors;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Optimization;

namespace ReparamPS.Inference;

/// <summary>
/// Fits on frozen noise by L-BFGS. Draws double until a fit under an independent scramble agrees; the final fit takes the noise of both and two scrambles more. Each optimization works in
/// coordinates in which its start is standard normal, so that its Hessian is near the identity, and restarts in new ones if it takes long.
/// </summary>
internal sealed class FrozenFit(BayesianModel model, ILogDensity density, VariationalOptions options, FitRun run)
{
    private const int EvaluationsPerRestart = 20, FirstComparedDraws = 256, MinAgreedDraws = 512, FreshDraws = 1024, MaxDraws = 1 << 15, MaxNumbers = 1 << 22;
    private const double LargestNorm = 1e-3, RelativeRounding = 1e-15;

    // Two fits may have nearly the same bound by chance. The gap, by how much each beats the other on its own noise, is twice the loss of one of them, on average.
    private const double GapShare = 0.4, CertainGapShare = 0.001, ConfirmedShare = 0.2;

    // A smooth bound gains about g² / 2 nats from a point of gradient norm g; at a kink it gains nothing. Large norms belong to fits that diverge.
    private const double StalledShare = 1e-3, LargestStalledNorm = 1;

    // A point of gradient norm g loses about g² / 2 nats, which must be far less than the smallest gap that is looked for.
    private readonly double coarseTolerance = Math.Min(1e-3, 0.01 * Math.Sqrt(options.Tolerance)), fineTolerance = Math.Min(1e-5, 0.01 * Math.Sqrt(options.Tolerance));

    public VariationalFit Run(GaussianState start) => options.Draws is { } draws ? AtFixedDraws(start, draws) : WithDoubling(start);

    private VariationalFit AtFixedDraws(GaussianState start, int draws)
    {
        FrozenBound noise = NextNoise(draws);
        GaussianState coarse = Optimize(noise, start, coarseTolerance).State;
        Solution final = Optimize(noise, coarse, fineTolerance);
        Solution other = Optimize(NextNoise(draws), final.State, coarseTolerance);
        return Confirmed(noise, final, Compare(final, other, draws), canGrow: false);
    }

    private VariationalFit WithDoubling(GaussianState start)
    {
        int draws = FirstDraws, most = Math.Max(draws, (int)Math.Min(MaxDraws / 4, MaxNumbers / ((long)density.Dimension * options.GroupSize)));
        FrozenBound noise = NextNoise(draws);
        Solution fit = Optimize(noise, start, coarseTolerance);
        double previousGap = double.PositiveInfinity;
        while (true)
        {
            FrozenBound scramble = NextNoise(draws), both = noise.With(scramble);
            GaussianState middle = fit.State;
            bool isFirst = draws == FirstDraws, isLast = draws * 2 > most || run.Evaluations >= options.MaxEvaluations;
            if (isFirst || isLast || draws >= FirstComparedDraws)
            {
                Solution other = Optimize(scramble, fit.State, coarseTolerance);
                double gap = Math.Max(0.5 * (fit.Bound - noise.Value(other.State) + other.Bound - scramble.Value(fit.State)), Unresolved(fit, other)), disagreement = Compare(fit, other, Math.Max(draws, FreshDraws));
                bool isCertain = gap <= CertainGapShare * options.Tolerance;
                bool isNear = draws >= MinAgreedDraws && gap <= GapShare * options.Tolerance && previousGap <= 4 * GapShare * options.Tolerance;
                if ((disagreement <= options.Tolerance && (isCertain || isNear)) || isLast)
                {
                    FrozenBound all = isCertain ? both : both.With(NextNoise(draws)).With(NextNoise(draws));
                    return Confirmed(all, Optimize(all, fit.State, fineTolerance), disagreement, canGrow: !isLast);
                }
                previousGap = gap;
            }
            draws *= 2;
            (noise, fit) = (both, Optimize(both, middle, coarseTolerance));
        }
    }

    // Whitening needs more draws than dimensions, and the fit several times as many.
    private int FirstDraws
    {
        get
        {
            int draws = VariationalOptions.FirstDraws;
            while (options.Family == VariationalFamily.FullRank && draws < 2 * density.Dimension) draws *= 2;
            return draws;
        }
    }

    private FrozenBound NextNoise(int draws) => FrozenBound.Create(density, options.Scheme, draws, options.GroupSize, run.NextSeed());

    // On fresh noise of the same size the gradient is not 0: half its squared norm is on average twice the loss. If it is large, the fit takes that noise too, since its own was poor by chance.
    private VariationalFit Confirmed(FrozenBound noise, Solution final, double disagreement, bool canGrow)
    {
        while (true)
        {
            FrozenBound fresh = NextNoise(Math.Max(noise.Draws, FreshDraws));
            double norm = Norm(fresh, final.State, out double bound), gain = 0.5 * norm * norm;
            run.Add(fresh.Draws * options.GroupSize, bound, norm);
            if (!canGrow || gain <= ConfirmedShare * options.Tolerance || noise.Draws * 2 > MaxDraws || run.Evaluations >= options.MaxEvaluations)
            {
                return new VariationalFit(model, options, final.State)
                {
                    Trace = run.Rows, Evaluations = final.Evaluations, TotalEvaluations = run.Evaluations, FitDraws = noise.Draws * options.GroupSize, Bound = bound, GradientNorm = Norm(noise, final.State, out _),
                    GradientTolerance = Math.Min(LargestNorm, Math.Sqrt(2 * options.Tolerance)), Disagreement = disagreement, Agrees = disagreement <= options.Tolerance, Seconds = run.Seconds,
                };
            }
            noise = noise.With(fresh);
            final = Optimize(noise, final.State, fineTolerance);
        }
    }

    private static double Norm(FrozenBound noise, GaussianState state, out double bound) => TensorPrimitives.Norm<double>(noise.NaturalGradient(state, out bound));

    private double Compare(Solution fit, Solution other, int draws)
    {
        FrozenBound fresh = FrozenBound.Create(density, options.Scheme, draws, options.GroupSize, run.NextSeed());
        return Math.Max(Math.Abs(fresh.Value(fit.State) - fresh.Value(other.State)), Unresolved(fit, other));
    }

    // The other fit starts at the first one, and does not differ from it if rounding or the allowed evaluations ended it there.
    private static double Unresolved(Solution fit, Solution other) => 0.5 * other.GradientNorm * other.GradientNorm + RelativeRounding * Math.Max(1, Math.Abs(fit.Bound));

    private Solution Optimize(FrozenBound noise, GaussianState start, double tolerance)
    {
        run.Fit++;
        int evaluations = 0;
        bool hasStalled = false;
        double before = double.PositiveInfinity;
        while (true)
        {
            double[] step = new double[start.ParameterCount];
            GaussianState reference = start;
            var optimizer = new Lbfgs((at, gradient) => Evaluate(noise, reference, at, gradient));
            int allowed = Math.Max(1, Math.Min(EvaluationsPerRestart, options.MaxEvaluations - run.Evaluations));
            LbfgsResult result = optimizer.Minimize(step, tolerance, allowed);
            if (result.End == LbfgsEnd.Undefined) throw FitDivergence.Of(model, options, run, start) ?? VariationalInference.NotFinite(model, density);
            evaluations += result.Evaluations;
            start = start.Moved(step);
            bool isAtKink = result.GradientNorm <= LargestStalledNorm && before - result.Value <= StalledShare * Math.Min(options.Tolerance, 0.5 * result.GradientNorm * result.GradientNorm);
            bool isStalled = result.End == LbfgsEnd.NoProgress || isAtKink;
            if (result.End == LbfgsEnd.Converged || (isStalled && hasStalled) || run.Evaluations >= options.MaxEvaluations) return new Solution(start, -result.Value, result.GradientNorm, evaluations);
            (hasStalled, before) = (isStalled, result.Value);
        }
    }

    private double Evaluate(FrozenBound noise, GaussianState reference, ReadOnlySpan<double> at, Span<double> gradient)
    {
        GaussianState state = reference.Moved(at);
        double[] location = new double[state.Dimension], factor = new double[state.Factor.Length];
        double bound = noise.Evaluate(state, location, factor);
        reference.PullBack(state, location, factor, gradient);
        TensorPrimitives.Negate(gradient, gradient);
        run.Add(noise.Draws * options.GroupSize, bound, TensorPrimitives.Norm<double>(gradient));
        return -bound;
    }

    private sealed record Solution(GaussianState State, double Bound, double GradientNorm, int Evaluations);
}
