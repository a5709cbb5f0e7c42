using ReparamPS.Messages;
using ReparamPS.Runs;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Common;

/// <summary>
/// Takes over the training of a cmdlet on this thread, which then only binds and checks: a sweep's worker trains later, on another thread and beside other runs.
/// </summary>
internal sealed class DeferredTraining : IDisposable
{
    [ThreadStatic]
    private static DeferredTraining? current;

    private Func<Action<TrainingProgress>, CancellationToken, IEnumerable<object>>? train;
    private Func<TrainingProgress, string>? describe;

    /// <summary>Takes over the next training on this thread.</summary>
    /// <param name="images">Reads images; several runs may share it.</param>
    public DeferredTraining(VaeDataReader images)
    {
        Images = images;
        current = this;
    }

    /// <summary>What takes over trainings on this thread; null if cmdlets train themselves.</summary>
    public static DeferredTraining? Current => current;

    /// <summary>Reads the images of the run.</summary>
    public VaeDataReader Images { get; }

    /// <summary>Whether a cmdlet has left its training.</summary>
    public bool IsLeft => train is not null;

    /// <summary>Takes a training.</summary>
    /// <param name="training">Trains and returns the rows.</param>
    /// <param name="position">Says where a training is.</param>
    public void Take(Func<Action<TrainingProgress>, CancellationToken, IEnumerable<object>> training, Func<TrainingProgress, string> position) => (train, describe) = (training, position);

    /// <summary>Trains, on any thread.</summary>
    /// <param name="report">Receives text and percentage of the progress, at most five times a second.</param>
    /// <param name="cancellation">Stops the training, which may save its state.</param>
    public IEnumerable<object> Train(Action<string, int> report, CancellationToken cancellation)
    {
        var pace = new ProgressPace();
        return train!(
            progress =>
            {
                if (pace.IsDue()) report(describe!(progress), (int)(100 * progress.Fraction));
            },
            cancellation);
    }

    /// <summary>Lets cmdlets train themselves again.</summary>
    public void Dispose() => current = null;
}
