using System.Diagnostics;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference;

/// <summary>What one run of a fit counts and hands out: evaluations, rows, seeds.</summary>
internal sealed class FitRun(VariationalOptions options, Action<FitTraceRow>? onRow, CancellationToken cancellation)
{
    private readonly SplitMix seeds = new(options.Seed);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<FitTraceRow> rows = [];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<FitTraceRow> Rows => rows;

    /// <summary>Gradient evaluations so far.</summary>
    public int Evaluations => rows.Count;

    /// <summary>The time so far.</summary>
    public double Seconds => clock.Elapsed.TotalSeconds;

    /// <summary>The number of the fit that rows belong to.</summary>
    public int Fit { get; set; }

    /// <summary>The next seed.</summary>
    public RandomSeed NextSeed() => new((long)(seeds.Next() >> 1), options.Generator);

    /// <exception cref="OperationCanceledException">The fit was stopped.</exception>
    public void ThrowIfCancelled() => cancellation.ThrowIfCancellationRequested();

    /// <summary>Counts an evaluation.</summary>
    /// <exception cref="OperationCanceledException">The fit was stopped.</exception>
    public void Add(int draws, double bound, double gradientNorm)
    {
        ThrowIfCancelled();
        var row = new FitTraceRow(options, rows.Count + 1, draws, Fit, bound, gradientNorm, Seconds);
        rows.Add(row);
        onRow?.Invoke(row);
    }
}
