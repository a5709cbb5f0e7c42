using ReparamPS.Optimization;
using ReparamPS.Settings;

namespace ReparamPS.Policies.Training;

/// <summary>What the settings of a policy training require of each other.</summary>
public static class PolicySettings
{
    /// <summary>The settings that have no effect with some values of other settings.</summary>
    public static IReadOnlyList<DependentSetting<PolicyTrainingOptions>> Dependent { get; } =
    [
        // No baseline suits every estimator.
        new(nameof(PolicyTrainingOptions.Baseline), [nameof(PolicyTrainingOptions.Estimator)], "Estimator ScoreFunction or RewardToGo", options => options.Baseline == PolicyBaseline.None || options.Estimator != PolicyGradientEstimator.Pathwise),
        new(nameof(PolicyTrainingOptions.Truncation), [nameof(PolicyTrainingOptions.Estimator)], "Estimator Pathwise", options => options.Truncation == 0 || options.Estimator == PolicyGradientEstimator.Pathwise),
        new(nameof(PolicyTrainingOptions.LearningRateEnd), [nameof(PolicyTrainingOptions.LearningRateSchedule)], LearningRateSchedules.Requirement, options => LearningRateSchedules.ChangesOverSteps(options.LearningRateSchedule)),
        new(nameof(PolicyTrainingOptions.ScheduleIterations), [nameof(PolicyTrainingOptions.LearningRateSchedule)], LearningRateSchedules.Requirement, options => LearningRateSchedules.ChangesOverSteps(options.LearningRateSchedule)),
        new(nameof(PolicyTrainingOptions.Momentum), [nameof(PolicyTrainingOptions.Optimizer)], Optimizers.MomentumRequirement, options => Optimizers.HasMomentum(options.Optimizer)),
    ];
}
