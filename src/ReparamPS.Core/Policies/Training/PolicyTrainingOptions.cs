using System.Globalization;
using System.Reflection;
using ReparamPS.Optimization;
using ReparamPS.Messages;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Policies.Training;

/// <summary>All settings of a policy training. Runs of equal settings, problem and first policy return equal rows, apart from the times.</summary>
public sealed record PolicyTrainingOptions
{
    /// <summary>The estimator of the gradient.</summary>
    public PolicyGradientEstimator Estimator { get; init; } = PolicyGradientEstimator.Pathwise;

    /// <summary>The baseline of the score function's weights.</summary>
    public PolicyBaseline Baseline { get; init; } = PolicyBaseline.None;

    /// <summary>The number of iterations; each is one step of the optimizer.</summary>
    public int Iterations { get; init; } = 200;

    /// <summary>Trajectories per iteration.</summary>
    public int Trajectories { get; init; } = 256;

    /// <summary>Steps after which Pathwise cuts the path through the state; the first cut of an iteration is drawn at random. 0: never.</summary>
    public int Truncation { get; init; }

    /// <summary>α: a step's cost is c + α log π(u), so that larger entropy costs less.</summary>
    public double EntropyWeight { get; init; }

    /// <inheritdoc cref="OptimizerOptions.Optimizer"/>
    public string Optimizer { get; init; } = "adam";

    /// <inheritdoc cref="OptimizerOptions.LearningRate"/>
    public double LearningRate { get; init; } = 0.01;

    /// <inheritdoc cref="OptimizerOptions.LearningRateSchedule"/>
    public string LearningRateSchedule { get; init; } = "constant";

    /// <inheritdoc cref="OptimizerOptions.LearningRateEnd"/>
    public double LearningRateEnd { get; init; } = 0.01;

    /// <summary>The iterations that a schedule of the step size spans; its last value then holds. 0: all iterations of the run, which then cannot be extended.</summary>
    public int ScheduleIterations { get; init; }

    /// <inheritdoc cref="OptimizerOptions.Momentum"/>
    public double Momentum { get; init; } = 0.9;

    /// <inheritdoc cref="OptimizerOptions.WeightDecay"/>
    public double WeightDecay { get; init; }

    /// <inheritdoc cref="OptimizerOptions.GradientClip"/>
    public double GradientClip { get; init; }

    /// <summary>The seed of initial states, noise and truncation points.</summary>
    public long Seed { get; init; }

    /// <summary>The generator of initial states, noise and truncation points.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>The optimizer's share of the settings.</summary>
    internal OptimizerOptions OptimizerOptions => new()
    {
        Optimizer = Optimizer, LearningRate = LearningRate, LearningRateSchedule = LearningRateSchedule, LearningRateEnd = LearningRateEnd,
        Momentum = Momentum, WeightDecay = WeightDecay, GradientClip = GradientClip,
    };

    /// <summary>Whether a schedule depends on <see cref="Iterations"/>.</summary>
    internal bool SpansAllIterations => ScheduleIterations == 0 && LearningRateSchedules.ChangesOverSteps(LearningRateSchedule);

    /// <summary>The named settings of these options, the others of other options.</summary>
    /// <param name="others">The settings that are not named.</param>
    /// <param name="names">Names of settings; others among them are passed over.</param>
    public PolicyTrainingOptions Over(PolicyTrainingOptions others, IEnumerable<string> names)
    {
        PolicyTrainingOptions all = others with { };
        foreach (string name in names)
        {
            PropertyInfo? setting = typeof(PolicyTrainingOptions).GetProperty(name);
            setting?.SetValue(all, setting.GetValue(this));
        }
        return all;
    }

    /// <summary>All settings, name by name, as text; case does not count.</summary>
    internal IReadOnlyDictionary<string, string> Texts() => ShownTexts().ToDictionary(entry => entry.Key, entry => entry.Value.ToLowerInvariant());

    /// <summary>All settings, name by name, as messages show them.</summary>
    internal IReadOnlyDictionary<string, string> ShownTexts() => typeof(PolicyTrainingOptions).GetProperties()
        .ToDictionary(property => property.Name, property => Convert.ToString(property.GetValue(this), CultureInfo.InvariantCulture)!);

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    internal void Validate()
    {
        Require(Iterations >= 1, nameof(Iterations), "at least 1", Iterations);
        Require(Trajectories >= 2, nameof(Trajectories), "at least 2", Trajectories);
        Require(Truncation >= 0, nameof(Truncation), "at least 0", Truncation);
        Require(EntropyWeight >= 0 && double.IsFinite(EntropyWeight), nameof(EntropyWeight), "finite and at least 0", EntropyWeight);
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), "positive and finite", LearningRate);
        Require(LearningRateEnd is > 0 and <= 1, nameof(LearningRateEnd), "above 0 and at most 1", LearningRateEnd);
        Require(ScheduleIterations >= 0, nameof(ScheduleIterations), "at least 0", ScheduleIterations);
        Require(Momentum is >= 0 and < 1, nameof(Momentum), "at least 0 and less than 1", Momentum);
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), "finite and at least 0", WeightDecay);
        Require(GradientClip >= 0 && double.IsFinite(GradientClip), nameof(GradientClip), "finite and at least 0", GradientClip);
        Require(Optimizers.Names.Contains(Optimizer, StringComparer.OrdinalIgnoreCase), nameof(Optimizer), "one of " + string.Join(", ", Optimizers.Names), Optimizer);
        Require(LearningRateSchedules.Names.Contains(LearningRateSchedule, StringComparer.OrdinalIgnoreCase), nameof(LearningRateSchedule), "one of " + string.Join(", ", LearningRateSchedules.Names), LearningRateSchedule);
    }

    private static void Require(bool holds, string name, string allowed, object found)
    {
        if (!holds) throw new ArgumentException($"{name} must be {allowed}; got {(Convert.ToString(found, CultureInfo.InvariantCulture) is { Length: > 0 } text ? ShortText.Of(text) : ShortText.Quoted(""))}.", name);
    }
}
