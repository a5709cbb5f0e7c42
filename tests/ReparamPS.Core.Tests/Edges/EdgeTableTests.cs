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
        int allowed = EdgeExceptions.Of(kind);
        Assert.True(misses.Count <= allowed, $"{kind}: {misses.Count} of {count} numbers miss their tolerance, {allowed} are listed.\n{string.Join("\n", misses.Take(20))}");
    }

    [Fact]
    public void At_most_a_thousandth_of_the_numbers_is_listed_as_missing_its_tolerance()
    {
        long count = EdgeTable.Kinds.Sum(kind => EdgeTable.Read(kind).Sum(group => group.Rows.Sum(row => 1L + (row.Slopes?.Length ?? 0))));
        Assert.True(EdgeExceptions.All.Sum(pair => pair.Count) <= 1e-3 * count, $"{EdgeExceptions.All.Sum(pair => pair.Count)} of {count}");
    }
}
