using ReparamPS.Optimization;
using ReparamPS.Settings;

namespace ReparamPS.Vae;

/// <summary>The values that change over a run: the weight of the KL term and the step size.</summary>
internal sealed class VaeSchedules(VaeOptions options, int stepsPerEpoch)
{
    private static readonly Warmup Linear = (step, options, stepsPerEpoch, _) => Math.Min(1, step / (options.KlWarmupEpochs * stepsPerEpoch));

    private static readonly Warmup Cyclic = (step, options, _, total) => step >= total ? 1 : Math.Min(1, 2 * ((double)step * options.KlCycles / total % 1));

    // Cyclic: Fu, Li, Liu, Gao, Celikyilmaz, Carin 2019, arXiv:1903.10145.
    private static readonly NamedChoices<Warmup> Warmups = new(
        nameof(VaeOptions.KlWarmup),
        ("none", (_, _, _, _) => 1),
        ("linear", Linear),
        ("cyclic", Cyclic));

    private readonly Warmup warmup = Warmups[options.KlWarmup];
    private readonly long total = Total(options, stepsPerEpoch);
    private readonly Func<long, double> learningRate = LearningRateSchedules.Create(options.Optimization, Total(options, stepsPerEpoch));

    // The share of Beta at a step.
    private delegate double Warmup(long step, VaeOptions options, int stepsPerEpoch, long total);

    /// <summary>The names of the warm-ups.</summary>
    public static IReadOnlyList<string> KlWarmups => Warmups.Names;

    /// <summary>The setting whose schedule spans all epochs, so that a run of more epochs differs from its start; null if the number of epochs only ends the run.</summary>
    public static string? SettingOverAllEpochs(VaeOptions options) =>
        options.ScheduleEpochs > 0 ? null
        : LearningRateSchedules.ChangesOverSteps(options.LearningRateSchedule) ? nameof(VaeOptions.LearningRateSchedule)
        : Warmups[options.KlWarmup] == Cyclic ? nameof(VaeOptions.KlWarmup)
        : null;

    /// <summary>Whether a linear warm-up is longer than the run.</summary>
    public static bool IsCutOff(VaeOptions options) => options is { Beta: > 0, Epochs: > 0 } && Warmups[options.KlWarmup] == Linear && options.KlWarmupEpochs > options.Epochs;

    /// <summary>The weight of the KL term at a step, counted over the run from 0.</summary>
    public double KlWeight(long step) => options.Beta * warmup(step, options, stepsPerEpoch, total);

    /// <summary>The step size at a step, counted over the run from 0.</summary>
    public double LearningRate(long step) => learningRate(step);

    private static long Total(VaeOptions options, int stepsPerEpoch) => (long)(options.ScheduleEpochs > 0 ? options.ScheduleEpochs : options.Epochs) * stepsPerEpoch;
}
