using System.Diagnostics;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Gradients;

/// <summary>Estimates the gradient of a policy's cost by several estimators, and puts the exact gradient beside them where it is known.</summary>
public static class PolicyGradientMeasurement
{
    /// <summary>Numbers that a part of the trajectories may hold per tensor.</summary>
    private const long NumbersPerPart = 1 << 22;
    private const long MaxPerPart = 2048;
    private const double StandardErrorsApart = 6;

    /// <summary>The warning about a pathwise gradient that is exactly 0.</summary>
    public const string FlatCost = "The gradient of Pathwise is exactly 0. The cost, or the dynamics, are probably piecewise constant in states and actions, as with .sign() or .round(). Use -Estimator RewardToGo, which needs a policy with a positive Scale.";

    /// <summary>Measures.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy; it takes the problem's sizes if it has none.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="warn">Told if pathwise and score function disagree.</param>
    /// <param name="cancellation">Stops between two parts of the trajectories.</param>
    /// <returns>A row per estimator and parameter element.</returns>
    /// <exception cref="NotSupportedException">A score function was asked of a policy without noise.</exception>
    /// <exception cref="ArgumentException">Pathwise was asked of a problem whose dynamics or cost have a wrong gradient.</exception>
    public static IReadOnlyList<PolicyGradientRow> Run(
        ControlProblem problem, Policy policy, PolicyGradientOptions? options = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        options ??= new();
        options.Validate();
        policy.FitTo(problem);
        using var oneThread = new OneThread();
        if (options.Estimators.Contains(PolicyGradientEstimator.Pathwise)) PathwiseCheck.Run(problem, policy, Parts(problem, policy, options.Trajectories).First());
        double[]? truth = Truth(problem, policy);
        List<PolicyGradientRow> rows = [];
        foreach (PolicyGradientEstimator estimator in options.Estimators.Distinct())
        {
            foreach (PolicyBaseline baseline in estimator == PolicyGradientEstimator.Pathwise ? [PolicyBaseline.None] : options.Baselines.Distinct())
                rows.AddRange(Measure(problem, policy, estimator, baseline, options, truth, cancellation));
        }
        if ((Disagreement(rows) ?? (rows.Where(row => row.Estimator == PolicyGradientEstimator.Pathwise).ToArray() is { Length: > 0 } paths && Array.TrueForAll(paths, row => row is { Estimate: 0, StandardError: 0 }) ? FlatCost : null)) is { } message)
            warn?.Invoke(message);
        return rows;
    }

    private static IEnumerable<PolicyGradientRow> Measure(
        ControlProblem problem, Policy policy, PolicyGradientEstimator estimator, PolicyBaseline baseline, PolicyGradientOptions options, double[]? truth, CancellationToken cancellation)
    {
        if (estimator != PolicyGradientEstimator.Pathwise && policy.Scale.Contains(0))
            throw new NotSupportedException($"{estimator} needs noise in every action, but the policy's Scale contains 0. Make all numbers of Scale positive, or use Estimator Pathwise.");
        var clock = Stopwatch.StartNew();
        Moments[]? moments = null;
        using RandomSource random = options.Stream.Open();
        foreach (long part in Parts(problem, policy, options.Trajectories))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            (IReadOnlyList<Tensor> gradients, _) = PolicyGradient.Of(problem, policy, estimator, baseline, part, random, new RolloutOptions(), isPerTrajectory: true);
            Moments[] found = [.. gradients.SelectMany(gradient => OfColumns(gradient.reshape(part, -1)))];
            moments = moments is null ? found : [.. moments.Zip(found, (before, now) => before.With(now))];
        }
        double seconds = clock.Elapsed.TotalSeconds / options.Trajectories;
        int element = 0;
        foreach ((string name, Tensor value) in policy.GetParameters())
        {
            for (long index = 0; index < value.numel(); index++, element++)
            {
                Moments each = moments![element];
                yield return new PolicyGradientRow
                {
                    Problem = problem.Name, Estimator = estimator, Baseline = baseline, Parameter = name, Index = index, Estimate = each.Mean, StandardError = each.StandardError,
                    VariancePerTrajectory = each.Variance, SecondsPerTrajectory = seconds, Truth = truth?[element], ZScore = truth is null ? null : ZScore(each.Mean - truth[element], each.StandardError),
                    Trajectories = options.Trajectories, Seed = options.Seed, Generator = options.Generator,
                };
            }
        }
    }

    private static Moments[] OfColumns(Tensor matrix)
    {
        int rows = (int)matrix.shape[0], columns = (int)matrix.shape[1];
        double[] values = ManagedValues.ToDoubles(matrix.t());
        return [.. Enumerable.Range(0, columns).Select(column => Moments.Of(values.AsSpan(column * rows, rows)))];
    }

    private static double ZScore(double bias, double error) => bias == 0 ? 0 : bias / error;

    private static double[]? Truth(ControlProblem problem, Policy policy)
    {
        if (problem is not LqrProblem lqr || policy is not LinearPolicy linear || LqrValue.Of(lqr, linear.Gain, linear.Scale) is not { } value) return null;
        return [.. value.GainGradient.Cast<double>(), .. value.ScaleGradient];
    }

    // As even as can be, so that no part is left with a single trajectory, which has no baseline.
    private static IEnumerable<long> Parts(ControlProblem problem, Policy policy, long trajectories)
    {
        long perTrajectory = Math.Max(policy.ParameterCount, problem.Horizon * (problem.ObservationSize + problem.ActionSize + policy.WorkPerStep));
        long most = Math.Clamp(NumbersPerPart / perTrajectory, 2, MaxPerPart), parts = Math.Max(1, Math.Min((trajectories + most - 1) / most, trajectories / 2));
        for (long i = 0; i < parts; i++) yield return (trajectories * (i + 1) / parts) - (trajectories * i / parts);
    }

    private static string? Disagreement(IReadOnlyList<PolicyGradientRow> rows)
    {
        var pathwise = rows.Where(row => row.Estimator == PolicyGradientEstimator.Pathwise).ToDictionary(row => (row.Parameter, row.Index));
        (PolicyGradientRow? row, double apart) = (null, StandardErrorsApart);
        foreach (PolicyGradientRow other in rows.Where(other => other.Estimator != PolicyGradientEstimator.Pathwise))
        {
            if (!pathwise.TryGetValue((other.Parameter, other.Index), out PolicyGradientRow? path)) continue;
            double distance = Math.Abs(path.Estimate - other.Estimate) / Math.Sqrt((path.StandardError * path.StandardError) + (other.StandardError * other.StandardError));
            if (distance > apart) (row, apart) = (other, distance);
        }
        return row is null ? null
            : FormattableString.Invariant($"Pathwise and {row.Estimator} disagree by {apart:F1} standard errors in {row.Parameter}[{row.Index}]: the dynamics or the cost probably have jumps, or cut the gradient in part (New-Tensor, .detach(), .item(), .ToArray()). Pathwise is then biased; use {row.Estimator}.");
    }
}
