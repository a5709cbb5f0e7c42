using System.Globalization;

namespace ReparamPS.Policies.Problems;

/// <summary>The settings that all control problems share.</summary>
public sealed record ControlProblemSettings
{
    /// <summary>Steps per trajectory.</summary>
    public int Horizon { get; init; } = 50;

    /// <summary>γ: above 0 and at most 1.</summary>
    public double Discount { get; init; } = 1;

    /// <summary>The standard deviation of the noise added to each state after a step: one for all, or one per state; null for none.</summary>
    public IReadOnlyList<double>? ProcessNoise { get; init; }

    /// <summary>Actions of bounded policies lie within ± this number; null: the problem names no bound.</summary>
    public double? ActionBound { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"Horizon={Horizon} Discount={Discount:R} ProcessNoise={(ProcessNoise is null ? "" : string.Join(',', ProcessNoise.Select(each => each.ToString("R", CultureInfo.InvariantCulture))))} ActionBound={ActionBound:R}");

    internal void Validate(int stateSize)
    {
        if (Horizon < 1) throw new ArgumentException($"Horizon must be at least 1; got {Horizon}.", nameof(Horizon));
        if (!(Discount is > 0 and <= 1)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Discount must be above 0 and at most 1; got {Discount}."), nameof(Discount));
        if (ActionBound is { } bound && !(bound > 0 && double.IsFinite(bound))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ActionBound must be positive and finite; got {bound}."), nameof(ActionBound));
        if (ProcessNoise is null) return;
        if (ProcessNoise.Count != 1 && ProcessNoise.Count != stateSize)
            throw new ArgumentException($"ProcessNoise must have 1 number{(stateSize == 1 ? "" : $" or {stateSize}, one per state variable")}; got {ProcessNoise.Count}.", nameof(ProcessNoise));
        foreach (double scale in ProcessNoise)
        {
            if (!(scale >= 0 && double.IsFinite(scale)))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"ProcessNoise must be standard deviations, finite and at least 0; got {scale}."), nameof(ProcessNoise));
        }
    }
}
