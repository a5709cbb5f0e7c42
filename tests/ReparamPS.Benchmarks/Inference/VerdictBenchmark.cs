using System.Globalization;
using ReparamPS.Core.Tests.Inference;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;

namespace ReparamPS.Benchmarks.Inference;

/// <summary>Verdicts over many seeds, with what fits lose against the best bound and what they cost. It fails where a good fit is not trusted, or a bad one is.</summary>
internal sealed class VerdictBenchmark : IBenchmark
{
    private const double LargestLoss = 2e-3;
    private const int EvaluationDraws = 1 << 17;

    // The best bounds of eight schools and of the funnel; of the others, the best one of all seeds counts.
    private static readonly (string Name, VariationalFamily Family, Func<BayesianModel> Model, double? Best, bool IsGood)[] Cases =
    [
        ("correlation 0.9", VariationalFamily.FullRank, () => Models.Correlated(0.9), 0, true),
        ("correlation 0.9", VariationalFamily.MeanField, () => Models.Correlated(0.9), -0.830366, false),
        ("non-centred funnel", VariationalFamily.FullRank, () => Models.Funnel(isCentred: false), 0, true),
        ("beetles", VariationalFamily.FullRank, Models.Beetles, null, true),
        ("eight schools", VariationalFamily.MeanField, () => Models.EightSchools(isCentred: false), -31.597301, false),
        ("eight schools", VariationalFamily.FullRank, () => Models.EightSchools(isCentred: false), -31.534008, false),
        ("centred schools", VariationalFamily.MeanField, () => Models.EightSchools(isCentred: true), -33.404050, false),
        ("centred schools", VariationalFamily.FullRank, () => Models.EightSchools(isCentred: true), null, false),
        ("funnel", VariationalFamily.MeanField, () => Models.Funnel(), -0.852374, false),
        ("funnel", VariationalFamily.FullRank, () => Models.Funnel(), -0.852374, false),
        ("banana", VariationalFamily.MeanField, Models.Banana, null, false),
        ("banana", VariationalFamily.FullRank, Models.Banana, null, false),
    ];

    public string Name => "verdicts";

    public string Summary => "Verdicts of variational fits over seeds, loss against the best bound, evaluations [seeds] [first letters of a model]";

    public void Run(string[] arguments)
    {
        int seeds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 50;
        string start = arguments.Length > 1 ? arguments[1] : "";
        bool hasFailed = false;
        Console.WriteLine($"{"model",-18} {"family",-9} {"trust",5} {"bias",4} {"unrel",5} {"notcv",5} {"median loss",11} {"worst",8} {"evals",5} {"total",5} {"draws",6}");
        foreach ((string name, VariationalFamily family, Func<BayesianModel> create, double? best, bool isGood) in Cases.Where(row => row.Name.StartsWith(start, StringComparison.Ordinal)))
        {
            BayesianModel model = create();
            FrozenBound exact = FrozenBound.Create(model.Density(), NoiseScheme.Sobol, EvaluationDraws, 1, 99);
            List<FitMeasurement> rows = [];
            List<double> bounds = [];
            for (int seed = 0; seed < seeds; seed++)
            {
                VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Family = family, Seed = seed });
                rows.Add(FitCertificate.Measure(fit));
                bounds.Add(name == "funnel" ? FunnelBound(fit.State) : exact.Value(fit.State));
            }
            double top = best ?? bounds.Max();
            double[] losses = [.. bounds.Select(bound => top - bound).Order()];
            int Count(FitVerdict verdict) => rows.Count(row => row.Verdict == verdict);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-18} {family,-9} {Count(FitVerdict.Trustworthy),5} {Count(FitVerdict.Biased),4} {Count(FitVerdict.Unreliable),5} {Count(FitVerdict.NotConverged),5} {losses[losses.Length / 2],11:E1} {losses[^1],8:E1} {rows.Max(row => row.Evaluations),5} {rows.Max(row => row.TotalEvaluations),5} {rows.Max(row => row.FitDraws),6}"));
            hasFailed |= Count(FitVerdict.Trustworthy) != (isGood ? seeds : 0) || losses[^1] > LargestLoss || rows.Exists(row => row.Evaluations > 60 || row.TotalEvaluations > 300);
        }
        if (hasFailed) throw new InvalidOperationException($"A verdict is wrong, a fit loses more than {LargestLoss} nats, or took more than 60 evaluations at the end or 300 in all.");
    }

    // E[y² exp(−v)] of a bivariate normal distribution: exp(−m + s²/2) times the second moment of y with its mean shifted by −cov(v, y).
    private static double FunnelBound(GaussianState state)
    {
        (double m, double mean) = (state.Location[0], state.Location[1]);
        bool isFull = state.Family == VariationalFamily.FullRank;
        double s = state.Factor[0], slope = isFull ? state.Factor[2] : 0, rest = isFull ? state.Factor[3] : state.Factor[1];
        double shifted = mean - s * slope, square = shifted * shifted + slope * slope + rest * rest;
        return -0.5 * (m * m + s * s) / 9 - Math.Log(3) - 0.5 * square * Math.Exp(-m + 0.5 * s * s) - 0.5 * m + 1 + state.LogDeterminant;
    }
}
