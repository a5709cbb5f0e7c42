using System.Globalization;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>Columns of one type each, with the values that files get wrong, and what comes back from files with types and from text.</summary>
internal static class TypedColumns
{
    private static readonly long[] Ticks = [638_000_000_001_234_567, 638_500_000_000_000_001, 630_822_816_000_000_000];
    private static readonly decimal[] Decimals =
    [
        0m, 1m, -1m, 1.10m, 0.1m, 123456789012345678.5m, -0.1234567890123456789m, 9007199254740993m, 0.12345678901234567m, 99999999999999999999m, 1.00000095367431640625m,
    ];

    /// <summary>The columns by name.</summary>
    public static IReadOnlyDictionary<string, TypedColumn> All { get; } = new Dictionary<string, TypedColumn>
    {
        ["bool"] = Same([true, false]),
        ["sbyte"] = Numbers<sbyte>([sbyte.MinValue, 0, sbyte.MaxValue], value => (int)value),
        ["byte"] = Numbers<byte>([0, 1, byte.MaxValue], value => (int)value),
        ["short"] = Numbers<short>([short.MinValue, 0, short.MaxValue], value => (int)value),
        ["ushort"] = Numbers<ushort>([0, ushort.MaxValue], value => (int)value),
        ["int"] = Same([int.MinValue, 0, int.MaxValue]),
        ["uint"] = new TypedColumn([0u, uint.MaxValue], [0L, (long)uint.MaxValue], [0, (long)uint.MaxValue]),
        ["long"] = new TypedColumn([long.MinValue, 0L, long.MaxValue], null, [long.MinValue, 0, long.MaxValue]),
        ["ulong"] = new TypedColumn([0UL, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 1, 5UL], null, [0, (decimal)(1UL << 63), (decimal)ulong.MaxValue, (decimal)(ulong.MaxValue - 1), 5]),
        ["ulong that a long holds"] = new TypedColumn([9007199254740993UL, 4474320420574144881UL, (ulong)long.MaxValue], null, [9007199254740993L, 4474320420574144881L, long.MaxValue]),
        ["float"] = new TypedColumn([0.1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon, float.MaxValue, 1f], null,
            [0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1E-45, 3.4028235E+38, 1.0]),
        ["half"] = new TypedColumn([(Half)0.5, Half.NaN, Half.MaxValue], [0.5f, float.NaN, 65504f], [0.5, double.NaN, 65504.0]),
        ["double"] = Same([0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, double.MinValue, 1.0, 1e15, 1e16, Math.PI]),
        ["decimal"] = new TypedColumn([.. Decimals.Cast<object?>()], null,
            [0, 1, -1, 1.1, 0.1, 123456789012345678.5m, -0.1234567890123456789m, 9007199254740993L, 0.12345678901234567m, 99999999999999999999m, 1.00000095367431640625]),
        ["whole decimal"] = new TypedColumn([9007199254740993m, 4474320420574144881m], null, [9007199254740993L, 4474320420574144881L]),
        ["price"] = new TypedColumn([1.10m, 3.00m, -0.05m], null, [1.1, 3.0, -0.05]),
        ["large decimal"] = new TypedColumn([decimal.MaxValue, decimal.MinValue, 0.5m], null, [decimal.MaxValue, decimal.MinValue, 0.5]),
        ["small decimal"] = new TypedColumn([0.0000000000000000000000000001m, 1.5m], null, [1e-28, 1.5]),
        ["whole numbers and decimals"] = new TypedColumn([1, 2.5m, 5_000_000_000L, ulong.MaxValue], [1m, 2.5m, 5_000_000_000m, (decimal)ulong.MaxValue], [1, 2.5, 5_000_000_000L, (decimal)ulong.MaxValue]),
        ["string"] = Same(
        [
            "", " ", " x ", "a,b", "a;b", "\"", "\"\"", "'", "\n", "\r\n", "a\rb", "\t", "\\", "\\n", "日本", "\U0001F600", "é", "e\u0301", "\u2028", "\0", "null", "NULL", "NaN", "nan", "-inf", "1", "007", "1.50",
            "1e5", "True", "2024-01-02", "2024-01-02T03:04:05Z", "=1+1", "#", "[1]", "{\"a\":1}", new string('x', 100_000),
        ]),
        ["utc"] = Same([.. Ticks.Select(ticks => (object?)new DateTime(ticks, DateTimeKind.Utc))]),
        ["date"] = Same([.. Ticks.Select(ticks => (object?)new DateTime(ticks, DateTimeKind.Unspecified))]),
        ["local"] = new TypedColumn([.. Ticks.Select(ticks => (object?)new DateTime(ticks, DateTimeKind.Local))], null, [.. Ticks.Select(ticks => (object?)new DateTimeOffset(new DateTime(ticks, DateTimeKind.Local)))]),
        ["early and late date"] = Same([DateTime.MinValue, new DateTime(1600, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Unspecified)]),
        ["last date"] = Same([DateTime.MinValue, DateTime.MaxValue]),
        ["offset"] = Same([.. Ticks.SelectMany((ticks, i) => new object?[] { new DateTimeOffset(ticks, TimeSpan.FromMinutes(330)), new DateTimeOffset(ticks, TimeSpan.FromHours(-i)) })]),
        ["timespan"] = Texts<TimeSpan>([TimeSpan.Zero, new TimeSpan(1, 2, 3, 4, 5), -TimeSpan.FromTicks(1)], value => value.ToString("c", CultureInfo.InvariantCulture)),
        ["dateonly"] = new TypedColumn([new DateOnly(2024, 1, 2)], ["2024-01-02"], ["2024-01-02"]),
        ["guid"] = Texts<Guid>([Guid.Empty, new Guid("00112233-4455-6677-8899-aabbccddeeff")], value => value.ToString()),
        ["enum"] = Texts<DayOfWeek>([DayOfWeek.Friday, DayOfWeek.Sunday], value => value.ToString()),
        ["char"] = Texts<char>(['c', '"', '7', ' '], value => value.ToString()),
        ["uri"] = Texts<Uri>([new Uri("https://example.org/a?b=1")], value => value.ToString()),
        ["nothing but nulls"] = Same([]),
        ["mixed"] = Same([1, "1", 1.5, true, new DateTime(Ticks[0], DateTimeKind.Utc), double.NaN, "NaN"]),
    };

    private static TypedColumn Same(object?[] values) => new(values, null, null);

    private static TypedColumn Numbers<T>(T[] values, Func<T, object?> back) => new([.. values.Cast<object?>()], [.. values.Select(back)], null);

    private static TypedColumn Texts<T>(T[] values, Func<T, string> text) => new([.. values.Cast<object?>()], [.. values.Select(text)], null);
}

/// <summary>A column, with a null between and after its values.</summary>
internal sealed class TypedColumn(object?[] values, object?[]? fromTypes, object?[]? fromText)
{
    /// <summary>What is written.</summary>
    public object?[] Values { get; } = WithNulls(values);

    /// <summary>What comes back from a file with types.</summary>
    public object?[] FromTypes { get; } = WithNulls(fromTypes ?? values);

    /// <summary>What comes back from CSV and JSON Lines.</summary>
    public object?[] FromText { get; } = WithNulls(fromText ?? fromTypes ?? values);

    private static object?[] WithNulls(object?[] values) => [.. values.Take(1), null, .. values.Skip(1), null];
}
