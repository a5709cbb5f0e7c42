using MathNet.Numerics.LinearAlgebra;
using ReparamPS.Data.Images;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

/// <summary>A VAE without hidden layers and with a learned Gaussian is probabilistic PCA, whose likelihood and optimum are known (Tipping, Bishop 1999).</summary>
public sealed class VaeEvaluationTests
{
    private const int Pixels = 6, Latent = 2, Count = 600;

    private static readonly VaeOptions Linear = new()
    {
        HiddenSize = [], LatentSize = Latent, Likelihood = "learnedgaussian", LikelihoodScale = 0.5, DType = "float64", TestFraction = 0, Seed = 2, BatchSize = 100, LearningRate = 0.01,
    };

    [Fact]
    public void Training_reaches_the_optimum_of_probabilistic_PCA()
    {
        ImageDataSet images = Data();
        VaeOptions options = Linear with { Epochs = 350, LearningRate = 0.03, LearningRateSchedule = "cosine" };
        using var trainer = new VaeTrainer(options, new ImageSplit(images, null, null));
        while (!trainer.IsFinished) trainer.RunEpoch(null, TestContext.Current.CancellationToken);
        double optimum = Optimum(images), exact = Exact(trainer.Model, images);
        Assert.True(exact <= optimum + 1e-9);
        Assert.Equal(optimum, exact, 0.005 * Math.Abs(optimum));
        VaeLikelihoodEstimate found = VaeEvaluation.Measure(trainer.Model, images, "train", 300, 1, TestContext.Current.CancellationToken);
        Assert.Equal(exact, found.LogLikelihood, 0.005 * Math.Abs(exact));
        Assert.Equal(Latent, found.ActiveUnits);
    }

    [Fact]
    public void The_bound_rises_with_the_draws_and_stays_under_the_exact_log_likelihood()
    {
        ImageDataSet images = Data();
        using var model = new VaeModel(Linear, 1, Pixels);
        double exact = Exact(model, images);
        double Bound(int samples) => Enumerable.Range(0, 5).Average(seed => VaeEvaluation.Measure(model, images, "all", samples, seed, TestContext.Current.CancellationToken).LogLikelihood);
        double[] bounds = [Bound(1), Bound(5), Bound(50)];
        Assert.True(bounds[0] < bounds[1] && bounds[1] < bounds[2] && bounds[2] < exact, $"{string.Join(", ", bounds)} under {exact}");
        VaeLikelihoodEstimate many = VaeEvaluation.Measure(model, images, "all", 1_000, 1, TestContext.Current.CancellationToken);
        Assert.Equal(exact, many.LogLikelihood, 0.2);
        Assert.InRange(many.EffectiveSamples, 1, 1_000);
    }

    [Fact]
    public void Estimators_A_and_B_and_IWAE_of_one_draw_agree_in_expectation()
    {
        using var model = new VaeModel(Linear with { Samples = 4000, HiddenSize = [5], Likelihood = "bernoulli" }, 1, Pixels);
        using var scope = NewDisposeScope();
        using var random = new RandomSource(6);
        Tensor images = random.Uniform([10, Pixels], ScalarType.Float64), noise = random.Normal([4000, 10, Latent], ScalarType.Float64);
        (Tensor reconstruction, Tensor kl) = model.Bound.Terms(images, noise);
        (_, Tensor klByDraws) = model.Bound.Terms(images, noise, byDraws: true);
        Tensor statistics = model.EncodeStatistics(images), draws = model.Posterior.Draw(statistics, noise);
        Tensor one = model.Bound.LogLikelihood(images, draws) + model.Bound.LogPrior(draws) - model.Posterior.LogProbability(statistics, draws);
        double b = (reconstruction - kl).mean().item<double>(), a = (reconstruction - klByDraws).mean().item<double>(), iwae = one.mean().item<double>();
        double error = (one - reconstruction + kl).std().item<double>() / Math.Sqrt(40_000);
        Assert.Equal(b, a, 5 * error);
        Assert.Equal(a, iwae, 1e-9);
    }

    [Fact]
    public void Dimensions_have_no_KL_term_of_their_own_under_a_mixture()
    {
        using VaeModel plain = new(Linear, 1, Pixels), mixture = new(Linear with { Prior = "mixture" }, 1, Pixels);
        Assert.All(VaeEvaluation.Dimensions(plain, Data()), dimension => Assert.True(dimension.KlDivergence >= 0));
        Assert.All(VaeEvaluation.Dimensions(mixture, Data()), dimension => Assert.Null(dimension.KlDivergence));
    }

    [Fact]
    public void Draws_are_decoded_in_parts_if_a_layer_or_the_prior_is_wide()
    {
        using VaeModel narrow = new(Linear, 1, Pixels), wide = new(Linear with { HiddenSize = [3000, 20] }, 1, Pixels), mixture = new(Linear with { Prior = "mixture", PriorComponents = 1500 }, 1, Pixels);
        Assert.Equal(50, VaeEvaluation.DecodedAtOnce(narrow, Count, 50));
        foreach (VaeModel model in new[] { wide, mixture })
        {
            Assert.Equal(VaeEvaluation.MaxNumbersAtOnce / (Count * 3000L), VaeEvaluation.DecodedAtOnce(model, Count, 50));
            // All draws at once, by the same noise.
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using RandomSource random = VaeRandom.Open(1, VaeStream.Sampling, CPU);
            Tensor images = Data().ToTensor(ScalarType.Float64, CPU), statistics = model.EncodeStatistics(images);
            Tensor draws = model.Posterior.Draw(statistics, model.Posterior.Noise([11, Count], ScalarType.Float64, random));
            Tensor logWeights = model.Bound.LogLikelihood(images, draws) + model.Bound.LogPrior(draws) - model.Posterior.LogProbability(statistics, draws);
            VaeLikelihoodEstimate found = VaeEvaluation.Measure(model, Data(), "all", 11, 1, TestContext.Current.CancellationToken);
            Assert.Equal((logWeights.logsumexp(0) - Math.Log(11)).mean().item<double>(), found.LogLikelihood, 1e-10);
        }
    }

    [Fact]
    public void Dimensions_of_many_images_are_those_of_all_at_once()
    {
        using var model = new VaeModel(Linear, 1, Pixels);
        ImageDataSet images = Data().Take([.. Enumerable.Range(0, 2500).Select(i => i % Count)]);
        (Tensor mean, Tensor deviation) = model.Encode(images.ToTensor(ScalarType.Float64, CPU));
        double[] variances = ManagedValues.ToDoubles(mean.var([0L], unbiased: false));
        Assert.Equal(variances, VaeEvaluation.Dimensions(model, images).Select(dimension => dimension.MeanVariance), (a, b) => Math.Abs(a - b) < 1e-12);
        mean.Dispose();
        deviation.Dispose();
    }

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        using var model = new VaeModel(Linear, 1, Pixels + 1);
        Assert.Throws<ShapeMismatchException>(() => VaeEvaluation.Measure(model, Data(), "all", 1, 1, TestContext.Current.CancellationToken));
    }

    // Two strong directions and noise, moved into [0, 1].
    private static ImageDataSet Data()
    {
        var random = new Random(11);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[,] ways = { { 0.12, 0.1, 0.05, 0, -0.05, -0.1 }, { 0.02, -0.06, 0.08, -0.06, 0.02, 0.03 } };
        float[] values = new float[Count * Pixels];
        for (int i = 0; i < Count; i++)
        {
            double a = Normal(), b = Normal();
            for (int j = 0; j < Pixels; j++) values[i * Pixels + j] = (float)Math.Clamp(0.5 + a * ways[0, j] + b * ways[1, j] + 0.03 * Normal(), 0, 1);
        }
        return new ImageDataSet("linear", values, 1, 1, Pixels);
    }

    private static Matrix<double> Rows(ImageDataSet images)
    {
        using Tensor values = images.ToTensor(ScalarType.Float64, CPU);
        return Matrix<double>.Build.DenseOfRowMajor(Count, Pixels, ManagedValues.ToDoubles(values));
    }

    // log p(x) = log N(x; b, W Wᵀ + σ² I), the mean over the images.
    private static double Exact(VaeModel model, ImageDataSet images)
    {
        Dictionary<string, double[]> values = model.GetParameters().ToDictionary(parameter => parameter.Name, parameter => ManagedValues.ToDoubles(parameter.Value));
        Matrix<double> weight = Matrix<double>.Build.DenseOfRowMajor(Pixels, Latent, values["decoder.0.weight"]);
        Matrix<double> covariance = weight * weight.Transpose() + Math.Exp(values["likelihood.log_variance"][0]) * Matrix<double>.Build.DenseIdentity(Pixels);
        return LogLikelihood(Rows(images), Vector<double>.Build.Dense(values["decoder.0.bias"]), covariance);
    }

    private static double Optimum(ImageDataSet images)
    {
        Matrix<double> rows = Rows(images);
        Vector<double> mean = rows.ColumnSums() / Count;
        Matrix<double> centred = rows - Matrix<double>.Build.Dense(Count, Pixels, (_, j) => mean[j]);
        var eigen = (centred.Transpose() * centred / Count).Evd(Symmetricity.Symmetric);
        double[] values = [.. eigen.EigenValues.Select(value => value.Real)];
        double noise = values.Take(Pixels - Latent).Average();
        Matrix<double> covariance = noise * Matrix<double>.Build.DenseIdentity(Pixels);
        for (int i = Pixels - Latent; i < Pixels; i++)
        {
            Vector<double> way = eigen.EigenVectors.Column(i);
            covariance += (values[i] - noise) * way.OuterProduct(way);
        }
        return LogLikelihood(rows, mean, covariance);
    }

    private static double LogLikelihood(Matrix<double> rows, Vector<double> mean, Matrix<double> covariance)
    {
        var factor = covariance.Cholesky();
        return rows.EnumerateRows().Average(row => -0.5 * ((row - mean) * factor.Solve(row - mean) + factor.DeterminantLn + Pixels * Math.Log(2 * Math.PI)));
    }
}
