using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ParameterInfo = ReparamPS.Distributions.Parameters.ParameterInfo;

namespace ReparamPS.HelpWriter;

/// <summary>What the help of a distribution's cmdlet says about its kind: an example of its parameters, kin, and the cmdlets that use it.</summary>
internal static partial class DistributionFacts
{
    /// <summary>The parameter that stands in the shared help of all kinds.</summary>
    private const string AnyParameter = "@{ Loc = 2 }";

    /// <summary>The sentence of the shared help that holds only for parameters that can be given beside the table.</summary>
    private const string AnyPrecedence = " A parameter given by name takes precedence.";

    /// <summary>The shared help of RequiresGrad, and what it is for a kind made of distributions and for one made of numbers.</summary>
    private const string AnyGiven = "given tensors and distributions are";
    private const string AnyNumbers = "Turns each numeric parameter that is not given as a tensor into a leaf tensor that requires gradients. A given tensor or distribution gets gradients only if it requires them itself.",
        NoNumbers = "Has no effect here. Use -RequiresGrad when you create ",
        OnlyTensors = "Turns each parameter that is not given as a tensor into a leaf tensor that requires gradients. A given tensor gets gradients only if it requires them itself.";

    /// <summary>The parameter set of a table.</summary>
    private const string TableSet = "Table";

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
        if (!Kin.TryGetValue(type.Name, out string[]? kin)) throw new HelpException([$"{nameof(DistributionFacts)} lists no related distributions of {type.Name}."]);
        IEnumerable<string> cmdlets = kin.Select(name => DistributionCatalog.All.FirstOrDefault(other => other.Name == name)?.Cmdlet ?? throw new HelpException([$"{name} is not a kind of distribution."]));
        string[] uses = type.HasRSample ? ["Invoke-RSample", "Test-ReparameterizationGradient"] : ["Invoke-Sample", "Compare-GradientEstimator"];
        string[] parts = type.Name == "TransformedDistribution" ? ["New-DistributionTransform"] : [];
        return [.. cmdlets, .. parts, .. uses, "Get-LogProbability"];
    }

    /// <summary>What arrays mean as parameters of the kind; null if its parameters are other distributions.</summary>
    public static string? Batches(DistributionType type)
    {
        // Of the parameters of a group exactly one is given, so they are one array.
        (string Names, int EventDims)[] arrays = [.. type.Parameters.Where(parameter => parameter.Kind == ParameterKind.Tensor).GroupBy(parameter => parameter.Group ?? parameter.Name)
            .Select(choice => (List([.. choice.Select(parameter => parameter.Name)], "or"), choice.First().Constraint.EventDims))];
        if (arrays.Length == 0) return null;
        if (arrays is [var (names, eventDims)])
            return eventDims == 0 ? $"An array or a tensor as {names} makes a batch: one distribution per element." : $"All dimensions of {names} except the last{(eventDims == 1 ? "" : " two")} make a batch of distributions.";
        if (arrays.All(array => array.EventDims == 0)) return "Arrays and tensors make a batch: one distribution per element. Their shapes broadcast, as in PyTorch.";
        string[] parts = [.. arrays.GroupBy(array => array.EventDims).OrderBy(alike => alike.Key).Select(Dimensions)];
        return $"A{parts[0][1..]}{(parts.Length == 1 ? "" : $", and {parts[1]},")} make a batch of distributions. They broadcast, as in PyTorch.";

        static string Dimensions(IGrouping<int, (string Names, int EventDims)> alike) =>
            $"all {alike.Key switch { 0 => "dimensions", 1 => "but the last dimension", _ => "but the last two dimensions" }} of {List([.. alike.Select(array => array.Names)])}";
    }

    /// <summary>A description from the shared base class, with what holds for the kind.</summary>
    public static string Fit(string description, DistributionType type, Type cmdlet)
    {
        string[] parts = NamesOf(type, ParameterKind.Distribution);
        string[] beside = [.. type.Parameters.Select(parameter => parameter.Name).Where(name => IsBesideTable(cmdlet, name)).Select(name => $"-{name}")];
        string example = string.Join("; ", type.Parameters.Where(parameter => parameter.Example is not null).Select(parameter => $"{parameter.Name} = {Text(parameter)}"));
        // A mixture takes its type from its components, which come last.
        if (parts.Length == 0) description = description.Replace(AnyGiven, "given tensors are", StringComparison.Ordinal);
        description = AnyDefault().Replace(description, parts.Length > 0 ? $"that of {parts[^1]}" : "that of tensors given as parameters$1");
        return description
            .Replace(AnyParameter, $"@{{ {example} }}", StringComparison.Ordinal)
            .Replace(AnyPrecedence, beside.Length == 0 ? "" : $" {List(beside)}, if given, {(beside.Length == 1 ? "replaces the entry" : "replace entries")} of the same name.", StringComparison.Ordinal)
            .Replace(AnyNumbers, parts.Length > 0 ? $"{NoNumbers}{List([.. parts, .. NamesOf(type, ParameterKind.Transform)])}." : OnlyTensors, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"that of tensors or distributions given as parameters(, otherwise \w+)")]
    private static partial Regex AnyDefault();

    // Whether a parameter can be given beside the table.
    private static bool IsBesideTable(Type cmdlet, string name) =>
        cmdlet.GetProperty(name)?.GetCustomAttributes<ParameterAttribute>().Any(attribute => attribute.ParameterSetName is ParameterAttribute.AllParameterSets or TableSet) == true;

    private static string[] NamesOf(DistributionType type, ParameterKind kind) => [.. type.Parameters.Where(parameter => parameter.Kind == kind).Select(parameter => parameter.Name)];

    private static string List(string[] names, string and = "and") => names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} {and} {names[^1]}";

    private static string Text(ParameterInfo parameter) => parameter.Example switch
    {
        double[,] matrix => string.Join(", ", Enumerable.Range(0, matrix.GetLength(0)).Select(i => $"@({string.Join(", ", Enumerable.Range(0, matrix.GetLength(1)).Select(j => Number(matrix[i, j])))})")),
        IEnumerable list and not string => string.Join(", ", list.Cast<object>().Select(Number)),
        IFormattable number => Number(number),
        _ => $"${parameter.Name.Replace("Distribution", "", StringComparison.Ordinal).ToLowerInvariant()}",
    };

    private static string Number(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
