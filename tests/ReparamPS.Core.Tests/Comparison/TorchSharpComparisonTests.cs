using TorchSharp;
using static TorchSharp.torch;

// The banned distributions are what is tested here.
#pragma warning disable RS0030

namespace ReparamPS.Core.Tests.Comparison;

/// <summary>What README's comparison says of TorchSharp, tried on TorchSharp's own distributions.</summary>
public sealed class TorchSharpComparisonTests
{
    [Theory]
    [InlineData("Cauchy")]
    [InlineData("Exponential")]
    [InlineData("Laplace")]
    [InlineData("MultivariateNormal")]
    [InlineData("Normal")]
    [InlineData("Uniform")]
    public void Six_classes_return_samples_with_a_gradient(string name)
    {
        List<Tensor> parameters = [];
        Tensor sample = Make(name, parameters).rsample(3);
        Assert.True(sample.requires_grad);
        sample.sum().backward();
        Assert.All(parameters, parameter => Assert.True(parameter.grad is not null && parameter.grad.ne(0).any().item<bool>()));
    }

    [Theory]
    [InlineData("Chi2")]
    [InlineData("FisherSnedecor")]
    [InlineData("Gamma")]
    [InlineData("Gumbel")]
    [InlineData("HalfCauchy")]
    [InlineData("HalfNormal")]
    [InlineData("Kumaraswamy")]
    [InlineData("LogNormal")]
    [InlineData("Pareto")]
    [InlineData("RelaxedBernoulli")]
    [InlineData("Weibull")]
    public void Eleven_classes_return_a_detached_sample_without_an_error(string name) =>
        Assert.False(Make(name, []).rsample(3).requires_grad);

    [Theory]
    [InlineData("Beta")]
    [InlineData("Dirichlet")]
    public void Two_classes_have_no_derivative(string name) =>
        Assert.ThrowsAny<Exception>(() => Make(name, []).rsample(3).sum().backward());

    [Fact]
    public void A_negative_scale_is_accepted() =>
        Assert.NotNull(torch.distributions.Normal(tensor(0.0), tensor(-1.0)));

    private static torch.distributions.Distribution Make(string name, List<Tensor> parameters)
    {
        Tensor P(params double[] values)
        {
            parameters.Add(tensor(values, requires_grad: true));
            return parameters[^1];
        }

        return name switch
        {
            "Beta" => torch.distributions.Beta(P(2), P(3)),
            "Cauchy" => torch.distributions.Cauchy(P(0), P(1)),
            "Chi2" => torch.distributions.Chi2(P(3)),
            "Dirichlet" => torch.distributions.Dirichlet(P(1, 2, 3)),
            "Exponential" => torch.distributions.Exponential(P(2)),
            "FisherSnedecor" => torch.distributions.FisherSnedecor(P(3), P(4)),
            "Gamma" => torch.distributions.Gamma(P(2), P(1)),
            "Gumbel" => torch.distributions.Gumbel(P(0), P(1)),
            "HalfCauchy" => torch.distributions.HalfCauchy(P(1)),
            "HalfNormal" => torch.distributions.HalfNormal(P(1)),
            "Kumaraswamy" => torch.distributions.Kumaraswamy(P(2), P(3)),
            "Laplace" => torch.distributions.Laplace(P(0), P(1)),
            "LogNormal" => torch.distributions.LogNormal(P(0), P(1)),
            "MultivariateNormal" => torch.distributions.MultivariateNormal(P(0, 0), covariance_matrix: eye(2, dtype: float64)),
            "Normal" => torch.distributions.Normal(P(0), P(1)),
            "Pareto" => torch.distributions.Pareto(P(1), P(2)),
            "RelaxedBernoulli" => torch.distributions.RelaxedBernoulli(tensor(0.5), P(0.3)),
            "Uniform" => torch.distributions.Uniform(P(0), P(1)),
            "Weibull" => torch.distributions.Weibull(P(1), P(2)),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }
}
