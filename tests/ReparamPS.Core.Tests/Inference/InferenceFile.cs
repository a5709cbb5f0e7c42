using System.Text.Json;
using ReparamPS.Inference.Models;

namespace ReparamPS.Core.Tests.Inference;

/// <summary>Reference values of models: Data/inference/models.json, by tests/reference/make_inference.py.</summary>
internal static class InferenceFile
{
    private static readonly Lazy<JsonElement> Root = new(() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "inference", "models.json"))).RootElement);

    /// <summary>The values of a model.</summary>
    public static JsonElement Of(string model) => Root.Value.GetProperty(model);

    /// <summary>A list of numbers.</summary>
    public static double[] Numbers(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>A number.</summary>
    public static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    /// <summary>The linear model with known noise.</summary>
    public static BayesianModel Linear()
    {
        JsonElement row = Of("linear");
        double[][] columns = [.. row.GetProperty("predictors").EnumerateArray().Select(column => column.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
        return new RegressionData(row.Numbers("response"), ["A", "B"], columns, RegressionLikelihood.Normal, NoiseScale: row.Number("noiseScale")).ToModel();
    }

    /// <summary>The Poisson regression.</summary>
    public static BayesianModel Counts()
    {
        JsonElement row = Of("counts");
        return new RegressionData(row.Numbers("response"), ["X"], [row.Numbers("predictor")], RegressionLikelihood.PoissonLog).ToModel();
    }
}
