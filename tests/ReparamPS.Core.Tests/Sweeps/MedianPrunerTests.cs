using System.Text.Json;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class MedianPrunerTests
{
    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? double.NaN : item.GetDouble())];

    [Fact]
    public void It_stops_runs_where_that_of_Optuna_does()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "sweeps", "median_pruner.json")));
        JsonElement[] cases = [.. file.RootElement.GetProperty("cases").EnumerateArray()];
        Assert.Equal(200, cases.Length);
        foreach (JsonElement item in cases)
        {
            var pruner = new MedianPruner("Metric", item.GetProperty("maximize").GetBoolean(), item.GetProperty("startup").GetInt32(), item.GetProperty("warmup").GetInt32());
            double[][] done = [.. item.GetProperty("done").EnumerateArray().Select(Numbers)];
            double[] run = Numbers(item.GetProperty("run"));
            bool[] pruned = [.. Enumerable.Range(1, run.Length).Select(step => pruner.IsPruned(run[..step], done))];
            Assert.Equal(item.GetProperty("pruned").EnumerateArray().Select(flag => flag.GetBoolean()), pruned);
        }
    }
}
