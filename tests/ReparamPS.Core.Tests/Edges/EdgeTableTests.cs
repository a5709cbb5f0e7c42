using ReparamPS.Distributions;
using ReparamPS.Divergences;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>
/// The catalogue at the edges of its parameters: values and gradients against 50 digits, in both types. The numbers that miss their tolerance are listed by kind, with the reason.
/// </summary>
public sealed class EdgeTableTests(ITestOutputHelper output)
{
    public static TheoryData<string> Kinds() => [.. EdgeTable.Kinds];

    [Theory, MemberData(nameof(Kinds))]
    public void Values_and_gradients_agree_with_50_digits(string kind)
    {
        int count = 0;
        List<EdgeMiss> misses = [];
        foreach (EdgeGroup group in EdgeTable.Read(kind))
        {
            (int compared, IReadOnlyList<EdgeMiss> missed) = EdgeComparison.Compare(group);
            count += compared;
            misses.AddRange(missed);
            output.WriteLine($"{group}: {compared - missed.Count} of {compared}");
        }
        output.WriteLine($"{kind}: {count - misses.Count} of {count}, {100.0 * (count - misses.Count) / count:F3} %");
        foreach (EdgeMiss miss in misses) output.WriteLine($"{miss}");
        int allowed = EdgeExceptions.Of(kind);
        Assert.True(misses.Count <= allowed, $"{kind}: {misses.Count} of {count} numbers miss their tolerance, {allowed} are listed.\n{string.Join("\n", misses.Take(20))}");
    }

    [Fact]
    public void Kinds_near_the_smallest_and_largest_numbers_agree_with_50_digits()
    {
        List<EdgeMiss> misses = [];
        foreach (EdgeGroup group in EdgeTable.ReadExtremes()) misses.AddRange(EdgeComparison.Compare(group).Misses);
        foreach (EdgeMiss miss in misses) output.WriteLine($"{miss}");
        Assert.Empty(misses);
    }

    [Fact]
    public void Every_kind_of_the_catalogue_is_in_the_table_with_all_its_members_in_both_types()
    {
        List<string> missing = [];
        foreach (DistributionType type in DistributionCatalog.All)
        {
            IReadOnlyList<EdgeGroup> groups = EdgeTable.Kinds.Contains(type.Name) ? EdgeTable.Read(type.Name) : [];
            foreach (bool isSingle in (bool[])[false, true])
            {
                foreach (string member in Members(type).Except(groups.Where(group => group.IsSingle == isSingle).Select(group => group.Member.Split(':')[0])))
                    missing.Add($"{type.Name}.{member}");
            }
        }
        Assert.Equal(EdgeExceptions.NotInTable.Select(entry => entry.Member).Order(), missing.Distinct().Order());
    }

    private static IEnumerable<string> Members(DistributionType type)
    {
        yield return "logProb";
        foreach (string tail in type.HasCdf ? (string[])["cdf", "logCdf", "survival", "logSurvival"] : []) yield return tail;
        if (type.HasQuantile) yield return "icdf";
        foreach (string moment in type.HasMoments ? (string[])["mean", "variance"] : []) yield return moment;
        if (type.HasEntropy) yield return "entropy";
        if (KullbackLeibler.Pairs.Contains((type.Name, type.Name))) yield return "kl";
    }

    [Fact]
    public void At_most_a_thousandth_of_the_numbers_is_listed_as_missing_its_tolerance()
    {
        long count = EdgeTable.Kinds.Sum(kind => EdgeTable.Read(kind).Sum(group => group.Rows.Sum(row => 1L + (row.Slopes?.Length ?? 0))));
        Assert.True(EdgeExceptions.All.Sum(pair => pair.Count) <= 1e-3 * count, $"{EdgeExceptions.All.Sum(pair => pair.Count)} of {count}");
    }
}
