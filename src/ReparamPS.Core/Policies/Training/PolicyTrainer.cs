using System.Diagnostics;
using ReparamPS.Messages;
using ReparamPS.Numerics.Points;
using ReparamPS.Optimization;
using ReparamPS.Policies.Derived;
using ReparamPS.Policies.Gradients;
using ReparamPS.Policies.Problems;
using ReparamPS.Runs;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Training;

/// <summary>Trains a policy in place: each iteration draws trajectories, estimates the gradient of their cost and makes one step of an optimizer.</summary>
public sealed class PolicyTrainer : IDisposable
{
    // Trajectories are drawn in parts of this size, so that results do not depend on the number of threads.
    private const int PartSize = 128;

    private readonly ControlProblem problem;
    private readonly Policy policy;
    private readonly FlatParameters values, gradient;
    private readonly FlatOptimizer optimizer;
    private readonly Func<long, double> learningRate;
    private readonly Tensor isScaled;
    private bool isChecked;

    /// <summary>Prepares a training.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy, which is trained in place; it takes the problem's sizes if it has none.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public PolicyTrainer(ControlProblem problem, Policy policy, PolicyTrainingOptions options)
    {
        options.Validate();
        policy.FitTo(problem);
        bool hasNoise = !policy.Scale.Contains(0);
        if (!hasNoise && (options.Estimator != PolicyGradientEstimator.Pathwise || options.EntropyWeight > 0))
            throw new NotSupportedException($"{(options.EntropyWeight > 0 ? nameof(options.EntropyWeight) : options.Estimator)} needs noise in every action, but the policy's Scale contains 0. Make all numbers of Scale positive{(options.EntropyWeight > 0 ? ", or use EntropyWeight 0 with Estimator Pathwise" : ", or use Estimator Pathwise")}.");
        (this.problem, this.policy, Options) = (problem, policy, options);
        values = new FlatParameters(policy.Flat.Layout, policy.DType, CPU);
        gradient = new FlatParameters(policy.Flat.Layout, policy.DType, CPU);
        using var scope = NewDisposeScope();
        isScaled = (policy.ScaleTensor > 0).to(policy.DType).DetachFromDisposeScope();
        TakeFromPolicy();
        optimizer = Optimizers.Create(options.OptimizerOptions, values, gradient);
        learningRate = LearningRateSchedules.Create(options.OptimizerOptions, options.ScheduleIterations > 0 ? options.ScheduleIterations : options.Iterations);
    }

    /// <summary>The settings.</summary>
    public PolicyTrainingOptions Options { get; }

    /// <summary>Iterations done.</summary>
    public int Iteration { get; private set; }

    /// <summary>Whether all iterations are done.</summary>
    public bool IsFinished => Iteration >= Options.Iterations;

    /// <summary>The run's name in rows.</summary>
    internal string RunId { get; set; } = "";

    /// <summary>Trains without a folder.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy, which is trained in place.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Called after each iteration.</param>
    /// <param name="cancellation">Stops between two parts of an iteration.</param>
    public static IEnumerable<PolicyIteration> Train(
        ControlProblem problem, Policy policy, PolicyTrainingOptions options, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var trainer = new PolicyTrainer(problem, policy, options);
        trainer.RunId = PolicyRunSettings.Of(problem, policy, options).RunId;
        while (!trainer.IsFinished) yield return trainer.RunIteration(progress, cancellation);
    }

    /// <summary>Makes one iteration.</summary>
    /// <param name="progress">Called after the iteration.</param>
    /// <param name="cancellation">Stops between two parts of the iteration.</param>
    /// <exception cref="TrainingDivergedException">A cost, the gradient or a parameter is not finite.</exception>
    /// <exception cref="ArgumentException">The pathwise estimator is used, and the dynamics or the cost have a wrong gradient.</exception>
    public PolicyIteration RunIteration(Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (!isChecked && Options.Estimator == PolicyGradientEstimator.Pathwise) PathwiseCheck.Run(problem, policy, Options.Trajectories / Parts, Options.Truncation);
        isChecked = true;
        double cost = ComputeGradient(cancellation), norm = gradient.Buffer.norm().to(ScalarType.Float64).item<double>(), stepSize = learningRate(Iteration);
        if (!double.IsFinite(norm)) throw Iteration > 0 ? Diverged("the gradient is not finite") : CannotStart($"the gradient of the given policy's cost is not finite. {Try(["another policy", "a smaller Horizon", .. ShorterPaths()])}");
        gradient.ClipNorm(Options.GradientClip);
        optimizer.Step(stepSize);
        Iteration++;
        GiveToPolicy();
        // Also σ, which is the exponential of what the optimizer moves.
        if (!policy.Flat.Buffer.isfinite().all().item<bool>()) throw Diverged("the parameters of the policy are not finite", Iteration);
        if ((policy.ScaleTensor == 0).to(policy.DType).mul(isScaled).any().item<bool>()) throw Diverged($"a number of the policy's Scale fell below the smallest positive {TorchTypes.NameOf(policy.DType)} and became 0", Iteration);
        progress?.Invoke(new TrainingProgress(1, 1, Iteration, Options.Iterations));
        return new PolicyIteration(Options)
        {
            RunId = RunId, Problem = problem.Name, Policy = policy.Name, Iteration = Iteration, Cost = cost, GradientNorm = norm, Scale = policy.Scale.Average(), StepSize = stepSize,
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    /// <summary>All tensors that the training continues from.</summary>
    internal IReadOnlyList<(string Name, Tensor Value)> StateTensors() => [("parameters", values.Buffer), .. optimizer.State.Select(state => ("optimizer." + state.Name, state.Value))];

    /// <summary>Continues from a state.</summary>
    internal void Restore(IReadOnlyDictionary<string, Tensor> tensors, int iteration)
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in StateTensors()) value.copy_(tensors[name]);
        (Iteration, optimizer.StepCount) = (iteration, iteration);
        GiveToPolicy();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        gradient.Dispose();
        values.Dispose();
        isScaled.Dispose();
    }

    // The optimizer moves log σ, so that σ stays positive; a σ of 0 stays 0.
    private void TakeFromPolicy()
    {
        using var noGrad = no_grad();
        values.Buffer.copy_(policy.Flat.Buffer);
        values.Views[^1].copy_(policy.ScaleTensor.log().nan_to_num(0, 0, 0) * isScaled);
    }

    private void GiveToPolicy()
    {
        using var scope = NewDisposeScope();
        policy.Flat.Buffer.copy_(values.Buffer);
        policy.ScaleTensor.copy_(values.Views[^1].exp() * isScaled);
    }

    // The mean gradient over trajectories, into the buffer; returns their mean cost.
    private double ComputeGradient(CancellationToken cancellation)
    {
        int parts = Parts;
        int threads = Math.Min(parts, problem.IsThreadSafe ? get_num_threads() : 1);
        var found = new (Tensor Gradient, double Cost)[parts];
        int firstCut = 1 + (int)(StreamOf(-1).Bits()() % (ulong)Math.Max(1, Options.Truncation));
        void Run(int part)
        {
            cancellation.ThrowIfCancellationRequested();
            // Bounds are set so that parts differ by one trajectory at most, and none is left alone without a baseline.
            int count = (int)(((long)Options.Trajectories * (part + 1) / parts) - ((long)Options.Trajectories * part / parts));
            found[part] = GradientOf(part, count, firstCut);
        }
        try
        {
            RunParts(parts, threads, Run, cancellation);
        }
        catch (NonFiniteCostException error)
        {
            // After the first step, training is the cause, not the policy that was given.
            string what = Iteration == 0 ? error.Message : error.Problem;
            what = char.ToLowerInvariant(what[0]) + what[1..];
            throw Iteration == 0 ? CannotStart(what) : Diverged(what.TrimEnd('.'));
        }
        // A function of the problem failed, which did not in earlier iterations.
        catch (ArgumentException error) when (Iteration > 0 && error.GetType() == typeof(ArgumentException))
        {
            throw new ArgumentException($"Iteration {Iteration + 1}: {ShortText.Message(error)}", error.ParamName, error);
        }
        gradient.Buffer.zero_();
        foreach ((Tensor part, _) in found)
        {
            gradient.Buffer.add_(part);
            part.Dispose();
        }
        gradient.Buffer.div_(Options.Trajectories);
        gradient.Views[^1].mul_(policy.ScaleTensor);
        return found.Sum(part => part.Cost) / Options.Trajectories;
    }

    private static void RunParts(int parts, int threads, Action<int> run, CancellationToken cancellation)
    {
        using var oneThread = new OneThread();
        if (threads == 1)
        {
            for (int part = 0; part < parts; part++) run(part);
            return;
        }
        try
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, part =>
            {
                // Each thread has a setting of its own.
                set_num_threads(1);
                run(part);
            });
        }
        catch (AggregateException error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    private int Parts => (Options.Trajectories + PartSize - 1) / PartSize;

    // Laid out as the buffer; the caller's to dispose, on whatever thread.
    private (Tensor Gradient, double Cost) GradientOf(int part, int count, int firstCut)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        RandomSeed stream = StreamOf(part);
        using RandomSource random = stream.Open();
        var options = new RolloutOptions
        {
            Truncation = Options.Truncation, FirstCut = firstCut, EntropyWeight = Options.EntropyWeight,
            Starts = problem.Starts.Spread(count, policy.DType, stream.ShortBits()),
        };
        (IReadOnlyList<Tensor> gradients, Tensor costs) = Options.Estimator == PolicyGradientEstimator.Pathwise && PendulumGradient.Fits(problem, policy, options)
            ? PendulumGradient.Of((PendulumProblem)problem, (NeuralPolicy)policy, count, random, options)
            : PolicyGradient.Of(problem, policy, Options.Estimator, Options.Baseline, count, random, options, isPerTrajectory: false);
        using var flat = new FlatParameters(policy.Flat.Layout, policy.DType, CPU);
        for (int i = 0; i < gradients.Count; i++) flat.Views[i].copy_(gradients[i]);
        return (flat.Buffer.clone().DetachFromDisposeScope(), costs.sum().to(ScalarType.Float64).item<double>());
    }

    // A stream is named by seed, iteration and part, not by what was drawn before: a run can be resumed without a generator's state.
    private RandomSeed StreamOf(int part)
    {
        unchecked
        {
            ulong first = new SplitMix(Options.Seed).Next(), second = new SplitMix((long)(first ^ (ulong)Iteration)).Next();
            return new RandomSeed((long)(new SplitMix((long)(second ^ (ulong)(part + 1))).Next() >> 1), Options.Generator);
        }
    }

    // No step was made, so that no setting of the steps is the cause.
    private static TrainingDivergedException CannotStart(string what) => new($"The training cannot start: {what}");

    private TrainingDivergedException Diverged(string what) => Diverged(what, Iteration + 1);

    private TrainingDivergedException Diverged(string what, int iteration)
    {
        List<string> advice = [Smaller(nameof(Options.LearningRate), Options.LearningRate), Smaller(nameof(Options.GradientClip), Options.GradientClip)];
        advice.AddRange(ShorterPaths());
        if (Options.WeightDecay > 0) advice.Add(Smaller(nameof(Options.WeightDecay), Options.WeightDecay));
        return new TrainingDivergedException($"The training diverged at iteration {iteration}: {what}. {Try(advice)}");
    }

    private static string Try(List<string> advice) => $"Try {string.Join(", ", advice[..^1])} or {advice[^1]}.";

    // Only Pathwise has a path through the state to cut.
    private string[] ShorterPaths() => Options.Estimator == PolicyGradientEstimator.Pathwise ? [Smaller(nameof(Options.Truncation), Options.Truncation)] : [];

    // A setting that is 0 is off.
    private static string Smaller(string name, double value) => value == 0 ? $"a positive {name} (now 0: off)" : FormattableString.Invariant($"a smaller {name} (now {value})");
}
