using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>-Generator, where it is, and that it decides who draws.</summary>
[Collection(ModuleCollection.Name)]
public sealed class GeneratorTests(ModuleRunspace module)
{
    private static readonly string[] WithoutGenerator =
    [
        "Get-PosteriorSummary", "Invoke-ExperimentSweep", "Invoke-PolicyTraining", "Invoke-PosteriorSampling", "Invoke-VaeSampling", "Invoke-VaeTraining", "Invoke-VariationalInference", "Measure-PolicyGradient",
        "Measure-PolicyReturn", "Measure-VaeLikelihood", "Measure-VariationalFit", "New-ExperimentSearch", "New-NeuralPolicy", "Test-VariationalInference",
    ];

    [Fact]
    public void Every_cmdlet_with_a_seed_has_a_generator_except_those_that_the_topic_names()
    {
        CommandInfo[] seeded = [.. module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet").Select(command => (CommandInfo)command.BaseObject).Where(command => command.Parameters.ContainsKey("Seed"))];
        Assert.Equal(WithoutGenerator, seeded.Where(command => !command.Parameters.ContainsKey("Generator")).Select(command => command.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("(New-NormalDistribution | Invoke-RSample -Count 4 -Seed 1 {0}).Values -join ' '")]
    [InlineData("(New-PoissonDistribution 40 | Invoke-Sample -Count 20 -Seed 1 {0}).Values -join ' '")]
    [InlineData("(New-GammaDistribution 2 1 | Invoke-RSample -Count 4 -Seed 1 {0} -AsTensor).Values -join ' '")]
    [InlineData("(Measure-Gradient Quadratic -Distribution (New-NormalDistribution 1 2) -Draws 100 -Seed 1 {0}).Estimate -join ' '")]
    [InlineData("(New-NormalDistribution 1 2 | Compare-GradientEstimator Quadratic -Draws 100 -Seed 1 {0}).Estimate -join ' '")]
    [InlineData("(Measure-KLDivergence (New-LaplaceDistribution 0 1) (New-CauchyDistribution 0 1) -MonteCarlo -Draws 100 -Seed 1 {0}).Value")]
    [InlineData("(Measure-Entropy (New-NormalDistribution) -MonteCarlo -Draws 100 -Seed 1 {0}).Value")]
    [InlineData("(Test-Distribution (New-NormalDistribution) -Draws 100 -Seed 1 {0} | Where-Object Check -eq Mean).Actual")]
    [InlineData("(New-GammaDistribution 2 1 | Test-ReparameterizationGradient -Seed 1 {0}).Analytic -join ' '")]
    public void A_generator_repeats_its_numbers_and_another_one_draws_others(string code)
    {
        string Run(string parameter) => module.Run(code.Replace("{0}", parameter, StringComparison.Ordinal))[0].ToString();
        string philox = Run("-Generator Philox");
        Assert.Equal(philox, Run("-Generator Philox"));
        Assert.NotEqual(philox, Run("-Generator Torch"));
        Assert.Equal(Run(""), Run("-Generator Torch"));
    }

    [Fact]
    public void Batches_and_rows_say_which_generator_drew()
    {
        Assert.Equal("Philox", module.Run("(New-NormalDistribution | Invoke-RSample -Seed 1 -Generator Philox).Generator")[0].ToString());
        Assert.Equal("Torch", module.Run("(New-NormalDistribution | Invoke-RSample -Seed 1).Generator")[0].ToString());
        Assert.Equal("Philox", module.Run("(Measure-Entropy (New-NormalDistribution) -MonteCarlo -Draws 100 -Seed 1 -Generator Philox).Generator")[0].ToString());
    }

    [Fact]
    public void The_whole_catalogue_passes_with_Philox() =>
        Assert.Empty(module.Run("Get-DistributionType | Test-Distribution -Draws 2000 -Generator Philox | Where-Object { -not $_.Passed }"));
}
