using System.Collections;
using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;

namespace ReparamPS.HelpWriter;

/// <summary>What the help of a distribution's cmdlet says about its kind: an example of its parameters, kin, and the cmdlets that use it.</summary>
internal static class DistributionFacts
{
    /// <summary>The parameter that stands in the shared help of all kinds.</summary>
    private const string AnyParameter = "@{ Loc = 2 }";

    private static readonly Dictionary<string, string[]> Kin = new()
    {
        ["Bernoulli"] = ["RelaxedBernoulli", "ContinuousBernoulli", "Binomial"],
        ["Beta"] = ["Kumaraswamy", "Dirichlet", "Uniform"],
        ["Binomial"] = ["Bernoulli", "Multinomial", "NegativeBinomial"],
        ["Categorical"] = ["OneHotCategorical", "RelaxedOneHotCategorical", "Multinomial"],
        ["Cauchy"] = ["HalfCauchy", "StudentT"],
        ["Chi2"] = ["Gamma", "FisherSnedecor"],
        ["ContinuousBernoulli"] = ["Bernoulli", "Beta", "RelaxedBernoulli"],
        ["Dirichlet"] = ["Beta", "LogisticNormal", "Categorical"],
        ["ExpRelaxedCategorical"] = ["RelaxedOneHotCategorical", "OneHotCategorical"],
        ["Exponential"] = ["Gamma", "Weibull", "Laplace"],
        ["FisherSnedecor"] = ["Chi2", "Beta"],
        ["Gamma"] = ["InverseGamma", "Chi2", "Exponential"],
        ["GeneralizedPareto"] = ["Pareto", "Exponential"],
        ["Geometric"] = ["NegativeBinomial", "Exponential"],
        ["Gumbel"] = ["Weibull", "Logistic"],
        ["HalfCauchy"] = ["Cauchy", "HalfNormal"],
        ["HalfNormal"] = ["Normal", "TruncatedNormal", "HalfCauchy"],
        ["Independent"] = ["MultivariateNormal", "TransformedDistribution", "MixtureSameFamily"],
        ["InverseGamma"] = ["Gamma", "Wishart"],
        ["Kumaraswamy"] = ["Beta", "Uniform"],
        ["LKJCholesky"] = ["Wishart", "MultivariateNormal"],
        ["Laplace"] = ["Normal", "Exponential", "Cauchy"],
        ["LogNormal"] = ["Normal", "Gamma", "LogUniform"],
        ["LogUniform"] = ["Uniform", "LogNormal"],
        ["Logistic"] = ["Normal", "Gumbel"],
        ["LogisticNormal"] = ["Dirichlet", "MultivariateNormal"],
        ["LogitRelaxedBernoulli"] = ["RelaxedBernoulli", "Bernoulli"],
        ["LowRankMultivariateNormal"] = ["MultivariateNormal", "Independent"],
        ["MixtureSameFamily"] = ["Categorical", "Independent", "TransformedDistribution"],
        ["Multinomial"] = ["Binomial", "Categorical", "Dirichlet"],
        ["MultivariateNormal"] = ["LowRankMultivariateNormal", "Normal", "Wishart"],
        ["NegativeBinomial"] = ["Poisson", "Geometric", "Gamma"],
        ["Normal"] = ["LogNormal", "StudentT", "TruncatedNormal", "MultivariateNormal"],
        ["OneHotCategorical"] = ["Categorical", "OneHotCategoricalStraightThrough", "RelaxedOneHotCategorical"],
        ["OneHotCategoricalStraightThrough"] = ["OneHotCategorical", "RelaxedOneHotCategorical"],
        ["Pareto"] = ["GeneralizedPareto", "Exponential"],
        ["Poisson"] = ["NegativeBinomial", "Gamma", "Binomial"],
        ["RelaxedBernoulli"] = ["Bernoulli", "LogitRelaxedBernoulli"],
        ["RelaxedOneHotCategorical"] = ["OneHotCategorical", "ExpRelaxedCategorical"],
        ["StudentT"] = ["Normal", "Cauchy"],
        ["TanhNormal"] = ["Normal", "TransformedDistribution"],
        ["TransformedDistribution"] = ["Independent", "MixtureSameFamily"],
        ["TruncatedNormal"] = ["Normal", "HalfNormal"],
        ["Uniform"] = ["Beta", "LogUniform"],
        ["VonMises"] = ["VonMisesFisher", "Normal"],
        ["VonMisesFisher"] = ["VonMises", "MultivariateNormal"],
        ["Weibull"] = ["Exponential", "Gumbel", "Gamma"],
        ["Wishart"] = ["LKJCholesky", "InverseGamma", "MultivariateNormal"],
    };

    /// <summary>The kind that a cmdlet creates; null if it is not the cmdlet of one kind.</summary>
    public static DistributionType? KindOf(string cmdlet) => DistributionCatalog.All.FirstOrDefault(type => type.Cmdlet == cmdlet);

    /// <summary>The cmdlets of kin, then those that use a distribution of the kind.</summary>
    /// <exception cref="HelpException">The kind has no kin here, or one that does not exist.</exception>
    public static IEnumerable<string> Related(DistributionType type)
    {
        if (!Kin.TryGetValue(type.Name, out string[]? kin)) throw new HelpException([$"{type.Name} has no kin in {nameof(DistributionFacts)}."]);
        IEnumerable<string> cmdlets = kin.Select(name => DistributionCatalog.All.FirstOrDefault(other => other.Name == name)?.Cmdlet ?? throw new HelpException([$"{name} is not a kind of distribution."]));
        string[] uses = type.HasRSample ? ["Invoke-RSample", "Test-ReparameterizationGradient"] : ["Invoke-Sample", "Compare-GradientEstimator"];
        string[] parts = type.Name == "TransformedDistribution" ? ["New-DistributionTransform"] : [];
        return [.. cmdlets, .. parts, .. uses, "Get-LogProbability"];
    }

    /// <summary>A description with a parameter of the kind in its example.</summary>
    public static string WithParameter(string description, DistributionType type)
    {
        ParameterInfo? first = type.Parameters.FirstOrDefault(parameter => parameter.Example is not null);
        return first is null ? description : description.Replace(AnyParameter, $"@{{ {first.Name} = {Text(first)} }}", StringComparison.Ordinal);
    }

    private static string Text(ParameterInfo parameter) => parameter.Example switch
    {
        double[,] matrix => string.Join(", ", Enumerable.Range(0, matrix.GetLength(0)).Select(i => $"({string.Join(", ", Enumerable.Range(0, matrix.GetLength(1)).Select(j => Number(matrix[i, j])))})")),
        IEnumerable list and not string => string.Join(", ", list.Cast<object>().Select(Number)),
        IFormattable number => Number(number),
        _ => parameter.Kind == ParameterKind.Transform ? "$transform" : "$d",
    };

    private static string Number(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
