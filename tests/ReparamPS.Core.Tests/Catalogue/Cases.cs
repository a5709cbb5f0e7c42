using ReparamPS.Distributions;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>
/// What the tests of this folder run over: every distribution of the catalogue, and every setting of its reference file. A new distribution
/// is covered when it has a file.
/// </summary>
internal static class Cases
{
    public static TheoryData<string> Names() => [.. DistributionCatalog.All.Select(type => type.Name)];

    /// <summary>The kinds whose samples carry gradients.</summary>
    public static TheoryData<string> ReparameterizedNames() => [.. DistributionCatalog.All.Where(type => type.HasRSample).Select(type => type.Name)];

    public static TheoryData<string, int> Settings() => Where(_ => true);

    /// <summary>The settings of univariate distributions.</summary>
    public static TheoryData<string, int> Univariate() => Where(file => IsUnivariate(file));

    /// <summary>The settings of univariate distributions on the whole numbers.</summary>
    public static TheoryData<string, int> UnivariateDiscrete() => Where(file => IsUnivariate(file) && file.Type.Support.IsDiscrete);

    /// <summary>The settings for which the file has a moment, of kinds that have it.</summary>
    public static TheoryData<string, int> WithMoment(string property) => Where(
        file => property == "entropy" ? file.Type.HasEntropy : file.Type.HasMoments, setting => setting.Moment(property) is not null);

    /// <summary>The settings of univariate distributions whose samples carry gradients.</summary>
    public static TheoryData<string, int> UnivariateReparameterized() => Where(file => IsUnivariate(file) && file.Type.HasRSample);

    public static bool IsUnivariate(ReferenceFile file) => file.Settings[0].EventShape.Length == 0;

    /// <summary>The rows of a section of the files (shapes, samples, …).</summary>
    public static TheoryData<string, int> Rows(string section)
    {
        var data = new TheoryData<string, int>();
        foreach (ReferenceFile file in ReferenceFile.Known)
        {
            for (int i = 0; i < file.Rows(section).Count; i++) data.Add(file.Name, i);
        }
        return data;
    }

    /// <summary>The settings whose gradients are judged in a given way.</summary>
    public static TheoryData<string, int> CheckedBy(string check) => Where(file => file.Type.HasRSample, setting => setting.GradientCheck == check);

    private static TheoryData<string, int> Where(Func<ReferenceFile, bool> predicate, Func<ReferenceSetting, bool>? isIncluded = null)
    {
        var data = new TheoryData<string, int>();
        foreach (ReferenceFile file in ReferenceFile.Known.Where(predicate))
        {
            IReadOnlyList<ReferenceSetting> settings = file.Settings;
            for (int i = 0; i < settings.Count; i++)
            {
                if (isIncluded?.Invoke(settings[i]) ?? true) data.Add(file.Name, i);
            }
        }
        return data;
    }
}
