using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Gradients;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Mixtures;

/// <summary>Mixtures of von Mises distributions, whose densities repeat: draws and CDF of all components lie on one circle.</summary>
public sealed class CircularMixtureTests
{
    private static MixtureSameFamily Make(Tensor? weights = null, Tensor? loc = null, Tensor? concentration = null) =>
        new(new Categorical(weights ?? tensor([0.3, 0.7])), new VonMises(loc ?? tensor([-2.0, 2.0]), concentration ?? tensor([0.5, 1.5])));

    [Fact]
    public void Members_and_gradients_agree()
    {
        using var scope = NewDisposeScope();
        MixtureSameFamily[] mixtures = [Make(loc: tensor([-20.0, 15.0])), Make(concentration: tensor([50.0, 1e-3]), loc: tensor([Math.PI, 0]))];
        foreach (MixtureSameFamily mixture in mixtures)
        {
            Assert.True(mixture.HasRSample);
            Assert.All(DistributionCheck.Run(mixture, 5000, 0, 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, $"{mixture} {row.Check}: {row.Reason}"));
            Assert.All(
                ReparameterizationCheck.Run(mixture, new ReparameterizationCheckOptions { Seed = 0 }, TestContext.Current.CancellationToken),
                row => Assert.True(row.Passed, $"{mixture} {row}"));
        }
    }

    // mpmath at 30 digits: the derivatives of Σ w_k A(κ_k) cos μ_k / Σ w_k, A = I₁/I₀.
    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void The_gradient_of_the_mean_cosine_is_right(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor weights = tensor([0.3, 0.7], type).requires_grad_(), loc = tensor([-2.0, 2.0], type).requires_grad_(), concentration = tensor([0.5, 1.5], type).requires_grad_();
        MixtureSameFamily mixture = Make(weights, loc, concentration);
        using var random = new RandomSource(3);
        const int Rows = 60;
        double[] exact = [0.103014460402585, -0.0441490544582506, 0.0661512821177844, -0.379443694080187, -0.0569531959664552, -0.0720109231860222];
        var gradients = new double[Rows][];
        for (int i = 0; i < Rows; i++)
            gradients[i] = [.. autograd.grad([mixture.RSample([1000], random).cos().mean()], [weights, loc, concentration]).SelectMany(gradient => ManagedValues.ToDoubles(gradient))];
        for (int k = 0; k < exact.Length; k++)
        {
            double mean = gradients.Average(row => row[k]), error = Math.Sqrt(gradients.Sum(row => Math.Pow(row[k] - mean, 2))) / Rows;
            Assert.True(Math.Abs(mean - exact[k]) < 4 * error && error < 0.02, $"{k}: {mean} ± {error}, not {exact[k]}");
        }
    }

    // SciPy's vonmises, wrapped: mpmath quadrature of the density from −π on.
    [Fact]
    public void The_CDF_is_the_integral_of_the_density_from_minus_pi_on()
    {
        using var scope = NewDisposeScope();
        double[] cdf = ManagedValues.ToDoubles(Make().Cdf(tensor([-4.0, -3.0, -2.0, 0.0, 2.5, 3.1, 4.0])));
        double[] exact = [0, 0.02431085902827035, 0.1472282801031133, 0.3026061926584614, 0.8485150964196242, 0.9923185747052427, 1];
        for (int i = 0; i < exact.Length; i++) Assert.Equal(exact[i], cdf[i], 1e-13);
        double[] circular = [.. ManagedValues.ToDoubles(Make().Mean), .. ManagedValues.ToDoubles(Make().Variance)];
        Assert.Equal(2.147821634348904, circular[0], 1e-13);
        Assert.Equal(0.6261824744887214, circular[1], 1e-13);
    }

    [Fact]
    public void Vectors_of_angles_have_right_gradients()
    {
        using var scope = NewDisposeScope();
        var components = new Independent(new VonMises(tensor(new double[,] { { -2, 3 }, { 2, 0.5 } }), tensor(new double[,] { { 0.5, 2 }, { 1.5, 1 } })), 1);
        var mixture = new MixtureSameFamily(new Categorical(tensor([0.3, 0.7])), components);
        Assert.True((mixture.Sample([1000]).abs() <= Math.PI).all().item<bool>());
        Assert.All(
            ReparameterizationCheck.Run(mixture, new ReparameterizationCheckOptions { Seed = 0 }, TestContext.Current.CancellationToken),
            row => Assert.True(row.Passed, row.ToString()));
    }
}
