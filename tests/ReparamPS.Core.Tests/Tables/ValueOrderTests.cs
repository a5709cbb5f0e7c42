using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>The order of values of any kinds.</summary>
public sealed class ValueOrderTests
{
    // Ascending; no two tie.
    private static readonly object?[] Ascending =
    [
        null,
        double.NaN, double.NegativeInfinity, -1, false, 0.5, true, 2L, 2.5m, 10, (ulong)11, double.PositiveInfinity,
        new DateTime(2020, 1, 2), new DateTimeOffset(2020, 1, 2, 1, 0, 0, TimeSpan.Zero), new DateTimeOffset(2020, 1, 2, 1, 0, 0, TimeSpan.FromHours(-5)),
        "", "10", "9", "A", "a", "b",
        Array.Empty<object?>(), new object?[] { null }, new object?[] { null, 1 }, new object?[] { 8 }, new object?[] { 8, null }, new object?[] { 8, 4 }, new object?[] { 8, 4, 2 }, new object?[] { 8, "4" }, new[] { 16, 8 },
        new object?[] { "a", 1 }, new object?[] { new object?[] { 1 } }, new object?[] { new object?[] { 1, 2 } },
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), new Version(1, 9), new Version(1, 10),
    ];

    [Fact]
    public void Any_two_values_are_in_order()
    {
        for (int i = 0; i < Ascending.Length; i++)
            for (int j = 0; j < Ascending.Length; j++)
                Assert.True(Math.Sign(ValueOrder.Instance.Compare(Ascending[i], Ascending[j])) == i.CompareTo(j), $"value {i} and value {j}");
    }

    [Fact]
    public void Equal_numbers_of_different_types_tie() => Assert.Equal(0, ValueOrder.Instance.Compare(new object?[] { 1, 0.5 }, new object?[] { 1.0, 0.5m }));

    [Fact]
    public void What_has_no_order_is_compared_by_its_text()
    {
        Assert.True(ValueOrder.Instance.Compare(new Uri("http://a"), new Uri("http://b")) < 0);
        // Tuples are comparable, but these items are not.
        Assert.Equal(0, ValueOrder.Instance.Compare((1, new Uri("http://a")), (1, new Uri("http://a"))));
    }
}
