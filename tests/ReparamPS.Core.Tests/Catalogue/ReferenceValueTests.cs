using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Every value of the reference files, in float64: relative error at most 1e-9 unless the file gives a reason for more.</summary>
public sealed class ReferenceValueTests
{
    [Theory, MemberData(nameof(Cases.Settings), MemberType = typeof(Cases))]
    public void Log_densities_agree(string name, int setting) => ComparePoints(name, setting, "logProb", (distribution, value) => distribution.LogProb(value), 1e-12);

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Cumulative_probabilities_agree(string name, int setting) => ComparePoints(name, setting, "cdf", (distribution, value) => distribution.Cdf(value), 1e-300);

    // Where the CDF is nearly 1 its logarithm is nearly 0: the lower tail is what LogCdf is for, and Survival has the upper.
    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Logarithms_of_cumulative_probabilities_agree(string name, int setting) =>
        ComparePoints(name, setting, "logCdf", (distribution, value) => distribution.LogCdf(value), 1e-15);

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Survival_probabilities_agree(string name, int setting) => ComparePoints(name, setting, "survival", (distribution, value) => distribution.Survival(value), 1e-300);

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Logarithms_of_survival_probabilities_agree(string name, int setting)
    {
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        (double Value, double Cdf, double Survival)[] points = [.. reference.PointValues.Zip(reference.Column("cdf"), reference.Column("survival")).Where(point => point.Third > 1e-300)];
        double[] values = [.. points.Select(point => point.Value)];
        double[] expected = [.. points.Select(point => point.Cdf < 0.5 ? MathNet.Numerics.SpecialFunctions.Log1p(-point.Cdf) : Math.Log(point.Survival))];
        Compare(reference, "logSurvival", expected, values, distribution => distribution.LogSurvival(ReferenceDistribution.Values(values, [values.Length])), 1e-300);
    }

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void Quantiles_agree(string name, int setting)
    {
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        double[] probabilities = [.. reference.Quantiles.Select(row => JsonNumbers.Number(row.GetProperty("probability")))];
        double[] expected = [.. reference.Quantiles.Select(row => JsonNumbers.Number(row.GetProperty("value")))];
        double scale = expected.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        Compare(reference, "quantile", expected, probabilities, distribution => distribution.Icdf(ReferenceDistribution.Values(probabilities, [probabilities.Length])), 1e-300 + 1e-15 * scale);
    }

    [Theory, MemberData(nameof(Cases.WithMoment), "mean", MemberType = typeof(Cases))]
    public void Means_agree(string name, int setting) => CompareMoment(name, setting, "mean", distribution => distribution.Mean, 1e-15);

    [Theory, MemberData(nameof(Cases.WithMoment), "variance", MemberType = typeof(Cases))]
    public void Variances_agree(string name, int setting) => CompareMoment(name, setting, "variance", distribution => distribution.Variance, 1e-300);

    [Theory, MemberData(nameof(Cases.WithMoment), "entropy", MemberType = typeof(Cases))]
    public void Entropies_agree(string name, int setting) => CompareMoment(name, setting, "entropy", distribution => distribution.Entropy, 1e-12);

    private static void ComparePoints(string name, int setting, string property, Func<Distribution, Tensor, Tensor> compute, double absolute)
    {
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        double[] expected = reference.Column(property), values = reference.PointValues;
        long[] shape = [reference.Points.Count, .. reference.EventShape];
        Compare(reference, property, expected, reference.EventShape.Length == 0 ? values : null, distribution => compute(distribution, ReferenceDistribution.Values(values, shape)), absolute);
    }

    private static void CompareMoment(string name, int setting, string property, Func<Distribution, Tensor> compute, double absolute)
    {
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Compare(reference, property, reference.Moment(property)!, null, compute, absolute);
    }

    private static void Compare(ReferenceSetting reference, string property, double[] expected, double[]? at, Func<Distribution, Tensor> compute, double absolute)
    {
        using var scope = NewDisposeScope();
        double[] actual = ManagedValues.ToDoubles(compute(ReferenceDistribution.Make(reference.File, reference.Parameters).Value));
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = reference.Tolerance(property);
        string[] wrong =
        [
            .. expected.Select((value, i) => (value, i)).Where(pair => !Agrees(actual[pair.i], pair.value, tolerance, absolute)).Select(pair => string.Create(
                CultureInfo.InvariantCulture,
                $"{property}{(at is null ? $"[{pair.i}]" : $"({at[pair.i]:R})")} is {actual[pair.i]:R}, not {pair.value:R}: relative error {Math.Abs(actual[pair.i] - pair.value) / Math.Abs(pair.value):E1}")),
        ];
        Assert.True(wrong.Length == 0, $"{reference}\n{string.Join("\n", wrong)}");
    }

    private static bool Agrees(double actual, double expected, double relative, double absolute) =>
        double.IsNaN(expected) ? double.IsNaN(actual)
        : double.IsInfinity(expected) ? actual == expected
        : Math.Abs(actual - expected) <= relative * Math.Abs(expected) + absolute;
}
