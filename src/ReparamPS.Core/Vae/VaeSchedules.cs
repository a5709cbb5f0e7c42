using ReparamPS.Optimization;

namespace ReparamPS.Vae;

/// <summary>What changes over a run: the weight of the KL term and the step size.</summary>
internal sealed class VaeSchedules(VaeOptions options, int stepsPerEpoch)
{
    private readonly long total = Total(options, stepsPerEpoch);
    private readonly Func<long, double> learningRate = LearningRateSchedules.Create(options.Optimization, Total(options, stepsPerEpoch));

    /// <summary>The setting by which the number of epochs changes every step, so that a run of more epochs is another run from the start; null where it only ends the run.</summary>
    public static string? SettingOverAllEpochs(VaeOptions options) =>
        options.ScheduleEpochs > 0 ? null
        : LearningRateSchedules.ChangesOverSteps(options.LearningRateSchedule) ? nameof(VaeOptions.LearningRateSchedule)
        : VaeOptions.Is(options.KlWarmup, "cyclic") ? nameof(VaeOptions.KlWarmup)
        : null;

    /// <summary>The weight of the KL term at a step, counted over the run from 0.</summary>
    public double KlWeight(long step) => options.Beta * options.KlWarmup.ToLowerInvariant() switch
    {
        "linear" => Math.Min(1, step / (options.KlWarmupEpochs * stepsPerEpoch)),
        // Fu, Li, Liu, Gao, Celikyilmaz, Carin 2019, arXiv:1903.10145.
        "cyclic" => step >= total ? 1 : Math.Min(1, 2 * ((double)step * options.KlCycles / total % 1)),
        _ => 1,
    };

    /// <summary>The step size at a step, counted over the run from 0.</summary>
    public double LearningRate(long step) => learningRate(step);

    private static long Total(VaeOptions options, int stepsPerEpoch) => (long)(options.ScheduleEpochs > 0 ? options.ScheduleEpochs : options.Epochs) * stepsPerEpoch;
}
