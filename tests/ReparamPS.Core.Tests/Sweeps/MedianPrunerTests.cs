using System.Text.Json;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class MedianPrunerTests
{
    private sealed record Case(bool Maximize, int Startup, int Warmup, double?[][] Done, double?[] Run, bool[] Pruned)
    {
        public bool[] Decide(int warmup, double?[][] done, double?[] run)
        {
            var pruner = new MedianPruner("Metric", Maximize, Startup, warmup);
            return [.. Enumerable.Range(1, run.Length).Select(step => pruner.IsPruned(run[..step], done))];
        }
    }

    private static double?[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? double.NaN : item.GetDouble())];

    private static Case[] OfOptuna()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "sweeps", "median_pruner.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(item => new Case(
            item.GetProperty("maximize").GetBoolean(), item.GetProperty("startup").GetInt32(), item.GetProperty("warmup").GetInt32(),
            [.. item.GetProperty("done").EnumerateArray().Select(Numbers)], Numbers(item.GetProperty("run")), [.. item.GetProperty("pruned").EnumerateArray().Select(flag => flag.GetBoolean())]))];
    }

    [Fact]
    public void It_stops_runs_where_that_of_Optuna_does()
    {
        Case[] cases = OfOptuna();
        Assert.Equal(200, cases.Length);
        Assert.All(cases, item => Assert.Equal(item.Pruned, item.Decide(item.Warmup, item.Done, item.Run)));
    }

    // Optuna compares reports by their step, so steps without a report change no decision. There, it does not decide at all.
    [Fact]
    public void Rows_without_a_value_change_nothing()
    {
        foreach (Case item in OfOptuna())
        {
            for (int row = 0; row <= item.Run.Length; row++)
            {
                double?[][] done = [.. item.Done.Select(values => Inserted(values, row, null))];
                Assert.Equal(Inserted(item.Pruned, row, false), item.Decide(row < item.Warmup ? item.Warmup + 1 : item.Warmup, done, Inserted(item.Run, row, null)));
            }
            Assert.DoesNotContain(true, item.Decide(0, item.Done, new double?[6]));
        }
    }

    private static T[] Inserted<T>(T[] items, int index, T item) => index > items.Length ? items : [.. items[..index], item, .. items[index..]];
}
