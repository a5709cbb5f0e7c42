using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

public sealed class SimulationCalibrationTests
{
    private static readonly double[] X = [.. Enumerable.Range(0, 12).Select(i => 0.3 * i - 1)];

    [Fact]
    public void Exact_posteriors_are_calibrated()
    {
        BayesianModel model = new RegressionData(new double[12], ["X"], [X], RegressionLikelihood.Normal, PriorScale: 1.5, NoiseScale: 0.8).ToModel();
        IReadOnlyList<SimulationCalibrationRow> rows = SimulationCalibration.Run(model, new VariationalOptions { Family = VariationalFamily.FullRank, Draws = 64 }, 300, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["Intercept", "X"], rows.Select(row => row.Parameter));
        Assert.All(rows, row =>
        {
            Assert.InRange(row.KsPValue, 1e-3, 1);
            Assert.Equal(0.5, row.Coverage50, 0.1);
            Assert.Equal(0.9, row.Coverage90, 0.06);
            Assert.Equal(300, row.Simulations);
            Assert.Equal(300, row.Converged);
        });
    }

    // Intercept and slope are strongly correlated far from x = 0, and independent scales are too small.
    [Fact]
    public void Posteriors_that_are_too_narrow_are_not_calibrated()
    {
        BayesianModel model = new RegressionData(new double[12], ["X"], [[.. X.Select(x => x + 6)]], RegressionLikelihood.Normal, PriorScale: 1.5, NoiseScale: 0.8).ToModel();
        SimulationCalibrationRow row = SimulationCalibration.Run(model, new VariationalOptions { Draws = 64 }, 300, cancellation: TestContext.Current.CancellationToken)[1];
        Assert.InRange(row.KsPValue, 0, 1e-4);
        Assert.InRange(row.Coverage90, 0, 0.6);
    }

    // A sweep of calibrations tells its rows apart by them.
    [Fact]
    public void Rows_hold_the_settings_of_the_fits()
    {
        var options = new VariationalOptions { Family = VariationalFamily.FullRank, Draws = 64, MaxEvaluations = 500, Seed = 7, Generator = RandomGenerator.Philox };
        SimulationCalibrationRow row = Assert.Single(SimulationCalibration.Run(new BayesianModel([Models.NormalPrior("Mu", 0, 1)]), options, 10, cancellation: TestContext.Current.CancellationToken));
        foreach (System.Reflection.PropertyInfo setting in typeof(VariationalOptions).GetProperties().Where(property => property.Name is not ("GroupSize" or "Stream")))
            Assert.Equal(setting.GetValue(options), typeof(SimulationCalibrationRow).GetProperty(setting.Name)?.GetValue(row));
    }

    [Fact]
    public void A_simulator_draws_the_data_of_another_model()
    {
        BayesianModel Model(Tensor y) => new([Models.NormalPrior("Mu", 0, 1)], given => new Normal(given["Mu"].unsqueeze(-1), tensor(2.0)).LogProb(y));
        Assert.Throws<ArgumentException>(() => SimulationCalibration.Run(Model(zeros(3, ScalarType.Float64)), simulations: 10, cancellation: TestContext.Current.CancellationToken));
        SimulationCalibrationRow row = Assert.Single(SimulationCalibration.Run(Model(zeros(3, ScalarType.Float64)), new VariationalOptions { Draws = 64 }, 200, (parameters, seed) =>
        {
            using var random = new ReparamPS.Torch.Randomness.RandomSource(seed + 12345);
            return Model((parameters["Mu"] + 2 * random.Normal([3], ScalarType.Float64)).DetachFromDisposeScope());
        }, cancellation: TestContext.Current.CancellationToken));
        Assert.InRange(row.KsPValue, 1e-3, 1);
    }

    // The noise of parameters, data and fit must differ even if the simulator takes its seed as it is, as the posterior is exact.
    [Theory]
    [InlineData(0, RandomGenerator.Torch)]
    [InlineData(1000, RandomGenerator.Torch)]
    [InlineData(0, RandomGenerator.Philox)]
    [InlineData(1000, RandomGenerator.Philox)]
    public void The_seed_of_the_data_is_independent_of_the_parameters(long first, RandomGenerator generator)
    {
        BayesianModel Model(Tensor y) => new([Models.NormalPrior("Mu", 0, 1)], given => new Normal(given["Mu"].unsqueeze(-1), tensor(2.0)).LogProb(y));
        HashSet<long> seeds = [];
        SimulationCalibrationRow row = Assert.Single(SimulationCalibration.Run(Model(zeros(3, ScalarType.Float64)), new VariationalOptions { Draws = 64, Seed = first, Generator = generator }, 200, (parameters, seed) =>
        {
            Assert.InRange(seed, 0, int.MaxValue);
            seeds.Add(seed);
            using RandomSource random = new RandomSeed(seed, generator).Open();
            return Model((parameters["Mu"] + 2 * random.Normal([3], ScalarType.Float64)).DetachFromDisposeScope());
        }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(200, seeds.Count);
        Assert.InRange(row.KsPValue, 1e-3, 1);
        // Three and a half standard errors of a share of 200.
        Assert.Equal(0.5, row.Coverage50, 3.5 * Math.Sqrt(0.25 / 200));
        Assert.Equal(0.9, row.Coverage90, 3.5 * Math.Sqrt(0.09 / 200));
    }

    [Theory]
    [InlineData(RegressionLikelihood.BernoulliLogit)]
    [InlineData(RegressionLikelihood.PoissonLog)]
    public void Regressions_draw_their_own_responses(RegressionLikelihood likelihood)
    {
        BayesianModel model = new RegressionData(new double[12], ["X"], [X], likelihood, PriorScale: 0.7).ToModel();
        Assert.All(SimulationCalibration.Run(model, new VariationalOptions { Family = VariationalFamily.FullRank, Draws = 128 }, 100, cancellation: TestContext.Current.CancellationToken), row => Assert.InRange(row.KsPValue, 1e-4, 1));
    }
}
