using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Checks and estimators say what they could not check, ignore no setting without a word, and blame the right thing.</summary>
[Collection(ModuleCollection.Name)]
public sealed class GradientMistakeTests(ModuleRunspace module)
{
    private string[] Warnings(string script)
    {
        string[] found = [.. module.Run($"{script} 3>&1").Select(item => item.BaseObject).OfType<WarningRecord>().Select(warning => warning.Message)];
        module.Forget("t");
        return found;
    }

    [Theory]
    [InlineData("(New-Tensor 1e12)", "Epsilon 1E-06 is too small for the number 1E+12: adding it does not change the input. Raise Epsilon, or scale the input")]
    [InlineData("(New-Tensor 1e6, 2e6) -Epsilon 1e-12", "Epsilon 1E-12 is too small for the number 2E+06: adding it does not change the input. Raise Epsilon, or scale the input")]
    [InlineData("(New-Tensor 1e10)", "Epsilon 1E-06 is too small for the number 1E+10: rounding changes the step. Raise Epsilon, or scale the input")]
    [InlineData("(New-Tensor 1, 3e10)", "Epsilon 1E-06 is too small for the number 3E+10: adding it does not change the input. Raise Epsilon, or scale the input")]
    public void A_step_that_rounding_removes_is_the_reason(string point, string reason) =>
        Assert.Contains(reason, module.Run($"(Test-Gradient {{ $_.pow(2).sum() }} {point} -AbsoluteTolerance 1e-9 -RelativeTolerance 1e-9).Reason").Select(each => each.ToString()));

    [Fact]
    public void A_step_that_the_value_rounds_away_is_the_reason() =>
        Assert.StartsWith("Epsilon 1E-06 is too small for the function's value 1E+20: a step changes it by less than its rounding.", module.Get<string>("(Test-Gradient { $_.sum() + 1e20 } (New-Tensor 1, 2))[0].Reason"), StringComparison.Ordinal);

    [Fact]
    public void Numbers_that_no_step_changes_are_not_called_checked() =>
        Assert.Equal("Epsilon 1E-06 is too small for the number -1E+30: adding it changes nothing, so 1 of 3 elements of input0 is not checked. Raise Epsilon, or scale the input.", Assert.Single(Warnings("Test-Gradient { $_.softmax(0).select(0, 0) } (New-Tensor 1, 2, -1e30)")));

    [Theory]
    [InlineData("$t = New-Tensor 5, 6 -RequiresGrad; Test-Gradient { $t.pow(2).sum() } (New-Tensor 1, 2)", "input0")]
    [InlineData("Test-Gradient { $_.sum() } (New-Tensor 1, 2), (New-Tensor 5, 6)", "input1")]
    [InlineData("Test-Gradient { $_.sum() } (New-Tensor 1, 2), (New-Tensor 5, 6) -Fast -Order 2", "input1")]
    [InlineData("{ param($x, $y) $x.sum() } | Assert-CorrectGradient -At (New-Tensor 1, 2), (New-Tensor 5, 6)", "y")]
    public void An_input_that_the_function_does_not_use_is_named(string call, string name) =>
        Assert.StartsWith($"The function does not change with {name} near this point", Assert.Single(Warnings(call)), StringComparison.Ordinal);

    // d/dLoc E[sign z] is 2 φ(0) = 0.798. The constant and the seen jumps are right.
    [Theory]
    [InlineData("Measure-Gradient { $_.sign() }", true)]
    [InlineData("Measure-Gradient { $_.round() } -Scheme Sobol -Draws 64", true)]
    [InlineData("Measure-Gradient { $_.sign() } -Estimator ScoreFunction", false)]
    [InlineData("Measure-Gradient { $_ * 0 + 3 }", false)]
    [InlineData("Measure-Gradient { $_.relu() }", false)]
    public void A_gradient_that_misses_every_jump_is_a_warning(string call, bool warns) => Assert.Equal(
        warns ? ["All gradients of Pathwise are 0, although the objective differs between draws of Normal. It changes only by jumps, which Pathwise misses. Use -Estimator ScoreFunction, which accounts for them."] : [],
        Warnings($"New-NormalDistribution | {call}"));

    [Theory]
    [InlineData("New-CauchyDistribution | Measure-Gradient Quadratic -Draws 1000", "Loc, Scale of Cauchy")]
    [InlineData("New-StudentTDistribution 1.5 | Measure-Gradient Quadratic", "Df, Loc, Scale of StudentT")]
    [InlineData("New-StudentTDistribution 5 | Measure-Gradient Quadratic", null)]
    [InlineData("New-LogNormalDistribution | Measure-Gradient Quadratic -Estimator Pathwise, ScoreFunction", null)]
    public void An_estimate_of_an_infinite_expectation_is_a_warning(string call, string? what) => Assert.Equal(
        what is null ? [] : [$"A few of the draws determine the estimate for {what}, so StandardError is not reliable. The expectation may be infinite or undefined; if it is finite, raise -Draws."], Warnings(call));

    // A minimum: the gradient is 0, and the function changes.
    [Theory]
    [InlineData("Test-Gradient { $_.pow(2).sum() } (New-Tensor 0, 0)")]
    [InlineData("Test-Gradient { $_.pow(2).sum() } (New-Tensor 0, 0) -Fast")]
    [InlineData("Test-Gradient { param($x, $y) ($x * $y).sum() } (New-Tensor 0, 1), (New-Tensor 0, 1) -Order 2")]
    public void A_gradient_of_zero_at_one_point_is_no_warning(string call) => Assert.Empty(Warnings(call));

    [Theory]
    [InlineData("New-NormalDistribution 0 1 | Compare-GradientEstimator Quadratic -Scheme Sobol -Baseline LeaveOneOut -Draws 64", "-Baseline LeaveOneOut averages the objective over the other draws.")]
    [InlineData("New-NormalDistribution 0 1 | Compare-GradientEstimator Quadratic -Scheme Antithetic -Baseline MovingAverage -Draws 64", "-Baseline MovingAverage averages the objective over earlier draws.")]
    [InlineData("New-UniformDistribution 0 1 | Compare-GradientEstimator Quadratic -Baseline LeaveOneOut", "Baseline requires Estimator ScoreFunction; got Pathwise (all that apply to Uniform).")]
    [InlineData("New-NormalDistribution 0 1 | Compare-GradientEstimator Quadratic -Temperature 2 -Draws 100", "Temperature requires Estimator GumbelSoftmax, Rebar or Relax; got Pathwise, ScoreFunction, MeasureValued (all that apply to Normal).")]
    public void A_setting_that_no_estimator_uses_is_refused(string call, string says) => Assert.StartsWith(says, module.Fails(call, "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Settings_that_an_estimator_uses_are_taken()
    {
        Assert.Equal(4, module.Run("New-NormalDistribution 0 1 | Compare-GradientEstimator Quadratic -Baseline None, None -Estimator ScoreFunction, Pathwise, Pathwise -Draws 100").Length);
        Assert.NotEmpty(module.Run("New-BernoulliDistribution 0.3 | Compare-GradientEstimator Quadratic -Temperature 2 -Draws 100"));
        Assert.Equal(2, module.Run("New-NormalDistribution 0 1 | Measure-Gradient Quadratic Pathwise, Pathwise -Draws 100").Length);
    }

    // |error| / |Reference| at most: the size of the draw's gradient, whatever is allowed.
    [Fact]
    public void A_relative_error_does_not_depend_on_the_tolerance()
    {
        double[][] rows = [.. new[] { "1e-20", "1e-3" }.Select(tolerance => module.Run($"(Test-ReparameterizationGradient Normal -Method FrozenNoise -Tolerance {tolerance}).RelativeError").Select(each => (double)each.BaseObject).ToArray())];
        Assert.All(rows[0], error => Assert.InRange(error, 1e-17, 1e-10));
    }

    [Theory]
    [InlineData("New-BernoulliDistribution 0 | Measure-Gradient Quadratic ScoreFunction -K 2 -Draws 10", true)]
    [InlineData("New-BernoulliDistribution 1 | Compare-GradientEstimator Quadratic -K 2 -Draws 10", true)]
    [InlineData("New-CategoricalDistribution 1, 0, 0 | Measure-Gradient Quadratic Rebar -Draws 10", true)]
    [InlineData("New-BernoulliDistribution 0 | Measure-Gradient Quadratic Enumerated, MeasureValued -K 2 -Draws 10", false)]
    [InlineData("New-BernoulliDistribution 0.5 | Measure-Gradient Quadratic ScoreFunction -K 2 -Draws 10", false)]
    public void A_probability_of_0_or_1_is_a_warning(string call, bool warns)
    {
        string[] found = Warnings(call);
        if (warns) Assert.Contains("a probability of exactly 0 or 1", Assert.Single(found), StringComparison.Ordinal);
        else Assert.Empty(found);
    }

    [Fact]
    public void An_infinite_objective_is_a_warning() =>
        Assert.Equal("The objective is infinite, or too large for its number type, for some draws of Normal, so the gradient cannot be estimated.", Assert.Single(Warnings("New-NormalDistribution 0 10 | Measure-Gradient Exponential -K 100 -Draws 1000")));

    [Theory]
    [InlineData("New-Tensor ([double]::NaN), 3 | Assert-CloseTensor ([double]::NaN), 3", "1 of 2 elements differs; the largest difference is at index [0]: expected NaN; got NaN. NaN equals nothing, not even NaN.")]
    [InlineData("New-Tensor ((1, 2, 3), (4, 5, 6)) | Assert-CloseTensor (New-Tensor ((1, 2, 3), (4, 7, 7)))", "2 of 6 elements differ; the largest difference is at index [1, 1]: expected 7; got 5.")]
    [InlineData("New-Tensor 1 | Assert-CloseTensor 2", "the number differs: expected 2; got 1.")]
    [InlineData("New-Tensor 1, 3 | Assert-CloseTensor 1, 2 -AbsoluteTolerance ([double]::PositiveInfinity)", "AbsoluteTolerance must be a finite number of at least 0; got Infinity.")]
    [InlineData("@() | Assert-CloseTensor 1", "Actual is missing: the pipeline is empty, or its value is null.")]
    [InlineData("New-Tensor 1, 2 | Assert-CloseTensor 1, 2, 3", "the shape is [2] instead of [3].")]
    [InlineData("{ param($x) $x } | Assert-CorrectGradient -At x", "At must hold numbers; got 'x'.")]
    [InlineData("{ param($x) $x } | Assert-CorrectGradient -At 1, (New-Tensor 2)", "At must have one tensor for each parameter of the function, 1 in all (x); got 2.")]
    [InlineData("Get-DistributionType Bernoulli | Assert-ReparameterizationGradient", "Expected Bernoulli to have a right reparameterization gradient, but it is not reparameterized (has_rsample is false).")]
    public void A_failed_assertion_says_why(string call, string says) => Assert.Contains(says, Assert.Single(module.TryRun(call).Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void An_infinity_is_close_to_itself() => module.Run("New-Tensor ([double]::PositiveInfinity), 3 | Assert-CloseTensor ([double]::PositiveInfinity), 3");

    [Fact]
    public void An_expected_tensor_that_is_missing_is_named() =>
        Assert.Contains("Expected is missing: the tensor or the numbers to compare with", Assert.Single(module.TryRun("[ReparamPS.Cmdlets.Common.TensorComparison]::Describe(1, $null, 0, 0)").Errors).ToString(), StringComparison.Ordinal);
}
