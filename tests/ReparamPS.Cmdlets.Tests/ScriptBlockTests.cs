using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Script blocks of models, control problems and estimators: where they run, what they capture, and what they may write into.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ScriptBlockTests(ModuleRunspace module)
{
    private const string Model = "$m = New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) (New-NormalDistribution $p.Mu 1).LogProb((New-Tensor 2)) }";
    private const string Own = "New-ControlProblem -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution 0 1) -Horizon 3 ";

    [Theory]
    [InlineData(Model, "m", "$m | Invoke-VariationalInference -Seed 1", "LogLikelihood is a script block of another runspace, and can only be called there. Create the model inside the script block that uses it, such as that of ForEach-Object -Parallel.")]
    [InlineData("$m = New-BayesianModel ([ordered]@{ S = New-NormalDistribution 0 1; Mu = { param($p) New-NormalDistribution $p.S 1 } })", "m", "$m | Invoke-VariationalInference -Seed 1", "The prior of Mu is a script block of another runspace")]
    [InlineData("$m = " + Own + "-Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) $s.square().sum(-1) }", "m", "$m | Measure-PolicyReturn (New-LinearPolicy 0.5)", "Cost is a script block of another runspace, and can only be called there. Create the problem inside the script block that uses it")]
    [InlineData("$m = " + Own + "-Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) $s.square().sum(-1) }", "m", "$m | Invoke-PolicyTraining (New-LinearPolicy 0.5) -Iterations 2", "Cost is a script block of another runspace")]
    [InlineData("$m = { $_.square() }", "m", "New-NormalDistribution 0 1 | Measure-Gradient $m", "Objective is a script block of another runspace, and can only be called there. Create the script block inside the script block that uses it")]
    [InlineData("$m = { param($x) $x.square().sum() }", "m", "Test-Gradient $m -InputTensor 1, 2", "Function is a script block of another runspace")]
    [InlineData("$m = { param($p) $p.Mu }", "m", "New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } $m", "LogLikelihood is a script block of another runspace")]
    [InlineData("$m = { $_.A -eq 1 }", "m", "New-ExperimentGrid @{ A = 1, 2 } -Condition $m", "Condition is a script block of another runspace")]
    public void Another_runspace_is_refused_before_anything_is_evaluated(string make, string name, string call, string message)
    {
        using var other = new ModuleRunspace();
        other.Run(make);
        object made = other.Run("$" + name)[0].BaseObject;
        // The block of another runspace may also be one that this one passes to a cmdlet.
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun(call, (name, made));
        Assert.Empty(output);
        ErrorRecord error = Assert.Single(errors);
        Assert.StartsWith("OtherRunspace,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith(message, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_problem_keeps_the_variables_of_its_making()
    {
        module.Run("function New-ScaledProblem($k) { " + Own + "-Dynamics { param($s, $u) $s + $u * $k } -Cost { param($s, $u) $s.square().sum(-1) } }; $k = 7.0");
        string literal = Own + "-Dynamics { param($s, $u) $s + $u * 0.5 } -Cost { param($s, $u) $s.square().sum(-1) }";
        const string Measured = " | Measure-PolicyReturn (New-LinearPolicy 0.5) -Seed 1).Return";
        double expected = module.Get<double>("(" + literal + Measured);
        Assert.Equal(expected, module.Get<double>("(New-ScaledProblem 0.5" + Measured), 12);
        module.Run("$k = 0.5; $problem = " + literal.Replace("0.5", "$k", StringComparison.Ordinal) + "; $k = 9.0");
        Assert.Equal(expected, module.Get<double>("($problem" + Measured), 12);
    }

    // An index and an object whose element is set are read.
    [Theory]
    [InlineData("{ param($p) $w = @(0.0, 0.0); $w[$k] = 5.0; -0.5 * ($p.M - $w[1]).pow(2) }")]
    [InlineData("{ param($p) $c = @{ W = 0.0 }; $c[$name] = 5.0; -0.5 * ($p.M - $c.W).pow(2) }")]
    [InlineData("{ param($p) ($a, [double]$b) = 1.0, $five; -0.5 * ($p.M - $b).pow(2) }")]
    public void A_variable_on_the_left_of_an_assignment_is_captured_if_it_is_read(string block)
    {
        module.Run("function New-LateModel { $k = 1; $name = 'W'; $five = 5.0; New-BayesianModel @{ M = New-NormalDistribution 0 1 } " + block + " }; $late = New-LateModel");
        Assert.Equal(2.5, module.Get<double>("($late | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary).Mean"), 0.01);
    }

    // The posterior mean of 1, 2, 3 with variance 1 and the prior N(0, 1) is 6 / 4.
    [Theory]
    [InlineData("$y = $y.unsqueeze(0); ")]
    [InlineData("[TorchSharp.torch+Tensor]$y = $y.unsqueeze(0); ")]
    [InlineData("$y, $other = $y, 1; ")]
    [InlineData("if ($false) { $y = 1 } ")]
    [InlineData("if ($p.Mu.shape[0] -gt 1e9) { $y = 1 } elseif ($false) { $y = 2 } ")]
    [InlineData("if ($false) { $y = 1 } else { $other = 2 } ")]
    [InlineData("while ($false) { $y = 1 } ")]
    [InlineData("switch (1) { 2 { $y = 1 } } ")]
    [InlineData("try { $null = 1 } catch { $y = 1 } ")]
    [InlineData("$null = & { param($y) $y } 7; ")]
    [InlineData("$null = 1, 2 | ForEach-Object { $y.sum() }; $null = { $y = 1 }; ")]
    [InlineData("function Get-Nothing { $y = 1 } ")]
    public void A_variable_that_a_block_may_read_before_it_sets_its_own_is_captured(string start)
    {
        module.Run("function New-LateModel { $y = New-Tensor 1, 2, 3; New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) " + start + "(New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y).sum(-1) } }; $late = New-LateModel; $y = New-Tensor 10, 20, 30");
        Assert.Equal(1.5, module.Get<double>("($late | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary).Mean"), 0.01);
        module.Forget("y");
    }

    // The return of a linear system depends on $g only through the dynamics.
    [Fact]
    public void A_problem_keeps_a_variable_that_its_block_changes_for_itself()
    {
        const string Measured = " | Measure-PolicyReturn (New-LinearPolicy 0.5) -Seed 1).Return";
        double expected = module.Get<double>("(" + Own + "-Dynamics { param($s, $u) $s + $u * 0.1 } -Cost { param($s, $u) $s.square().sum(-1) }" + Measured);
        module.Run("$g = 1.0; $problem = " + Own + "-Dynamics { param($s, $u) $g = $g * 0.1; $s + $u * $g } -Cost { param($s, $u) $s.square().sum(-1) }; $g = 9.0");
        Assert.Equal(expected, module.Get<double>("($problem" + Measured), 12);
        module.Forget("g", "problem");
    }

    // The posterior mean of one observation k with variance 1 and the prior N(0, 1) is k / 2.
    [Theory]
    [InlineData("$k = 3.0; $block = { param($p) (New-NormalDistribution $p.Mu 1).LogProb($k) }.GetNewClosure(); $k = 10.0")]
    [InlineData("$block = & { $k = 3.0; { param($p) (New-NormalDistribution $p.Mu 1).LogProb($k) }.GetNewClosure() }")]
    [InlineData("$k = 10.0; $block = New-Module { $script:k = 3.0; function Get-Block { { param($p) (New-NormalDistribution $p.Mu 1).LogProb($k) } } } -AsCustomObject | ForEach-Object { $_.'Get-Block'() }")]
    public void A_closure_and_a_block_of_a_module_keep_their_own_variables(string make)
    {
        module.Run(make + "; $late = New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } $block; $k = 20.0");
        Assert.Equal(1.5, module.Get<double>("($late | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary).Mean"), 0.01);
        module.Forget("k", "block", "late");
    }

    [Fact]
    public void A_block_that_a_module_passes_on_keeps_the_variables_of_its_own_session()
    {
        module.Run("$null = New-Module { $script:k = 10.0; function New-PassedModel($block) { New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } $block } } | Import-Module; $k = 3.0; $late = New-PassedModel { param($p) (New-NormalDistribution $p.Mu 1).LogProb($k) }; $k = 20.0");
        Assert.Equal(1.5, module.Get<double>("($late | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary).Mean"), 0.01);
        module.Forget("k", "late");
    }

    [Theory]
    [InlineData("{ param($s, $u) $s.square().sum(-1).mul($nope) }")]
    [InlineData("{ param($s, $u) $nope = $nope.mul($s); $nope.sum(-1) }")]
    [InlineData("{ param($s, $u) $s.square().sum(-1) * $nope }")]
    [InlineData("{ param($s, $u) $nope.mul($s) }")]
    public void A_variable_that_is_null_is_named(string cost)
    {
        ErrorRecord error = module.Fails(Own + "-Dynamics { param($s, $u) $s } -Cost " + cost + " | Measure-PolicyReturn (New-LinearPolicy 0.5) -Episodes 10", "InvalidArgument");
        Assert.StartsWith("Cost failed in line 1 for states of shape [10, 1] and actions of shape [10, 1]: ", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" $nope is null.", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ $_; $_ }", "{ param($s, $u) $s.sum(-1) }", "Dynamics must return one tensor; it returned 2. Assign other output to $null.")]
    [InlineData("{ $_ }", "{ 5 }", "Cost must return a tensor; got the number 5, which has no gradient. Use methods of tensors, such as $x.exp() instead of [math]::Exp($x). Leave out .item(), .ToArray() and [double], and add -AsTensor to a cmdlet that returns numbers.")]
    [InlineData("{ $_ }", "{ [math]::Exp($_) }", "Cost failed in line 1 for states of shape [10, 1] and actions of shape [10, 1]: a tensor with 10 elements cannot be converted to a number. Use methods of tensors, such as $x.exp() instead of [math]::Exp($x).")]
    [InlineData("{ $_ }", "{ param($s, $u) $s.sum(-1) * $nope }", "Cost failed in line 1 for states of shape [10, 1] and actions of shape [10, 1]: an operand or the argument of a method is null. $nope is null.")]
    [InlineData("{ $_ }", "{ param($s, $u) $none = $null; $s.sum(-1) * $none }", "Cost failed in line 1 for states of shape [10, 1] and actions of shape [10, 1]: an operand or the argument of a method is null. Check that all variables there have a value.")]
    public void A_block_of_a_problem_that_fails_is_named_once(string dynamics, string cost, string message) =>
        Assert.Equal(message, module.Fails($"{Own}-Dynamics {dynamics} -Cost {cost} | Measure-PolicyReturn (New-LinearPolicy 0.5) -Episodes 10", "InvalidArgument").ToString());

    [Fact]
    public void A_tensor_that_an_earlier_call_of_a_block_made_is_named()
    {
        module.Run("$script:kept = $null; $custom = New-CustomDistribution Kept @{ Scale = 1 } -Sample { param($p, $n, $s) if (-not $script:kept) { $script:kept = New-Tensor 2 }; $script:kept * $p.Scale * $n.Normal($s) }; $null = $custom | Invoke-RSample -Seed 1");
        (_, ErrorRecord[] errors) = module.TryRun("$custom | Invoke-RSample -Seed 1");
        Assert.Contains(": The tensor is disposed. Tensors that a block makes are disposed after the call. If several calls use a tensor, make it before the block, not inside it.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        module.Forget("kept", "custom");
    }

    [Theory]
    [InlineData("{ $s + $u }", "Dynamics must return a tensor; got nothing. Begin the block with param($s, $u).")]
    [InlineData("{ $state.add($action) }", "$state is null. Begin the block with param($state, $action).")]
    [InlineData("{ $u * 2 }", "got nothing. Begin the block with param($s, $u).")]
    public void A_problem_whose_block_has_no_param_says_how_to_begin(string dynamics, string says) => Assert.Contains(says,
        module.Fails(Own + "-Dynamics " + dynamics + " -Cost { param($s, $u) $s.square().sum(-1) } | Measure-PolicyReturn (New-LinearPolicy 0.5) -Episodes 10", "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("1.0", "5.0", "the variable $w is 1 in that run and 5 now")]
    [InlineData("New-Tensor 1, 2", "New-Tensor 1, 3", "the variable $w has another value")]
    [InlineData("@{ A = 1; B = 2 }", "@{ B = 2; A = 3 }", "the variable $w is @{A=1, B=2} in that run and @{A=3, B=2} now")]
    public void A_run_with_other_values_of_variables_is_not_resumed(string before, string now, string message)
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            string make = Own + "-Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) $null = $w; $s.square().sum(-1) }";
            module.Run($"$w = {before}; $first = ({make} | Invoke-PolicyTraining (New-LinearPolicy 0.5) -Iterations 1 -Seed 1 -OutPath '{folder}').RunId");
            Assert.Equal(2, module.Get<int>($"$w = {before}; $rows = {make} | Invoke-PolicyTraining (New-LinearPolicy 0.5) -Iterations 2 -OutPath '{folder}' -Resume; $rows.Count"));
            ErrorRecord error = module.Fails($"$w = {now}; {make} | Invoke-PolicyTraining (New-LinearPolicy 0.5) -Iterations 3 -OutPath '{folder}' -Resume", "InvalidArgument");
            Assert.Contains("holds another run: " + message + ". Use the settings of that run, or choose another folder.", error.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What a block writes into would change what the dynamics, the prior or the estimator get after it.
    [Theory]
    [InlineData(Own + "-Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) $s.METHOD.sum(-1) } | Measure-PolicyReturn (New-LinearPolicy 0.5) -Seed 1 | ForEach-Object Return", "abs_()", "abs()")]
    [InlineData(Own + "-Dynamics { param($s, $u) $s.METHOD } -Cost { param($s, $u) $s.square().sum(-1) } | Measure-PolicyGradient (New-LinearPolicy 0.5 -Scale 0.3) -Seed 1 | ForEach-Object Estimate", "add_($u)", "add($u)")]
    [InlineData("New-BayesianModel @{ Mu = New-NormalDistribution 1 0.2 } { param($p) (New-NormalDistribution $p.Mu.METHOD 1).LogProb((New-Tensor 2)) } | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary | ForEach-Object Mean", "abs_()", "abs()")]
    [InlineData("$y = New-Tensor 2; New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) -($y.METHOD).square() } | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary | ForEach-Object Mean", "sub_($p.Mu[0]) + 0 * $p.Mu", "sub($p.Mu[0]) + 0 * $p.Mu")]
    [InlineData("New-NormalDistribution 0.5 1 -RequiresGrad | Compare-GradientEstimator { $_.METHOD } -Draws 1000 | ForEach-Object Estimate", "abs_()", "abs()")]
    public void Methods_in_place_write_into_copies(string script, string inPlace, string plain) =>
        Assert.Equal(module.Run(script.Replace("METHOD", plain, StringComparison.Ordinal)).Select(each => (double)each.BaseObject), module.Run(script.Replace("METHOD", inPlace, StringComparison.Ordinal)).Select(each => (double)each.BaseObject));

    // The text of a block does not show that what it calls works in place.
    [Theory]
    [InlineData("New-NormalDistribution 0 1.5 | Measure-Gradient { CALL($_) } -Estimator ScoreFunction -Draws 100 | ForEach-Object Estimate", "neg_()", "neg()")]
    [InlineData("New-NormalDistribution 0 1.5 | Measure-Gradient DELEGATE -Estimator ScoreFunction -Draws 100 | ForEach-Object Estimate", "neg_()", "neg()")]
    [InlineData("New-BernoulliDistribution 0.3 | Measure-Gradient DELEGATE -Estimator Rebar -Draws 100 | ForEach-Object Estimate", "exp_()", "exp()")]
    [InlineData("New-PoissonDistribution 0.3 | Measure-Gradient DELEGATE -Estimator Enumerated | ForEach-Object Estimate", "exp_().neg_()", "exp().neg()")]
    [InlineData(Own + "-Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) (CALL($s)).square().sum(-1) } | Measure-PolicyReturn (New-LinearPolicy 0.5) -Seed 1 | ForEach-Object Return", "exp_()", "exp()")]
    [InlineData(Own + "-Dynamics { param($s, $u) $s + $u } -Cost COST | Measure-PolicyReturn (New-LinearPolicy 0.5) -Seed 1 | ForEach-Object Return", "exp_()", "exp()")]
    [InlineData("New-BayesianModel @{ Mu = New-NormalDistribution 1 0.2 } { param($p) (New-NormalDistribution (CALL($p.Mu)) 1).LogProb((New-Tensor 2)) } | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary | ForEach-Object Mean", "neg_()", "neg()")]
    [InlineData("$y = New-Tensor 2; New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) -((CALL($y)) - $p.Mu).square() } | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary | ForEach-Object Mean", "neg_()", "neg()")]
    [InlineData("$d = New-CustomDistribution Shifted @{ Loc = 0.5 } -Sample { param($p, $noise, $shape) (CALL($p.Loc)) + $noise.Normal($shape) } -LogProbability { param($p, $x) -0.5 * (CALL($x)).square() - 0.5 * [Math]::Log(2 * [Math]::PI) + 0 * $p.Loc }; $x = New-Tensor 1, 2; $null = $d.LogProb($x); $x.ToArray(); $null = Invoke-Sample $d 2; [double]$d.ParameterValues.Loc", "neg_()", "neg()")]
    [InlineData("Test-Gradient { param($x) (CALL($x)) * 2 } -InputTensor (New-Tensor 1, 2) | ForEach-Object { [double]$_.Passed; $_.Numeric }", "neg_()", "neg()")]
    public void A_helper_that_works_in_place_writes_into_a_copy(string script, string inPlace, string plain)
    {
        foreach (string call in new[] { "Convert-It ", "& $helper ", "$delegate.Invoke", "[InPlaceHelper]::Do" })
        {
            Assert.Equal(Values(call, plain), Values(call, inPlace));
        }

        double[] Values(string call, string method) => [.. module.Run($$"""
            class InPlaceHelper { static [object] Do($t) { return $t.{{method}} } }
            function Convert-It($t) { $t.{{method}} }
            $helper = { param($t) $t.{{method}} }
            $delegate = [Func[TorchSharp.torch+Tensor, TorchSharp.torch+Tensor]] { param($t) $t.{{method}} }
            {{script.Replace("CALL", call, StringComparison.Ordinal).Replace("DELEGATE", "$delegate", StringComparison.Ordinal).Replace("COST", "([Func[TorchSharp.torch+Tensor, TorchSharp.torch+Tensor, TorchSharp.torch+Tensor]] { param($s, $u) $s.METHOD.square().sum(-1) })", StringComparison.Ordinal).Replace("METHOD", method, StringComparison.Ordinal)}}
            """).Select(each => (double)each.BaseObject)];
    }

    // More trajectories than one part has: other problems train on several threads.
    [Fact]
    public void A_custom_first_state_is_drawn_on_the_thread_of_the_session() =>
        Assert.Equal(2, module.Run("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -InitialState (New-CustomDistribution Triangular @{ Width = 3.0 } -Support 'in [0, Width]' -Quantile { param($p, $q) $p.Width * (1 - (1 - $q).sqrt()) }) | Invoke-PolicyTraining (New-LinearPolicy 0.5) -Trajectories 1000 -Iterations 2 -Seed 1").Length);
}
