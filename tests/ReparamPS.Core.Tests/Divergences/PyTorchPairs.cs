namespace ReparamPS.Core.Tests.Divergences;

/// <summary>The pairs in PyTorch 1.13's torch.distributions.kl._KL_REGISTRY, less the rules for Independent, TransformedDistribution and ExponentialFamily.</summary>
internal static class PyTorchPairs
{
    private static readonly Dictionary<string, string> Registry = new()
    {
        ["Bernoulli"] = "Bernoulli Poisson",
        ["Beta"] = "Beta ContinuousBernoulli Exponential Gamma Normal Pareto Uniform",
        ["Binomial"] = "Binomial",
        ["Categorical"] = "Categorical",
        ["Cauchy"] = "Cauchy",
        ["ContinuousBernoulli"] = "ContinuousBernoulli Exponential Normal Pareto Uniform",
        ["Dirichlet"] = "Dirichlet",
        ["Exponential"] = "Beta ContinuousBernoulli Exponential Gamma Gumbel Normal Pareto Uniform",
        ["Gamma"] = "Beta ContinuousBernoulli Exponential Gamma Gumbel Normal Pareto Uniform",
        ["Geometric"] = "Geometric",
        ["Gumbel"] = "Beta ContinuousBernoulli Exponential Gamma Gumbel Normal Pareto Uniform",
        ["HalfNormal"] = "HalfNormal",
        ["Laplace"] = "Beta ContinuousBernoulli Exponential Gamma Laplace Normal Pareto Uniform",
        ["LowRankMultivariateNormal"] = "LowRankMultivariateNormal MultivariateNormal",
        ["MultivariateNormal"] = "LowRankMultivariateNormal MultivariateNormal",
        ["Normal"] = "Beta ContinuousBernoulli Exponential Gamma Gumbel Laplace Normal Pareto Uniform",
        ["OneHotCategorical"] = "OneHotCategorical",
        ["Pareto"] = "Beta ContinuousBernoulli Exponential Gamma Normal Pareto Uniform",
        ["Poisson"] = "Bernoulli Binomial Poisson",
        ["Uniform"] = "Beta ContinuousBernoulli Exponential Gamma Gumbel Normal Pareto Uniform",
        // By the rule for exponential families, and by that for transforms.
        ["Wishart"] = "Wishart",
        ["LogNormal"] = "LogNormal",
        ["LogisticNormal"] = "LogisticNormal",
        ["HalfCauchy"] = "HalfCauchy",
    };

    public static IEnumerable<(string P, string Q)> All => Registry.SelectMany(row => row.Value.Split(' ').Select(q => (row.Key, q)));
}
