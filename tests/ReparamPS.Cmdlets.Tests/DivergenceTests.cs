using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Divergences, entropies and transforms through the engine.</summary>
[Collection(ModuleCollection.Name)]
public sealed class DivergenceTests(ModuleRunspace module)
{
    [Fact]
    public void A_closed_form_is_one_flat_row()
    {
        Measured row = Row("Measure-KLDivergence -P (New-NormalDistribution 0 1) -Q (New-NormalDistribution 1 2)");
        Assert.Equal(("KL", "", "ClosedForm", 0L, 0.0), (row.Measure, row.Index, row.Method, row.Draws, row.StandardError));
        Assert.Null(row.Seed);
        Assert.Equal(Math.Log(2) + 2 / 8.0 - 0.5, row.Value, 12);
    }

    [Fact]
    public void Draws_without_an_estimate_are_refused()
    {
        foreach (string call in new[] { "Measure-KLDivergence $p $p", "Measure-CrossEntropy $p $p", "Measure-Entropy $p" })
        {
            ErrorRecord error = module.Fails($"$p = New-NormalDistribution; {call} -Draws 100", "InvalidArgument");
            Assert.Equal("Draws requires -MonteCarlo; without it, only closed forms are computed, which take no draws.", error.ToString());
            Assert.Single(module.Run($"try {{ $PSDefaultParameterValues['Measure-*:Draws'] = 100; $p = New-NormalDistribution; {call} }} finally {{ $PSDefaultParameterValues.Clear() }}"));
            // A typed value takes precedence over that of the session, and is one of this call.
            (_, ErrorRecord[] errors) = module.TryRun($"try {{ $PSDefaultParameterValues['Measure-*:Draws'] = 7; $p = New-NormalDistribution; {call} -Draws 100 }} finally {{ $PSDefaultParameterValues.Clear() }}");
            Assert.StartsWith("Draws requires -MonteCarlo;", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_batch_is_a_row_for_each_element_with_its_index()
    {
        Measured[] rows = [.. module.Run("New-NormalDistribution 0, 1, 2 1 | Measure-KLDivergence -Q (New-NormalDistribution 0 1)").Select(row => Of(row))];
        Assert.Equal(["[0]", "[1]", "[2]"], rows.Select(row => row.Index));
        Assert.Equal([0, 0.5, 2], rows.Select(row => row.Value), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void An_infinite_divergence_is_a_value()
    {
        Assert.Equal(double.PositiveInfinity, Row("Measure-KLDivergence (New-UniformDistribution 0 2) (New-UniformDistribution 0 1)").Value);
        Assert.Equal(double.PositiveInfinity, Row("Measure-KLDivergence (New-NormalDistribution 0 1) (New-GammaDistribution 2 1)").Value);
    }

    [Fact]
    public void A_pair_without_closed_form_names_the_way_out_which_then_works()
    {
        const string Pair = "(New-LaplaceDistribution 0 1) (New-CauchyDistribution 0 1)";
        ErrorRecord error = module.Fails($"Measure-KLDivergence {Pair}", "NotSupported");
        Assert.Equal(ErrorCategory.NotImplemented, error.CategoryInfo.Category);
        Assert.Contains("KL(Laplace ‖ Cauchy)", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Measure-KLDivergence -MonteCarlo", error.ToString(), StringComparison.Ordinal);
        Measured row = Row($"Measure-KLDivergence {Pair} -MonteCarlo -Count 2000 -Seed 3");
        Assert.Equal(("MonteCarlo", 2000L, 3L), (row.Method, row.Draws, row.Seed!.Value));
        Assert.InRange(row.StandardError, 1e-4, 0.05);
        Assert.Equal(row, Row($"Measure-KLDivergence {Pair} -MonteCarlo -Count 2000 -Seed 3"));
    }

    // The expectations are ∫ x / (1 + x²), ∫ x · x⁻² and ∫ x² / (1 + x²): infinite. The last two rows have finite ones.
    [Theory]
    [InlineData("Measure-KLDivergence (New-ParetoDistribution 1 1) (New-ExponentialDistribution 1)", "KL(P ‖ Q) is infinite. The estimate is finite only because it comes from a finite number of draws.")]
    [InlineData("Measure-CrossEntropy (New-ParetoDistribution 1 1) (New-ExponentialDistribution 1)", "The cross-entropy is infinite. The estimate is finite only because it comes from a finite number of draws.")]
    [InlineData("Measure-KLDivergence (New-HalfCauchyDistribution) (New-ExponentialDistribution 1)", "A few of the draws determine the estimate, so StandardError is not reliable. KL(P ‖ Q) may be infinite; if it is finite, raise -Draws.")]
    [InlineData("Measure-CrossEntropy (New-CauchyDistribution) (New-NormalDistribution)", "A few of the draws determine the estimate, so StandardError is not reliable. The cross-entropy may be infinite; if it is finite, raise -Draws.")]
    [InlineData("Measure-KLDivergence (New-LaplaceDistribution) (New-NormalDistribution)", null)]
    [InlineData("Measure-Entropy (New-CauchyDistribution)", null)]
    public void A_finite_estimate_of_what_is_infinite_is_a_warning(string call, string? warning) => Assert.Equal(
        warning is null ? [] : [warning], module.Run($"{call} -MonteCarlo -Seed 1 3>&1").Select(each => each.BaseObject).OfType<WarningRecord>().Select(each => each.Message));

    [Theory]
    [InlineData("Measure-KLDivergence $mine (New-NormalDistribution)", "KL(Mine ‖ Normal) has no closed form here, and Mine has no log-density for an estimate. Give -LogProbability to New-CustomDistribution, and use Measure-KLDivergence -MonteCarlo.")]
    [InlineData("Measure-CrossEntropy (New-NormalDistribution) $mine", "The cross-entropy of Normal and Mine has no closed form here, and Mine has no log-density for an estimate. Give -LogProbability to New-CustomDistribution, and use Measure-CrossEntropy -MonteCarlo.")]
    public void What_has_no_density_cannot_be_estimated_either(string call, string message)
    {
        Assert.Equal(message, module.Fails($"$mine = New-CustomDistribution -Name Mine -Parameter @{{ A = 1.0 }} -Sample {{ param($p, $noise, $shape) $noise.Normal($shape).mul($p.A) }}; {call}", "NotSupported").ToString());
        module.Forget("mine");
    }

    [Fact]
    public void Estimates_are_within_their_standard_errors_of_the_closed_form()
    {
        foreach (string measure in new[] { "KLDivergence", "CrossEntropy" })
        {
            string call = $"Measure-{measure} (New-GammaDistribution 2.5 1.5) (New-ExponentialDistribution 0.8)";
            double exact = Row(call).Value;
            Measured estimate = Row($"{call} -MonteCarlo -Count 20000 -Seed 5");
            Assert.True(Math.Abs(estimate.Value - exact) < 4.5 * estimate.StandardError, $"{estimate.Value} ± {estimate.StandardError}, not {exact}");
        }
    }

    [Fact]
    public void Entropy_has_a_closed_form_or_says_how_to_estimate_it()
    {
        Assert.Equal(0.5 * Math.Log(2 * Math.PI * Math.E), Row("New-NormalDistribution 0 1 | Measure-Entropy").Value, 12);
        const string Mixture = "New-MixtureSameFamilyDistribution (New-CategoricalDistribution 0.3, 0.7) (New-NormalDistribution 1, 2 1)";
        Assert.Contains("Measure-Entropy -MonteCarlo", module.Fails($"{Mixture} | Measure-Entropy", "NotSupported").ToString(), StringComparison.Ordinal);
        Assert.InRange(Row($"{Mixture} | Measure-Entropy -MonteCarlo -Count 20000 -Seed 1").Value, 1.4, 1.7);
    }

    [Fact]
    public void Jensen_Shannon_divergences_are_estimates_from_0_to_log_2()
    {
        Measured row = Row("Measure-JensenShannonDivergence (New-NormalDistribution 0 1) (New-NormalDistribution 1 2) -Count 20000 -Seed 1");
        Assert.Equal("JensenShannon", row.Measure);
        Assert.True(Math.Abs(row.Value - 0.128174973054398) < 4.5 * row.StandardError, $"{row.Value} ± {row.StandardError}");
        Assert.Equal(Math.Log(2), Row("Measure-JensenShannonDivergence (New-UniformDistribution 0 1) (New-UniformDistribution 2 3) -Count 10 -Seed 1").Value, 12);
    }

    [Fact]
    public void The_tensor_keeps_its_graph() => Assert.Equal(-0.5, module.Get<double>(
        "$loc = New-Tensor 0.5 -RequiresGrad; (Measure-KLDivergence (New-NormalDistribution 0 1) (New-NormalDistribution $loc 1) -AsTensor).backward(); -$loc.grad.item()"), 12);

    [Theory]
    [InlineData("Measure-KLDivergence (New-NormalDistribution 0, 1 1) (New-NormalDistribution 0, 1, 2 1)", "do not broadcast")]
    [InlineData("Measure-KLDivergence (New-DirichletDistribution 1, 1) (New-DirichletDistribution 1, 1, 1)", "event shape of P")]
    [InlineData("Measure-JensenShannonDivergence (New-NormalDistribution 0 1) (New-DirichletDistribution 1, 1)", "event shape of P")]
    public void Shapes_that_do_not_fit_are_named(string script, string says) => Assert.Contains(says, module.Fails(script, "ShapeMismatch").ToString(), StringComparison.Ordinal);

    [Fact]
    public void One_draw_is_refused() => module.Fails("Measure-JensenShannonDivergence (New-NormalDistribution 0 1) (New-NormalDistribution 1 1) -Count 1", "ParameterArgumentValidationError");

    [Fact]
    public void A_chain_of_transforms_carries_densities_and_quantiles()
    {
        module.Run("$chain = (New-DistributionTransform Affine -Loc 1 -Scale 2), (New-DistributionTransform Exp); $d = New-NormalDistribution 0 1 | New-TransformedDistribution -Transforms $chain");
        Assert.True(module.Get<bool>("[math]::Abs((Measure-KLDivergence $d (New-TransformedDistribution -Transforms $chain -BaseDistribution (New-NormalDistribution 1 1))).Value - 0.5) -lt 1e-12"));
        // exp(1 + 2 z) is LogNormal(1, 2).
        Assert.True(module.Get<bool>("$x = New-Tensor 0.5, 3; ($d.LogProb($x) - (New-LogNormalDistribution 1 2).LogProb($x)).abs().max().item() -lt 1e-12"));
    }

    [Fact]
    public void A_transform_goes_forwards_and_back()
    {
        Assert.Equal([3.0, 5, 7], Numbers("(New-DistributionTransform Affine -Loc 1 -Scale 2).Forward((New-Tensor 1, 2, 3))"));
        Assert.Equal([1.0, 2, 3], Numbers("(New-DistributionTransform Affine -Loc 1 -Scale 2).Inverse((New-Tensor 3, 5, 7))"));
        Assert.Equal([1.0, 2, 3], Numbers("(New-DistributionTransform Affine -Loc 1 -Scale 2 -Inverse).Forward((New-Tensor 3, 5, 7))"));
    }

    [Fact]
    public void A_transform_that_cannot_be_is_refused_with_the_reason()
    {
        Assert.Contains("Affine", module.Fails("New-DistributionTransform Affin", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Contains("Scale must be a number other than 0; got 0.", module.Fails("New-DistributionTransform Affine -Loc 1 -Scale 0", "InvalidArgument").ToString(), StringComparison.Ordinal);
        module.Fails("New-DistributionTransform Reshape -InShape 2, 3 -OutShape 5", "ShapeMismatch");
        module.Fails("New-NormalDistribution 0 1 | New-TransformedDistribution -Transforms (New-DistributionTransform Softmax)", "ShapeMismatch");
        module.Fails("New-NormalDistribution 0 1 | New-TransformedDistribution -Transforms 3", "InvalidArgument");
    }

    private double[] Numbers(string vector) => [.. module.Run($"$y = {vector}; 0..2 | ForEach-Object {{ $y.select(0, $_).item() }}").Select(value => (double)value.BaseObject)];

    private Measured Row(string script) => Of(Assert.Single(module.Run(script)));

    private static Measured Of(PSObject row)
    {
        T Value<T>(string name) => (T)row.Properties[name].Value;
        return new(Value<string>("Measure"), Value<string>("Index"), Value<double>("Value"), Value<double>("StandardError"), Value<string>("Method"), Value<long>("Draws"), Value<long?>("Seed"));
    }

    /// <summary>What a row says, without the module's type, which lives in the module's own load context.</summary>
    private sealed record Measured(string Measure, string Index, double Value, double StandardError, string Method, long Draws, long? Seed);
}
