using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>-Generator, where it is, and that it decides who draws.</summary>
[Collection(ModuleCollection.Name)]
public sealed class GeneratorTests(ModuleRunspace module)
{
    [Fact]
    public void Every_cmdlet_with_a_seed_has_a_generator()
    {
        CommandInfo[] seeded = [.. module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet").Select(command => (CommandInfo)command.BaseObject).Where(command => command.Parameters.ContainsKey("Seed"))];
        Assert.NotEmpty(seeded);
        Assert.Empty(seeded.Where(command => !command.Parameters.ContainsKey("Generator")).Select(command => command.Name));
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
    [InlineData("(Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 1 -Seed 1 {0}).TestElbo")]
    [InlineData("$null = Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 1 -Seed 1 -OutPath generator-vae -Force; (Invoke-VaeSampling generator-vae -Count 1 -Seed 1 {0}).Pixels -join ' '")]
    [InlineData("$null = Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 1 -Seed 1 -OutPath generator-vae -Force; (Measure-VaeLikelihood generator-vae -Samples 2 -Seed 1 {0}).Elbo")]
    [InlineData("(New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.5) -Iterations 2 -Trajectories 8 -Seed 1 {0}).Cost -join ' '")]
    [InlineData("(New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Measure-PolicyGradient -Policy (New-LinearPolicy 0.5 -Scale 0.2) -Trajectories 100 -Seed 1 {0}).Estimate -join ' '")]
    [InlineData("(New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Measure-PolicyReturn -Policy (New-LinearPolicy 0.5 -Scale 0.2) -Episodes 10 -Seed 1 {0}).Return")]
    [InlineData("(New-ControlProblem Pendulum | Measure-PolicyReturn -Policy (New-NeuralPolicy 4 -Seed 1 {0}) -Episodes 2 -Deterministic).Return")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 -Seed 1 {0} | Get-PosteriorSummary).Mean")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 -Scheme Independent -Seed 1 {0} | Get-PosteriorSummary).Mean")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 | Get-PosteriorSummary -Seed 1 {0}).Mean")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 | Measure-VariationalFit -Seed 1 {0}).Elbo")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 | Invoke-PosteriorSampling -Count 3 -Seed 1 {0}).Scale -join ' '")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 | Invoke-PosteriorSampling -Count 30 -Resample -Seed 1 {0}).Scale -join ' '")]
    [InlineData("(New-BayesianModel @{ Scale = New-GammaDistribution 2 1 } | Test-VariationalInference -Simulations 10 -Draws 64 -Seed 1 {0}).KsPValue")]
    [InlineData("(New-ExperimentSearch @{ A = @{ Min = 0.0; Max = 1.0 } } -Count 3 -Seed 1 {0}).A -join ' '")]
    [InlineData("(New-ExperimentSearch @{ A = @{ Min = 0.0; Max = 1.0 } } -Strategy Sobol -Count 3 -Seed 1 {0}).A -join ' '")]
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
    public void Runs_of_the_default_generator_keep_their_ids_and_rows_say_which_generator_drew()
    {
        string[] Ids(string code) => [.. new[] { "", "-Generator Torch", "-Generator Philox" }.Select(parameter => module.Run(code.Replace("{0}", parameter, StringComparison.Ordinal))[0].ToString())];
        string[] vae = Ids("Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 1 -Seed 1 {0} | ForEach-Object { \"$($_.RunId) $($_.Generator)\" }");
        // The ids of a version that had no generators.
        Assert.Equal(["7e822d641416 Torch", "7e822d641416 Torch"], vae[..2]);
        Assert.EndsWith(" Philox", vae[2], StringComparison.Ordinal);
        Assert.NotEqual(vae[0].Split(' ')[0], vae[2].Split(' ')[0]);
        string[] policy = Ids("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.5) -Iterations 1 -Trajectories 8 -Seed 1 {0} | ForEach-Object { \"$($_.RunId) $($_.Generator)\" }");
        Assert.Equal(["4ec6113cab39 Torch", "4ec6113cab39 Torch"], policy[..2]);
        Assert.EndsWith(" Philox", policy[2], StringComparison.Ordinal);
        Assert.NotEqual(policy[0].Split(' ')[0], policy[2].Split(' ')[0]);
        string[] neural = Ids("New-ControlProblem Pendulum | Invoke-PolicyTraining (New-NeuralPolicy 4 -Seed 1 {0}) -Iterations 1 -Trajectories 2 -Seed 1 | ForEach-Object RunId");
        Assert.Equal(["a690845bc8a6", "a690845bc8a6"], neural[..2]);
        Assert.NotEqual(neural[0], neural[2]);
    }

    [Fact]
    public void A_stored_run_keeps_its_generator_when_it_is_resumed()
    {
        string[] whole = [.. module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 2 -Seed 1 -Generator Philox | ForEach-Object { \"$($_.Epoch) $($_.TestElbo)\" }").Select(row => row.ToString())];
        string[] resumed = [.. module.Run("""
            $null = Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 1 -Seed 1 -Generator Philox -OutPath generator-run -Force
            Invoke-VaeTraining -OutPath generator-run -Resume -Epochs 2 | ForEach-Object { "$($_.Epoch) $($_.TestElbo)" }
            """).Select(row => row.ToString())];
        Assert.Equal(whole, resumed);
        Assert.Contains("\"Generator\": \"Philox\"", module.Run("[IO.File]::ReadAllText(\"$PWD/generator-run/run.json\")")[0].ToString(), StringComparison.Ordinal);
        Assert.EndsWith("holds another run: Generator is Philox in that run and Torch now. Use the settings and data of that run, or choose another folder.", Assert.Single(module.TryRun("Invoke-VaeTraining -OutPath generator-run -Resume -Generator Torch").Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_gives_its_generator_to_commands_that_take_one_and_leaves_the_default_out()
    {
        string Columns(string parameter) => module.Run($"(New-ExperimentGrid @{{ LatentSize = 2; HiddenSize = 8; Epochs = 1 }} | Invoke-ExperimentSweep -Path generator-sweep{parameter.Replace(' ', '_')} -Command Invoke-VaeTraining {parameter}) | ForEach-Object {{ \"$($_.Status) $($_.Generator)\" }}")[0].ToString();
        Assert.Equal("Done Torch", Columns("-Generator Torch"));
        Assert.Equal("Done Philox", Columns("-Generator Philox"));
        string Plan(string parameter) => module.Run($"(1 | ForEach-Object {{ [pscustomobject]@{{ LatentSize = 2; HiddenSize = 8; Epochs = 1 }} }} | Invoke-ExperimentSweep -Path generator-sweep-Generator_Torch -Command Invoke-VaeTraining {parameter} -WhatIf).ToString()")[0].ToString();
        Assert.Equal(Plan(""), Plan("-Generator Torch"));
        Assert.NotEqual(Plan(""), Plan("-Generator Philox"));
    }

    [Fact]
    public void The_whole_catalogue_passes_with_Philox() =>
        Assert.Empty(module.Run("Get-DistributionType | Test-Distribution -Draws 2000 -Generator Philox | Where-Object { -not $_.Passed }"));
}
