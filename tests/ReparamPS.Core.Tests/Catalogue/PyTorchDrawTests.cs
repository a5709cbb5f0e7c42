using System.Globalization;
using System.Text.Json;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Draws and their gradients where the algorithm is PyTorch's: equal seeds give equal numbers.</summary>
public sealed class PyTorchDrawTests
{
    public static TheoryData<string, int> Rows() => Cases.Rows("samples");

    [Theory, MemberData(nameof(Rows))]
    public void Draws_and_gradients_are_those_of_PyTorch(string name, int row)
    {
        using var scope = NewDisposeScope();
        ReferenceFile file = ReferenceFile.Of(name);
        JsonElement expected = file.Rows("samples")[row];
        bool hasGradients = expected.TryGetProperty("gradients", out JsonElement gradients);
        ReferenceDistribution made = ReferenceDistribution.Make(file, expected.GetProperty("parameters"), requiresGrad: hasGradients);
        using var random = new RandomSource(expected.GetProperty("seed").GetInt64());
        long[] shape = JsonNumbers.Longs(expected.GetProperty("sampleShape"));
        Tensor draws = hasGradients ? made.Value.RSample(shape, random) : made.Value.Sample(shape, random);
        AssertClose($"{name} draws", JsonNumbers.Doubles(expected.GetProperty("values")), ManagedValues.ToDoubles(draws), 1e-10);
        if (!hasGradients) return;
        Tensor weights = arange(1, draws.numel() + 1, ScalarType.Float64).reshape(draws.shape) / draws.numel();
        (draws * weights).sum().backward();
        // PyTorch promises 5e-4 for the derivative of a gamma draw in its concentration.
        double tolerance = expected.TryGetProperty("gradientTolerance", out JsonElement larger) ? larger.GetDouble() : name is "Gamma" or "Chi2" ? 5e-4 : 1e-10;
        foreach (JsonProperty gradient in gradients.EnumerateObject())
            AssertClose($"{name} d/d{gradient.Name}", Wanted(gradient, made.Leaves[gradient.Name].shape), ManagedValues.ToDoubles(made.Leaves[gradient.Name].grad!), tolerance);
    }

    // PyTorch reads what is above the diagonal of a factor, where there is nothing to change.
    private static double[] Wanted(JsonProperty gradient, long[] shape)
    {
        double[] numbers = JsonNumbers.Doubles(gradient.Value);
        return gradient.Name == "ScaleTril" ? ManagedValues.ToDoubles(tensor(numbers).reshape(shape).tril()) : numbers;
    }

    private static void AssertClose(string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(Math.Abs(expected[i]), 1e-3 * scale),
                string.Create(CultureInfo.InvariantCulture, $"{what}[{i}] is {actual[i]:R}, in PyTorch {expected[i]:R}."));
        }
    }
}
