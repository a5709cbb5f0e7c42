using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>
/// float32 against float64 (which <see cref="ReferenceValueTests"/> ties to the truth), at the same parameters and points: both rounded to float32.
/// A large parameter n (or a large count) makes terms of the size n log n, whose rounding is in the result: the tolerance grows with them.
/// </summary>
public sealed class SinglePrecisionTests
{
    [Theory, MemberData(nameof(Cases.Settings), MemberType = typeof(Cases))]
    public void Log_densities_agree_with_double_precision(string name, int setting) => Compare(name, setting, (distribution, value) => distribution.LogProb(value));

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Cumulative_probabilities_agree_with_double_precision(string name, int setting) => Compare(name, setting, (distribution, value) => distribution.Cdf(value));

    [Theory, MemberData(nameof(Cases.WithMoment), "mean", MemberType = typeof(Cases))]
    public void Means_agree_with_double_precision(string name, int setting) => Compare(name, setting, (distribution, _) => distribution.Mean);

    [Theory, MemberData(nameof(Cases.WithMoment), "entropy", MemberType = typeof(Cases))]
    public void Entropies_agree_with_double_precision(string name, int setting) => Compare(name, setting, (distribution, _) => distribution.Entropy);

    private static void Compare(string name, int setting, Func<Distribution, Tensor, Tensor> compute)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        double largest = 1;
        Distribution? rounded = null, single = null;
        try
        {
            rounded = ReferenceDistribution.Make(reference.File, reference.Parameters, change: (_, leaf) => Round(leaf)).Value;
            single = ReferenceDistribution.Make(reference.File, reference.Parameters, ScalarType.Float32).Value;
        }
        catch (ParameterConstraintException error)
        {
            Assert.Skip($"The setting lives on digits that float32 lacks, such as 1 − 1e-9 or 1e6 + 0.01: {error.Message}");
        }
        foreach (DistributionParameter parameter in rounded.Parameters)
            largest = Math.Max(largest, ManagedValues.ToDoubles(parameter.Value).Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty().Max());
        if (rounded.Support.IsDiscrete) largest = Math.Max(largest, reference.PointValues.Max(Math.Abs));
        Tensor values = ReferenceDistribution.Values(reference.PointValues, [reference.Points.Count, .. reference.EventShape], ScalarType.Float32);
        bool isOutside = reference.File.Type.Support.EventDims > 0 && !rounded.Support.Check(values.to(ScalarType.Float64)).all().item<bool>();
        Assert.SkipWhen(isOutside, "Rounded to float32, the points leave the support.");
        double[] expected = ManagedValues.ToDoubles(compute(rounded, values.to(ScalarType.Float64)));
        Tensor result = compute(single, values);
        Assert.Equal(ScalarType.Float32, result.dtype);
        double[] actual = ManagedValues.ToDoubles(result);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = (1e-4 * Math.Max(1, Math.Abs(expected[i]))) + (1e-6 * largest * Math.Max(1, Math.Log(largest)));
            bool agrees = double.IsNaN(expected[i]) ? double.IsNaN(actual[i])
                : Math.Abs(expected[i]) > 1e37 ? Math.Abs(actual[i]) > 1e37
                : Math.Abs(actual[i] - expected[i]) <= allowed;
            Assert.True(agrees, string.Create(CultureInfo.InvariantCulture, $"{reference}: [{i}] is {actual[i]:R} in float32 and {expected[i]:R} in float64."));
        }
    }

    private static Tensor Round(Tensor leaf) => leaf.to(ScalarType.Float32).to(ScalarType.Float64);
}
