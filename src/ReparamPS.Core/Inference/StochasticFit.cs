using ReparamPS.Gradients;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Optimization;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference;

/// <summary>Fits by Adam with fresh noise at each step. From time to time the coordinates change to those in which the current distribution is standard normal; the last quarter of the steps is averaged.</summary>
internal sealed class StochasticFit(BayesianModel model, ILogDensity density, VariationalOptions options, FitRun run)
{
    private const int Stages = 4, FinalDraws = 1 << 11, MaxFinalParts = 16;
    private const double LargestNorm = 100;

    public VariationalFit Run(GaussianState start)
    {
        int draws = options.Draws ?? VariationalOptions.AdamDraws;
        GaussianState state = start;
        run.Fit++;
        for (int stage = 0; stage < Stages; stage++) state = RunStage(state, draws, options.Steps * stage / Stages, options.Steps * (stage + 1) / Stages, isAveraged: stage == Stages - 1);
        (double bound, double norm) = Measured(state);
        return new VariationalFit(model, options, state)
        {
            Trace = run.Rows, Evaluations = run.Evaluations, TotalEvaluations = run.Evaluations, FitDraws = draws * options.GroupSize, Bound = bound, GradientNorm = norm,
            GradientTolerance = Math.Sqrt(2 * options.Tolerance), Disagreement = double.NaN, Agrees = true, Seconds = run.Seconds,
        };
    }

    // The norm of a random gradient grows with the number of parameters, even at the optimum. Products of gradients from different draws have no such bias; their noise is that of √(2 · parameters)
    // over the draws, and less for the path derivatives, which vanish draw by draw for a normal posterior.
    private (double Bound, double GradientNorm) Measured(GaussianState state)
    {
        NoiseScheme scheme = (long)state.Dimension * options.GroupSize <= NormalNoise.MaxSobolDimensions ? NoiseScheme.Sobol : NoiseScheme.Independent;
        int parts = (int)Math.Clamp(Math.Ceiling(Math.Sqrt(2.0 * state.ParameterCount) / (options.Tolerance * FinalDraws)), 2, MaxFinalParts);
        double[] sum = new double[state.ParameterCount];
        double bound = 0, squares = 0;
        for (int i = 0; i < parts; i++)
        {
            run.ThrowIfCancelled();
            double[] gradient = FrozenBound.Create(density, scheme, FinalDraws, options.GroupSize, run.NextSeed())
                .NaturalGradient(state, out double value, isPathOnly: options.Objective != VariationalObjective.Iwae);
            bound += value / parts;
            squares += TensorPrimitives.SumOfSquares<double>(gradient);
            TensorPrimitives.Add<double>(sum, gradient, sum);
        }
        return (bound, Math.Sqrt(Math.Max(0, (TensorPrimitives.SumOfSquares<double>(sum) - squares) / (parts * (parts - 1)))));
    }

    private GaussianState RunStage(GaussianState reference, int draws, int from, int to, bool isAveraged)
    {
        if (to == from) return reference;
        int size = reference.ParameterCount;
        using var scope = NewDisposeScope();
        using var parameters = new FlatParameters([("step", [size])], ScalarType.Float64, CPU);
        using var slopes = new FlatParameters([("step", [size])], ScalarType.Float64, CPU);
        using var adam = new AdamOptimizer(parameters, slopes);
        double[] step = new double[size], gradient = new double[size], sum = new double[size], location = new double[reference.Dimension], factor = new double[reference.Factor.Length];
        for (int i = from; i < to; i++)
        {
            TensorMemory.Read(parameters.Views[0], step);
            GaussianState state = reference.Moved(step);
            double bound = FrozenBound.Create(Target(), options.Scheme, draws, options.GroupSize, run.NextSeed(), isFresh: true)
                .Evaluate(state, location, factor, options.Objective == VariationalObjective.StickingTheLanding);
            reference.PullBack(state, location, factor, gradient);
            run.Add(draws * options.GroupSize, bound, TensorPrimitives.Norm<double>(gradient));
            // A step to where the density is undefined is skipped: the noise of the next one differs.
            double norm = TensorPrimitives.Norm<double>(gradient), largest = LargestNorm * Math.Sqrt(size);
            if (!double.IsFinite(norm) || !double.IsFinite(bound)) Array.Clear(gradient);
            // Adam remembers squares for so long that one huge gradient would end all movement.
            else if (norm > largest) TensorPrimitives.Multiply<double>(gradient, largest / norm, gradient);
            TensorPrimitives.Negate<double>(gradient, gradient);
            TensorMemory.Write(slopes.Views[0], gradient);
            adam.Step(options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * i / options.Steps)));
            TensorMemory.Read(parameters.Views[0], step);
            if (isAveraged) TensorPrimitives.Add<double>(sum, step, sum);
        }
        if (isAveraged) TensorPrimitives.Divide<double>(sum, to - from, step);
        return reference.Moved(step);
    }

    private ILogDensity Target()
    {
        if (options.BatchSize is not { } size || size == model.Rows) return density;
        Func<ulong> next = run.NextSeed().Bits();
        int[] rows = [.. Enumerable.Range(0, size).Select(_ => (int)(next() % (ulong)model.Rows!.Value))];
        return new RegressionDensity(model.Regression!.Batch(rows), model.Parameters);
    }
}
