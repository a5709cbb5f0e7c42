using ReparamPS.Settings;

namespace ReparamPS.Optimization;

/// <summary>The optimizers by name. A new one is a file with its class, and a line here.</summary>
public static class Optimizers
{
    private static readonly NamedChoices<OptimizerFactory> All = new(
        nameof(OptimizerOptions.Optimizer),
        ("adam", (options, parameters, gradient) => new AdamOptimizer(parameters, gradient, options.WeightDecay)),
        ("adamw", (options, parameters, gradient) => new AdamOptimizer(parameters, gradient, options.WeightDecay, isDecoupled: true)),
        ("adagrad", (options, parameters, gradient) => new AdagradOptimizer(parameters, gradient, options.WeightDecay)),
        ("rmsprop", (options, parameters, gradient) => new RmsPropOptimizer(parameters, gradient, options.WeightDecay)),
        ("sgd", (options, parameters, gradient) => new SgdOptimizer(parameters, gradient, options.WeightDecay, options.Momentum)));

    private delegate FlatOptimizer OptimizerFactory(OptimizerOptions options, FlatParameters parameters, FlatParameters gradient);

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => All.Names;

    /// <summary>What a momentum requires.</summary>
    internal static string MomentumRequirement => "Optimizer sgd";

    /// <summary>Whether an optimizer has a momentum.</summary>
    internal static bool HasMomentum(string name) => name.Equals("sgd", StringComparison.OrdinalIgnoreCase);

    /// <summary>The optimizer that options name, with a state of zeros.</summary>
    /// <param name="options">The name and the optimizer's own settings.</param>
    /// <param name="parameters">The parameters to move.</param>
    /// <param name="gradient">Their gradient, of the same layout.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    internal static FlatOptimizer Create(OptimizerOptions options, FlatParameters parameters, FlatParameters gradient) => All[options.Optimizer](options, parameters, gradient);
}
