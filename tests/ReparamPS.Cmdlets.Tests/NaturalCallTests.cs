namespace ReparamPS.Cmdlets.Tests;

/// <summary>Calls as users write them: by position, piped, and with PyTorch's members.</summary>
[Collection(ModuleCollection.Name)]
public sealed class NaturalCallTests(ModuleRunspace module)
{
    private const string Setup = "$p = New-NormalDistribution 0 1; $q = New-NormalDistribution 1 2; ";

    // log N(0.3; 0, 1) = −0.3²/2 − log(2π)/2.
    private static readonly double LogDensity = -0.045 - Math.Log(2 * Math.PI) / 2;

    [Theory]
    [InlineData("($p | Invoke-RSample 3).Shape", 3)]
    [InlineData("(Invoke-RSample $p 3).Shape", 3)]
    [InlineData("($p | Invoke-Sample 3).Shape", 3)]
    [InlineData("(Invoke-Sample $p 3).Shape", 3)]
    [InlineData("(Invoke-RSample $p).Count", 1)]
    [InlineData("($p | Invoke-RSample -SampleShape 2, 3).Count", 6)]
    [InlineData("$p.rsample().numel()", 1)]
    [InlineData("$p.rsample(3).numel()", 3)]
    [InlineData("$p.rsample(2, 3).numel()", 6)]
    [InlineData("$p.rsample(@(2, 3)).numel()", 6)]
    [InlineData("$p.RSample([long[]]@(2, 3), [ReparamPS.Torch.Randomness.RandomSource]::new(1)).numel()", 6)]
    [InlineData("$p.sample(4).numel()", 4)]
    [InlineData("@($p, $q | Get-LogProbability 0).Count", 2)]
    [InlineData("(New-Tensor 1, 2, 3 | ConvertFrom-Tensor).Count", 3)]
    [InlineData("(@{ Loc = 2 } | New-NormalDistribution).Loc.item()", 2)]
    [InlineData("(@{ Concentration = 3; DType = 'float32' } | New-GammaDistribution).Concentration.item()", 3)]
    [InlineData("([pscustomobject]@{ Concentration = 3 } | New-GammaDistribution).Concentration.item()", 3)]
    [InlineData("(New-GammaDistribution 3).Concentration.item()", 3)]
    [InlineData("(@{ Loc = 2 } | New-NormalDistribution -Loc 5).Loc.item()", 5)]
    [InlineData("@($p | Measure-Gradient Quadratic -Draws 100).Count", 2)]
    [InlineData("@($p | Measure-Gradient { $_ * $_ } ScoreFunction, Pathwise -Draws 100).Count", 4)]
    [InlineData("@(New-BayesianModel @{ X = $p } | Invoke-VariationalInference -Seed 1 | Invoke-PosteriorSampling 3).Count", 3)]
    [InlineData("@(Invoke-PosteriorSampling (New-BayesianModel @{ X = $p } | Invoke-VariationalInference -Seed 1) 3).Count", 3)]
    public void A_call_returns_as_many(string call, double expected) => Assert.Equal(expected, module.Get<double>(Setup + call));

    [Theory]
    [InlineData("$p | Get-LogProbability 0.3")]
    [InlineData("Get-LogProbability $p 0.3")]
    [InlineData("0.3 | Get-LogProbability -Distribution $p")]
    [InlineData("$p | Get-LogProbability -Value 0.3")]
    [InlineData("$p.log_prob(0.3).item()")]
    public void A_log_probability_is_asked_for_in_any_order(string call) => Assert.Equal(LogDensity, module.Get<double>(Setup + call), 1e-14);

    [Fact]
    public void Values_are_piped_one_by_one() => Assert.Equal(3, module.Run(Setup + "0, 1, 2 | Get-LogProbability -Distribution $p").Length);

    // KL(N(0, 1) ‖ N(1, 4)) = log 2 + 2/8 − 1/2; KL(N(1, 4) ‖ N(0, 1)) = −log 2 + 5/2 − 1/2.
    [Theory]
    [InlineData("Measure-KLDivergence $p $q", false)]
    [InlineData("$p | Measure-KLDivergence $q", false)]
    [InlineData("$p | Measure-KLDivergence -Q $q", false)]
    [InlineData("Measure-KLDivergence -Q $q -P $p", false)]
    [InlineData("$q | Measure-KLDivergence $p", true)]
    [InlineData("Measure-KLDivergence $q $p", true)]
    [InlineData("[pscustomobject]@{ P = $q; Q = $p } | Measure-KLDivergence", true)]
    public void The_piped_distribution_comes_first(string call, bool isFromQ) =>
        Assert.Equal(isFromQ ? 2 - Math.Log(2) : Math.Log(2) - 0.25, module.Get<double>($"{Setup}({call}).Value"), 1e-14);

    [Theory]
    [InlineData("Measure-KLDivergence $p", "Q must be a distribution; got none.")]
    [InlineData("$p | Measure-KLDivergence $p $q", "P and Q: only two distributions can be compared")]
    public void A_divergence_requires_two_distributions(string call, string message) => Assert.StartsWith(message, Assert.Single(module.TryRun(Setup + call).Errors).Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Draws")]
    [InlineData("Count")]
    public void Monte_Carlo_draws_keep_their_old_name(string name) =>
        Assert.Equal(50, module.Get<long>($"{Setup}(Measure-KLDivergence $p $q -MonteCarlo -{name} 50 -Seed 1).Draws"));

    [Fact]
    public void Draws_through_members_carry_gradients() =>
        Assert.Equal(3, module.Get<double>("$d = New-NormalDistribution 0 1 -RequiresGrad; $d.rsample(3).sum().backward(); $d.Loc.grad.item()"));

    [Fact]
    public void A_distribution_has_its_flags_and_numbers_by_name() =>
        Assert.Equal("True False 0 1 2", module.Get<string>("$d = New-NormalDistribution 0 (1, 2); \"$($d.has_rsample) $((New-PoissonDistribution 2).has_rsample) $($d.ParameterValues.Loc) $($d.ParameterValues.Scale)\""));

    [Fact]
    public void A_tensor_gives_its_numbers()
    {
        Assert.Equal([1.0, 2, 3, 4], module.Get<double[]>("$t = New-Tensor @(@(1, 2), @(3, 4)); , $t.Values"));
        Assert.Equal(3, module.Get<double>("$t.ToArray()[1][0]"));
        Assert.Equal(3, module.Get<double>("($t | ConvertFrom-Tensor -AsArray)[1][0]"));
        Assert.Equal(3, module.Get<double>("@($t.transpose(0, 1) | ConvertFrom-Tensor)[1]"));
        Assert.IsType<long>(module.Run("New-Tensor 7 -DType int64 | ConvertFrom-Tensor")[0].BaseObject);
        Assert.IsType<bool>(module.Run("New-Tensor 1, 0 -DType bool | ConvertFrom-Tensor")[0].BaseObject);
        Assert.Equal("[[1, 2], [3, 4]]", module.Get<string>("$t.ToString()"));
        Assert.Equal("[0, 1, 2, 3, 4, 5, …] float64 [100]", module.Get<string>("(New-Tensor (0..99)).ToString()"));
    }

    [Fact]
    public void A_tensor_in_a_list_shows_its_numbers()
    {
        System.Management.Automation.PSObject row = module.Run("[pscustomobject]@{ Mean = New-Tensor 1, 2.5; Name = 'x'; C = 1; D = 2; E = 3 }")[0];
        Assert.Contains(ViewTests.Render(row, 80), line => line.Contains("[1, 2.5]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("$p.rsample(2.7)", "got '2.7'")]
    [InlineData("$p.sample(3, 2.5)", "got '2.5'")]
    [InlineData("$p.rsample('a')", "got 'a'")]
    [InlineData("$p.sample(@{})", "got a hashtable")]
    [InlineData("$p.rsample(-1)", "The sizes of a sample shape must be at least 0; got [-1].")]
    public void A_sample_shape_that_is_not_of_integers_is_one_sentence(string call, string message)
    {
        string text = Assert.Single(module.TryRun(Setup + call).Errors).ToString();
        Assert.Contains(message, text, StringComparison.Ordinal);
        // PowerShell quotes the message once, in its own sentence about the method.
        Assert.Equal(2, text.Split("Exception calling").Length);
    }
}
