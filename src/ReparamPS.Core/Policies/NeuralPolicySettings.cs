using System.Globalization;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using ReparamPS.Messages;

namespace ReparamPS.Policies;

/// <summary>The settings of a neural policy.</summary>
public sealed record NeuralPolicySettings
{
    /// <summary>The sizes of the hidden layers; empty: a linear mean.</summary>
    public IReadOnlyList<int> HiddenSize { get; init; } = [64, 64];

    /// <summary>The distribution of actions.</summary>
    public ActionDistribution Distribution { get; init; } = ActionDistribution.Normal;

    /// <summary>σ at the start: one number, or one per action; from 0 on.</summary>
    public IReadOnlyList<double> Scale { get; init; } = [0.5];

    /// <summary>The seed of the weights.</summary>
    public long Seed { get; init; }

    /// <summary>The generator of the weights.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>The floating type: float32 or float64.</summary>
    public string DType { get; init; } = "float64";

    internal RandomSeed Stream => new(Seed, Generator);

    internal torch.ScalarType ScalarType => TorchTypes.ParseFloat(DType);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"HiddenSize={string.Join(',', HiddenSize)} Distribution={Distribution} Scale={string.Join(',', Scale.Select(each => each.ToString("R", CultureInfo.InvariantCulture)))} Seed={Seed} DType={DType.ToLowerInvariant()}{(Generator == default ? "" : $" Generator={Generator}")}");

    internal void Validate()
    {
        foreach (int size in HiddenSize)
        {
            if (size < 1) throw new ArgumentException($"HiddenSize must be positive integers; got {ShortText.Of(string.Join(',', HiddenSize))}.", nameof(HiddenSize));
        }
        LinearPolicy.CheckScale(Scale, null, ScalarType);
    }
}
