using ReparamPS.Settings;

namespace ReparamPS.Inference;

/// <summary>What the settings of a fit require of each other.</summary>
public static class VariationalSettings
{
    /// <summary>The settings that have no effect with some values of other settings.</summary>
    public static IReadOnlyList<DependentSetting<VariationalOptions>> Dependent { get; } =
    [
        new(nameof(VariationalOptions.ImportanceSamples), [nameof(VariationalOptions.Objective)], "Objective Iwae", options => options.Objective == VariationalObjective.Iwae),
        new(nameof(VariationalOptions.Steps), [nameof(VariationalOptions.Optimizer)], "Optimizer Adam", options => options.Optimizer == VariationalOptimizer.Adam),
        new(nameof(VariationalOptions.LearningRate), [nameof(VariationalOptions.Optimizer)], "Optimizer Adam", options => options.Optimizer == VariationalOptimizer.Adam),
        new(nameof(VariationalOptions.MaxEvaluations), [nameof(VariationalOptions.Optimizer)], "Optimizer Lbfgs", options => options.Optimizer == VariationalOptimizer.Lbfgs),
    ];
}
