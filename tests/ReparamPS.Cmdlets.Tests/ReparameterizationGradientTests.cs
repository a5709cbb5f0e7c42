using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class ReparameterizationGradientTests(ModuleRunspace module)
{
    [Fact]
    public void A_row_for_each_parameter_element_with_all_its_columns()
    {
        PSObject[] rows = module.Run("New-NormalDistribution -Loc 1, 2 -Scale 3 | Test-ReparameterizationGradient");
        Assert.Equal(["Loc0", "Loc1", "Scale0"], rows.Select(row => $"{row.Properties["Parameter"].Value}{row.Properties["Index"].Value}"));
        string[] columns =
        [
            "Distribution", "Parameter", "Index", "Method", "Analytic", "Reference", "StandardError", "AbsoluteError", "RelativeError", "Tolerance", "Passed", "Reason",
        ];
        Assert.Superset(columns.ToHashSet(), rows[0].Properties.Select(property => property.Name).ToHashSet());
        Assert.All(rows, row => Assert.Equal(true, row.Properties["Passed"].Value));
        Assert.All(rows, row => Assert.Equal("FrozenNoise", row.Properties["Method"].Value.ToString()));
    }

    [Fact]
    public void Auto_takes_the_implicit_identity_for_a_rejection_sampler() =>
        Assert.Equal("Implicit", module.Get<string>("(New-GammaDistribution 2.5 1.5 | Test-ReparameterizationGradient)[0].Method"));

    [Fact]
    public void The_catalogue_passes_and_what_is_not_reparameterized_is_said()
    {
        Assert.True(module.Get<bool>("Get-DistributionType | Test-ReparameterizationGradient -Quiet"));
        string[] messages = [.. module.Run("Get-DistributionType Bernoulli | Test-ReparameterizationGradient -Verbose 4>&1").Select(message => message.ToString())];
        Assert.Contains("Bernoulli is skipped", Assert.Single(messages), StringComparison.Ordinal);
    }

    [Fact]
    public void A_distribution_without_reparameterized_samples_is_one_error_among_many()
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun("(New-BernoulliDistribution 0.3), (New-NormalDistribution) | Test-ReparameterizationGradient");
        Assert.Equal(2, output.Length);
        Assert.StartsWith("NotReparameterizable,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_is_false_once_where_one_input_fails() =>
        Assert.False(module.Get<bool>("(New-BernoulliDistribution 0.3), (New-NormalDistribution) | Test-ReparameterizationGradient -Quiet -ErrorAction SilentlyContinue"));

    [Fact]
    public void Frozen_noise_on_a_rejection_sampler_is_refused_with_advice()
    {
        ErrorRecord error = module.Fails("New-GammaDistribution 2 1 | Test-ReparameterizationGradient -Method FrozenNoise", "NotSupported");
        Assert.Contains("Use Method Implicit, Expectation or Auto", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradient_of_a_gamma_passes_a_tolerance_of_1e_9() =>
        Assert.Equal(true, module.Run("New-GammaDistribution 2.5 1.5 | Test-ReparameterizationGradient -Tolerance 1e-9")[0].Properties["Passed"].Value);

    [Theory]
    [InlineData("New-BetaDistribution 0.01 0.01")]
    [InlineData("New-KumaraswamyDistribution 0.01 0.01")]
    [InlineData("New-RelaxedBernoulliDistribution 0.01 0.3")]
    public void Draws_at_an_end_of_the_support_do_not_fail_a_gradient(string distribution) =>
        Assert.All(module.Run($"{distribution} | Test-ReparameterizationGradient"), row => Assert.Equal(true, row.Properties["Passed"].Value));

    [Fact]
    public void A_tolerance_below_what_the_gradient_keeps_fails_with_a_reason()
    {
        PSObject row = module.Run("New-GammaDistribution 2.5 1.5 | Test-ReparameterizationGradient -Tolerance 1e-16")[0];
        Assert.Equal(false, row.Properties["Passed"].Value);
        Assert.NotEqual("", row.Properties["Reason"].Value);
    }

    [Theory]
    [InlineData("Test-ReparameterizationGradient 7", "InvalidArgument")]
    [InlineData("Test-ReparameterizationGradient NoSuchThing", "InvalidArgument")]
    [InlineData("New-NormalDistribution | Test-ReparameterizationGradient -Tolerance -1", "InvalidArgument")]
    public void Wrong_input_gives_one_clear_error(string script, string id) => module.Fails(script, id);

    [Theory]
    [InlineData("$n.Gamma($p.A, $s)", "")]
    [InlineData("$n.Gamma($p.A, $s)", "-EventShape 2")]
    [InlineData("$n.From((New-GammaDistribution $p.A 1), $s)", "")]
    public void A_custom_gamma_without_a_density_is_one_error_that_says_what_to_give(string sample, string more)
    {
        string check = $"New-CustomDistribution G @{{A = 3.0}} {more} -Sample {{ param($p, $n, $s) {sample} }} | Test-ReparameterizationGradient";
        ErrorRecord error = module.Fails(check, "NotSupported");
        Assert.EndsWith("No other method applies. Give -LogProbability or -Quantile to New-CustomDistribution.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("False", Assert.Single(module.Run($"{check} -Quiet -ErrorAction SilentlyContinue 3>&1")).ToString());
    }

    [Theory]
    [InlineData("Test-ReparameterizationGradient")]
    [InlineData("Test-Distribution")]
    public void An_empty_batch_is_one_error_and_Quiet_is_false(string cmdlet)
    {
        Assert.Contains("must not have an empty batch", module.Fails($"New-NormalDistribution @() 1 | {cmdlet}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.Equal("False", Assert.Single(module.Run($"New-NormalDistribution @() 1 | {cmdlet} -Quiet -ErrorAction SilentlyContinue 3>&1")).ToString());
    }

    [Fact]
    public void Nothing_native_stays_behind()
    {
        PSObject[] counts = module.Run("""
            $statistics = [TorchSharp.DisposeScopeManager]::Statistics
            $d = New-NormalDistribution
            $before = $statistics.ThreadTotalLiveCount
            foreach ($method in 'Auto', 'Implicit', 'Expectation') { $d | Test-ReparameterizationGradient -Method $method > $null }
            $before, $statistics.ThreadTotalLiveCount
            """);
        Assert.Equal(counts[0].BaseObject, counts[1].BaseObject);
    }
}
