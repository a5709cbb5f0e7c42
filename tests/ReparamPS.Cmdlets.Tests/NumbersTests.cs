using System.Globalization;
using System.Text.Json;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Numbers that are hard to get right, as a user asks for them: Data/numbers.jsonl.</summary>
[Collection(ModuleCollection.Name)]
public sealed class NumbersTests(ModuleRunspace module)
{
    public static TheoryData<string> Cases() => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "numbers.jsonl"))];

    [Theory, MemberData(nameof(Cases))]
    public void Numbers_at_the_edges_are_right(string line)
    {
        JsonElement one = JsonDocument.Parse(line).RootElement;
        double truth = one.GetProperty("truth") is { ValueKind: JsonValueKind.String } text
            ? text.GetString() == "nan" ? double.NaN : double.NegativeInfinity
            : one.GetProperty("truth").GetDouble();
        double value = module.Get<double>(one.GetProperty("ps").GetString()!);
        bool agrees = double.IsNaN(truth) ? double.IsNaN(value) : value == truth || Math.Abs(value - truth) <= one.GetProperty("rtol").GetDouble() * Math.Abs(truth);
        Assert.True(agrees, string.Create(CultureInfo.InvariantCulture, $"{one.GetProperty("why").GetString()}: {value:R}, not {truth:R}"));
    }
}
