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
    [InlineData("$x.add($x, 2)", "[[3, 6], [9, 12]]")]
    [InlineData("$x.add(1, 0.5)", "[[1.5, 2.5], [3.5, 4.5]]")]
    [InlineData("$x.sub(1, 2)", "[[-1, 0], [1, 2]]")]
    [InlineData("$x.sub($x, 3)", "[[-2, -4], [-6, -8]]")]
    [InlineData("$x.div(2, 'floor')", "[[0, 1], [1, 2]]")]
    [InlineData("$x.mul(-1).div((New-Tensor 2, 3), 'floor')", "[[-1, -1], [-2, -2]]")]
    [InlineData("$x.mul(-1).div(2, [TorchSharp.torch+RoundingMode]::trunc)", "[[-0, -1], [-1, -2]]")]
    [InlineData("$x.gt(2).add($true).dtype", "Bool")]
    [InlineData("$x.gt(2).add($true)", "[[1, 1], [1, 1]]")]
    [InlineData("$x.add($true)", "[[2, 3], [4, 5]]")]
    [InlineData("(New-Tensor 3 -DType int64).add($true).item()", "4")]
    [InlineData("$x -eq (New-Tensor (1, 2), (3, 5))", "False")]
    [InlineData("\"$($x.Count) $($x.Length)\"", "1 1")]
    public void AnExpressionOfTheTopicIsThatOfPyTorch(string expression, string expected)
    {
        string found = module.Get<string>($"$x = New-Tensor (1, 2), (3, 4); \"$({expression})\"");
        module.Forget("x", "i");
        Assert.Equal(expected, found);
    }

    // Values of PyTorch for x = [7.5, -3]. TorchSharp's overloads for numbers and tensors are ambiguous to PowerShell.
    [Theory]
    [InlineData("add_(2)", "9.5 -1")]
    [InlineData("add_(2, 0.5)", "8.5 -2")]
    [InlineData("sub_(2, 0.5)", "6.5 -4")]
    [InlineData("sub_(0.5)", "7 -3.5")]
    [InlineData("mul_(-2)", "-15 6")]
    [InlineData("mul_((2, 3))", "15 -9")]
    [InlineData("div_(2)", "3.75 -1.5")]
    [InlineData("div_(2, 'floor')", "3 -2")]
    [InlineData("pow_(2)", "56.25 9")]
    [InlineData("clamp_(-1, 1)", "1 -1")]
    [InlineData("clamp_(-1)", "7.5 -1")]
    [InlineData("true_divide(2)", "3.75 -1.5", false)]
    [InlineData("floor_divide(2)", "3 -2", false)]
    [InlineData("remainder(2)", "1.5 1", false)]
    [InlineData("fmod(2)", "1.5 -1", false)]
    public void AMethodAcceptsANumberAsInPyTorch(string call, string expected, bool inPlace = true)
    {
        string found = module.Get<string>($"$x = New-Tensor 7.5, -3; $y = $x.{call}; \"$($y.Values)|$($x.Values)\"");
        module.Forget("x", "y");
        Assert.Equal($"{expected}|{(inPlace ? expected : "7.5 -3")}", found);
    }

    // PowerShell drops what a method has no parameter for.
    [Theory]
    [InlineData("(New-Tensor 1, 2).pow(2, 7)", "pow() takes at most one argument (exponent); got a further one: '7'.")]
    [InlineData("(New-Tensor 1, 2).mul(2, 3)", "mul() takes at most one argument (other); got a further one: '3'.")]
    [InlineData("(New-Tensor 1, 2).ge(2, 3)", "ge() takes at most one argument (other); got a further one: '3'.")]
    [InlineData("(New-Tensor 1, 2).add(2, 3, 4)", "add() takes at most 2 arguments (other, alpha); got a further one: '4'.")]
    [InlineData("(New-Tensor 1, 2).clamp(2, 3, 4)", "clamp() takes at most 2 arguments (min, max); got a further one: '4'.")]
    [InlineData("(New-Tensor 1, 2).add_(2, 3, 4)", "add_() takes at most 2 arguments (other, alpha); got a further one: '4'.")]
    [InlineData("(New-Tensor 1, 2).floor_divide(2, 3)", "floor_divide() takes at most one argument (other); got a further one: '3'.")]
    [InlineData("(New-NormalDistribution).log_prob(2, 3)", "log_prob() takes at most one argument (value); got a further one: '3'.")]
    [InlineData("(New-Tensor 1, 2).div(2, 'ceil')", "The rounding of div() must be floor or trunc; got 'ceil'.")]
    [InlineData("(New-Tensor 1, 2).sub(2, 'x')", "alpha must be a number; got 'x'.")]
    [InlineData("(New-Tensor 1, 2).sub(2, @(1, 2))", "alpha must be a number; got ")]
    public void An_argument_without_a_parameter_is_an_error(string call, string message) => Assert.Contains(message, Assert.Single(module.TryRun(call).Errors).ToString(), StringComparison.Ordinal);

    // In PyTorch, item() of any integer is an int.
    [Theory]
    [InlineData("Byte", typeof(long))]
    [InlineData("Int8", typeof(long))]
    [InlineData("Int16", typeof(long))]
    [InlineData("Int32", typeof(long))]
    [InlineData("Int64", typeof(long))]
    [InlineData("Float16", typeof(double))]
    public void Item_of_an_integer_of_any_size_is_an_integer(string type, Type expected) =>
        Assert.IsType(expected, Assert.Single(module.Run($"(New-Tensor 3).to([TorchSharp.torch+ScalarType]::{type}).item()")).BaseObject);

    [Theory, InlineData("-gt"), InlineData("-lt")]
    public void AComparisonByAnOperatorIsAnError(string comparison) => Assert.NotEmpty(module.TryRun($"(New-Tensor 1, 2) {comparison} 2").Errors);
}
