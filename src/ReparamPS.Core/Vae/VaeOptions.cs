using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Runtime;
using TorchSharp;

namespace ReparamPS.Vae;

/// <summary>All settings of a VAE run. Two runs with equal settings and equal data on one machine give equal rows, bit for bit.</summary>
public sealed record VaeOptions
{
    /// <summary>The file of the images; null or empty: the embedded digits. See <see cref="ImageFiles"/>.</summary>
    public string? DataPath { get; init; }

    /// <summary>A file of images for the test; null or empty: they are split off the others.</summary>
    public string? TestPath { get; init; }

    /// <inheritdoc cref="ImageFileOptions.MaximumValue"/>
    public double? MaximumValue { get; init; }

    /// <inheritdoc cref="ImageFileOptions.LabelColumn"/>
    public string? LabelColumn { get; init; }

    /// <summary>The number of latent dimensions.</summary>
    public int LatentSize { get; init; } = 8;

    /// <summary>The sizes of the encoder's hidden layers, from the image on; the decoder mirrors them. Empty: linear encoder and decoder.</summary>
    public IReadOnlyList<int> HiddenSize { get; init; } = [128];

    /// <summary>The activation after each hidden layer; one of <see cref="VaeActivations.Names"/>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>The number of passes over the training images.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images a training step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The optimizer's step size.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The seed of weights, order and noise.</summary>
    public long Seed { get; init; }

    /// <summary>The share of the images that is kept apart for the test.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>The seed of the split into training and test, apart from <see cref="Seed"/> so that runs of different seeds share one test set.</summary>
    public long SplitSeed { get; init; }

    /// <summary>The floating type: float32 or float64.</summary>
    public string DType { get; init; } = "float32";

    /// <summary>The device that trains: cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The element type.</summary>
    internal torch.ScalarType ScalarType => TorchTypes.Parse(DType);

    /// <summary>Checks all settings that don't depend on the data.</summary>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, what is allowed and what came.</exception>
    public void Validate()
    {
        Require(LatentSize >= 1, nameof(LatentSize), "a whole number from 1 on", LatentSize);
        Require(HiddenSize.All(size => size >= 1), nameof(HiddenSize), "whole numbers from 1 on", string.Join(",", HiddenSize));
        Require(VaeActivations.Names.Contains(Activation, StringComparer.OrdinalIgnoreCase), nameof(Activation), "one of " + string.Join(", ", VaeActivations.Names), Activation);
        Require(Epochs >= 1, nameof(Epochs), "a whole number from 1 on", Epochs);
        Require(BatchSize >= 1, nameof(BatchSize), "a whole number from 1 on", BatchSize);
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), "a positive number", LearningRate);
        Require(TestFraction is >= 0 and < 1, nameof(TestFraction), "from 0 to below 1", TestFraction);
        Require(TorchTypes.FloatingNames.Contains(TorchTypes.NameOf(ScalarType)), nameof(DType), "float32 or float64", DType);
    }

    private static void Require(bool holds, string name, string allowed, object came)
    {
        if (!holds) throw new ArgumentException($"{name} must be {allowed}, but {Convert.ToString(came, CultureInfo.InvariantCulture)} came.", name);
    }
}
