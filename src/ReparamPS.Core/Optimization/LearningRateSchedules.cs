using ReparamPS.Settings;

namespace ReparamPS.Optimization;

/// <summary>The schedules of the step size by name. A new one is a line here.</summary>
public static class LearningRateSchedules
{
    private static readonly Factor Constant = (_, _) => 1;

    private static readonly NamedChoices<Factor> All = new(
        nameof(OptimizerOptions.LearningRateSchedule),
        ("constant", Constant),
        ("linear", (done, end) => 1 + (end - 1) * done),
        ("cosine", (done, end) => end + (1 - end) * (1 + Math.Cos(Math.PI * done)) / 2),
        ("exponential", (done, end) => Math.Pow(end, done)));

    // The factor of the step size when a share of the steps is done; it falls from 1 to `end`.
    private delegate double Factor(double done, double end);

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => All.Names;

    /// <summary>What the settings of a schedule require.</summary>
    internal static string Requirement => "LearningRateSchedule " + OneOf([.. Names.Where(ChangesOverSteps)]);

    /// <summary>Whether a schedule depends on the number of steps.</summary>
    public static bool ChangesOverSteps(string name) => All[name] != Constant;

    /// <summary>The step size at each step, counted from 0.</summary>
    /// <param name="options">Schedule, first and last step size.</param>
    /// <param name="steps">Steps after which the last step size is reached; it then holds.</param>
    /// <exception cref="ArgumentException">The schedule's name is not allowed.</exception>
    public static Func<long, double> Create(OptimizerOptions options, long steps)
    {
        Factor factor = All[options.LearningRateSchedule];
        double last = Math.Max(1, steps - 1);
        return step => options.LearningRate * factor(Math.Min(1, step / last), options.LearningRateEnd);
    }

    private static string OneOf(string[] names) => $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
