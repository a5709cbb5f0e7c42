using MathNet.Numerics.Integration;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeLikelihoodTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.02)]
    [InlineData(-0.0999)]
    [InlineData(0.1001)]
    [InlineData(-3.0)]
    [InlineData(15.0)]
    public void The_continuous_Bernoulli_is_a_density_with_its_mean(double logit)
    {
        double Density(double x)
        {
            using Tensor value = new ContinuousBernoulliLikelihood().LogProbability(tensor(new double[,] { { x } }), tensor(new double[,] { { logit } }));
            return Math.Exp(value.item<double>());
        }
        Assert.Equal(1, GaussLegendreRule.Integrate(Density, 0, 1, 64), 1e-12);
        using Tensor mean = new ContinuousBernoulliLikelihood().Mean(tensor(new double[,] { { logit } }));
        Assert.Equal(GaussLegendreRule.Integrate(x => x * Density(x), 0, 1, 64), mean.item<double>(), 1e-10);
    }

    [Fact]
    public void The_Gaussian_term_is_the_normal_log_density()
    {
        using var likelihood = new GaussianLikelihood(0.4, isLearned: false);
        likelihood.Attach([], ScalarType.Float64, CPU);
        using Tensor value = likelihood.LogProbability(tensor(new double[,] { { 0.3, 0.9 } }), tensor(new double[,] { { 0.1, -0.5 } }));
        double expected = new[] { (0.3, 0.1), (0.9, -0.5) }.Sum(pair => MathNet.Numerics.Distributions.Normal.PDFLn(pair.Item2, 0.4, pair.Item1));
        Assert.Equal(expected, value.item<double>(), 1e-12);
    }

    [Fact]
    public void A_full_covariance_posterior_has_the_density_KL_and_moments_of_its_covariance()
    {
        const int L = 3, Count = 200_000;
        using var scope = NewDisposeScope();
        using var random = new RandomSource(4);
        var posterior = new FullNormalPosterior(L);
        Tensor statistics = random.Normal([1, posterior.StatisticsSize], ScalarType.Float64).mul_(0.5);
        Tensor draws = posterior.Draw(statistics, random.Normal([Count, 1, L], ScalarType.Float64));
        Tensor ratio = posterior.LogProbability(statistics, draws) - StandardNormal.LogDensityOfVectors(draws);
        double error = Math.Sqrt(ratio.var().item<double>() / Count);
        Assert.Equal(posterior.KlDivergence(statistics).item<double>(), ratio.mean().item<double>(), 5 * error);
        (Tensor means, Tensor deviations) = posterior.Moments(statistics);
        double[] mean = ManagedValues.ToDoubles(means), scale = ManagedValues.ToDoubles(deviations);
        double[] seen = ManagedValues.ToDoubles(draws.mean([0])), spread = ManagedValues.ToDoubles(draws.std(0));
        for (int i = 0; i < L; i++)
        {
            Assert.Equal(mean[i], seen[i], 5 * scale[i] / Math.Sqrt(Count));
            Assert.Equal(scale[i], spread[i], 5 * scale[i] / Math.Sqrt(2 * Count));
        }
    }

    public static TheoryData<string> CatalogNames() => [.. CatalogPosterior.Names];

    [Theory, MemberData(nameof(CatalogNames))]
    public void A_posterior_of_the_catalogue_has_gradients_a_fitting_prior_and_trains(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(3);
        const int L = 3, Count = 20_000;
        var posterior = new CatalogPosterior(name, L, 0.7);
        Tensor statistics = random.Normal([1, posterior.StatisticsSize], ScalarType.Float64).requires_grad_(true);
        Tensor draws = posterior.Draw(statistics, posterior.Noise([Count, 1], ScalarType.Float64, random));
        Assert.Equal([Count, 1L, L], draws.shape);
        // ∫ p q / (p + q) from either side: equal only where both are normalised and drawn from as they say.
        Tensor latents = posterior.DrawPrior(Count, ScalarType.Float64, random).unsqueeze(1);
        // In the coordinates of draws.
        Tensor prior = name switch { "RelaxedBernoulli" => latents.logit(), "RelaxedOneHotCategorical" => latents.log(), _ => latents };
        Tensor LogRatio(Tensor at) => (posterior.LogProbability(statistics, at) - posterior.PriorLogProbability(at)).detach();
        Tensor fromPosterior = LogRatio(draws).neg().sigmoid(), fromPrior = LogRatio(prior).sigmoid();
        double error = Math.Sqrt((fromPosterior.var().item<double>() + fromPrior.var().item<double>()) / Count);
        Assert.Equal(fromPosterior.mean().item<double>(), fromPrior.mean().item<double>(), 5 * error);
        (posterior.LogProbability(statistics, draws) - posterior.PriorLogProbability(draws)).mean().backward();
        Assert.All(ManagedValues.ToDoubles(statistics.grad!), value => Assert.True(double.IsFinite(value) && value != 0, $"{value}"));
        var images = new ReparamPS.Data.Images.ImageSplit(ReparamPS.Data.Images.DigitsDataSet.Images.Take([.. Enumerable.Range(0, 300)]), null, null);
        VaeOptions options = new() { Posterior = name, LatentSize = L, HiddenSize = [16], Epochs = 4, Seed = 1, TestFraction = 0, LearningRate = 0.01 };
        VaeEpoch[] rows = [.. VaeTrainer.Train(options, images, null, TestContext.Current.CancellationToken)];
        Assert.True(rows[^1].TrainElbo > rows[0].TrainElbo, $"{rows[0].TrainElbo} to {rows[^1].TrainElbo}");
        VaeEpoch[] again = [.. VaeTrainer.Train(options, images, null, TestContext.Current.CancellationToken)];
        Assert.Equal(rows.Select(row => row.TrainElbo), again.Select(row => row.TrainElbo));
    }

    [Theory, MemberData(nameof(CatalogNames))]
    public void Mean_and_deviation_of_a_posterior_are_those_of_its_draws(string name)
    {
        const int Count = 100_000, L = 3;
        foreach (double temperature in new[] { 0.1, 0.5, 3 })
        {
            using var scope = NewDisposeScope();
            using var random = new RandomSource(7);
            var posterior = new CatalogPosterior(name, L, temperature);
            // Not far from 0 for a log-normal, of which few draws decide about the deviation otherwise.
            Tensor statistics = random.Normal([1, posterior.StatisticsSize], ScalarType.Float64) + (name == "LogNormal" ? -1 : 1);
            Tensor draws = posterior.Latents(posterior.Draw(statistics, posterior.Noise([Count, 1], ScalarType.Float64, random)));
            (Tensor means, Tensor deviations) = posterior.Moments(statistics);
            double[] mean = ManagedValues.ToDoubles(means), scale = ManagedValues.ToDoubles(deviations), seen = ManagedValues.ToDoubles(draws.mean([0])), spread = ManagedValues.ToDoubles(draws.std(0));
            // Those of choices are averages over fixed points.
            double slack = name == "RelaxedOneHotCategorical" ? 1e-3 : 0;
            for (int i = 0; i < L; i++)
            {
                Assert.Equal(seen[i], mean[i], 5 * spread[i] / Math.Sqrt(Count) + slack);
                Assert.Equal(spread[i], scale[i], 0.03 * spread[i] + slack);
            }
        }
    }

    // The moments of a function of one logistic number, on a fine grid of probabilities.
    [Theory, InlineData(0.05), InlineData(0.5), InlineData(0.999), InlineData(1), InlineData(20)]
    public void Moments_of_relaxed_switches_and_of_a_choice_between_two_are_integrals(double temperature)
    {
        using var scope = NewDisposeScope();
        double[] logits = [-12, -2, 0, 0.7, 9];
        (Tensor means, Tensor deviations) = RelaxedMoments.OfSwitches(tensor(logits).unsqueeze(0), temperature);
        (Tensor ofTwo, Tensor deviationsOfTwo) = RelaxedMoments.OfChoices(stack([tensor(logits), zeros(logits.Length, dtype: ScalarType.Float64)], 1), temperature);
        double[] mean = ManagedValues.ToDoubles(means), scale = ManagedValues.ToDoubles(deviations), first = ManagedValues.ToDoubles(ofTwo.select(1, 0)), spread = ManagedValues.ToDoubles(deviationsOfTwo.select(1, 0));
        for (int i = 0; i < logits.Length; i++)
        {
            double Value(double x) => 1 / (1 + Math.Exp(-(logits[i] + x) / temperature));
            double Moment(int power) => Enumerable.Range(-40_000, 80_001).Sum(k => 1e-3 * Math.Pow(Value(k * 1e-3), power) / (4 * Math.Pow(Math.Cosh(k * 5e-4), 2)));
            double expected = Moment(1), deviation = Math.Sqrt(Moment(2) - expected * expected);
            Assert.Equal(expected, mean[i], 1e-12);
            Assert.Equal(deviation, scale[i], 1e-9);
            // Averages over fixed points: deviations are the least accurate where one choice is almost certain.
            Assert.Equal(expected, first[i], 5e-4);
            Assert.Equal(deviation, spread[i], 3e-3);
        }
    }

    [Fact]
    public void A_mixture_prior_is_a_density_and_draws_from_it()
    {
        using var scope = NewDisposeScope();
        var prior = new MixturePrior(latentSize: 1, components: 2);
        prior.Attach([tensor(new[] { 0.0, 1.0 }), tensor(new double[,] { { -2 }, { 1.5 } }), tensor(new double[,] { { -0.5 }, { 0.2 } })]);
        double integral = GaussLegendreRule.Integrate(x => prior.LogProbability(tensor(new double[,,] { { { x } } })).exp().item<double>(), -15, 15, 256);
        Assert.Equal(1, integral, 1e-10);
        using var random = new RandomSource(2);
        const int Count = 100_000;
        double share = 1 / (1 + Math.E), mean = share * -2 + (1 - share) * 1.5;
        Tensor draws = prior.Draw(Count, ScalarType.Float64, random);
        Assert.Equal(mean, draws.mean().item<double>(), 5 * Math.Sqrt(draws.var().item<double>() / Count));
    }
}
