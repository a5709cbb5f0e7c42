using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class ComposedDistributionTests(ModuleRunspace module)
{
    [Fact]
    public void A_chain_of_transforms_makes_a_distribution()
    {
        double draw = module.Get<double>(
            "$chain = (New-DistributionTransform Affine -Loc 1 -Scale 2), (New-DistributionTransform Exp); " +
            "(New-NormalDistribution 0 1 | New-TransformedDistribution -Transforms $chain | Get-Quantile -Probability 0.5)");
        Assert.Equal(Math.E, draw, 1e-12);
    }

    [Fact]
    public void Dynamic_parameters_are_those_of_the_kind()
    {
        Assert.Equal("Affine(Loc: 1, Scale: 2)", module.Get<string>("(New-DistributionTransform Affine -Loc 1 -Scale 2).ToString()"));
        Assert.Equal(3.0, module.Get<double>("(New-DistributionTransform Affine -Scale 2 -Inverse).Forward((New-Tensor 6)).item()"), 1e-12);
        module.Fails("New-DistributionTransform Exp -Exponent 2", "NamedParameterNotFound");
        Assert.StartsWith("Loc is null. Give a value, or leave the parameter out for its default.", module.Fails("New-DistributionTransform Affine -Loc $null -Scale 2", "InvalidArgument").ToString(), StringComparison.Ordinal);
        module.Fails("New-DistributionTransform Nonsense", "InvalidArgument");
    }

    [Fact]
    public void A_mixture_carries_gradients_to_its_weights()
    {
        double gradient = module.Get<double>(
            "$w = New-CategoricalDistribution -Logits 0, 1 -RequiresGrad; $c = New-NormalDistribution -Loc -1, 2 -Scale 0.5, 1.5 -RequiresGrad; " +
            "(New-MixtureSameFamilyDistribution $w $c | Invoke-RSample -Count 2000 -Seed 1 -AsTensor).mean().backward(); $w.Logits.grad.select(0, 1).item()");
        // d/dlogit₁ Σ w m = w₀ w₁ (m₁ − m₀).
        double weight = 1 / (1 + Math.E) * (Math.E / (1 + Math.E));
        Assert.Equal(3 * weight, gradient, 0.1);
    }

    [Theory]
    [InlineData("@{ BaseDistribution = $normal; Transforms = (New-DistributionTransform Exp) } | New-TransformedDistribution", "TransformedDistribution(Normal(Loc: [0, 1], Scale: 1), [Exp()])")]
    [InlineData("@{ BaseDistribution = $normal; ReinterpretedBatchNdims = 1 } | New-IndependentDistribution", "Independent(Normal(Loc: [0, 1], Scale: 1), 1)")]
    [InlineData("[pscustomobject]@{ BaseDistribution = $normal; ReinterpretedBatchNdims = 1 } | New-IndependentDistribution", "Independent(Normal(Loc: [0, 1], Scale: 1), 1)")]
    [InlineData("@{ MixtureDistribution = (New-CategoricalDistribution 0.5, 0.5); ComponentDistribution = $normal } | New-MixtureSameFamilyDistribution", "MixtureSameFamily(Categorical(Probs: [0.5, 0.5]), Normal(Loc: [0, 1], Scale: 1))")]
    [InlineData("@{ Name = 'Normal'; Loc = 2 } | New-Distribution", "Normal(Loc: 2, Scale: 1)")]
    [InlineData("@{ Name = 'Normal'; Parameter = @{ Loc = 2 } } | New-Distribution", "Normal(Loc: 2, Scale: 1)")]
    [InlineData("@{ Loc = 2 } | New-Distribution Normal", "Normal(Loc: 2, Scale: 1)")]
    [InlineData("[pscustomobject]@{ Name = 'Normal'; Loc = 2; Scale = '3' } | New-Distribution", "Normal(Loc: 2, Scale: 3)")]
    [InlineData("[pscustomobject]@{ Loc = 2; Scale = 3 } | New-Distribution Normal", "Normal(Loc: 2, Scale: 3)")]
    [InlineData("@{ Loc = 2 } | New-Distribution Normal @{ Loc = 3 }", "Normal(Loc: 3, Scale: 1)")]
    public void Parameters_come_as_a_table_or_as_properties(string command, string expected) =>
        Assert.Equal(expected, module.Get<string>($"$normal = New-NormalDistribution 0, 1 1; ({command}).ToString()"));

    [Theory]
    [InlineData("New-Distribution Norml", "Did you mean Normal")]
    [InlineData("New-DistributionTransform Sigmoyd", "Did you mean Sigmoid?")]
    [InlineData("@{ Loc = 2; Sclae = 3 } | New-NormalDistribution", "Did you mean Scale?")]
    [InlineData("[pscustomobject]@{ Loc = 2; Scale = 1; Loq = 3 } | New-Distribution Normal -WarningAction Stop", "Did you mean Loc?")]
    public void A_mistyped_name_is_answered_with_the_nearest(string command, string advice) =>
        Assert.Contains(advice, module.Get<string>($"try {{ {command} -ErrorAction Stop }} catch {{ $_.Exception.Message }}"));

    [Fact]
    public void Independent_takes_the_distribution_from_the_pipeline()
    {
        Assert.Equal(3L, module.Get<long>("(New-NormalDistribution -Loc 0, 1, 2 -Scale 1 | New-IndependentDistribution -ReinterpretedBatchNdims 1).EventShape[0]"));
    }

    [Theory]
    [InlineData("New-IndependentDistribution $base 1")]
    [InlineData("$base | New-IndependentDistribution 1")]
    [InlineData("New-IndependentDistribution -ReinterpretedBatchNdims 1 -BaseDistribution $base")]
    public void Independent_has_the_order_of_PyTorch_and_takes_its_base_from_the_pipeline(string command) =>
        Assert.Equal("Independent(Normal(Loc: [0, 1], Scale: 1), 1)", module.Get<string>($"$base = New-NormalDistribution 0, 1 1; ({command}).ToString()"));

    [Theory]
    [InlineData("New-TransformedDistribution $base $exp, $exp")]
    [InlineData("$base | New-TransformedDistribution $exp, $exp")]
    [InlineData("$base | New-TransformedDistribution -Transforms $exp, $exp")]
    public void TransformedDistribution_has_the_order_of_PyTorch_and_takes_its_base_from_the_pipeline(string command) =>
        Assert.Equal(
            "TransformedDistribution(Normal(Loc: 0, Scale: 1), [Exp(), Exp()])",
            module.Get<string>($"$base = New-NormalDistribution 0 1; $exp = New-DistributionTransform Exp; ({command}).ToString()"));

    [Fact]
    public void A_distribution_is_made_by_name_and_its_arguments_complete()
    {
        Assert.Equal("Gamma(Concentration: 2.5, Rate: 1)", module.Get<string>("(New-Distribution Gamma @{ Concentration = 2.5; Rate = 1 }).ToString()"));
        PSObject[] names = module.Run("([System.Management.Automation.CommandCompletion]::CompleteInput('New-Distribution -Name Gam', 26, $null)).CompletionMatches.CompletionText");
        Assert.Contains("Gamma", names.Select(name => name.ToString()));
        module.Fails("New-Distribution Gamma @{ Nonsense = 1 }", "InvalidArgument");
    }

    [Fact]
    public void Divergences_come_as_rows_and_a_pair_without_closed_form_names_the_estimate()
    {
        PSObject row = Assert.Single(module.Run("Measure-KLDivergence (New-NormalDistribution 0 1) (New-NormalDistribution 1 2)"));
        Assert.Equal(Math.Log(2) + 0.25 - 0.5, (double)row.Properties["Value"].Value, 1e-14);
        Assert.Equal("ClosedForm", row.Properties["Method"].Value);
        ErrorRecord error = module.Fails("Measure-KLDivergence (New-LaplaceDistribution 0 1) (New-CauchyDistribution 0 1)", "NotSupported");
        Assert.Contains("-MonteCarlo", error.Exception.Message, StringComparison.Ordinal);
        PSObject estimate = Assert.Single(module.Run("Measure-KLDivergence (New-LaplaceDistribution 0 1) (New-CauchyDistribution 0 1) -MonteCarlo -Count 1000 -Seed 3"));
        Assert.Equal("MonteCarlo", estimate.Properties["Method"].Value);
        Assert.Equal(1000L, estimate.Properties["Draws"].Value);
        Assert.Equal(3L, estimate.Properties["Seed"].Value);
        Assert.True((double)estimate.Properties["StandardError"].Value > 0);
    }

    [Fact]
    public void Entropies_cross_entropies_and_Jensen_Shannon_divergences_are_measured()
    {
        Assert.Equal(3, module.Run("New-NormalDistribution 0 1, 2, 3 | Measure-Entropy").Length);
        Assert.Equal(Math.Log(2), module.Get<double>("(Measure-CrossEntropy (New-CategoricalDistribution 0.2, 0.8) (New-CategoricalDistribution 0.5, 0.5)).Value"), 1e-14);
        Assert.Equal(Math.Log(2), module.Get<double>("(Measure-JensenShannonDivergence (New-UniformDistribution 0 1) (New-UniformDistribution 2 3) -Count 100 -Seed 1).Value"), 1e-12);
    }

    [Fact]
    public void A_distribution_is_tested_by_object_and_by_name()
    {
        Assert.True(module.Get<bool>("New-GammaDistribution 2 1 | Test-Distribution -Count 2000 -Quiet"));
        Assert.Equal(6, module.Run("Test-Distribution Normal -Count 2000").Length);
    }
}
