using System.Text.RegularExpressions;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Sampling;

/// <summary>A distribution's typical instance to draw a million numbers from, with or without the gradient of their sum.</summary>
internal sealed partial record SamplingCase(DistributionType Type, bool WithGradient)
{
    private const long Numbers = 1_000_000;

    private readonly Dictionary<string, object> pyTorchParameters = Type.Parameters
        .Where(parameter => parameter.Example is not (null or ExampleFactory))
        .ToDictionary(parameter => Capital().Replace(parameter.Name, "_$0").ToLowerInvariant(), parameter => Nested(parameter.Example!));

    /// <summary>The number of draws: a million numbers' worth.</summary>
    public long Count { get; } = Numbers / EventSize(Type);

    public string Title => WithGradient ? $"{Type.Name}, gradient" : Type.Name;

    /// <summary>The same for PyTorch: the examples of the catalogue under its names.</summary>
    public object PyTorchRequest => new { name = Type.Name, parameters = pyTorchParameters, count = Count, gradient = WithGradient };

    /// <summary>The log-densities of as many draws.</summary>
    public object PyTorchDensityRequest(ScalarType dtype) =>
        new { name = Type.Name, parameters = pyTorchParameters, count = Count, gradient = WithGradient, density = true, dtype = TorchTypes.NameOf(dtype) };

    /// <summary>What one draw takes.</summary>
    public Cost Measure(RandomGenerator generator = RandomGenerator.Torch)
    {
        using var scope = NewDisposeScope();
        using RandomSource random = RandomSource.Open(1, generator);
        Distribution distribution = Type.CreateExample(requiresGrad: WithGradient);
        return Cost.Of(() =>
        {
            Tensor draws = distribution.HasRSample ? distribution.RSample([Count], random) : distribution.Sample([Count], random);
            if (WithGradient) draws.sum().backward();
        });
    }

    private static long EventSize(DistributionType type)
    {
        using var scope = NewDisposeScope();
        return TensorShapes.Count(type.CreateExample().EventShape);
    }

    private static object Nested(object example) => example is double[,] matrix
        ? Enumerable.Range(0, matrix.GetLength(0)).Select(i => Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[i, j]).ToArray()).ToArray()
        : example;

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
