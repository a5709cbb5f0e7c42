using System.Diagnostics;
using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Inference;

/// <summary>What variational inference costs: a step of a logistic regression, and a fit of eight schools outside the user's block.</summary>
public sealed class InferenceBenchmark : IBenchmark
{
    private const int Rows = 569, Predictors = 30, Repetitions = 2000, Rounds = 30;

    /// <inheritdoc/>
    public string Name => "inference";

    /// <inheritdoc/>
    public string Summary => "Variational inference: logistic regression with 569 rows and 31 coefficients per step; eight schools outside the log-likelihood";

    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        Regression(1, 15);
        Regression(50, 350);
        foreach (VariationalFamily family in Enum.GetValues<VariationalFamily>()) EightSchools(family);
    }

    private static void Regression(int draws, double bound)
    {
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[][] columns = [.. Enumerable.Range(0, Predictors).Select(_ => Enumerable.Range(0, Rows).Select(_ => Normal()).ToArray())];
        double[] response = [.. Enumerable.Range(0, Rows).Select(i => columns[0][i] - columns[1][i] + Normal() > 0 ? 1.0 : 0.0)];
        BayesianModel model = new RegressionData(response, [.. Enumerable.Range(0, Predictors).Select(i => $"X{i}")], columns, RegressionLikelihood.BernoulliLogit).ToModel();
        FrozenBound step = FrozenBound.Create(model.Density(), NoiseScheme.Independent, draws, 1, 1);
        GaussianState state = GaussianState.Isotropic(VariationalFamily.MeanField, model.Dimension, 0.1);
        double[] location = new double[model.Dimension], factor = new double[model.Dimension];
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < Repetitions / draws; i++) step.Evaluate(state, location, factor);
            best = Math.Min(best, clock.Elapsed.TotalMicroseconds / (Repetitions / draws));
        }
        Console.WriteLine($"logistic regression, mean field, {draws} draw(s): {best:F1} µs per step (bound {bound} µs)");
    }

    private static void EightSchools(VariationalFamily family)
    {
        Tensor y = tensor(new double[] { 28, 8, -3, 7, -1, 1, 18, 12 }), sigma = tensor(new double[] { 15, 10, 16, 11, 9, 11, 10, 18 });
        var inside = new Stopwatch();
        var model = new BayesianModel(
            [
                new ParameterDefinition("Mu", new Normal(tensor(0.0), tensor(5.0))), new ParameterDefinition("Tau", new HalfCauchy(tensor(5.0))),
                new ParameterDefinition("Eta", new Normal(zeros(8, ScalarType.Float64), ones(8, ScalarType.Float64))),
            ],
            given =>
            {
                inside.Start();
                Tensor result = new Normal(given["Mu"].unsqueeze(-1) + given["Tau"].unsqueeze(-1) * given["Eta"], sigma).LogProb(y);
                inside.Stop();
                return result;
            });
        double best = double.PositiveInfinity, whole = 0, processor = double.PositiveInfinity;
        VariationalFit? fit = null;
        for (int round = 0; round < Rounds; round++)
        {
            inside.Reset();
            Cost cost = Cost.Of(() => fit = VariationalInference.Fit(model, new VariationalOptions { Family = family, Seed = 1 }));
            processor = Math.Min(processor, cost.Processor / 1000);
            double outside = fit!.Seconds - inside.Elapsed.TotalSeconds;
            if (outside < best) (best, whole) = (outside, fit.Seconds);
        }
        Console.WriteLine($"eight schools, {family}: {best:F3} s outside the log-likelihood (bound 0.05 s), {whole:F3} s in all ({processor:F3} s of processor time), {fit!.TotalEvaluations} evaluations, {fit.FitDraws} draws");
    }
}
