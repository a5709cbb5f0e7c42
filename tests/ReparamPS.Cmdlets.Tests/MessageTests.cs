using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What errors say: the value that is wrong, where it is, and whose fault it is.</summary>
public sealed class MessageTests(ModuleRunspace module) : IClassFixture<ModuleRunspace>
{
    private const string Data = "$y = New-Tensor 1, 2, 3;";

    [Theory]
    [InlineData("New-NormalDistribution 0 (1, 1, 1, 1, 1, 1, 1, 1, -5)", "Scale must be positive; got -5 (element 8).")]
    [InlineData("New-NormalDistribution 0 ((1, 2), (3, -5))", "Scale must be positive; got -5 (element [1, 1]).")]
    [InlineData("New-NormalDistribution 0 -1", "Scale must be positive; got -1.")]
    [InlineData("New-UniformDistribution 0 (1, 1, 1, 1, 1, 1, 1, -1)", "High must be finite and greater than Low; got -1 (element 7).")]
    [InlineData("New-UniformDistribution (0, 2) 1", "High must be finite and greater than Low; got 1 (element 1).")]
    [InlineData("New-CategoricalDistribution (1, 1, 1, 1, 1, 1, 1, -0.5)", ": element 7 is -0.5.")]
    [InlineData("New-CategoricalDistribution ((1, 2), (0, 0))", "got [0, 0] (number 1 of the batch).")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 0.5), (0.4, 1))", ": it is not symmetric; element [0, 1] is 0.5, but element [1, 0] is 0.4.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 2), (2, 1))", ": it is symmetric but not positive definite.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) -ScaleTril ((1, 1), (0, 1))", ": element [0, 1], above the diagonal, is 1.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) -ScaleTril ((1, 0), (0, -1))", ": element [1, 1], on the diagonal, is -1.")]
    [InlineData("New-CategoricalDistribution @()", "Probs must be a vector of non-negative numbers with a positive sum; got float64 [0].")]
    [InlineData("New-OneHotCategoricalDistribution -Logits @()", "Logits must be a vector of log-weights, not all −∞; got float64 [0].")]
    [InlineData("New-UniformDistribution 0 ([double]::PositiveInfinity)", "High must be finite and greater than Low; got Infinity.")]
    [InlineData("New-UniformDistribution ([double]::NegativeInfinity) 0", "Low must be finite; got -Infinity.")]
    public void A_wrong_element_is_shown_with_its_place(string script, string ends) =>
        Assert.EndsWith(ends, module.Fails(script, "ParameterOutsideConstraint").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Invoke-VaeTraining -DType float16 -Epochs 1", "DType must be float64 or float32; got float16.")]
    [InlineData("Invoke-VaeTraining -DType int64 -Epochs 1", "DType must be float64 or float32; got int64.")]
    [InlineData("New-NeuralPolicy -DType bool", "DType must be float64 or float32; got 'bool'.")]
    [InlineData("New-NormalDistribution -DType int64", "DType must be float64 or float32; got 'int64'.")]
    [InlineData("New-Tensor 1 -DType float16", "DType must be float64, float32, int64 or bool; got 'float16'.")]
    [InlineData("New-Tensor 1 -Device tpu", "Device must be cpu, cuda or cuda:N (N = 0, 1, …); got 'tpu'.")]
    [InlineData("New-ControlProblem -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution (,0) 1) -Dynamics { $_ } -Cost { } | Measure-PolicyReturn (New-LinearPolicy 1)", "Cost must return a tensor; got nothing.")]
    [InlineData("New-DistributionTransform Independent -BaseTransform (New-DistributionTransform Exp) -ReinterpretedBatchNdims -1", "ReinterpretedBatchNdims must be at least 0; got -1.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'in [1, 0]'", "where a and b are numbers or parameters (S).")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'at least NaN'", "where a and b are numbers or parameters (S).")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -ParameterConstraint @{ S = 'in [0, S]' }", "at most b, where a and b are numbers.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 1; Y = 2 }) -Response Y -Predictor X, y -Likelihood Normal", "Predictor must not be 'Y', which is the response.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = [char]'a'; Y = 2 }) -Response Y -Predictor X -Likelihood Normal", "Column 'X' must hold numbers; got 'a' in row 1.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = [DBNull]::Value; Y = 2 }) -Response Y -Predictor X -Likelihood Normal", "Column 'X' must hold numbers; got nothing in row 1.")]
    [InlineData("$x = New-Tensor 1, 2; $x.Dispose(); New-NormalDistribution $x 1", "Loc must hold numbers; got a disposed tensor.")]
    [InlineData("$x = New-Tensor 1, 2; $x.Dispose(); ConvertFrom-Tensor $x", "Tensor must hold numbers; got a disposed tensor.")]
    [InlineData("Test-Gradient { param($x) $x.to_type([TorchSharp.torch]::int64) } 1, 2", "The function must return a floating-point tensor; got int64.")]
    [InlineData("Test-Gradient { param($x) 'abc' } 1", "Function must return a tensor; got 'abc'.")]
    [InlineData("Test-Gradient { param($x) 5 } 1", "Function must return a tensor; got the number 5, which has no gradient. Remove .item() and [double], and add -AsTensor to cmdlets.")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $z.pow(2); 'x' }", "Objective must return tensors only; it also returned 'x'. Assign other output to $null.")]
    public void A_message_ends_without_the_name_of_a_method_parameter(string script, string ends)
    {
        ErrorRecord error = module.Fails(script, "InvalidArgument");
        Assert.EndsWith(ends, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.ToString(), error.Exception.Message);
        Assert.IsAssignableFrom<ArgumentException>(error.Exception);
    }

    [Theory]
    [InlineData("{ param($p) New-NormalDistribution $p.Mu.unsqueeze(-1) 1 | Get-LogProbability $y }", "InvalidArgument", "it returned 9 numbers: -1.35459, -2.78803, -5.22147, …. To return one tensor, add -AsTensor")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y); 'debug' }", "InvalidArgument", "it returned 2: a tensor of shape [3, 3], 'debug'. Assign other output to $null.")]
    [InlineData("{ param($p) New-NormalDistribution 2 1 }", "InvalidArgument", "got Normal(Loc: 2, Scale: 1). Return its log-density at a value, such as .LogProb($y).")]
    [InlineData("{ 5 }", "InvalidArgument", "must return a tensor; got the number 5, which has no gradient.")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($undefined) }", "CustomFunctionFailed", "$undefined is null.")]
    [InlineData("{ (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y) }", "CustomFunctionFailed", "Begin the block with param($p).")]
    [InlineData("{ param($p) (New-NormalDistribution 0 $p.Mu.unsqueeze(-1)).LogProb($y) }", "ParameterOutsideConstraint", "LogLikelihood: Scale must be positive; got -0.436182 (element [4, 0]). If Scale depends on Mu, use $p.Mu.exp(), or a prior whose values are positive.")]
    [InlineData("{ param($p) New-Tensor abc }", "CustomFunctionFailed", "LogLikelihood failed in line 1: Value must hold numbers; got 'abc'. The")]
    public void A_log_likelihood_that_fails_says_what_to_write(string block, string id, string says) =>
        Assert.Contains(says, module.Fails($"{Data} New-BayesianModel @{{ Mu = New-NormalDistribution }} {block}", id).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("@{ Mu = New-CustomDistribution A @{ S = 1 } -Sample { param($p, $n, $s) $n.Normal($s) } }", "NotSupported", "The prior of Mu (A) has no log-density")]
    [InlineData("@{ Mu = New-TransformedDistribution (New-NormalDistribution) (New-DistributionTransform Abs) }", "NotSupported", "The prior of Mu (TransformedDistribution) has no log-density")]
    [InlineData("@{ Mu = New-VonMisesFisherDistribution (0, 0, 1) 1 }", "NotSupported", "The prior of Mu (VonMisesFisher) is not supported.")]
    [InlineData("([ordered]@{ V = New-NormalDistribution; Mu = { param($p) New-NormalDistribution 0 $p.V } })", "ParameterOutsideConstraint", "The prior of Mu: Scale must be positive; got -0.436182 (element 4). If Scale depends on V, use $p.V.exp()")]
    public void A_prior_that_does_not_work_is_named(string parameters, string id, string says) =>
        Assert.StartsWith(says, module.Fails($"New-BayesianModel {parameters}", id).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("{ param($p) $p.Mu.pow(2) }", "", "Probably the posterior is improper")]
    [InlineData("{ param($p) $p.Mu.exp() }", "", "Probably the posterior is improper")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y) }", "-Optimizer Adam -LearningRate 1e8", "Either LearningRate (100000000) is too large")]
    public void A_fit_that_diverges_says_so(string block, string options, string says)
    {
        string message = module.Fails($"{Data} New-BayesianModel @{{ Mu = New-NormalDistribution }} {block} | Invoke-VariationalInference {options}", "DensityNotFinite").ToString();
        Assert.StartsWith("The fit has diverged: Mu", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulated_data_may_be_a_list_of_numbers_but_not_text()
    {
        const string model = Data + "$m = New-BayesianModel @{ Mu = New-NormalDistribution } { param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y) }; $m | Test-VariationalInference -Simulations 10 -Draws 64 -Simulator ";
        string Message(string simulator) => module.Fails(model + simulator, "InvalidArgument").ToString();
        Assert.Equal("The value of Simulator for y must hold numbers; got 'abc'.", Message("{ @{ y = 'abc' } }"));
        Assert.EndsWith("(y); got none.", Message("{ @{} }"), StringComparison.Ordinal);
        Assert.Single(module.Run(model + "{ @{ y = 1, 2, 3 } }"));
    }

    [Theory]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 0), (0, 1)) | Get-CumulativeProbability (1, 2)", "NotSupported", "The cumulative distribution function of MultivariateNormal is not implemented.")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution) (New-DistributionTransform Abs) | Get-CumulativeProbability 1", "NotSupported", "The cumulative distribution function of TransformedDistribution is not implemented for the transform Abs, which is not monotone.")]
    [InlineData("New-BernoulliDistribution -Logits 0 | Measure-Gradient Quadratic MeasureValued", "NotSupported", "MeasureValued does not apply to Bernoulli: the parameter is Logits. Create the distribution with Probs instead.")]
    [InlineData("New-BernoulliDistribution (,0.5 * 40) | Measure-Gradient Quadratic Enumerated", "NotSupported", "its batch has 40 members; at most 16 members are allowed, with at most 65536 combinations of their values.")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $z.gt(0) }", "NotSupported", "it is Boolean or integer, such as the result of a comparison.")]
    [InlineData("New-GammaDistribution 2 1 | Test-ReparameterizationGradient -Method FrozenNoise", "NotSupported", "so there is no fixed noise to hold.")]
    [InlineData("New-LowRankMultivariateNormalDistribution (0, 0) (1, 2) (1, 1)", "ShapeMismatch", "CovFactor must be a matrix with 2 rows, because Loc has 2 elements; got the shape [2].")]
    [InlineData("New-IndependentDistribution (New-NormalDistribution 0 1) 1", "ShapeMismatch", "ReinterpretedBatchNdims must be 0, because Normal has no batch dimensions; got 1.")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q ((1, 2), (0, 1)) -R 1", "ShapeMismatch", "Q must be 1 × 1, because A is 1 × 1; got 2 × 2.")]
    [InlineData("$x = New-Tensor 1, 2; $d = New-NormalDistribution $x 1; $x.Dispose(); $d | Invoke-RSample -Count 2", "UnexpectedError", "Loc of Normal is a disposed tensor.")]
    public void A_limit_is_named(string script, string id, string says) => Assert.Contains(says, module.Fails(script, id).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Sample { param($p, $n, $s) New-BernoulliDistribution 0.5 | Invoke-RSample -SampleShape $s -AsTensor } | Invoke-RSample -Count 2", "Sample of A failed in line 1: Bernoulli is not reparameterized")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Sample { param($p, $n, $s) New-Tensor abc } | Invoke-RSample -Count 2", "Sample of A failed in line 1: Value must hold numbers; got 'abc'. The")]
    public void An_error_inside_a_block_is_shown_as_it_is(string script, string starts) => Assert.StartsWith(starts, module.Fails(script, "CustomFunctionFailed").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("-RelativeTolerance -1", "RelativeTolerance must be at least 0; got -1.")]
    [InlineData("-AbsoluteTolerance NaN", "AbsoluteTolerance must be at least 0; got NaN.")]
    public void A_tolerance_that_nothing_can_meet_is_refused(string tolerance, string says)
    {
        (_, ErrorRecord[] errors) = module.TryRun($"New-Tensor 1 | Should-BeCloseTensor 1 {tolerance}");
        Assert.Contains(says, Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }
}
