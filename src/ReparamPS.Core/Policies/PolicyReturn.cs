using System.Diagnostics;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies;

/// <summary>The return of a policy over episodes. A return is −cost.</summary>
public sealed record PolicyReturn
{
    private const int MaxPerPart = 2048;

    /// <summary>The problem's name.</summary>
    public required string Problem { get; init; }

    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>The number of episodes.</summary>
    public required int Episodes { get; init; }

    /// <summary>The mean return.</summary>
    public required double Return { get; init; }

    /// <summary>The standard deviation of returns.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The standard error of the mean, as of independent starts; evenly spread starts have a smaller one.</summary>
    public required double StandardError { get; init; }

    /// <summary>The lowest return.</summary>
    public required double Minimum { get; init; }

    /// <summary>The highest return.</summary>
    public required double Maximum { get; init; }

    /// <summary>Sobol: evenly spread starts, always the same; Random: drawn ones.</summary>
    public required string Starts { get; init; }

    /// <summary>Whether the policy acted without noise.</summary>
    public required bool Deterministic { get; init; }

    /// <summary>The seed of the noise, and of random starts.</summary>
    public required long Seed { get; init; }

    /// <summary>The generator.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Measures the return.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy; it takes the problem's sizes if it has none.</param>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="isDeterministic">Whether actions are those of ε = 0.</param>
    /// <param name="seed">The seed of the noise, and of the starts if they can't be spread evenly.</param>
    /// <param name="cancellation">Stops between two parts of the episodes.</param>
    public static PolicyReturn Measure(ControlProblem problem, Policy policy, int episodes = 1000, bool isDeterministic = false, RandomSeed seed = default, CancellationToken cancellation = default)
    {
        if (episodes < 1) throw new ArgumentException($"Episodes must be at least 1; got {episodes}.", nameof(episodes));
        policy.FitTo(problem);
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var oneThread = new OneThread();
        using RandomSource random = seed.Open();
        SpreadStates? starts = problem.Starts.Sequence();
        double[] returns = [.. Parts(episodes).SelectMany(part =>
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            Tensor? from = starts?.Next(part, policy.DType);
            return ManagedValues.ToDoubles(-Rollout.Run(problem, policy, part, random, new RolloutOptions { IsDeterministic = isDeterministic, Starts = from }).Costs.sum(0L));
        })];
        Moments moments = Moments.Of(returns);
        return new PolicyReturn
        {
            Problem = problem.Name, Policy = policy.Name, Episodes = episodes, Return = moments.Mean, StandardDeviation = moments.StandardDeviation, StandardError = moments.StandardError, Minimum = returns.Min(),
            Maximum = returns.Max(), Starts = starts is null ? "Random" : "Sobol", Deterministic = isDeterministic, Seed = seed.Value, Generator = seed.Generator, Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    private static IEnumerable<int> Parts(int episodes)
    {
        for (long first = 0; first < episodes; first += MaxPerPart) yield return (int)Math.Min(MaxPerPart, episodes - first);
    }
}
