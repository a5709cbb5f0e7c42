using System.Text.Json;
using ReparamPS.Policies;
using ReparamPS.Policies.Problems;

namespace ReparamPS.Core.Tests.Policies;

/// <summary>A linear-quadratic problem, a policy, and what NumPy and SciPy find for them. Made by tests/reference/make_policies.py.</summary>
public sealed record ReferenceProblem(
    string Name, double[][] A, double[][] B, double[][] Q, double[][] R, double[][] Gain, double[] Scale, int Horizon, double Discount, double[] Process, double Cost, double[] Gradient,
    double[][] OptimalGain, double[] EntropyVariance)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static JsonElement File { get; } = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data/policies.json"))).RootElement;

    public static IReadOnlyList<ReferenceProblem> All { get; } = File.GetProperty("lqr").Deserialize<ReferenceProblem[]>(Options)!;

    public static ReferenceProblem Get(string name) => All.Single(each => each.Name == name);

    public static T[] Read<T>(string name) => File.GetProperty(name).Deserialize<T[]>(Options)!;

    public LqrProblem Problem(int? horizon = null) =>
        new(Matrix(A), Matrix(B), Matrix(Q), Matrix(R), settings: new ControlProblemSettings { Horizon = horizon ?? Horizon, Discount = Discount, ProcessNoise = Process });

    public LinearPolicy Policy() => new(Matrix(Gain), Scale);

    public static double[,] Matrix(double[][] rows)
    {
        var matrix = new double[rows.Length, rows[0].Length];
        for (int i = 0; i < rows.Length; i++)
            for (int j = 0; j < rows[0].Length; j++) matrix[i, j] = rows[i][j];
        return matrix;
    }
}
