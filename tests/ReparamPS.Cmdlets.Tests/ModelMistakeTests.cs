namespace ReparamPS.Cmdlets.Tests;

/// <summary>Mistakes in models and problems that a fit or a training would hide, or be blamed for.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ModelMistakeTests(ModuleRunspace module)
{
    private const string Mean = "$y = New-Tensor 0, 0, 0; $model = New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 2).LogProb($y) }";
    private const string Calibrate = "$model | Test-VariationalInference -Draws 64 -Simulations 10 -Simulator ";
    private const string Right = "{ param($p, $seed) @{ y = New-NormalDistribution $p.Mu 2 | Invoke-Sample -Count 3 -Seed $seed -AsTensor } }";
    private const string Prior = "$n = New-NormalDistribution 0 1; ";
    private const string Rows = "$rows = 1..5 | ForEach-Object { [pscustomobject]@{ X = $_; Y = 2 * $_ } }; ";
    private const string Jumps = "$problem = New-ControlProblem -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution 0 1) -Horizon 5 -Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) $s.sign().abs().add($s.sign()).sum(-1) }";
    private const string Line = "$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10";

    [Fact]
    public void Fits_that_have_not_converged_are_counted_in_one_warning()
    {
        Assert.Matches(@"^10 of 10 fits have not converged, so KsPValue, Coverage50 and Coverage90 may be wrong\. The first such fit: the gradient norm is .* Raise -Steps \(now 2\)\.$",
            Warnings(Mean, "$model | Test-VariationalInference -Simulations 10 -Optimizer Adam -Steps 2 -Simulator " + Right));
        Assert.Equal("", Warnings(Mean, Calibrate + Right));
    }

    [Fact]
    public void Data_that_are_always_the_same_are_an_error_unless_chance_may_be_the_cause()
    {
        Assert.Equal("Simulator returned the same y in all of the first 10 simulations, although $p and $seed differ. Compute y from $p, and pass $seed to Invoke-Sample -Seed.", Error(Mean, Calibrate + "{ @{ y = 1, 2, 3 } }"));
        Assert.Equal("Simulator returned the same y in all 10 simulations. This may be chance. Otherwise, compute y from $p, and pass $seed to Invoke-Sample -Seed.", Warnings(Mean, Calibrate + "{ @{ y = 0, 0, 0 } }"));
    }

    [Fact]
    public void A_simulator_that_ignores_its_seed_is_a_warning() => Assert.StartsWith(
        "Simulator returns different data when it is called again with the same $p and $seed, so the result cannot be reproduced. Pass $seed to Invoke-Sample -Seed",
        Warnings(Mean, Calibrate + Right.Replace(" -Seed $seed", "", StringComparison.Ordinal)));

    [Fact]
    public void Equal_random_numbers_in_all_simulations_are_a_warning()
    {
        Assert.StartsWith("Simulator returns the same y for other values of $seed, so the simulations share their random numbers", Warnings(Mean, Calibrate + Right.Replace("$seed }", "7 }", StringComparison.Ordinal).Replace("-Seed $seed", "-Seed 7", StringComparison.Ordinal)), StringComparison.Ordinal);
        // Discrete data may be equal by chance.
        Assert.Equal("", Warnings(Mean, Calibrate + "{ param($p, $seed) @{ y = New-Tensor ([math]::Round($p.Mu.item()), 0, 1) } }"));
    }

    [Fact]
    public void Data_that_no_model_can_use_are_named()
    {
        Assert.Equal("Simulator returned NaN in y (simulation 0, counted from 0), and the log-density of the model is not finite with these data. Return finite numbers. If the parameters are too extreme for that, choose narrower priors.", Error(Mean, Calibrate + "{ @{ y = [double]::NaN, 1, 2 } }"));
        const string inside = "$model = New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) $y = New-Tensor 1, 2; (New-NormalDistribution $p.Mu.unsqueeze(-1) 2).LogProb($y) }";
        Assert.Equal("LogLikelihood reads no variable of the session, so -Simulator can replace no data. Assign the data to a variable, such as $y, before New-BayesianModel, and read it in the block.", Error(inside, Calibrate + Right));
    }

    [Theory]
    [InlineData("(New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($data)", "LogProb takes a tensor; got a list. Make a tensor of it before the block, such as $y = New-Tensor $y.")]
    [InlineData("$data - $p.Mu", "- takes tensors and numbers only. If one of the two is a list, make a tensor of it before the block, such as $y = New-Tensor $y.")]
    [InlineData("$p.Mu.unsqueeze(-1) * $data", "* takes tensors and numbers only. If one of the two is a list, make a tensor of it before the block, such as $y = New-Tensor $y.")]
    public void A_list_where_a_block_needs_a_tensor_is_named(string block, string message) =>
        Assert.Contains(message, Error("$data = 1.2, 0.8, 1", $"New-BayesianModel @{{ Mu = New-NormalDistribution 0 1 }} {{ param($p) {block} }}"), StringComparison.Ordinal);

    // By the priors, the standard deviation of the response is 2.5 √(1 + 1 + X²), or less without an intercept.
    [Theory]
    [InlineData("1000 + 2 * $_", "-Predictor X", "The response is far from what the priors allow: its mean is 1006, and the prior of the intercept and of each coefficient is N(0, 2.5²). Center and scale the response and the predictors, or raise -PriorScale.")]
    [InlineData("1000 + 2 * $_", "-Predictor X -NoIntercept", "The response is far from what the priors allow: its mean is 1006, and the prior of each coefficient is N(0, 2.5²). Center and scale the response and the predictors, or raise -PriorScale.")]
    [InlineData("1000 + 2 * $_", "-Predictor X -PriorScale 100", "")]
    [InlineData("20 + 2 * $_", "-Predictor X", "")]
    [InlineData("2 * $_", "-Predictor X", "")]
    public void Data_that_the_priors_exclude_are_a_warning(string response, string more, string warning) =>
        Assert.Equal(warning, Warnings("$rows = 1..5 | ForEach-Object { [pscustomobject]@{ X = $_; Y = " + response + " } }", "New-BayesianModel -Data $rows -Response Y -Likelihood Normal " + more));

    [Fact]
    public void Data_of_another_shape_are_a_warning_and_an_error_if_the_model_cannot_use_them()
    {
        const string shapes = "Simulator returned y of shape [{0}], but $y of the model has the shape [3]. ";
        Assert.Equal(shapes.Replace("{0}", "5", StringComparison.Ordinal) + "The result holds for data of the simulated shape only. To check the model with its own data size, return y of shape [3].", Warnings(Mean, Calibrate + Right.Replace("-Count 3", "-Count 5", StringComparison.Ordinal)));
        Assert.Equal(shapes.Replace("{0}", "3, 1", StringComparison.Ordinal) + "LogLikelihood fails with the shape [3, 1]. In -Simulator, $p holds one draw, without a dimension for draws: leave out .unsqueeze(-1).",
            Error(Mean, Calibrate + Right.Replace("$p.Mu", "$p.Mu.unsqueeze(-1)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("$p.A.mul($p.B).sigmoid().round()", "The log-likelihood depends on A, B, but probably only by jumps, such as those of .round() or .gt(): its gradient is 0. So the fit learns nothing about A, B")]
    [InlineData("$p.A.square().neg().add($p.B.round())", "The log-likelihood depends on B, but probably only by jumps")]
    [InlineData("$p.A.mul(0)", "The log-likelihood is the same for all values of the parameters, so the fit is that of the priors.")]
    // B may matter to other priors only.
    [InlineData("$p.A.square().neg()", "")]
    public void A_likelihood_that_teaches_a_fit_nothing_is_a_warning(string likelihood, string warning)
    {
        string found = Warnings(Prior + "$model = New-BayesianModel @{ A = $n; B = $n } { param($p) " + likelihood + " }", "@{ Seed = 1 }, @{ Seed = 2 } | ForEach-Object { [pscustomobject]$_ } | Invoke-VariationalInference $model");
        Assert.StartsWith(warning, found, StringComparison.Ordinal);
        // Once for both runs.
        Assert.Equal(found.Length == 0 ? 0 : 1, found.Split("The log-likelihood").Length - 1);
    }

    [Theory]
    [InlineData("$problem | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.5) -Iterations 3 -Trajectories 8 -Seed 1", "This training does not change the policy. The gradient of Pathwise is exactly 0.")]
    [InlineData("$problem | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.5) -Iterations 3 -Trajectories 8 -Seed 1 -Estimator RewardToGo", "")]
    [InlineData("$problem | Measure-PolicyGradient (New-LinearPolicy 0.2 -Scale 0.5) -Trajectories 100", "The gradient of Pathwise is exactly 0.")]
    [InlineData("$problem | Measure-PolicyGradient (New-LinearPolicy 0.2 -Scale 0.5) -Trajectories 100 -Estimator ScoreFunction", "")]
    public void A_cost_without_a_pathwise_gradient_is_a_warning(string command, string warning)
    {
        string found = Warnings(Jumps, command);
        Assert.StartsWith(warning, found, StringComparison.Ordinal);
        Assert.Equal(warning.Length == 0 ? 0 : 1, found.Split("exactly 0").Length - 1);
    }

    [Fact]
    public void Other_models_in_a_grid_are_an_error_and_names_of_models_are_columns_of_results()
    {
        string models = Mean + "; $other = New-BayesianModel @{ A = New-NormalDistribution 0 1 }";
        Assert.StartsWith("The input's property Model cannot set the parameter of that name.", Error(models, "[pscustomobject]@{ Model = $other; Seed = 5 } | Invoke-VariationalInference $model"), StringComparison.Ordinal);
        Assert.Equal("", Warnings(models, "[pscustomobject]@{ Model = $model; Seed = 5 }, [pscustomobject]@{ Model = \"$model\"; Seed = 5 } | Invoke-VariationalInference $model"));
    }

    [Theory]
    [InlineData("New-BayesianModel @{ A = $n } { param($a) $a.square().neg() }", "$a is the table of all parameters: read $a.A.")]
    [InlineData("New-BayesianModel @{ A = $n } { $_.square().neg() }", "$_ is the table of all parameters: read $_.A.")]
    [InlineData("New-BayesianModel @{ A = $n } { param($a) (New-NormalDistribution $a 1).LogProb((New-Tensor 1)) }", "$a is the table of all parameters: read $a.A.")]
    [InlineData("New-BayesianModel @{ A = $n; B = $n } { param($a, $b) ($a + $b).square().neg() }", "LogLikelihood gets one argument, which holds all parameters; this block declares 2. Begin it with param($p), and read $p.A and $p.B.")]
    [InlineData("New-BayesianModel ([ordered]@{ A = $n; B = { param($a, $b) New-NormalDistribution $a.A 1 } })", "The prior of B gets one argument, which holds all parameters; this block declares 2. Begin it with param($p), and read $p.A.")]
    [InlineData("New-BayesianModel @{ A = $n } { param($p) (New-NormalDistribution $p.A.item() 1).LogProb((New-Tensor 1)) }", "item() needs a tensor with one element; this one has the shape [3]. Leave out .item()")]
    [InlineData("New-BayesianModel -Data @{ X = 1, 2; Y = 2, 3 } -Response Y -Predictor X -Likelihood Normal", "got a list in row 1. Data must be rows: one object per observation, not one list per column.")]
    [InlineData("New-BayesianModel -Data $null -Response Y -Likelihood Normal", "Data is null. Give rows, such as those of Import-Csv.")]
    [InlineData("New-BayesianModel -Data $rows -Response Y -Predictor $null -Likelihood Normal", "Expected text, or a list of texts; got null. Give a value, or leave out the parameter.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ Nan = [double]::NaN; Y = 1 }) -Response Y -Predictor Nan -Likelihood Normal", "Column 'Nan' must be finite; got NaN in row 1.")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution (@(0) * 100) 1 } | Invoke-VariationalInference -Objective Iwae", "this fit needs 800 (100 coordinates × 8 ImportanceSamples). Use -Scheme Independent.")]
    [InlineData("New-ControlProblem Pendulum | Measure-PolicyGradient (New-NeuralPolicy) -Estimator $null", "Expected one or more of Pathwise, ScoreFunction, RewardToGo; got null.")]
    [InlineData("New-ControlProblem Pendulum | Measure-PolicyGradient (New-NeuralPolicy) -Baseline $null", "Expected one or more of None, Time; got null.")]
    [InlineData("Measure-ExperimentRun -Path $null", "Expected text; got null.")]
    [InlineData("Invoke-PolicyTraining (New-ControlProblem Pendulum) (New-LinearPolicy 1, 1, 1)", "A control problem is not a policy. The policy comes first: $policy $problem.")]
    [InlineData("New-ControlProblem -StateSize 2 -ActionSize 1 -InitialState (New-NormalDistribution (0, 0) 1) -Dynamics { param($s, $u) $s + $u } -Cost { param($s, $u) $s.square() } | Invoke-PolicyTraining (New-LinearPolicy 1, 1) -Trajectories 8", "got [8, 2]. Sum over the last dimension only, with .sum(-1).")]
    [InlineData("New-ControlProblem -Dynamics { param($s, $u) $s.add($u) } -Cost { param($s, $u) $s.square().sum(-1).neg().log() } -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution) -Horizon 3 | Measure-PolicyReturn (New-LinearPolicy 1 -Scale 0.5) -Episodes 4", "at step 0 in 4 of the 4 trajectories of a batch. The dynamics have not acted yet: check Cost")]
    [InlineData("New-ControlProblem Lqr -A 1e300 -B 1 -Q 1 -R 1 -Horizon 9 | Measure-PolicyReturn (New-LinearPolicy 1) -Episodes 1", "in the only trajectory.")]
    [InlineData("New-ControlProblem Lqr -A 50 -B 1 -Q 1 -R 1 -Horizon 200 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Seed 1", "States may grow without limit under this policy; try another policy or a smaller Horizon.")]
    public void Messages_say_what_to_write(string command, string message) => Assert.Contains(message, Error(Prior + Rows, command), StringComparison.Ordinal);

    [Fact]
    public void A_constant_of_a_block_may_be_a_parameter_with_a_default() =>
        Assert.Equal(1, module.Get<int>(Prior + "(New-BayesianModel @{ A = $n } { param($p, $scale = 2) $p.A.mul($scale) }).Dimension"));

    [Fact]
    public void A_policy_without_its_checkpoint_can_only_be_trained_again()
    {
        string run = Path.Combine(Path.GetTempPath(), "reparamps-lost-" + Path.GetRandomFileName());
        try
        {
            string train = $"$problem | Invoke-PolicyTraining $policy -Iterations 2 -Trajectories 8 -Seed 1 -OutPath '{run}'";
            module.Run($"{Line}; $policy = New-LinearPolicy 0.2; $null = {train}");
            File.Delete(Path.Combine(run, "model.safetensors"));
            Assert.Contains("To write it again from the checkpoint, use ", Error("", $"Import-PolicyModel '{run}'"), StringComparison.Ordinal);
            File.Delete(Path.Combine(run, "checkpoint.safetensors"));
            Assert.Contains("There is no checkpoint either. To train the run again from the start, use ", Error("", $"Import-PolicyModel '{run}'"), StringComparison.Ordinal);
            Assert.Contains("has no checkpoint of an iteration, so it can only restart, and the given policy has other parameter values than the one that the run started from. Training changes a policy in place: make the policy again, ", Error("", $"{train} -Resume -WarningAction SilentlyContinue"), StringComparison.Ordinal);
            module.Run($"$policy = New-LinearPolicy 0.2; $null = {train} -Resume -WarningAction SilentlyContinue; $null = Import-PolicyModel '{run}'");
        }
        finally
        {
            module.Forget("problem", "policy");
            if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        }
    }

    [Fact]
    public void A_folder_whose_last_part_is_blank_is_an_error()
    {
        string folder = Path.Combine(Path.GetTempPath(), "reparamps-blank-" + Path.GetRandomFileName());
        string Train(string block) => $"[pscustomobject]@{{ Seed = 5 }} | Invoke-PolicyTraining (New-LinearPolicy 0.2) $problem -Iterations 1 -Trajectories 8 -OutPath {{ {block} }}";
        try
        {
            Assert.Equal($"OutPath must end with a name, but its script block returned '{folder}/' for the input object. Check the names of properties in the block.", Error(Line, Train($"\"{folder}/$($_.Seeds)\"")));
            Assert.False(Directory.Exists(folder));
            Assert.Equal("", Warnings(Line, Train($"\"{folder}/$($_.Seed)/\"")));
            Assert.True(Directory.Exists(folder + "/5"));
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    // A scope of its own keeps the variables out of the session, which tests share.
    private string Warnings(string script, string command) => module.Get<string>($"& {{ {script}; $null = {command} -WarningVariable warned -WarningAction SilentlyContinue; \"$warned\" }}");

    private string Error(string script, string command) => module.Get<string>($"& {{ {script}; try {{ $ErrorActionPreference = 'Stop'; $null = {command}; 'no error' }} catch {{ $_.Exception.Message }} }}");
}
