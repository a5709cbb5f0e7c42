using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class SamplingTests(ModuleRunspace module)
{
    [Fact]
    public void A_batch_tells_shape_seed_and_gradient()
    {
        PSObject batch = Assert.Single(module.Run("New-NormalDistribution 0 1 -RequiresGrad | Invoke-RSample -Count 5 -Seed 3"));
        Assert.Equal(5L, batch.Properties["Count"].Value);
        Assert.Equal(3L, batch.Properties["Seed"].Value);
        Assert.Equal(true, batch.Properties["RequiresGrad"].Value);
    }

    [Fact]
    public void The_same_seed_gives_the_same_draws_whatever_ran_before()
    {
        const string draw = "(New-NormalDistribution 1 2 | Invoke-RSample -Count 50 -Seed 11).Values";
        double[] first = module.Get<double[]>($", {draw}");
        module.Run("New-NormalDistribution | Invoke-Sample -Count 777");
        Assert.Equal(first, module.Get<double[]>($", {draw}"));
    }

    [Fact]
    public void A_seed_that_was_not_given_is_told_and_gives_the_draws_again()
    {
        Assert.True(module.Get<bool>(
            "$d = New-NormalDistribution; $a = $d | Invoke-Sample -Count 9; $b = $d | Invoke-Sample -Count 9 -Seed $a.Seed; \"$($a.Values)\" -eq \"$($b.Values)\""));
    }

    [Theory]
    [InlineData("-Count 4", new long[] { 4, 2 })]
    [InlineData("", new long[] { 2 })]
    [InlineData("-SampleShape 3,2", new long[] { 3, 2, 2 })]
    [InlineData("-SampleShape $null", new long[] { 2 })]
    [InlineData("-Count 0", new long[] { 0, 2 })]
    public void A_batch_has_shape_sample_plus_batch(string arguments, long[] shape) =>
        Assert.Equal(shape, module.Get<long[]>($", (New-NormalDistribution 0, 1 | Invoke-Sample {arguments}).Shape"));

    // A default of the session is set for other calls.
    [Theory]
    [InlineData("'Invoke-Sample:Count'", "5", "-SampleShape 3,2", new long[] { 3, 2, 2 })]
    [InlineData("'Invoke-Sample:Count'", "5", "", new long[] { 5, 2 })]
    [InlineData("'Invoke-Sample:SampleShape'", "3, 2", "-Count 4", new long[] { 4, 2 })]
    public void An_argument_replaces_a_default_of_the_session_that_excludes_it(string key, string value, string arguments, long[] shape) =>
        Assert.Equal(shape, module.Get<long[]>($"try {{ $PSDefaultParameterValues[{key}] = {value}; , (New-NormalDistribution 0, 1 | Invoke-Sample {arguments}).Shape }} finally {{ $PSDefaultParameterValues.Clear() }}"));

    [Fact]
    public void A_shape_that_is_no_number_is_an_error_in_plain_words()
    {
        foreach (string method in new[] { "rsample", "sample" })
        {
            string error = Assert.Single(module.TryRun($"(New-NormalDistribution).{method}('x')").Errors).ToString();
            Assert.Contains("A sample shape must hold integers, such as rsample(3) or rsample(2, 3); got 'x'.", error, StringComparison.Ordinal);
            Assert.DoesNotContain("(Parameter", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rows_number_draws_and_members_of_the_batch()
    {
        PSObject[] rows = module.Run("New-NormalDistribution 0, 100 | Invoke-RSample -Count 3 -Seed 1 -Expand");
        Assert.Equal([0L, 0, 1, 1, 2, 2], rows.Select(row => (long)row.Properties["Draw"].Value));
        Assert.Equal([0L, 1, 0, 1, 0, 1], rows.Select(row => (long)row.Properties["Member"].Value));
        Assert.All(rows.Where((_, i) => i % 2 == 1), row => Assert.InRange((double)row.Properties["Value"].Value, 90, 110));
    }

    [Fact]
    public void Rows_of_vectors_have_a_column_for_each_element()
    {
        PSObject row = module.Run("New-DirichletDistribution 1, 2, 3 | Invoke-RSample -Count 2 -Seed 1 -Expand")[0];
        double[] values = [.. Enumerable.Range(0, 3).Select(i => (double)row.Properties[$"Value{i}"].Value)];
        Assert.Equal(1, values.Sum(), 12);
    }

    [Fact]
    public void A_tensor_keeps_its_graph_to_numbers_that_require_gradients()
    {
        double[] gradients = module.Get<double[]>("""
            $d = New-NormalDistribution 0 1 -RequiresGrad
            $z = $d | Invoke-RSample -Count 5 -Seed 3 -AsTensor
            $z.pow(2).mean().backward()
            , @($d.Loc.grad.item(), $d.Scale.grad.item(), $z.mean().item(), $z.pow(2).mean().item())
            """);
        Assert.Equal(2 * gradients[2], gradients[0], 12);
        Assert.Equal(2 * gradients[3], gradients[1], 12);
    }

    [Fact]
    public void A_sample_carries_no_gradient() =>
        Assert.False(module.Get<bool>("(New-NormalDistribution 0 1 -RequiresGrad | Invoke-Sample -AsTensor).requires_grad"));

    [Fact]
    public void Parameters_come_by_property_name_and_as_text()
    {
        double[] means = [.. module.Run("[pscustomobject]@{ Loc = '1.5'; Scale = '2' }, [pscustomobject]@{ Loc = -3; Scale = 0.5 } | New-NormalDistribution | ForEach-Object { $_.Loc.item() }")
            .Select(value => (double)value.BaseObject)];
        Assert.Equal([1.5, -3], means);
    }

    [Fact]
    public void One_bad_input_of_many_does_not_end_the_pipeline()
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun("1, -1, 2 | ForEach-Object { [pscustomobject]@{ Scale = $_ } } | New-NormalDistribution -Loc 0");
        Assert.Equal(2, output.Length);
        Assert.Equal("Scale must be positive; got -1.", Assert.Single(errors).Exception.Message);
    }

    [Fact]
    public void A_distribution_without_rsample_names_what_to_use()
    {
        ErrorRecord error = module.Fails("New-BernoulliDistribution 0.5 | Invoke-RSample", "NotReparameterizable");
        Assert.Contains("Invoke-Sample", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("RelaxedBernoulli", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-NormalDistribution 0 ([double]::NaN)", "ParameterOutsideConstraint", "Scale must be positive; got NaN")]
    [InlineData("New-NormalDistribution ([double]::NaN) 1", "ParameterOutsideConstraint", "Loc must be real")]
    [InlineData("New-NormalDistribution (1, 2, 3) (1, 2)", "ShapeMismatch", "Loc [3], Scale [2]")]
    [InlineData("New-NormalDistribution zero 1", "InvalidArgument", "'zero'")]
    [InlineData("New-NormalDistribution @(@(1, 2), @(3)) 1", "ShapeMismatch", "Loc must have rows of the same length; got rows of lengths 2 and 1.")]
    [InlineData("New-NormalDistribution @(@(1, 2), 3) 1", "ShapeMismatch", "Loc must have rows of the same length; got a number among lists.")]
    [InlineData("New-NormalDistribution @(1, @(2, 3)) 1", "ShapeMismatch", "Loc must have rows of the same length; got a list among numbers.")]
    [InlineData("New-NormalDistribution -DType int32", "InvalidArgument", "float64")]
    [InlineData("New-NormalDistribution -Device gpu", "InvalidArgument", "cuda:N")]
    [InlineData("New-NormalDistribution -Device cuda:99", "DeviceNotAvailable", "cuda")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) -CovarianceMatrix @(@(1, 2), @(2, 1))", "ParameterOutsideConstraint", "positive definite")]
    [InlineData("New-NormalDistribution | Invoke-RSample -SampleShape 2, -1", "ShapeMismatch", "[2, -1]")]
    [InlineData("New-NormalDistribution | Invoke-RSample -Expand -AsTensor", "InvalidArgument", "Expand")]
    [InlineData("New-NormalDistribution (0, 1) | Get-LogProbability -Value 1, 2, 3", "ShapeMismatch", "[3]")]
    [InlineData("New-BernoulliDistribution", "InvalidArgument", "Probs")]
    [InlineData("New-BernoulliDistribution 0.5 -Logits 0", "InvalidArgument", "Logits")]
    [InlineData("New-Tensor 1, x, 3", "InvalidArgument", "'x'")]
    [InlineData("New-Tensor 1 -DType int64 -RequiresGrad", "InvalidArgument", "RequiresGrad")]
    [InlineData("Get-DistributionType Nrmal", "InvalidArgument", "Normal")]
    public void Bad_input_gives_an_error_that_names_it(string script, string id, string text) =>
        Assert.Contains(text, module.Fails(script, id).Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("$d | Invoke-RSample -Count 3 -Seed 1")]
    [InlineData("$d | Invoke-Sample -Count 3")]
    [InlineData("$d | Invoke-RSample -Count 3 -Expand")]
    [InlineData("($d | Invoke-RSample -Count 3 -AsTensor).Dispose()")]
    [InlineData("$d | Get-LogProbability 0.3, 0.2")]
    [InlineData("$d | Get-CumulativeProbability 0.3 -UpperTail -Log")]
    [InlineData("$d | Get-Quantile 0.3")]
    public void A_thousand_calls_leave_no_native_tensor_behind(string call)
    {
        long[] counts = module.Get<long[]>($$"""
            $d = New-NormalDistribution 0 1 -RequiresGrad
            $null = {{call}}
            $statistics = [TorchSharp.DisposeScopeManager]::Statistics
            $before = $statistics.ThreadTotalLiveCount
            foreach ($i in 1..1000) { $null = {{call}} }
            , @($before, $statistics.ThreadTotalLiveCount)
            """);
        Assert.InRange(counts[1] - counts[0], long.MinValue, 0);
    }
}
