namespace ReparamPS.Cmdlets.Tests;

/// <summary>A list of tensors is joined with its graph, as by torch.stack: the gradient reaches the tensors in it.</summary>
[Collection(ModuleCollection.Name)]
public sealed class TensorListTests(ModuleRunspace module)
{
    private const string Mean = "$mu = New-Tensor 0.5 -RequiresGrad; ";

    // d/dμ Σ log N(x; m, s²) = Σ (x − m) / s² · dm/dμ, with x = 1, 3, 0 and m = μ, 2μ, 3: (1 − 0.5) / 4 + 2 (3 − 1) / 4.
    [Theory]
    [InlineData(Mean + "(New-NormalDistribution ($mu, ($mu * 2), 3) 2).LogProb((New-Tensor 1, 3, 0)).sum().backward(); $mu.grad.item()", 1.125)]
    [InlineData(Mean + "(New-Distribution Normal @{ Loc = $mu, ($mu * 2), 3; Scale = 2 }).LogProb((New-Tensor 1, 3, 0)).sum().backward(); $mu.grad.item()", 1.125)]
    [InlineData(Mean + "([pscustomobject]@{ Loc = $mu, ($mu * 2), 3; Scale = 2 } | New-NormalDistribution).LogProb((New-Tensor 1, 3, 0)).sum().backward(); $mu.grad.item()", 1.125)]
    // The type of the distribution may be another one than that of the tensor.
    [InlineData("$mu = New-Tensor 0.5 -RequiresGrad -DType float32; (New-NormalDistribution ($mu, 1) (New-Tensor 2)).LogProb((New-Tensor 1, 1)).sum().backward(); $mu.grad.item()", 0.125)]
    // Draws are m + s e, so their sum has the slope 1 + 2.
    [InlineData(Mean + "(New-NormalDistribution ($mu, ($mu * 2)) 1 | Invoke-RSample -Seed 1 -AsTensor).sum().backward(); $mu.grad.item()", 3)]
    // Entropy is Σ log of the diagonal + constant.
    [InlineData(Mean + "(New-MultivariateNormalDistribution (0, 0) -ScaleTril (($mu, 0), (0.3, ($mu * 4)))).Entropy.backward(); $mu.grad.item()", 4)]
    // d/dμ log N(2μ; 0, 1) = −4μ.
    [InlineData(Mean + "(Get-LogProbability (New-NormalDistribution 0 1) (($mu * 2), 1) -AsTensor).sum().backward(); $mu.grad.item()", -2)]
    [InlineData(Mean + "(New-NormalDistribution 0 1).log_prob((($mu * 2), 1)).sum().backward(); $mu.grad.item()", -2)]
    // y = 3 μ x + 1 at x = 2.
    [InlineData(Mean + "$t = New-DistributionTransform Affine -Loc 1, 1 -Scale (($mu * 3), 1); $t.Forward((New-Tensor 2, 2)).sum().backward(); $mu.grad.item()", 6)]
    public void TheGradientReachesTheTensorsOfAList(string script, double expected)
    {
        double gradient = module.Get<double>(script);
        module.Forget("mu", "t");
        Assert.Equal(expected, gradient, 6);
    }

    [Theory]
    [InlineData(Mean + "$t = New-Tensor ($mu, 2); \"$($t.requires_grad) $($t.Values)\"", "False 0.5 2")]
    [InlineData(Mean + "$t = New-Tensor ($mu, 2) -RequiresGrad; $t.sum().backward(); \"$($t.is_leaf) $($t.grad.Values) $($null -eq $mu.grad)\"", "True 1 1 True")]
    [InlineData(Mean + "$mode = [TorchSharp.torch]::no_grad(); $t = New-NormalDistribution ($mu, 2) 1; $mode.Dispose(); $t.Loc.requires_grad", "False")]
    [InlineData("$t = New-NormalDistribution ((New-Tensor 1), 2) 1 -RequiresGrad; $t.Loc.is_leaf", "True")]
    // What comes after New-Tensor in the pipeline has its graph.
    [InlineData("New-Tensor 1 -RequiresGrad | ForEach-Object { $_.mul(2).requires_grad }", "True")]
    public void TheGraphIsCutWhereTheHelpSaysSo(string script, string expected)
    {
        string found = module.Get<string>(script);
        module.Forget("mu", "t", "mode");
        Assert.Equal(expected, found);
    }

    [Fact]
    public void AListWithSeveralNumbersPerTensorSaysHowToJoinThem() =>
        Assert.Contains("To join tensors of one shape, use [TorchSharp.torch]::stack([TorchSharp.torch+Tensor[]]($x, $y)).", Assert.Single(module.TryRun("New-NormalDistribution ((New-Tensor 1, 2), (New-Tensor 3, 4)) 1").Errors).ToString());
}
