using ReparamPS.Data.Images;
using ReparamPS.Optimization;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Objectives;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

/// <summary>Each posterior with each likelihood, prior and objective: it trains, or is refused with the reason.</summary>
public sealed class VaeCombinationTests
{
    private const int Rows = 6, Pixels = 9;

    // Their draws are smooth in the parameters at fixed random numbers; the others' are not, and have tests of their own.
    private static readonly string[] Smooth = ["normal", "fullnormal", "Laplace", "Logistic", "Gumbel", "Kumaraswamy", "LogNormal", "Weibull", "RelaxedBernoulli", "RelaxedOneHotCategorical"];

    public static TheoryData<string> Posteriors() => [.. PosteriorChoices.All.Names];

    public static TheoryData<string> SmoothPosteriors() => [.. Smooth];

    [Theory, MemberData(nameof(Posteriors))]
    public void Every_combination_trains_or_says_why_not(string posterior)
    {
        var few = new ImageSplit(DigitsDataSet.Images.Take([.. Enumerable.Range(0, 20)]), null, DigitsDataSet.Images.Take([.. Enumerable.Range(20, 10)]));
        int trained = 0;
        foreach (VaeOptions options in Combinations(posterior))
        {
            bool fits = options.Prior == "normal" || posterior is "normal" or "fullnormal" or "Laplace" or "Logistic" or "Gumbel";
            if (!fits)
            {
                Assert.Contains($"Prior must be normal with Posterior {posterior}, because", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
                continue;
            }
            VaeEpoch row = Assert.Single(VaeTrainer.Train(options with { Epochs = 1, BatchSize = 10 }, few, null, TestContext.Current.CancellationToken));
            Assert.True(double.IsFinite(row.TrainElbo) && double.IsFinite(row.TestElbo!.Value), options.ToString());
            trained++;
        }
        Assert.True(trained >= 20);
    }

    [Theory, MemberData(nameof(SmoothPosteriors))]
    public void The_gradient_of_every_loss_is_its_finite_difference(string posterior)
    {
        foreach (VaeOptions options in Combinations(posterior).Where(options => options.Objective is "elbo" or "sgvba" or "iwae"))
        {
            if (!options.CreatePosterior().HasNormalPrior && options.Prior == "mixture") continue;
            VaeOptions wide = options with { DType = "float64" };
            using var model = new VaeModel(wide, 1, Pixels);
            using var gradient = new FlatParameters(model.Flat.Layout, ScalarType.Float64, CPU);
            using var pass = new AutogradVaeGradient(model, gradient);
            using var inputs = new RandomSource(9);
            using Tensor images = inputs.Uniform([Rows, Pixels], ScalarType.Float64), noise = model.Posterior.Noise([Rows, wide.Samples], ScalarType.Float64, inputs).flatten(1);
            using Tensor way = inputs.Normal(model.Flat.Buffer.shape, ScalarType.Float64);
            var batch = new VaeBatch(Rows, images, noise);
            using (var sums = new VaeStepSums(Rows, Rows)) pass.Compute(batch, 0.7, sums);
            double derived = (way * gradient.Buffer).sum().item<double>();
            double Shifted(double by)
            {
                using var noGrad = no_grad();
                model.Flat.Buffer.add_(way, by);
                double loss = Loss(model, batch);
                model.Flat.Buffer.add_(way, -by);
                return loss;
            }
            const double H = 1e-6;
            double difference = (Shifted(H) - Shifted(-H)) / (2 * H);
            Assert.True(Math.Abs(difference - derived) < 2e-6 * (1 + Math.Abs(difference)), $"{derived} for {difference} with {options}");
        }
    }

    [Theory, InlineData(0.03), InlineData(0.1), InlineData(1)]
    public void The_KL_term_of_relaxed_switches_is_that_of_their_logistic_logits_at_every_temperature(double temperature)
    {
        double[] logits = [2.5, -1, 0.3];
        static double Density(double x, double location) => 0.25 / Math.Pow(Math.Cosh((x - location) / 2), 2);
        double Kl(double location) => Enumerable.Range(-6000, 12_001).Select(i => i / 100.0).Sum(x => 0.01 * Density(x, location) * (Math.Log(Density(x, location)) - Math.Log(Density(x, 0))));
        var posterior = new CatalogPosterior("RelaxedBernoulli", logits.Length, temperature);
        using var scope = NewDisposeScope();
        using var random = new RandomSource(5);
        Tensor statistics = tensor(logits, ScalarType.Float32).unsqueeze(0), draws = posterior.Draw(statistics, posterior.Noise([20_000, 1], ScalarType.Float32, random));
        Tensor ratio = (posterior.LogProbability(statistics, draws) - posterior.PriorLogProbability(draws)).to(ScalarType.Float64);
        Assert.Equal(logits.Sum(Kl), ratio.mean().item<double>(), 5 * ratio.std().item<double>() / Math.Sqrt(20_000));
    }

    [Theory, InlineData("RelaxedBernoulli", 0.1), InlineData("RelaxedBernoulli", 0.03), InlineData("RelaxedOneHotCategorical", 0.1), InlineData("RelaxedOneHotCategorical", 0.03)]
    public void Bounds_of_relaxed_posteriors_stay_bounds_at_low_temperatures(string posterior, double temperature)
    {
        VaeOptions options = new() { Posterior = posterior, Temperature = temperature, Epochs = 10, Seed = 1 };
        foreach (VaeEpoch row in VaeTrainer.Train(options, new VaeDataReader().Read(options), null, TestContext.Current.CancellationToken))
        {
            Assert.InRange(row.KlDivergence, -0.05, 1000);
            Assert.InRange(row.TestElbo!.Value, -1000, 0);
        }
    }

    private static IEnumerable<VaeOptions> Combinations(string posterior) =>
        from likelihood in LikelihoodChoices.All.Names
        from prior in PriorChoices.All.Names
        from objective in ObjectiveChoices.All.Names
        select new VaeOptions
        {
            Posterior = posterior, Likelihood = likelihood, Prior = prior, Objective = objective, Samples = 2, PriorComponents = 3, LatentSize = 3, HiddenSize = [5], Activation = "tanh", Seed = 4,
        };

    // The losses as their papers write them, from the same random numbers.
    private static double Loss(VaeModel model, VaeBatch batch)
    {
        using var scope = NewDisposeScope();
        VaeOptions options = model.Options;
        Tensor statistics = model.EncodeStatistics(batch.Images), noise = batch.Noise.view(batch.Rows, options.Samples, model.Posterior.NoiseSize).transpose(0, 1);
        Tensor draws = model.Posterior.Draw(statistics, noise), logLikelihood = model.Bound.LogLikelihood(batch.Images, draws);
        Tensor ratio = model.Posterior.LogProbability(statistics, draws) - model.Bound.LogPrior(draws);
        if (options.Objective == "iwae") return -(logLikelihood - 0.7 * ratio).logsumexp(0).sub(Math.Log(options.Samples)).mean().item<double>();
        bool isAnalytic = options.Objective == "elbo" && model.Bound.HasAnalyticKl;
        return (0.7 * (isAnalytic ? model.Posterior.KlDivergence(statistics) : ratio).mean() - logLikelihood.mean()).item<double>();
    }
}
