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

    // Expected values: torch.distributions.
    [Theory]
    [InlineData("(New-NormalDistribution).cdf((0, 0.5)).Values", "0.5 0.691462461274013")]
    [InlineData("(New-NormalDistribution).cdf('0.5').Values", "0.691462461274013")]
    [InlineData("(New-NormalDistribution).icdf((0.5, 0.975)).Values", "0 1.95996398454005")]
    [InlineData("(New-BernoulliDistribution (0.3, 0.4)).enumerate_support().shape", "2 2")]
    [InlineData("(New-BernoulliDistribution (0.3, 0.4)).enumerate_support($false).shape", "2 1")]
    [InlineData("(New-NormalDistribution (0, 1, 2) 1).batch_shape", "3")]
    [InlineData("(New-DirichletDistribution (1, 2)).event_shape", "2")]
    [InlineData("(New-BinomialDistribution 5 -Probs 0.5).total_count.item()", "5")]
    [InlineData("(New-MultivariateNormalDistribution (0, 0) -ScaleTril ((2, 0), (1, 3))).covariance_matrix.Values", "4 2 2 10")]
    [InlineData("(New-MultivariateNormalDistribution (0, 0) ((4, 2), (2, 10))).scale_tril.Values", "2 0 1 3")]
    [InlineData("(New-DirichletDistribution (1, 2, 3)).Mode.Values", "0 0.333333333333333 0.666666666666667")]
    [InlineData("(New-NormalDistribution (New-Tensor 0 -DType float32) (New-Tensor 1)).DType", "Float64")]
    [InlineData("$p = New-Tensor 1, 2 -RequiresGrad; $p.pow(2).backward((1, 10)); $p.grad.Values", "2 40")]
    [InlineData("$p = New-Tensor 1, 2 -RequiresGrad; $p.pow(2).backward((New-Tensor 1, 10)); $p.grad.Values", "2 40")]
    [InlineData("$p = New-Tensor 1, 2 -RequiresGrad; $s = $p.sum(); $s.backward($null, $false, $true); $s.backward(); $p.grad.Values", "2 2")]
    public void AMemberOfPyTorchWorks(string expression, string expected)
    {
        string found = module.Get<string>($"$value = $({expression}); \"$value\"");
        module.Forget("p", "s", "value");
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("(New-NormalDistribution).cdf('a')", "value must hold numbers; got 'a'.")]
    [InlineData("(New-NormalDistribution).icdf($null)", "value must hold numbers; got null.")]
    [InlineData("(New-NormalDistribution).rsample($null)", "A sample shape must hold integers, such as rsample(3) or rsample(2, 3); got null.")]
    [InlineData("(New-Tensor 1, 2).pow('a')", "exponent must hold numbers; got 'a'.")]
    [InlineData("(New-Tensor 1 -RequiresGrad).pow(2).backward($true)", "To keep the graph for another call, write backward($null, $false, $true).")]
    [InlineData("$q = New-Tensor 1, 2 -RequiresGrad; $y = $q.exp(); $null = $y.add_(1); $y.sum().backward()", "backward() needs the earlier values of a tensor of shape [2], which was changed in place.")]
    [InlineData("New-IndependentDistribution (New-Tensor 1, 2) 1", "The first argument must be a distribution; got '[1, 2]'.")]
    [InlineData("Get-LogProbability (New-Tensor 1, 2) 1", "The first argument must be a distribution; got '[1, 2]'.")]
    [InlineData("(New-Tensor 1).to('cuda')", "The device CUDA is not available on this machine. Get-TorchEnvironment shows which libtorch is loaded.")]
    public void AMistakeWithAMemberIsExplained(string script, string says)
    {
        string message = module.Get<string>($"try {{ $null = {script} }} catch {{ $_.Exception.Message }}");
        module.Forget("q", "y");
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", message, StringComparison.Ordinal);
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
