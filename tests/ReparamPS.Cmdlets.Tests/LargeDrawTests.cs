using System.Diagnostics;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Draws of more than a million numbers: they stop at once, and have the same numbers as a draw on the pipeline's thread.</summary>
public sealed class LargeDrawTests : IDisposable
{
    private readonly ModuleRunspace session = new();

    public void Dispose() => session.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-AsTensor")]
    public void ALargeDrawStopsAtOnce(string form)
    {
        // The draw takes seconds on any machine: as many numbers as it can draw in six. A stop that waits for all of them takes five or more.
        const int Probe = 1_100_000;
        session.Run($"$gamma = New-GammaDistribution 0.7 1; $null = $gamma | Invoke-Sample -Count {Probe} -Seed 1");
        var clock = Stopwatch.StartNew();
        session.Run($"$null = $gamma | Invoke-Sample -Count {Probe} -Seed 1 -AsTensor");
        long count = (long)(Probe * 6 / Math.Max(1e-3, clock.Elapsed.TotalSeconds));
        // Stop fails if the script ended by itself.
        TimeSpan stop = session.Stop($"$gamma | Invoke-Sample -Count {count} -Seed 1 {form}", TimeSpan.FromMilliseconds(200));
        Assert.True(stop.TotalSeconds < 2.5 * Math.Min(2, Crowding.Factor()), $"The stop took {stop.TotalMilliseconds} ms.");
        // The session is free again.
        Assert.Equal(3, session.Run("($gamma | Invoke-Sample -Count 3 -Seed 1).Values.Count")[^1].BaseObject);
    }

    [Theory]
    [InlineData("New-NormalDistribution 1 2", 1_100_000)]
    [InlineData("New-GammaDistribution 0.7 1", 1_100_000)]
    [InlineData("New-StudentTDistribution 3", 1_100_000)]
    [InlineData("New-CategoricalDistribution 0.2, 0.3, 0.5", 1_100_000)]
    [InlineData("New-DirichletDistribution 0.5, 1, 2", 400_000)]
    public void ALargeDrawHasTheNumbersOfADirectOne(string create, int count)
    {
        session.Run($"$d = {create}; $random = [ReparamPS.Torch.Randomness.RandomSource]::new(5, $d.Device); $direct = $d.Sample([long[]]@({count}), $random)");
        Assert.Equal(0, session.Get<int>($"[int]($d | Invoke-Sample -Count {count} -Seed 5 -AsTensor).ne($direct).sum()"));
        Assert.Equal(0, session.Get<int>($"$direct = $direct.to([TorchSharp.torch+ScalarType]::Float64).reshape([long[]]@(-1)); [int](New-Tensor ($d | Invoke-Sample -Count {count} -Seed 5).Values).reshape([long[]]@(-1)).ne($direct).sum()"));
    }

    [Fact]
    public void ALargeDrawKeepsTheGradientModeAndTheDisposeScopeOfTheCaller()
    {
        const string Draw = "$z = New-NormalDistribution 0 1 -RequiresGrad | Invoke-RSample -Count 1100000 -Seed 1 -AsTensor";
        Assert.True(session.Get<bool>($"{Draw}; $z.requires_grad"));
        Assert.False(session.Get<bool>($"$mode = [TorchSharp.torch]::no_grad(); {Draw}; $mode.Dispose(); $z.requires_grad"));
        Assert.True(session.Get<bool>($"$scope = [TorchSharp.torch]::NewDisposeScope(); {Draw}; $scope.Dispose(); $z.IsInvalid"));
    }

    [Theory]
    [InlineData("$custom")]
    [InlineData("$custom | New-IndependentDistribution -ReinterpretedBatchNdims 0")]
    [InlineData("New-TransformedDistribution $custom (New-DistributionTransform Exp)")]
    public void ALargeDrawCallsTheScriptBlocksOfADistribution(string create)
    {
        session.Run("$custom = New-CustomDistribution Shifted @{ Loc = 1.0 } -Sample { param($p, $noise, $shape) $p.Loc + $noise.Normal($shape) } -LogProbability { param($p, $x) -($x - $p.Loc).pow(2) / 2 }");
        Assert.Equal(1_100_000, session.Get<long>($"({create} | Invoke-RSample -Count 1100000 -Seed 1).Count"));
        Assert.True(session.Get<bool>("(Get-LogProbability $custom (New-Tensor 1 -RequiresGrad).expand(1100000) -AsTensor).requires_grad"));
    }

    [Fact]
    public void ManyQuantilesHaveTheNumbersOfADirectCall() => Assert.Equal(0, session.Get<int>(
        "$d = New-CauchyDistribution 1 2; $p = [TorchSharp.torch]::linspace(0.001, 0.999, 1100000, [TorchSharp.torch+ScalarType]::Float64); [int](Get-Quantile $d $p -AsTensor).ne($d.Icdf($p)).sum()"));

    [Theory]
    [InlineData("Measure-KLDivergence (New-StudentTDistribution (,3.0 * 1000) -RequiresGrad) (New-CauchyDistribution 0 1) -MonteCarlo -Draws 2000000000")]
    [InlineData("New-NormalDistribution | Measure-Gradient Quadratic -Scheme Sobol -Draws 1000000000000")]
    [InlineData("New-NormalDistribution | Measure-Gradient Quadratic -Scheme Antithetic -Draws 1000000000000")]
    [InlineData("New-NormalDistribution | Compare-GradientEstimator Quadratic -Scheme Sobol -Draws 1000000000000")]
    [InlineData("$model | Invoke-VariationalInference -Draws 2000000000")]
    [InlineData("$model | Invoke-VariationalInference -Draws 2000000000 -Scheme Independent")]
    [InlineData("$model | Invoke-VariationalInference -Draws 2000000000 -Optimizer Adam")]
    [InlineData("$model | Invoke-VariationalInference -Objective Iwae -ImportanceSamples 2000000000 -Scheme Independent")]
    public void MoreDrawsThanFitAreRefused(string script) => Assert.StartsWith("Not enough memory: ", Assert.Single(session.TryRun(
        $"$model = New-BayesianModel @{{ A = New-NormalDistribution (@(0) * 300) 1 }}; {script}").Errors).ToString(), StringComparison.Ordinal);
}
