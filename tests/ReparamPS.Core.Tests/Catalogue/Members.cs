using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Every member that computes a tensor, for tests that call them all.</summary>
internal static class Members
{
    public static IReadOnlyList<string> Names { get; } = ["Sample", "RSample", "LogProb", "Cdf", "LogCdf", "Survival", "LogSurvival", "Icdf", "Mean", "Variance", "StdDev", "Entropy"];

    /// <summary>The member's result, or null where the distribution lacks it.</summary>
    /// <param name="name">The member.</param>
    /// <param name="distribution">Whose.</param>
    /// <param name="value">A value in the support.</param>
    /// <param name="random">What draws.</param>
    public static Tensor? Call(string name, Distribution distribution, Tensor value, RandomSource random)
    {
        if (distribution.EventShape.Length > 0 && name is ("Cdf" or "LogCdf" or "Survival" or "LogSurvival" or "Icdf")) return null;
        try
        {
            return name switch
            {
                "Sample" => distribution.Sample([7], random),
                "RSample" => distribution.RSample([7], random),
                "LogProb" => distribution.LogProb(value),
                "Cdf" => distribution.Cdf(value),
                "LogCdf" => distribution.LogCdf(value),
                "Survival" => distribution.Survival(value),
                "LogSurvival" => distribution.LogSurvival(value),
                "Icdf" => distribution.Icdf(Probability(distribution)),
                "Mean" => distribution.Mean,
                "Variance" => distribution.Variance,
                "StdDev" => distribution.StdDev,
                "Entropy" => distribution.Entropy,
                _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
            };
        }
        catch (Exception exception) when (exception is NotSupportedException or NotReparameterizableException)
        {
            return null;
        }
    }

    private static Tensor Probability(Distribution distribution) => full([2, .. distribution.BatchShape], 0.3, distribution.DType, distribution.Device);
}
