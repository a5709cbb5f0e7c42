namespace ReparamPS.Cmdlets.Tests;

/// <summary>The expressions that about_ReparamPS_Tensors lists beside those of PyTorch.</summary>
[Collection(ModuleCollection.Name)]
public sealed class PyTorchExpressionTests(ModuleRunspace module)
{
    // torch.tensor([[1., 2.], [3., 4.]]) in PyTorch. The text of a Boolean tensor shows 1 and 0.
    [Theory]
    [InlineData("$x.T", "[[1, 3], [2, 4]]")]
    [InlineData("$x.transpose(0, 1)", "[[1, 3], [2, 4]]")]
    [InlineData("($x.ToArray() | ForEach-Object { $_ -join ' ' }) -join '; '", "1 2; 3 4")]
    [InlineData("($x | ConvertFrom-Tensor) -join ' '", "1 2 3 4")]
    [InlineData("$x.matmul($x)", "[[7, 10], [15, 22]]")]
    [InlineData("$x.pow(2)", "[[1, 4], [9, 16]]")]
    [InlineData("$x.gt(2)", "[[0, 0], [1, 1]]")]
    [InlineData("$x.lt(2)", "[[1, 0], [0, 0]]")]
    [InlineData("$x.eq($x)", "[[1, 1], [1, 1]]")]
    [InlineData("$x.gt(1) -band $x.lt(3)", "[[0, 1], [0, 0]]")]
    [InlineData("$x.select(1, 1)", "[2, 4]")]
    [InlineData("(New-Tensor 1, 2, 3).narrow(0, 1, 2)", "[2, 3]")]
    [InlineData("$x.shape[0]", "2")]
    [InlineData("$x.sum(0, $true)", "[[4, 6]]")]
    [InlineData("\"$($x.max(1).Item1) $($x.max(1).Item2)\"", "[2, 4] [1, 1]")]
    [InlineData("-join $(foreach ($i in 0..1) { $x[$i] })", "[1, 2][3, 4]")]
    [InlineData("$x.mul(0).exp()", "[[1, 1], [1, 1]]")]
    [InlineData("[TorchSharp.torch]::exp($x.mul(0))", "[[1, 1], [1, 1]]")]
    [InlineData("2 - $x % 3 / 2 * 2 + 1", "[[2, 1], [3, 2]]")]
    [InlineData("$x -eq (New-Tensor (1, 2), (3, 5))", "False")]
    [InlineData("\"$($x.Count) $($x.Length)\"", "1 1")]
    public void AnExpressionOfTheTopicIsThatOfPyTorch(string expression, string expected)
    {
        string found = module.Get<string>($"$x = New-Tensor (1, 2), (3, 4); \"$({expression})\"");
        module.Forget("x", "i");
        Assert.Equal(expected, found);
    }

    [Theory, InlineData("-gt"), InlineData("-lt")]
    public void AComparisonByAnOperatorIsAnError(string comparison) => Assert.NotEmpty(module.TryRun($"(New-Tensor 1, 2) {comparison} 2").Errors);
}
