using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>What every entry of the catalogue promises about itself.</summary>
public sealed class CatalogueTests
{
    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void There_are_reference_values(string name) =>
        Assert.True(ReferenceFile.Exists(name), $"{name} has no file Data/reference/{name}.json: see tests/reference/README.md.");

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_reference_values_have_five_settings_of_parameters_that_the_kind_knows(string name)
    {
        ReferenceFile file = ReferenceFile.Of(name);
        Assert.True(file.Settings.Count >= 5, $"{name} has {file.Settings.Count} settings.");
        string[] known = [.. file.Type.Parameters.Select(parameter => parameter.Name)];
        foreach (ReferenceSetting setting in file.Settings)
            Assert.All(setting.Parameters.EnumerateObject(), parameter => Assert.Contains(parameter.Name, known));
    }

    // Made of other distributions, whose own rows count.
    private static readonly string[] ComposedKinds = ["Independent", "MixtureSameFamily", "TransformedDistribution"];

    // Draws by another algorithm than PyTorch 1.13, or from random numbers in another order; or PyTorch 1.13 has no such class.
    private static readonly string[] DrawnOtherwise =
    [
        .. ComposedKinds, "Beta", "Binomial", "Categorical", "ContinuousBernoulli", "Dirichlet", "ExpRelaxedCategorical", "FisherSnedecor", "GeneralizedPareto", "Geometric", "InverseGamma",
        "LKJCholesky", "LogUniform", "Logistic", "LogitRelaxedBernoulli", "Multinomial", "NegativeBinomial", "OneHotCategorical", "OneHotCategoricalStraightThrough", "StudentT",
        "TruncatedNormal", "VonMises", "VonMisesFisher", "Wishart",
    ];

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_table_of_PyTorchs_twins_has_rows_for_the_kind(string name)
    {
        ReferenceFile file = ReferenceFile.Of(name);
        string[] missing = [.. new[] { "shapes", "invalid" }.Where(section => !ComposedKinds.Contains(name) && file.Rows(section).Count == 0)];
        Assert.True(missing.Length == 0, $"Data/reference/{name}.json has no {string.Join(" and no ", missing)}: add {name} to tests/reference/torch_twins.py and run it.");
        Assert.True(
            file.Rows("samples").Count > 0 != DrawnOtherwise.Contains(name),
            $"Data/reference/{name}.json must have samples from tests/reference/torch_twins.py, or {name} must be in DrawnOtherwise, not both.");
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_example_is_a_working_instance(string name)
    {
        using var scope = NewDisposeScope();
        DistributionType type = DistributionCatalog.Get(name);
        foreach (ScalarType dtype in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            Distribution example = type.CreateExample(dtype);
            Assert.Equal((name, dtype), (example.Name, example.DType));
            using var random = new RandomSource(3);
            Tensor draws = example.Sample([50], random);
            Assert.Equal(dtype, draws.dtype);
            Assert.Equal([50, .. example.BatchShape, .. example.EventShape], draws.shape);
            Assert.True(example.Support.Check(draws).all().item<bool>(), $"{name}: a draw is outside the support {example.Support}.");
            Assert.True(example.LogProb(draws).isfinite().all().item<bool>(), $"{name}: a draw has no finite log-probability.");
        }
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_definition_is_consistent(string name)
    {
        DistributionType type = DistributionCatalog.Get(name);
        Assert.Equal(type.Reparameterization != Reparameterization.None, type.HasRSample);
        Assert.Equal(type.Parameters.Select(parameter => parameter.Name).Distinct(), type.Parameters.Select(parameter => parameter.Name));
        Assert.All(type.ReparameterizedParameters, parameter => Assert.Contains(type.Parameters, info => info.Name == parameter));
        if (type.HasRSample) Assert.NotEmpty(type.ReparameterizedParameters);
        Assert.NotEmpty(type.Density);
        Assert.NotEmpty(type.Moments);
        Assert.NotEmpty(type.Source);
        // Exactly one parameter of each group has an example, so that the example can be made.
        foreach (var group in type.Parameters.Where(parameter => parameter.Group is not null).GroupBy(parameter => parameter.Group))
            Assert.Single(group, parameter => parameter.Example is not null);
        Assert.All(type.Parameters, parameter => Assert.True(parameter.Example is not null || parameter.Default is not null || parameter.Group is not null, $"{name}.{parameter.Name} has no example."));
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void A_sample_carries_gradients_exactly_where_the_definition_says(string name)
    {
        using var scope = NewDisposeScope();
        DistributionType type = DistributionCatalog.Get(name);
        Distribution example = type.CreateExample(requiresGrad: true);
        using var random = new RandomSource(5);
        using Tensor plain = example.Sample([20], random);
        Assert.False(plain.requires_grad);
        if (!type.HasRSample)
        {
            var refused = Assert.Throws<NotReparameterizableException>(() => example.RSample([2], random));
            Assert.Contains("Sample", refused.Message, StringComparison.Ordinal);
            return;
        }
        Tensor draws = example.RSample([20], random);
        Assert.True(draws.requires_grad);
        draws.square().sum().backward();
        foreach (DistributionParameter parameter in example.Parameters.Where(parameter => type.ReparameterizedParameters.Contains(parameter.Name)))
        {
            Tensor? gradient = parameter.Value.grad;
            Assert.True(gradient is not null, $"{name}: no gradient reaches {parameter.Name}.");
            Assert.True(gradient.isfinite().all().item<bool>() && gradient.ne(0).any().item<bool>(), $"{name}: the gradient of {parameter.Name} is {TensorText.Brief(gradient)}.");
        }
    }
}
