using MathNet.Numerics.Integration;
using ReparamPS.Optimization;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeGradientTests
{
    private const int Pixels = 11, Rows = 7;

    public static TheoryData<string, int[]> Networks()
    {
        var data = new TheoryData<string, int[]>();
        foreach (string activation in Activation.All.Names)
            foreach (int[] hidden in new int[][] { [], [9], [9, 6], [8, 7, 5] }) data.Add(activation, hidden);
        return data;
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_hand_derived_gradient_is_autograd_s(string activation, int[] hidden)
    {
        using var model = new VaeModel(Options(activation, hidden), 1, Pixels);
        (double[] values, double[] derived) = Derived(model, klWeight: 0.7);
        (double loss, double[] expected) = ByAutograd(model, 0.7);
        Assert.Equal(values[0], loss, 1e-12 * Math.Abs(loss));
        Assert.Equal(expected.Length, derived.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - derived[i]) <= 1e-12 * (1 + Math.Abs(expected[i])), $"parameter {i}: {derived[i]} for {expected[i]}");
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("softplus")]
    public void The_gradient_of_the_whole_loss_is_its_finite_difference(string activation)
    {
        using var model = new VaeModel(Options(activation, [5]), 1, Pixels);
        (_, double[] derived) = Derived(model, 1);
        const double H = 1e-6;
        int index = 0;
        foreach ((string name, Tensor value) in model.GetParameters())
        {
            using Tensor flat = value.view(-1);
            for (long i = 0; i < flat.numel(); i++, index++)
            {
                double Shifted(double by)
                {
                    flat[i] = flat[i] + by;
                    double loss = Loss(model, 1);
                    flat[i] = flat[i] - by;
                    return loss;
                }
                double difference = (Shifted(H) - Shifted(-H)) / (2 * H);
                Assert.True(Math.Abs(difference - derived[index]) < 1e-7 * (1 + Math.Abs(difference)), $"{name}[{i}]: {derived[index]} for {difference}");
            }
        }
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1.5, -2.0)]
    [InlineData(-0.3, 1.2)]
    public void The_analytic_KL_is_the_integral(double mean, double logVariance)
    {
        double scale = Math.Exp(logVariance / 2);
        double LogDensity(double x, double loc, double s) => -0.5 * Math.Pow((x - loc) / s, 2) - Math.Log(s) - 0.5 * Math.Log(2 * Math.PI);
        double integral = GaussLegendreRule.Integrate(
            x => Math.Exp(LogDensity(x, mean, scale)) * (LogDensity(x, mean, scale) - LogDensity(x, 0, 1)), mean - 12 * scale, mean + 12 * scale, 512);
        using Tensor kl = new DiagonalNormalPosterior(1).KlDivergence(tensor(new double[,] { { mean, logVariance } }));
        Assert.Equal(integral, kl.item<double>(), 1e-10);
    }

    [Fact]
    public void The_Bernoulli_term_stays_finite_where_logits_are_large()
    {
        using Tensor term = new BernoulliLikelihood().LogProbability(tensor(new double[,] { { 1, 0, 0.5 } }), tensor(new double[,] { { 800, -800, -800 } }));
        Assert.Equal(-400, term.item<double>(), 1e-9);
    }

    public static TheoryData<VaeOptions> Objectives()
    {
        VaeOptions plain = Options("tanh", [6]);
        return
        [
            plain with { Likelihood = "continuousbernoulli" },
            plain with { Likelihood = "gaussian", LikelihoodScale = 0.3 },
            plain with { Likelihood = "learnedgaussian", LikelihoodScale = 0.5, Samples = 2 },
            plain with { Prior = "mixture", PriorComponents = 3 },
            plain with { Posterior = "fullnormal" },
            plain with { Posterior = "fullnormal", Objective = "iwae", Samples = 4 },
            plain with { Objective = "sgvba", Samples = 3 },
            plain with { Objective = "iwae", Samples = 5 },
            plain with { FreeBits = 0.05 },
        ];
    }

    [Theory, MemberData(nameof(Objectives))]
    public void The_gradient_of_every_objective_is_its_finite_difference(VaeOptions options)
    {
        using var model = new VaeModel(options, 1, Pixels);
        using var gradient = new FlatParameters(model.Flat.Layout, ScalarType.Float64, CPU);
        using var pass = new AutogradVaeGradient(model, gradient);
        VaeBatch batch = Batch(options);
        using var sums = new VaeStepSums(batch.Rows, batch.Rows);
        pass.Compute(batch, 0.7, sums);
        const double H = 1e-6;
        double[] expected = ManagedValues.ToDoubles(gradient.Buffer);
        using var noGrad = no_grad();
        using var direction = new RandomSource(3);
        for (int trial = 0; trial < 5; trial++)
        {
            using Tensor way = direction.Normal([expected.Length], ScalarType.Float64);
            double Shifted(double by)
            {
                model.Flat.Buffer.add_(way, by);
                double loss = ObjectiveLoss(model, batch, 0.7);
                model.Flat.Buffer.add_(way, -by);
                return loss;
            }
            double difference = (Shifted(H) - Shifted(-H)) / (2 * H), derived = ManagedValues.ToDoubles(way).Zip(expected, (a, b) => a * b).Sum();
            Assert.True(Math.Abs(difference - derived) < 1e-6 * (1 + Math.Abs(difference)), $"{derived} for {difference}");
        }
    }

    [Theory]
    [InlineData("stl")]
    [InlineData("dreg")]
    public void Gradients_without_the_score_term_agree_with_those_of_their_bound_in_expectation(string objective)
    {
        VaeOptions options = Options("tanh", []) with { Samples = 2, BatchSize = 4000, Objective = objective };
        double[] Gradient(VaeOptions settings, out VaeModel model)
        {
            model = new VaeModel(settings, 1, 3);
            using var gradient = new FlatParameters(model.Flat.Layout, ScalarType.Float64, CPU);
            using var pass = new AutogradVaeGradient(model, gradient);
            using var sums = new VaeStepSums(40000, 40000);
            pass.Compute(Batch(settings, rows: 40000, pixels: 3, sameImage: true), 1, sums);
            return ManagedValues.ToDoubles(gradient.Buffer);
        }
        // The plain bound for STL, the importance-weighted one for DReG, both with several draws.
        double[] ours = Gradient(options, out VaeModel a), scored = Gradient(options with { Objective = objective == "stl" ? "sgvba" : "iwae" }, out VaeModel b);
        a.Dispose();
        b.Dispose();
        double scale = scored.Max(Math.Abs);
        for (int i = 0; i < scored.Length; i++) Assert.True(Math.Abs(ours[i] - scored[i]) < 0.03 * scale, $"{i}: {ours[i]} for {scored[i]}, scale {scale}");
    }

    // Integrated over the noise of both draws by the trapezoidal rule, which is all but exact for smooth integrands with normal tails.
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(3.0)]
    public void The_doubly_reparameterized_gradient_has_the_expectation_of_the_importance_weighted_one_at_any_KL_weight(double klWeight)
    {
        VaeOptions options = Options("tanh", [2]) with { LatentSize = 1, Samples = 2 };
        double[] Expected(string objective)
        {
            using var model = new VaeModel(options with { Objective = objective }, 1, 3);
            using var gradient = new FlatParameters(model.Flat.Layout, ScalarType.Float64, CPU);
            using var pass = new AutogradVaeGradient(model, gradient);
            using Tensor image = tensor(new[,] { { 0.9, 0.1, 0.4 } });
            using var sums = new VaeStepSums(1, 1);
            double[] integral = new double[gradient.Buffer.numel()];
            const double Step = 0.25, Radius = 6.5;
            for (int i = -26; i <= 26; i++)
            {
                for (int j = -26; j <= i; j++)
                {
                    (double first, double second) = (Step * i, Step * j);
                    if (first * first + second * second > Radius * Radius) continue;
                    using Tensor noise = tensor(new[,] { { first, second } });
                    pass.Compute(new VaeBatch(1, image, noise), klWeight, sums);
                    // The draws may be exchanged.
                    double weight = (i == j ? 1 : 2) * Step * Step / (2 * Math.PI) * Math.Exp(-(first * first + second * second) / 2);
                    double[] point = ManagedValues.ToDoubles(gradient.Buffer);
                    for (int k = 0; k < point.Length; k++) integral[k] += weight * point[k];
                }
            }
            return integral;
        }
        double[] expected = Expected("iwae"), actual = Expected("dreg");
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
    }

    private static VaeOptions Options(string activation, int[] hidden) =>
        new() { Activation = activation, HiddenSize = hidden, LatentSize = 3, DType = "float64", Seed = 4, BatchSize = Rows };

    private static (Tensor Images, Tensor Noise) Inputs()
    {
        using var random = new RandomSource(9);
        return (random.Uniform([Rows, Pixels], ScalarType.Float64), random.Normal([Rows, 3], ScalarType.Float64));
    }

    private static VaeBatch Batch(VaeOptions options, int rows = Rows, int pixels = Pixels, bool sameImage = false)
    {
        using var random = new RandomSource(9);
        Tensor images = sameImage ? random.Uniform([1, pixels], ScalarType.Float64).expand(rows, pixels).contiguous() : random.Uniform([rows, pixels], ScalarType.Float64);
        Tensor noise = random.Normal([rows, options.Samples * options.LatentSize], ScalarType.Float64);
        return new VaeBatch(rows, images, noise);
    }

    // The losses as their papers write them, apart from the code under test.
    private static double ObjectiveLoss(VaeModel model, VaeBatch batch, double klWeight)
    {
        using var scope = NewDisposeScope();
        VaeOptions options = model.Options;
        Tensor statistics = model.EncodeStatistics(batch.Images), noise = batch.Noise.view(batch.Rows, options.Samples, options.LatentSize).transpose(0, 1);
        Tensor draws = model.Posterior.Draw(statistics, noise), logLikelihood = model.Bound.LogLikelihood(batch.Images, draws);
        Tensor ratio = model.Posterior.LogProbability(statistics, draws) - model.Bound.LogPrior(draws);
        if (options.Objective == "iwae") return -(logLikelihood - klWeight * ratio).exp().mean([0]).log().mean().item<double>();
        Tensor kl = options.FreeBits > 0
            ? maximum(((DiagonalNormalPosterior)model.Posterior).KlByDimension(statistics).mean([0]), tensor(options.FreeBits, ScalarType.Float64)).sum()
            : options.Objective == "sgvba" || !model.Prior.IsFixed ? ratio.mean() : model.Posterior.KlDivergence(statistics).mean();
        return (klWeight * kl - logLikelihood.mean()).item<double>();
    }

    private static double Loss(VaeModel model, double klWeight)
    {
        using var scope = NewDisposeScope();
        (Tensor images, Tensor noise) = Inputs();
        (Tensor reconstruction, Tensor kl) = model.Bound.Terms(images, noise.unsqueeze(0));
        return (klWeight * kl - reconstruction).mean().item<double>();
    }

    private static (double Loss, double[] Gradient) ByAutograd(VaeModel model, double klWeight)
    {
        using var scope = NewDisposeScope();
        foreach ((_, Tensor value) in model.GetParameters()) value.requires_grad_(true);
        (Tensor images, Tensor noise) = Inputs();
        (Tensor reconstruction, Tensor kl) = model.Bound.Terms(images, noise.unsqueeze(0));
        Tensor loss = (klWeight * kl - reconstruction).mean();
        loss.backward();
        return (loss.item<double>(), [.. model.GetParameters().SelectMany(parameter => ManagedValues.ToDoubles(parameter.Value.grad!))]);
    }

    private static (double[] Loss, double[] Gradient) Derived(VaeModel model, double klWeight)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (Tensor images, Tensor noise) = Inputs();
        using var gradient = new FlatParameters(model.Flat.Layout, ScalarType.Float64, CPU);
        using var batches = new VaeBatches(model.Options, model.Posterior, Rows, Pixels, CPU);
        using var pass = DerivedVaeGradient.Create(model, gradient, Rows);
        using var random = new RandomSource(1);
        VaeBatch batch = Assert.Single(batches.From(images, arange(Rows), 0, random));
        batch.Noise.copy_(noise);
        using var sums = new VaeStepSums(Rows, Rows);
        pass.Compute(batch, klWeight, sums);
        return ([klWeight * sums.KlDivergence - sums.Reconstruction], [.. gradient.Views.SelectMany(ManagedValues.ToDoubles)]);
    }
}
