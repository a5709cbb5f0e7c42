using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class TensorAndProbabilityTests(ModuleRunspace module)
{
    [Theory]
    [InlineData("New-Tensor 3", new long[0], new[] { 3.0 })]
    [InlineData("New-Tensor 1, 2.5, 3", new long[] { 3 }, new[] { 1, 2.5, 3 })]
    [InlineData("New-Tensor @(@(1, 2), @(3, 4))", new long[] { 2, 2 }, new[] { 1.0, 2, 3, 4 })]
    [InlineData("New-Tensor @(, @(@(1, 2), @(3, 4)))", new long[] { 1, 2, 2 }, new[] { 1.0, 2, 3, 4 })]
    [InlineData("New-Tensor @()", new long[] { 0 }, new double[0])]
    [InlineData("New-Tensor '1e-3', '-inf'.Replace('inf', '5')", new long[] { 2 }, new[] { 1e-3, -5 })]
    [InlineData("New-Tensor $true, $false", new long[] { 2 }, new[] { 1.0, 0 })]
    [InlineData("New-Tensor (New-Tensor 1, 2)", new long[] { 2 }, new[] { 1.0, 2 })]
    public void Numbers_and_nested_arrays_become_tensors(string script, long[] shape, double[] values)
    {
        PSObject result = Assert.Single(module.Run($"$t = {script}; [pscustomobject]@{{ Shape = $t.shape; Values = [ReparamPS.Torch.ManagedValues]::ToDoubles($t) }}"));
        Assert.Equal(shape, (long[])result.Properties["Shape"].Value);
        Assert.Equal(values, (double[])result.Properties["Values"].Value);
    }

    [Theory]
    // torch.tensor(…, dtype=torch.int64) of PyTorch 1.13 returns the same.
    [InlineData("([long]::MaxValue)", new long[] { long.MaxValue })]
    [InlineData("([long]::MinValue)", new long[] { long.MinValue })]
    [InlineData("9007199254740993", new long[] { 9007199254740993 })]
    [InlineData("([long[]](9007199254740993, -9007199254740993))", new long[] { 9007199254740993, -9007199254740993 })]
    [InlineData("'9007199254740993', ' -9223372036854775808', '9007199254740993.0', '2.75', '1e3'", new long[] { 9007199254740993, long.MinValue, 9007199254740993, 2, 1000 })]
    [InlineData("([ulong]9007199254740993), ([bigint]9007199254740993), 9007199254740993.7d", new long[] { 9007199254740993, 9007199254740993, 9007199254740993 })]
    [InlineData("(New-Tensor 9007199254740993 -DType int64)", new long[] { 9007199254740993 })]
    [InlineData("(New-Tensor 9007199254740993 -DType int64), 5", new long[] { 9007199254740993, 5 })]
    [InlineData("2.7, -2.7, $true, -9223372036854775808.0", new long[] { 2, -2, 1, long.MinValue })]
    [InlineData("(New-Tensor 2.7, -2.7)", new long[] { 2, -2 })]
    public void Integers_keep_all_their_digits(string value, long[] expected) =>
        Assert.Equal(expected, module.Run($"New-Tensor {value} -DType int64 | ConvertFrom-Tensor").Select(element => (long)element.BaseObject));

    [Theory]
    [InlineData("NaN", "NaN")]
    [InlineData("1e30", "1E+30")]
    [InlineData("'1e30'", "1E+30")]
    [InlineData("1, ([double]::PositiveInfinity)", "Infinity")]
    [InlineData("([double[]](1, 9223372036854775807))", "9.223372036854776E+18")]
    [InlineData("([ulong]::MaxValue)", "18446744073709551615")]
    [InlineData("9223372036854775808", "9223372036854775808")]
    [InlineData("'-9223372036854775809'", "-9223372036854775809")]
    [InlineData("([decimal]::MaxValue)", "79228162514264337593543950335")]
    [InlineData("([bigint]::Pow(10, 20))", "100000000000000000000")]
    [InlineData("(New-Tensor 1, NaN)", "NaN")]
    public void A_number_that_does_not_fit_an_integer_is_named(string value, string shown) =>
        Assert.Equal($"Value must be from -9223372036854775808 to 9223372036854775807 for int64; got {shown}.", module.Fails($"New-Tensor {value} -DType int64", "InvalidArgument").ToString());

    [Fact]
    public void A_tensor_given_as_value_is_copied()
    {
        Assert.Equal(1.0, module.Get<double>("$a = New-Tensor 1; $b = New-Tensor $a; $null = $b.zero_(); $a.item()"));
    }

    [Theory]
    [InlineData("pow(2)", 9.0)]
    [InlineData("add(1)", 4.0)]
    [InlineData("sub(1.5)", 1.5)]
    [InlineData("mul(2)", 6.0)]
    [InlineData("div(2)", 1.5)]
    [InlineData("clamp(0, 2)", 2.0)]
    [InlineData("gt(2)", true)]
    [InlineData("le(2)", false)]
    [InlineData("mul((New-Tensor 4))", 12.0)]
    public void Members_of_a_tensor_take_numbers(string member, object expected) =>
        Assert.Equal(expected, Assert.Single(module.Run($"(New-Tensor 3).{member}.item()")).BaseObject);

    // PyTorch 1.13 with torch.tensor([0, 1, 2]); a list there is a tensor of float64.
    [Theory]
    [InlineData("clamp(0.5, 1.5)", "float32", new[] { 0.5, 1, 1.5 })]
    [InlineData("clamp('0.5', [Half]1.5)", "float32", new[] { 0.5, 1, 1.5 })]
    [InlineData("clamp(0, 1)", "int64", new[] { 0.0, 1, 1 })]
    [InlineData("clamp(1)", "int64", new[] { 1.0, 1, 2 })]
    [InlineData("clamp(0.5)", "float32", new[] { 0.5, 1, 2 })]
    [InlineData("clamp($null, 1)", "int64", new[] { 0.0, 1, 1 })]
    [InlineData("clamp(1, [double]::PositiveInfinity)", "float32", new[] { 1.0, 1, 2 })]
    [InlineData("clamp((New-Tensor 0.5))", "float64", new[] { 0.5, 1, 2 })]
    [InlineData("clamp((0.5, 0, 3))", "float64", new[] { 0.5, 1, 3 })]
    [InlineData("mul(0.5)", "float32", new[] { 0, 0.5, 1 })]
    [InlineData("mul('0.5')", "float32", new[] { 0, 0.5, 1 })]
    [InlineData("mul([Half]0.5)", "float32", new[] { 0, 0.5, 1 })]
    [InlineData("mul('2')", "int64", new[] { 0.0, 2, 4 })]
    [InlineData("add(@(0.5, 0.5, 0.5))", "float64", new[] { 0.5, 1.5, 2.5 })]
    [InlineData("add(@(1, 2, 3))", "int64", new[] { 1.0, 3, 5 })]
    [InlineData("sub('9007199254740993').add('9007199254740993')", "int64", new[] { 0.0, 1, 2 })]
    [InlineData("sub(@([long]::MaxValue, [long]::MaxValue, [long]::MaxValue)).add(@([long]::MaxValue, [long]::MaxValue, [long]::MaxValue))", "int64", new[] { 0.0, 1, 2 })]
    [InlineData("gt('0.5')", "bool", new[] { 0.0, 1, 1 })]
    public void Members_of_an_integer_tensor_keep_the_fractions_of_numbers(string member, string type, double[] expected)
    {
        string result = $"(New-Tensor 0, 1, 2 -DType int64).{member}";
        Assert.Equal(expected, module.Get<double[]>($", [ReparamPS.Torch.ManagedValues]::ToDoubles({result})"));
        Assert.Equal(type, module.Get<string>($"[ReparamPS.Torch.TorchTypes]::NameOf({result}.dtype)"));
    }

    [Fact]
    public void Members_of_a_Boolean_tensor_take_numbers_and_lists()
    {
        // torch.tensor([True, False]) + 2, and * torch.tensor([True, True]).
        Assert.Equal([3L, 2L], module.Run("(New-Tensor $true, $false -DType bool).add('2') | ConvertFrom-Tensor").Select(value => value.BaseObject));
        Assert.Equal([true, false], module.Run("(New-Tensor $true, $false -DType bool).mul(@($true, $true)) | ConvertFrom-Tensor").Select(value => value.BaseObject));
    }

    [Theory]
    [InlineData("ConvertFrom-Tensor $c")]
    [InlineData("ConvertFrom-Tensor $c -AsArray")]
    [InlineData("$c.ToArray()")]
    [InlineData("$c[0].item()")]
    public void Complex_numbers_are_not_cut_to_their_real_parts(string call)
    {
        (_, System.Management.Automation.ErrorRecord[] errors) = module.TryRun($"$c = [TorchSharp.torch]::complex((New-Tensor 1, 2), (New-Tensor 3, 4)); {call}");
        string message = Assert.Single(errors).ToString();
        Assert.Contains("tensor of type complexfloat64", message, StringComparison.Ordinal);
        Assert.Contains("imag", message, StringComparison.Ordinal);
        Assert.Equal([3.0, 4.0], module.Run("$c.imag | ConvertFrom-Tensor").Select(value => value.BaseObject));
        Assert.Equal("complexfloat64 [2]", module.Get<string>("[ReparamPS.Torch.TensorText]::Brief($c)"));
        module.Forget("c");
    }

    [Theory]
    // SciPy 1.10: norm.logpdf, norm.logcdf, norm.sf, norm.ppf
    [InlineData("Get-LogProbability -Value 1.5", -2.0439385332046727)]
    [InlineData("Get-CumulativeProbability -Value 1.5", 0.9331927987311419)]
    [InlineData("Get-CumulativeProbability -Value -37 -Log", -689.0305855768908)]
    [InlineData("Get-CumulativeProbability -Value 12 -UpperTail", 1.776482112077653e-33)]
    [InlineData("Get-CumulativeProbability -Value 37 -UpperTail -Log", -689.0305855768908)]
    [InlineData("Get-Quantile -Probability 0.975", 1.959963984540054)]
    public void Probabilities_agree_with_scipy(string call, double expected) =>
        Assert.Equal(1, module.Get<double>($"New-NormalDistribution | {call}") / expected, 12);

    // All draws round to 1. log p(z) = log N(x; 25, 1) − log(1 − tanh² x), with the x of the same noise. The larger count is evaluated on another thread.
    [Theory]
    [InlineData("New-TanhNormalDistribution 25 1", 3)]
    [InlineData("New-TanhNormalDistribution 25 1", (1 << 20) + 1)]
    [InlineData("New-NormalDistribution 25 1 | New-TransformedDistribution -Transforms (New-DistributionTransform Tanh -CacheSize 1)", 3)]
    [InlineData("New-NormalDistribution 25 1 | New-TransformedDistribution -Transforms (New-DistributionTransform Tanh -CacheSize 1)", (1 << 20) + 1)]
    public void The_log_density_of_squashed_draws_is_that_of_their_noise(string distribution, int count)
    {
        module.Run($"$d = {distribution}; $draws = $d | Invoke-RSample -Count {count} -Seed 1 -AsTensor; $x = New-NormalDistribution 25 1 | Invoke-RSample -Count {count} -Seed 1 -AsTensor");
        Assert.Equal(1.0, module.Get<double>("$draws.min().item()"));
        double[] x = module.Get<double[]>(", [ReparamPS.Torch.ManagedValues]::ToDoubles($x.narrow(0, 0, 3))");
        for (int call = 0; call < 2; call++)
        {
            double[] log = module.Get<double[]>(", [ReparamPS.Torch.ManagedValues]::ToDoubles(($d | Get-LogProbability -Value $draws -AsTensor).narrow(0, 0, 3))");
            for (int i = 0; i < 3; i++)
            {
                double slope = 2 * (Math.Log(2) - x[i] - double.LogP1(Math.Exp(-2 * x[i]))), expected = -0.5 * Math.Pow(x[i] - 25, 2) - 0.5 * Math.Log(2 * Math.PI) - slope;
                Assert.Equal(expected, log[i], 1e-10);
            }
        }
    }

    [Fact]
    public void A_quantile_outside_the_unit_interval_is_NaN() =>
        Assert.Equal(double.NaN, module.Get<double>("New-NormalDistribution | Get-Quantile ([double]::NaN)"));

    [Fact]
    public void The_environment_tells_where_the_library_came_from()
    {
        PSObject environment = Assert.Single(module.Run("Get-TorchEnvironment"));
        Assert.Equal("0.107.0", environment.Properties["TorchSharp"].Value);
        Assert.StartsWith(Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "bin"), (string)environment.Properties["LibraryPath"].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_catalogue_has_a_row_for_each_kind_and_each_names_a_cmdlet_that_is_there()
    {
        PSObject[] rows = module.Run("Get-DistributionType");
        Assert.True(rows.Length >= 7);
        foreach (PSObject row in rows)
            Assert.Equal(row.Properties["Cmdlet"].Value, Assert.Single(module.Run($"(Get-Command {row.Properties["Cmdlet"].Value}).Name")).BaseObject);
        Assert.Equal(false, Assert.Single(module.Run("Get-DistributionType Bernoulli")).Properties["HasRSample"].Value);
    }

    [Fact]
    public void Each_cmdlet_of_a_distribution_has_a_parameter_for_each_of_its_parameters()
    {
        PSObject[] missing = module.Run("""
            foreach ($type in [ReparamPS.Distributions.DistributionCatalog]::All) {
                $command = Get-Command $type.Cmdlet
                foreach ($parameter in $type.Parameters) { if (-not $command.Parameters.ContainsKey($parameter.Name)) { "$($type.Name).$($parameter.Name)" } }
            }
            """);
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("New-NormalDistribution | Get-Quantile 1.5", "Probability must be in [0, 1]; got 1.5.")]
    [InlineData("Get-Quantile (New-PoissonDistribution 3) 0.5, -0.25, 0.1", "Probability must be in [0, 1]; got -0.25.")]
    [InlineData("New-NormalDistribution | Get-Quantile ([double]::PositiveInfinity)", "Probability must be in [0, 1]; got Infinity.")]
    [InlineData("New-NormalDistribution -DType float32 | Get-Quantile (New-Tensor ((0.5, 2), (1, 0))) -AsTensor", "Probability must be in [0, 1]; got 2.")]
    public void A_quantile_of_a_number_that_is_not_a_probability_is_an_error(string script, string message) =>
        Assert.Equal(message, module.Fails(script, "ParameterOutsideConstraint").ToString());

    [Fact]
    public void One_wrong_probability_of_many_piped_ones_leaves_the_others()
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun("0.5, 1.5, 1 | Get-Quantile -Distribution (New-UniformDistribution 0 2)");
        Assert.Equal([1.0, 2.0], output.Select(value => (double)value.BaseObject));
        Assert.Single(errors);
    }
}
