using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class GradientTests(ModuleRunspace module)
{
    [Fact]
    public void The_inputs_of_a_script_block_go_by_its_parameters()
    {
        PSObject[] rows = module.Run(
            "Test-Gradient { param($x, $w) ($x.matmul($w)).tanh().sum() } -InputTensor (New-Tensor @(@(0.1, 0.2), @(0.3, 0.4))), (New-Tensor 0.5, -0.5)");
        Assert.Equal(["x", "w"], rows.Select(row => row.Properties["Input"].Value));
        Assert.All(rows, row => Assert.Equal(true, row.Properties["Passed"].Value));
        string[] columns = ["Input", "Element", "Analytic", "Numeric", "AbsoluteError", "RelativeError", "Tolerance", "Passed", "Reason"];
        Assert.Superset(columns.ToHashSet(), rows[0].Properties.Select(property => property.Name).ToHashSet());
    }

    [Theory]
    [InlineData("Test-Gradient { $_.pow(3).sum() } 1, 2, 3 -Order 2 -Quiet", true)]
    [InlineData("Test-Gradient { $z.exp() } (New-Tensor 1, 2) -Fast -Quiet", true)]
    [InlineData("Test-Gradient { $_.mul($_.detach()) } 1, 2 -Quiet", false)]
    [InlineData("{ $_.exp() }, { $_.mul($_.detach()) } | Test-Gradient -InputTensor 1, 2 -Quiet", false)]
    [InlineData("Test-Gradient ([Func[TorchSharp.torch+Tensor, TorchSharp.torch+Tensor]] { param($x) $x.sin() }) 1, 2 -Quiet", true)]
    public void Quiet_gives_one_Boolean(string script, bool expected) => Assert.Equal(expected, module.Get<bool>(script));

    // The density of a Normal is positive below 0, so E[log z] does not exist.
    [Theory]
    [InlineData("Measure-Gradient { $_.log() } -Draws 100", 1)]
    [InlineData("Measure-Gradient { $_.log() } -Draws 100 -Estimator Pathwise, ScoreFunction, MeasureValued -Scheme Sobol", 1)]
    [InlineData("Compare-GradientEstimator { $_.log() } -Draws 100", 1)]
    [InlineData("Measure-Gradient { $_.abs().log() } -Draws 100 -Estimator Pathwise, ScoreFunction", 0)]
    public void An_objective_that_is_NaN_for_some_draws_is_one_warning(string call, int count)
    {
        WarningRecord[] warnings = [.. module.Run($"& {{ New-NormalDistribution | {call} }} 3>&1").Select(each => each.BaseObject).OfType<WarningRecord>()];
        Assert.Equal(Enumerable.Repeat("The objective is NaN for some draws of Normal, so its expectation and the gradient do not exist. Use an objective that is defined on the whole support.", count), warnings.Select(each => each.Message).Where(each => each.Contains("NaN")));
    }

    [Theory]
    [InlineData("Test-Gradient { $x.pow(2) } (New-Tensor 1, 2)", "CustomFunctionFailed", " $x is null. Begin the block with param($x), or use $_. Function got")]
    [InlineData("Test-Gradient { $x * 2 } (New-Tensor 1, 2)", "InvalidArgument", "Function must return a tensor; got nothing. $x is null. Begin the block with param($x), or use $_.")]
    [InlineData("Test-Gradient { $x + 2 } (New-Tensor 1, 2)", "InvalidArgument", "Function must return a tensor; got the number 2. $x is null. Begin the block with param($x), or use $_.")]
    [InlineData("Test-Gradient { $x * $w } (New-Tensor 1), (New-Tensor 2)", "InvalidArgument", " $x is null. Begin the block with param($x, $w).")]
    [InlineData("Test-Gradient { $_.mul($w) } (New-Tensor 1)", "CustomFunctionFailed", " $w is null. Function got")]
    [InlineData("Test-Gradient { $z.mul($w) } (New-Tensor 1)", "CustomFunctionFailed", " $w is null. Function got")]
    [InlineData("Test-Gradient { param($x) $x.mul($w) } (New-Tensor 1)", "CustomFunctionFailed", " $w is null. Function got")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $q.pow(2) }", "CustomFunctionFailed", " $q is null. Begin the block with param($q), or use $_. Objective got")]
    public void A_block_without_param_is_told_how_to_begin(string script, string id, string says)
    {
        module.Forget("x", "w", "z", "q");
        Assert.Contains(says, module.Fails(script, id).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Measure-Gradient (New-NormalDistribution) { $_.pow(2) }", "a script block")]
    [InlineData("Compare-GradientEstimator (New-NormalDistribution) { $_.pow(2) }", "a script block")]
    [InlineData("Measure-Gradient (New-NormalDistribution) quadratic", "'quadratic'")]
    [InlineData("Measure-Gradient Quadratic (New-NormalDistribution)", "'Normal(Loc: 0, Scale: 1)' of type Normal")]
    public void A_distribution_in_the_place_of_the_objective_says_where_it_belongs(string script, string got) =>
        Assert.EndsWith($"got {got}. Pipe the distribution, or give -Distribution.", module.Fails(script, "ParameterArgumentTransformationError").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Test-Gradient { $_.relu() } 0", "Kink")]
    [InlineData("Test-Gradient { $_.detach().pow(2) } 1", "NoGradient")]
    [InlineData("Test-Gradient { $_.sqrt() } 0", "NonFinite")]
    [InlineData("Test-Gradient { $_.mul($_.detach()) } 1", "Mismatch")]
    [InlineData("Test-Gradient { $_.mul([Random]::Shared.NextDouble()) } 1", "Nondeterministic")]
    public void A_failure_says_why(string script, string verdict)
    {
        PSObject row = Assert.Single(module.Run(script));
        Assert.Equal(verdict, row.Properties["Verdict"].Value.ToString());
        Assert.NotEqual("", row.Properties["Reason"].Value);
    }

    [Theory]
    [InlineData("Test-Gradient 7 1", "InvalidArgument")]
    [InlineData("Test-Gradient { param($a, $b) $a } 1", "InvalidArgument")]
    [InlineData("Test-Gradient { $_.sum().item() } 1, 2", "InvalidArgument")]
    [InlineData("Test-Gradient { } 1, 2", "InvalidArgument")]
    [InlineData("Test-Gradient { $_ } 1 -Epsilon 0", "InvalidArgument")]
    [InlineData("Test-Gradient { $_.narrow(0, 0, 0) } 1, 2", "InvalidArgument")]
    [InlineData("Test-Gradient { $_.sum() } (New-Tensor 1, 2).to([TorchSharp.torch+ScalarType]::Float16)", "InvalidArgument")]
    [InlineData("Test-Gradient { $_.to([TorchSharp.torch+ScalarType]::BFloat16) } 1, 2", "InvalidArgument")]
    [InlineData("Test-Gradient { $_.to([TorchSharp.torch+ScalarType]::ComplexFloat64) } 1, 2", "InvalidArgument")]
    [InlineData("Test-Gradient ([Func[TorchSharp.torch+Tensor, TorchSharp.torch+Tensor, TorchSharp.torch+Tensor]] { param($a, $b) $a }) 1", "InvalidArgument")]
    [InlineData("New-NormalDistribution | Measure-Gradient NoSuchThing", "InvalidArgument")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $_.mean() }", "ShapeMismatch")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $_ } -Estimator Rebar", "NotSupported")]
    [InlineData("New-BernoulliDistribution 0.3 | Measure-Gradient { $_.gt(0.5).to([TorchSharp.torch+ScalarType]::Float64) } -Estimator GumbelSoftmax", "NotSupported")]
    [InlineData("New-NormalDistribution | Compare-GradientEstimator { $_.detach() } Pathwise", "NotSupported")]
    [InlineData("New-BernoulliDistribution 0.3 | Measure-Gradient { $_ }", "NotReparameterizable")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $_ } -Draws 5 -Scheme Antithetic", "InvalidArgument")]
    public void Wrong_input_gives_one_clear_error(string script, string id) => module.Fails(script, id);

    [Theory]
    [InlineData("New-NormalDistribution | Measure-Gradient { New-NormalDistribution 0 -3; $_ } -Draws 10", "Objective failed in line 1: Scale must be positive; got -3. Objective got a tensor of shape [10].")]
    [InlineData("Test-Gradient { $null = New-NormalDistribution 0 -3; $_.sum() } (New-Tensor 1, 2)", "Function failed in line 1: Scale must be positive; got -3. Function got a tensor of shape [2].")]
    public void An_error_of_a_command_in_a_block_ends_it(string script, string message) =>
        Assert.Equal($"caught {message}", module.Get<string>($"try {{ {script} }} catch {{ \"caught $_\" }}"));

    [Theory]
    [InlineData("Test-Distribution -Draws 1000")]
    [InlineData("Test-ReparameterizationGradient")]
    public void A_default_element_type_of_the_session_is_for_names_only(string check)
    {
        Assert.NotEmpty(module.Run($"try {{ $PSDefaultParameterValues['Test-*:DType'] = 'float32'; New-NormalDistribution | {check} }} finally {{ $PSDefaultParameterValues.Clear() }}"));
        Assert.EndsWith("Leave out -DType.", module.Fails($"New-NormalDistribution | {check} -DType float32", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_typed_number_without_effect_is_an_error_beside_a_default_of_the_session()
    {
        (_, ErrorRecord[] errors) = module.TryRun("try { $PSDefaultParameterValues['Measure-Gradient:K'] = 2; New-NormalDistribution | Measure-Gradient { $_ } -K 3 } finally { $PSDefaultParameterValues.Clear() }");
        Assert.StartsWith("K requires a named Objective", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(module.Run("try { $PSDefaultParameterValues['Measure-Gradient:K'] = 2; New-NormalDistribution | Measure-Gradient { $_ } } finally { $PSDefaultParameterValues.Clear() }"));
    }

    [Fact]
    public void A_function_that_fails_does_not_end_the_check_of_the_others()
    {
        const string Check = "{ $_.pow(2).sum() }, { $_.nope() }, { $_.sin().sum() } | Test-Gradient -InputTensor (New-Tensor 1, 2)";
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun(Check);
        Assert.Equal(2, output.Length);
        Assert.StartsWith("Function failed in line 1: ", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        (output, _) = module.TryRun(Check + " -Quiet");
        Assert.Equal(false, Assert.Single(output).BaseObject);
    }

    [Theory]
    [InlineData("Measure-Gradient")]
    [InlineData("Compare-GradientEstimator -Estimator Pathwise, ScoreFunction -Objective")]
    public void An_objective_that_fails_at_one_distribution_is_measured_at_the_others(string command)
    {
        string call = $"{command} {{ if ($_.shape[-1] -eq 3) {{ throw 'three' }}; $_.pow(2) }} -Draws 10";
        int rows = module.Run($"New-NormalDistribution 1 | {call}").Length;
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun($"(New-NormalDistribution 1), (New-NormalDistribution 1, 2, 3), (New-NormalDistribution 2) | {call}");
        Assert.Equal(2 * rows, output.Length);
        Assert.StartsWith("Objective failed in line 1: three.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_objective_may_be_a_name_which_the_error_says() =>
        Assert.Equal("Objective must be a script block, a name (Cosine, Exponential, GaussianBump, Identity, Quadratic) or a .NET delegate; got '5'.",
            module.Fails("New-NormalDistribution | Measure-Gradient 5", "InvalidArgument").Exception.Message.Split(" (Parameter")[0]);

    [Fact]
    public void A_gradient_is_measured_for_each_parameter_with_its_error_and_cost()
    {
        PSObject[] rows = module.Run("New-NormalDistribution 0.5 1 | Measure-Gradient { $_.sub(3).pow(2) } -Draws 20000 -Seed 4");
        Assert.Equal(["Loc", "Scale"], rows.Select(row => row.Properties["Parameter"].Value));
        double[] expected = [-5, 2];
        for (int i = 0; i < 2; i++)
        {
            double error = (double)rows[i].Properties["StandardError"].Value;
            Assert.InRange((double)rows[i].Properties["Estimate"].Value, expected[i] - 6 * error, expected[i] + 6 * error);
            Assert.InRange((double)rows[i].Properties["SecondsPerDraw"].Value, 1e-12, 1);
        }
    }

    [Fact]
    public void Estimators_that_do_not_apply_are_left_out_of_a_comparison_with_a_verbose_message()
    {
        PSObject[] output = module.Run("New-BernoulliDistribution 0.3 | Compare-GradientEstimator { $_.sub(0.45).pow(2) } -Verbose 4>&1");
        Assert.Contains(output, each => each.BaseObject is VerboseRecord record && record.Message.Contains("Bernoulli is not reparameterized", StringComparison.Ordinal));
        string[] estimators = [.. output.Where(each => each.BaseObject is not VerboseRecord).Select(row => row.Properties["Estimator"].Value.ToString()!)];
        Assert.Superset(new HashSet<string> { "ScoreFunction/None", "ScoreFunction/LeaveOneOut", "MeasureValued", "StraightThrough", "GumbelSoftmax", "Rebar", "Relax", "Enumerated" }, estimators.ToHashSet());
    }

    [Theory]
    [InlineData("Get-DistributionType Bernoulli | Test-ReparameterizationGradient -Quiet -WarningAction SilentlyContinue", false)]
    [InlineData("'Normal', 'Bernoulli' | Test-ReparameterizationGradient -Quiet", true)]
    [InlineData("@() | Test-ReparameterizationGradient -Quiet -WarningAction SilentlyContinue", false)]
    [InlineData("@() | Test-Gradient -InputTensor 1 -Quiet -WarningAction SilentlyContinue", false)]
    [InlineData("New-GammaDistribution 2 -1 -ErrorAction SilentlyContinue | Test-Distribution -Quiet -WarningAction SilentlyContinue", false)]
    public void Quiet_is_no_verdict_where_nothing_was_checked(string script, bool expected) => Assert.Equal(expected, module.Get<bool>(script));

    [Theory]
    [InlineData("", true)]
    [InlineData("-Epsilon 1e-2", true)]
    [InlineData("-RelativeTolerance 1e-2", true)]
    [InlineData("-Epsilon 1e-2 -RelativeTolerance 1e-2", false)]
    [InlineData("-Epsilon 1e-2 -AbsoluteTolerance 1e-2", false)]
    public void Float32_is_called_imprecise_only_with_the_default_step_or_tolerances(string given, bool warns) =>
        Assert.Equal(warns, module.Run($"Test-Gradient {{ $_.pow(2) }} (New-Tensor 1 -DType float32) {given} 3>&1").Any(line => line.ToString().Contains("too imprecise", StringComparison.Ordinal)));

    // The engine hands over -1 in '-1, 2' as text.
    [Theory]
    [InlineData("-1, 2")]
    [InlineData("(-1, 2)")]
    [InlineData("-1, 2.5e-1")]
    public void A_list_of_numbers_is_one_vector_whatever_its_signs(string point)
    {
        Assert.False(module.Get<bool>($"Test-Gradient {{ $_.detach().relu() }} {point} -Quiet"));
        Assert.True(module.Get<bool>($"Test-Gradient {{ param($x) $x.pow(2).sum() }} -InputTensor {point} -Quiet"));
        Assert.True(module.Get<bool>($"Test-Gradient {{ param($x, $y) $x * $y }} {point} -Quiet"));
    }

    [Theory]
    [InlineData("Test-ReparameterizationGradient Bernoulli", "Nothing was checked: Bernoulli is not reparameterized, so its samples carry no gradient")]
    [InlineData("New-BayesianModel @{ M = New-NormalDistribution 0 1 } { param($p) -0.5 * ($p.M - 2).pow(2) } | Invoke-VariationalInference -MaxEvaluations 3", "The fit has not converged. The gradient norm is ")]
    [InlineData("New-BayesianModel @{ M = New-NormalDistribution 0 1 } { param($p) -0.5 * ($p.M - 9).pow(2) } | Invoke-VariationalInference -Optimizer Adam -Steps 3 -Seed 1", "The fit has not converged. The gradient norm is ")]
    [InlineData("New-BayesianModel @{ M = New-NormalDistribution 0 1 } | Invoke-VariationalInference -Optimizer Adam -Steps 50 -LearningRate 100 -Seed 0", "The fit has not converged. The gradient norm is ", "Raise -Steps (now 50), or lower -LearningRate (now 100).")]
    public void A_command_without_a_result_says_why(string command, string warning, string end = "")
    {
        string text = Assert.Single(module.Run($"& {{ {command} }} 3>&1").Select(each => each.BaseObject).OfType<WarningRecord>()).Message;
        Assert.StartsWith(warning, text, StringComparison.Ordinal);
        Assert.EndsWith(end, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_to_which_no_estimator_applies_is_an_error()
    {
        Assert.Contains(" StraightThrough, GumbelSoftmax, Rebar, Relax do not apply: only Bernoulli, Categorical and OneHotCategorical can be relaxed. Enumerated does not apply to Uniform: its draws are not discrete.",
            module.Fails("New-UniformDistribution | Compare-GradientEstimator { $_.gt(0.5) }", "NotSupported").ToString(), StringComparison.Ordinal);
        Assert.StartsWith("No estimator applies to Dirichlet with -Scheme Antithetic. Antithetic and Sobol draws need a sampler", module.Fails("New-DirichletDistribution 1, 2, 3 | Compare-GradientEstimator Quadratic -Scheme Antithetic", "NotSupported").ToString(), StringComparison.Ordinal);
        string circle = module.Fails("New-UniformDistribution | Compare-GradientEstimator { $_.gt(0.5) }", "NotSupported").ToString();
        Assert.Contains("Use an objective that carries a gradient", circle, StringComparison.Ordinal);
        Assert.DoesNotContain("-Estimator ScoreFunction", circle, StringComparison.Ordinal);
        Assert.DoesNotContain("-Estimator Pathwise.", circle, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Draws 1", 2, 1, "")]
    [InlineData("-Draws 2 -Scheme Antithetic", 4, 2, " with Scheme Antithetic")]
    public void A_baseline_that_needs_more_draws_is_left_out_unless_it_is_named(string settings, int needed, int draws, string scheme)
    {
        PSObject[] Run(string more) => module.Run($"New-NormalDistribution 0 1 | Compare-GradientEstimator Quadratic {settings} {more} 3>&1");
        string warning = $"ScoreFunction/LeaveOneOut is left out, because it requires Draws of at least {needed}; got {draws}.";
        PSObject[] lines = Run("");
        Assert.Single(lines, line => line.BaseObject is WarningRecord found && found.Message == warning);
        string[] estimators = [.. lines.Where(line => line.BaseObject is not WarningRecord).Select(line => (string)line.Properties["Estimator"].Value)];
        Assert.Superset(new HashSet<string> { "Pathwise", "ScoreFunction/None", "ScoreFunction/ControlVariate", "MeasureValued" }, estimators.ToHashSet());
        Assert.DoesNotContain("ScoreFunction/LeaveOneOut", estimators);
        Assert.DoesNotContain(Run("-Estimator Pathwise"), line => line.BaseObject is WarningRecord found && found.Message == warning);
        string message = module.Fails($"New-NormalDistribution 0 1 | Compare-GradientEstimator Quadratic {settings} -Baseline LeaveOneOut", "InvalidArgument").Exception.Message;
        Assert.Equal($"Draws must be at least {needed} for Baseline LeaveOneOut{scheme}; got {draws}.", message);
    }

    [Theory]
    [InlineData("Compare-GradientEstimator Quadratic -Draws 64 -Scheme Sobol -Repetitions 1", "StandardError is NaN: with -Scheme Sobol, it comes from the spread of the repetitions, and there is only one. Use -Repetitions 2 or more; the default is 32.")]
    [InlineData("Measure-Gradient Quadratic -Draws 64 -Scheme Antithetic -Repetitions 1", "StandardError is NaN: with -Scheme Antithetic, it comes from the spread of the repetitions, and there is only one. Use -Repetitions 2 or more; the default is 32.")]
    [InlineData("Measure-Gradient Quadratic -Draws 1", "StandardError is NaN: it comes from the spread of the draws, and there is only one. Use -Draws 2 or more.")]
    [InlineData("Measure-Gradient Quadratic -Draws 1 -Repetitions 2", null)]
    [InlineData("Measure-Gradient Quadratic -Draws 4 -Scheme Sobol -Repetitions 2", null)]
    public void An_estimate_without_a_standard_error_says_why(string command, string? warning)
    {
        PSObject[] lines = module.Run($"New-NormalDistribution 0 1 | {command} 3>&1");
        Assert.Equal(warning is null ? [] : new[] { warning }, lines.Select(line => line.BaseObject).OfType<WarningRecord>().Select(record => record.Message));
        Assert.All(lines.Where(line => line.BaseObject is not WarningRecord), line => Assert.Equal(warning is not null, double.IsNaN((double)line.Properties["StandardError"].Value)));
    }

    [Fact]
    public void What_the_score_function_leaves_out_is_one_warning()
    {
        PSObject[] lines = module.Run("New-VonMisesDistribution 0 0.5 | Compare-GradientEstimator Identity -Estimator ScoreFunction -Draws 1000 3>&1");
        Assert.Single(lines, line => line.BaseObject is WarningRecord warning && warning.Message.StartsWith("The output of ScoreFunction has no rows for Loc of VonMises", StringComparison.Ordinal));
        Assert.Equal(["ScoreFunction/None", "ScoreFunction/MovingAverage", "ScoreFunction/LeaveOneOut", "ScoreFunction/ControlVariate"], lines.Where(line => line.BaseObject is not WarningRecord).Select(line => (string)line.Properties["Estimator"].Value));
    }

    [Fact]
    public void Baselines_that_Sobol_would_bias_are_not_compared_by_default() => Assert.Equal(
        ["ScoreFunction/None", "ScoreFunction/ControlVariate"],
        module.Run("New-NormalDistribution | Compare-GradientEstimator Identity -Estimator ScoreFunction -Scheme Sobol -Draws 64").Select(row => (string)row.Properties["Estimator"].Value).Distinct());

    [Theory]
    [InlineData("Compare-GradientEstimator Cosine -Estimator Pathwise, ScoreFunction -Temperature 0.5", "Temperature requires Estimator GumbelSoftmax, Rebar or Relax; got Pathwise, ScoreFunction.")]
    [InlineData("Measure-Gradient Cosine -Temperature 0.5", "Temperature requires Estimator GumbelSoftmax, Rebar or Relax; got Pathwise (the default).")]
    [InlineData("Compare-GradientEstimator { $_.pow(2) } -K 3", "K requires a named Objective, such as Quadratic; got a script block.")]
    [InlineData("Compare-GradientEstimator Cosine -Estimator Pathwise -Baseline LeaveOneOut", "Baseline requires Estimator ScoreFunction; got Pathwise.")]
    [InlineData("Measure-Gradient Cosine -Baseline None, MovingAverage", "Baseline requires Estimator ScoreFunction; got Pathwise (the default).")]
    public void A_setting_without_effect_is_an_error(string call, string message) =>
        Assert.StartsWith(message, module.Fails($"New-NormalDistribution 0 1 | {call}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Measure-Gradient Cosine -Baseline None -Draws 10")]
    [InlineData("Compare-GradientEstimator Cosine -Baseline LeaveOneOut -Draws 10")]
    public void A_setting_that_some_estimator_uses_is_accepted(string call) => Assert.NotEmpty(module.Run($"New-NormalDistribution 0 1 | {call}"));

    [Theory]
    [InlineData("Test-Distribution")]
    [InlineData("Test-ReparameterizationGradient")]
    [InlineData("Test-Gradient -InputTensor 1")]
    public void Quiet_says_that_there_was_no_input(string check) =>
        Assert.Contains(module.Run($"@() | {check} -Quiet 3>&1"), line => line.ToString() == "Nothing was checked: there was no input.");

    [Fact]
    public void A_comparison_leaves_out_an_estimator_that_does_not_apply_to_the_objective()
    {
        PSObject[] rows = module.Run("New-NormalDistribution 0 1 | Compare-GradientEstimator { $_.gt(1).to([TorchSharp.torch+ScalarType]::Float64) }");
        Assert.DoesNotContain("Pathwise", rows.Select(row => row.Properties["Estimator"].Value));
        Assert.Contains("MeasureValued", rows.Select(row => row.Properties["Estimator"].Value));
    }

    [Fact]
    public void An_empty_batch_is_compared_without_warnings_of_libtorch()
    {
        HostRun run = HostProcess.Run("-Command", "(New-NormalDistribution @() 1 | Compare-GradientEstimator Quadratic -Draws 10)[4].Estimate");
        Assert.Equal(("0", ""), (run.Output.Trim(), run.Error));
    }

    [Fact]
    public void Nothing_native_stays_behind()
    {
        PSObject[] counts = module.Run("""
            $statistics = [TorchSharp.DisposeScopeManager]::Statistics
            $d = New-NormalDistribution
            $before = $statistics.ThreadTotalLiveCount
            Test-Gradient { $_.exp().sum() } 1, 2 -Order 2 > $null
            $d | Measure-Gradient { $_.pow(2) } -Estimator Pathwise, ScoreFunction, MeasureValued > $null
            $d | Compare-GradientEstimator Cosine -Draws 100 > $null
            $before, $statistics.ThreadTotalLiveCount
            """);
        Assert.InRange((long)counts[1].BaseObject - (long)counts[0].BaseObject, long.MinValue, 0);
    }
}
