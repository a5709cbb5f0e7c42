using MathNet.Numerics.Integration;
using ReparamPS.Runtime;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeGradientTests
{
    private const int Pixels = 11, Rows = 7;

    public static TheoryData<string, int[]> Networks()
    {
        var data = new TheoryData<string, int[]>();
        foreach (string activation in VaeActivations.Names)
            foreach (int[] hidden in new int[][] { [], [9], [9, 6], [8, 7, 5] }) data.Add(activation, hidden);
        return data;
    }

    [Theory, MemberData(nameof(Networks))]
    public void The_hand_derived_gradient_is_autograd_s(string activation, int[] hidden)
    {
        using var model = new VaeModel(Options(activation, hidden), Pixels);
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
        using var model = new VaeModel(Options(activation, [5]), Pixels);
        (_, double[] derived) = Derived(model, 1);
        const double H = 1e-6;
        int index = 0;
        foreach ((string name, Tensor value) in model.Parameters)
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
        using Tensor kl = VaeLoss.KlDivergence(tensor(new[] { mean }), tensor(new[] { logVariance }));
        Assert.Equal(integral, kl.item<double>(), 1e-10);
    }

    [Fact]
    public void The_Bernoulli_term_stays_finite_where_logits_are_large()
    {
        using Tensor term = VaeLoss.BernoulliLogLikelihood(tensor(new double[,] { { 1, 0, 0.5 } }), tensor(new double[,] { { 800, -800, -800 } }));
        Assert.Equal(-400, term.item<double>(), 1e-9);
    }

    private static VaeOptions Options(string activation, int[] hidden) =>
        new() { Activation = activation, HiddenSize = hidden, LatentSize = 3, DType = "float64", Seed = 4, BatchSize = Rows };

    private static (Tensor Images, Tensor Noise) Inputs()
    {
        using var random = new RandomSource(9);
        return (random.Uniform([Rows, Pixels], ScalarType.Float64), random.Normal([Rows, 3], ScalarType.Float64));
    }

    private static double Loss(VaeModel model, double klWeight)
    {
        using var scope = NewDisposeScope();
        (Tensor images, Tensor noise) = Inputs();
        (Tensor reconstruction, Tensor kl) = VaeLoss.Terms(model, images, noise);
        return (klWeight * kl - reconstruction).mean().item<double>();
    }

    private static (double Loss, double[] Gradient) ByAutograd(VaeModel model, double klWeight)
    {
        using var scope = NewDisposeScope();
        (Tensor images, Tensor noise) = Inputs();
        foreach ((_, Tensor value) in model.Parameters) value.requires_grad_(true);
        (Tensor reconstruction, Tensor kl) = VaeLoss.Terms(model, images, noise);
        Tensor loss = (klWeight * kl - reconstruction).mean();
        loss.backward();
        return (loss.item<double>(), [.. model.Parameters.SelectMany(parameter => ManagedValues.ToDoubles(parameter.Value.grad!))]);
    }

    private static (double[] Loss, double[] Gradient) Derived(VaeModel model, double klWeight)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (Tensor images, Tensor noise) = Inputs();
        using var gradient = new FlatParameters(model.Flat.Layout, ScalarType.Float64, CPU);
        using var ring = new VaeBatchRing(Rows, Rows, Pixels, 3, ScalarType.Float64, CPU);
        using var pass = new FusedVaeGradient(model, gradient, Rows);
        using var random = new RandomSource(1);
        VaeBatch batch = Assert.Single(ring.Fill(images, arange(Rows), 0, random));
        batch.Noise.copy_(noise);
        double reconstruction = pass.Compute(batch, klWeight).item<double>();
        double loss = (klWeight * ring.KlSum(0).item<double>() - reconstruction) / Rows;
        return ([loss], [.. gradient.Views.SelectMany(ManagedValues.ToDoubles)]);
    }
}
