using System.Diagnostics;
using ReparamPS.Inference;

namespace ReparamPS.Core.Tests.Inference;

public sealed class StudyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("es_nc", VariationalFamily.MeanField)]
    [InlineData("es_nc", VariationalFamily.FullRank)]
    [InlineData("es_c", VariationalFamily.MeanField)]
    [InlineData("es_c", VariationalFamily.FullRank)]
    [InlineData("funnel", VariationalFamily.MeanField)]
    [InlineData("funnel", VariationalFamily.FullRank)]
    [InlineData("banana", VariationalFamily.MeanField)]
    [InlineData("banana", VariationalFamily.FullRank)]
    [InlineData("beetle", VariationalFamily.MeanField)]
    [InlineData("beetle", VariationalFamily.FullRank)]
    [InlineData("rho", VariationalFamily.MeanField)]
    [InlineData("rho", VariationalFamily.FullRank)]
    public void Study(string name, VariationalFamily family)
    {
        int seeds = int.Parse(Environment.GetEnvironmentVariable("STUDY") ?? "0");
        if (seeds == 0) return;
        BayesianModel model = name switch { "es_nc" => Models.EightSchools(false), "es_c" => Models.EightSchools(true), "funnel" => Models.Funnel(), "banana" => Models.Banana(), "beetle" => Models.Beetles(), _ => Models.Correlated(0.9) };
        FrozenBound exact = FrozenBound.Create(model.Density(), NoiseScheme.Sobol, 1 << 18, 1, 77);
        var lines = new List<string>();
        double best = double.NegativeInfinity;
        List<double> losses = [];
        for (int seed = 1; seed <= seeds; seed++)
        {
            VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Family = family, Seed = seed });
            var clock = Stopwatch.StartNew();
            FitMeasurement row = FitCertificate.Measure(fit);
            double time = clock.Elapsed.TotalSeconds, value = exact.Value(fit.State);
            best = Math.Max(best, value);
            losses.Add(value);
            lines.Add($"{seed} {row.Verdict} elbo {value:F6} fit {fit.Bound:F5} ev {row.LogEvidence:F4}±{row.LogEvidenceStandardError:F4} k {row.KHat:F2}±{row.KHatStandardError:F2} eff {row.EffectiveDraws / row.Draws:P0} norm {row.GradientNorm:E1} n {row.Evaluations}/{row.TotalEvaluations} S {row.FitDraws} t {row.Seconds:F3}+{time:F3} dis {fit.Disagreement:E1} {row.Reason}");
        }
        File.AppendAllText("/tmp/inf/study.txt", $"## {name} {family} best {best:F6} worst loss {best - losses.Min():E1}\n{string.Join("\n", lines)}\n");
        output.WriteLine("done");
    }
}
