namespace ReparamPS.Vae;

/// <summary>What changes over a run: the weight of the KL term and the step size.</summary>
internal sealed class VaeSchedules(VaeOptions options, int stepsPerEpoch)
{
    private readonly long total = (long)(options.ScheduleEpochs > 0 ? options.ScheduleEpochs : options.Epochs) * stepsPerEpoch;

    /// <summary>The setting by which the number of epochs changes every step, so that a run of more epochs is another run from the start; null where it only ends the run.</summary>
    public static string? SettingOverAllEpochs(VaeOptions options) =>
        options.ScheduleEpochs > 0 ? null
        : !VaeOptions.Is(options.LearningRateSchedule, "constant") ? nameof(VaeOptions.LearningRateSchedule)
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
    public double LearningRate(long step)
    {
        double done = Math.Min(1, (double)step / Math.Max(1, total - 1)), end = options.LearningRateEnd;
        return options.LearningRate * options.LearningRateSchedule.ToLowerInvariant() switch
        {
            "linear" => 1 + (end - 1) * done,
            "cosine" => end + (1 - end) * (1 + Math.Cos(Math.PI * done)) / 2,
            "exponential" => Math.Pow(end, done),
            _ => 1,
        };
    }
}
