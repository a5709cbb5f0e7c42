using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class CustomDistributionTests(ModuleRunspace module)
{
    private const string Rayleigh = """
        $density = { param($p, $x) $x.log() - 2 * $p.Scale.log() - ($x / $p.Scale).pow(2) / 2 }
        $rayleigh = New-CustomDistribution Rayleigh @{ Scale = 2.0 } -Support Positive -LogProbability $density -Sample { param($p, $noise, $shape) $p.Scale * (2 * $noise.Exponential($shape)).sqrt() }

        """;

    // Weibull(√2 · 2, 2) is the same distribution, and draws the same way from the same noise.
    [Fact]
    public void Draws_and_densities_are_those_of_the_built_in_twin()
    {
        module.Run(Rayleigh + "$twin = New-WeibullDistribution -Scale (2 * [Math]::Sqrt(2)) -Concentration 2");
        Assert.Equal(module.Get<double>("($twin | Get-LogProbability 3)"), module.Get<double>("$rayleigh | Get-LogProbability 3"), 12);
        Assert.Equal(0, module.Get<double>("(Measure-KLDivergence $rayleigh $twin -MonteCarlo -Seed 1).Value"), 12);
        Assert.Equal(3, module.Get<int>("($rayleigh | Invoke-RSample -Count 3 -Seed 1).Values.Count"));
        Assert.True(module.Get<bool>("$rayleigh | Test-ReparameterizationGradient -Quiet"));
        Assert.True(module.Get<bool>("$rayleigh | Test-Distribution -Quiet"));
        // The mean of z² is 2 · Scale², its slope 4 · Scale.
        PSObject row = Assert.Single(module.Run("$rayleigh | Measure-Gradient { $z.pow(2) } -Draws 20000 -Seed 2"));
        Assert.Equal(8, (double)row.Properties["Estimate"].Value, 6 * (double)row.Properties["StandardError"].Value);
        Assert.NotEmpty(module.Run("$rayleigh | Compare-GradientEstimator Quadratic -K 3 -Draws 1000"));
    }

    [Theory]
    [InlineData("New-CustomDistribution X @{ Scale = 2 } -RequiresGrad { param($p, $noise, $shape) $p.Scale.item() * $noise.Normal($shape) } | Invoke-RSample -Seed 1 -AsTensor", "The draws of X carry no gradient to its parameters.")]
    [InlineData("New-CustomDistribution X @{ Scale = 2 } -RequiresGrad { param($p, $noise, $shape) $p.Scale * $noise.Normal($shape) } | Invoke-RSample -Seed 1 -AsTensor", null)]
    [InlineData("New-CustomDistribution X @{ Scale = 2 } { param($p, $noise, $shape) $p.Scale.item() * $noise.Normal($shape) } | Invoke-RSample -Seed 1 -AsTensor", null)]
    [InlineData("New-NormalDistribution (New-Tensor 0) (New-Tensor 1) -RequiresGrad", "RequiresGrad has no effect")]
    [InlineData("New-NormalDistribution (New-Tensor 0) 1 -RequiresGrad", null)]
    [InlineData("New-IndependentDistribution (New-NormalDistribution (0, 1) 1) 1 -RequiresGrad", "RequiresGrad has no effect")]
    [InlineData("New-IndependentDistribution (New-NormalDistribution (0, 1) 1 -RequiresGrad) 1 -RequiresGrad", null)]
    public void A_gradient_that_is_asked_for_and_missing_is_a_warning(string command, string? starts)
    {
        string[] warnings = [.. module.Run($"& {{ $null = {command} }} 3>&1").Select(each => each.ToString()!)];
        if (starts is null) Assert.Empty(warnings);
        else Assert.StartsWith(starts, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ param($p, $noise, $shape) $p.Scale }", "Sample of X must return a tensor of shape [5]; got []")]
    [InlineData("{ param($p, $noise, $shape) throw 'no luck' }", "Sample of X failed in line 1: no luck")]
    [InlineData("{ param($p, $noise, $shape) }", "Sample of X returned nothing. Let its last line be the value to return.")]
    [InlineData("{ param($p, $noise, $shape) 1.5 }", "Sample of X must return a tensor; got the number 1.5")]
    [InlineData("{ param($p, $noise, $shape) 'text' }", "Sample of X must return a tensor; got")]
    [InlineData("{ param($p, $noise, $shape) $p.Scale.matmul((New-Tensor 1, 2, 3)) }", "Sample of X failed in line 1")]
    public void A_block_that_fails_is_named(string block, string says) => Assert.StartsWith(
        says, module.Fails($"New-CustomDistribution X @{{ Scale = 2.0 }} -Sample {block} | Invoke-RSample -Count 5 -Seed 1", "CustomFunctionFailed").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_log_density_that_is_not_per_draw_is_named() => Assert.StartsWith(
        "LogProbability of X must return a tensor of shape [3]; got []. Return one number per draw",
        module.Fails("New-CustomDistribution X @{ Scale = 2.0 } -Sample { param($p, $n, $s) $p.Scale * $n.Normal($s) } -LogProbability { param($p, $x) $x.sum() } | Get-LogProbability 1, 2, 3", "CustomFunctionFailed").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-CustomDistribution X @{ Scale = 2.0 } -Sample { param($p, $n, $s) $p.Scal * $n.Normal($s) }", "Sample of X reads $p.Scal; it can read Scale")]
    [InlineData("New-CustomDistribution X @{ Scale = 2.0 } -LogProbability { param($p, $x) $x }", "X cannot draw")]
    [InlineData("New-CustomDistribution X @{} -Quantile { param($p, $q) $q * $p.Scale }", "Quantile of X reads $p.Scale, but Parameter is empty. Add Scale to Parameter.")]
    [InlineData("New-CustomDistribution X @{ Scale = 2.0 } -Quantile { param($p, $q) $q } -Support blue", "Support must name a set of values; got 'blue'")]
    [InlineData("New-CustomDistribution X @{} -Quantile { param($p, $q) $q }", "Parameter is empty; X needs at least one parameter")]
    public void A_mistake_is_refused_when_the_distribution_is_made(string script, string says) =>
        Assert.StartsWith(says, module.Fails(script, "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_member_that_was_not_given_is_not_supported() =>
        Assert.Contains("it was created without LogProbability", module.Fails("New-CustomDistribution X @{ W = 2.0 } -Quantile { param($p, $q) $p.W * $q } | Get-LogProbability 1", "NotSupported").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("$p.Loc", true)]
    [InlineData("$p.Loc.detach()", false)]
    public void A_narrow_density_far_from_zero_is_judged_by_its_own_width(string loc, bool passes) => Assert.Equal(passes, module.Get<bool>($$"""
        New-CustomDistribution N @{ Loc = 1000.0; Scale = 0.01 } -Sample { param($p, $noise, $shape) {{loc}} + $p.Scale * $noise.Normal($shape) } `
            -LogProbability { param($p, $x) -(($x - $p.Loc) / $p.Scale).pow(2) / 2 - $p.Scale.log() - 0.9189385332046727 } | Test-ReparameterizationGradient -Quiet
        """));

    [Fact]
    public void The_row_says_which_methods_cannot_be_used()
    {
        PSObject row = Assert.Single(module.Run("New-CustomDistribution X @{ W = 2.0 } -Sample { param($p, $n, $s) $p.W * $n.Normal($s) } | Test-ReparameterizationGradient"));
        Assert.True((bool)row.Properties["Passed"].Value);
        Assert.Contains("Implicit and Expectation were skipped", (string)row.Properties["Reason"].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void NoRSample_withdraws_the_claim_and_a_detached_sampler_without_it_fails()
    {
        const string detached = "{ param($p, $n, $s) $p.Scale.detach() * $n.Normal($s) }";
        Assert.False(module.Get<bool>($"(New-CustomDistribution X @{{ Scale = 2.0 }} -Sample {detached} | Test-ReparameterizationGradient).Passed"));
        module.Fails($"New-CustomDistribution X @{{ Scale = 2.0 }} -NoRSample -Sample {detached} | Test-ReparameterizationGradient", "NotReparameterizable");
    }

    [Fact]
    public void Variables_are_captured_and_functions_of_a_function_scope_are_kept()
    {
        module.Run("function Make-Scaled { $factor = 3.0; New-CustomDistribution Scaled @{ Scale = 2.0 } -Sample { param($p, $noise, $shape) $factor * $p.Scale * $noise.Uniform($shape) } }; $scaled = Make-Scaled; $factor = 100.0");
        Assert.True(module.Get<double>("($scaled | Invoke-RSample -Count 200 -Seed 1).Maximum") is > 5.5 and < 6);
    }

    [Fact]
    public void It_is_a_prior_a_component_and_a_base()
    {
        module.Run(Rayleigh);
        Assert.True(module.Get<double>("((New-BayesianModel @{ S = $rayleigh } { param($p) (New-NormalDistribution 0 $p.S).LogProb((New-Tensor 1.5)) }) | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary).Mean") is > 0.5 and < 5);
        module.Run("$two = New-CustomDistribution Two @{ Rate = 0.5, 3.0 } -Support NonNegative -Cdf { param($p, $x) 1 - (-$p.Rate * $x).exp() } -LogProbability { param($p, $x) $p.Rate.log() - $p.Rate * $x }");
        Assert.True(module.Get<bool>("New-MixtureSameFamilyDistribution (New-CategoricalDistribution -Probs 0.3, 0.7) $two | Test-ReparameterizationGradient -Quiet"));
        Assert.Equal(Math.Log(0.5), module.Get<double>("$rayleigh | New-TransformedDistribution -Transforms (New-DistributionTransform Affine -Loc 0 -Scale 2) | Get-LogProbability 3") - module.Get<double>("$rayleigh | Get-LogProbability 1.5"), 12);
    }

    [Fact]
    public void Another_runspace_runs_it_too()
    {
        module.Run(Rayleigh);
        double here = module.Get<double>("($rayleigh | Invoke-RSample -Count 1 -Seed 4).Values[0]");
        using var other = new ModuleRunspace();
        Assert.Equal(here, other.Get<double>("($d | Invoke-RSample -Count 1 -Seed 4).Values[0]", ("d", module.Run("$rayleigh")[0].BaseObject)));
    }
}
