using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed partial class PolicyTests(ModuleRunspace module)
{
    private const string Lqr = "$problem = New-ControlProblem Lqr -A @(@(1, 0.1), @(0, 1)) -B @(@(0), @(0.1)) -Q @(@(1, 0), @(0, 1)) -R 0.1; ";
    private const string Own = "New-ControlProblem -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution 0 1) -Horizon 5 ";
    private const string Dynamics = "{ param($s, $u) $s + $u * 0.1 }", Cost = "{ param($s, $u) ($s * $s + $u * $u).sum(-1) }";

    [Fact]
    public void A_policy_whose_training_diverged_has_its_first_parameters()
    {
        module.Run("$diverging = New-LinearPolicy 0.2 -Scale 0.1; $line = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10");
        module.Fails("$line | Invoke-PolicyTraining $diverging -Optimizer sgd -LearningRate 1e6 -Iterations 20 -Trajectories 8 -Seed 1", "TrainingDiverged");
        Assert.Equal(0.2, module.Get<double>("$diverging.Parameters[0].Item2.item()"), 1e-6);
    }

    // The parameters of a distribution that is made of others, or of script blocks, do not tell it apart.
    [Theory]
    [InlineData("New-TransformedDistribution (New-NormalDistribution 0 1) (New-DistributionTransform Affine -Loc {0} -Scale 1)", "0", "50", "holds another run: InitialState is another distribution now. Use")]
    [InlineData("New-MixtureSameFamilyDistribution (New-CategoricalDistribution -Probs 0.5, 0.5) (New-{0}Distribution (1, 2) 1)", "Normal", "Laplace", "holds another run: InitialState is another distribution now. Use")]
    [InlineData("New-{0}Distribution 0 1", "Normal", "Laplace", "holds another run: InitialState is Normal in that run and Laplace now. Use")]
    [InlineData("New-CustomDistribution -Name C -Parameter @{ A = 1.0 } -Sample { param($p, $noise, $shape) $noise.Normal($shape).mul($p.A).add({0}) }", "0", "50", "holds another run: InitialState is another distribution now. Use")]
    public void Another_initial_state_is_another_problem(string state, string first, string second, string difference)
    {
        string path = Path.Combine(Path.GetTempPath(), "reparamps-start-" + Path.GetRandomFileName());
        string Train(string value, string more) => "New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10 -InitialState (" + state.Replace("{0}", value, StringComparison.Ordinal) + ") | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 1 -Seed 1" + more;
        try
        {
            string id = module.Get<string>($"({Train(first, "")}).RunId");
            Assert.Equal(id, module.Get<string>($"({Train(first, "")}).RunId"));
            Assert.NotEqual(id, module.Get<string>($"({Train(second, "")}).RunId"));
            module.Run(Train(first, $" -OutPath '{path}'"));
            Assert.Contains(difference, module.Fails(Train(second, $" -OutPath '{path}' -Resume"), "InvalidArgument").ToString(), StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void Rows_hold_each_estimator_beside_the_truth()
    {
        PSObject[] rows = module.Run(Lqr + "$problem | Measure-PolicyGradient -Policy (New-LinearPolicy 1, 1 -Scale 0.5) -Estimator Pathwise, ScoreFunction, RewardToGo -Baseline Time -Trajectories 4000 -Seed 1");
        Assert.Equal(9, rows.Length);
        string[] columns = ["Estimator", "Baseline", "Parameter", "Index", "Estimate", "StandardError", "VariancePerTrajectory", "SecondsPerTrajectory", "Truth", "ZScore"];
        Assert.Superset(columns.ToHashSet(), rows[0].Properties.Select(property => property.Name).ToHashSet());
        Assert.All(rows, row => Assert.InRange((double)row.Properties["ZScore"].Value, -4, 4));
        Assert.Equal(["Gain 0", "Gain 1", "Scale 0"], rows.Take(3).Select(row => $"{row.Properties["Parameter"].Value} {row.Properties["Index"].Value}"));
        Assert.Equal(-19.610472056, (double)rows[1].Properties["Truth"].Value, 1e-8);
        Assert.Equal(["None", "Time", "Time"], rows.Chunk(3).Select(chunk => chunk[0].Properties["Baseline"].Value.ToString()));
    }

    [Fact]
    public void Equal_seeds_give_equal_estimates_and_a_neural_policy_has_no_truth()
    {
        PSObject[] rows = module.Run(Lqr + "1..2 | ForEach-Object { $problem | Measure-PolicyGradient -Policy (New-NeuralPolicy -HiddenSize 3 -Seed 2) -Estimator Pathwise -Trajectories 100 -Seed 1 }");
        Assert.Equal(2 * (2 * 3 + 3 + 3 + 1 + 1), rows.Length);
        Assert.All(rows.Chunk(rows.Length / 2).ToArray() is [var first, var second] ? first.Zip(second) : [], pair => Assert.Equal(pair.First.Properties["Estimate"].Value, pair.Second.Properties["Estimate"].Value));
        Assert.All(rows, row => Assert.Null(row.Properties["Truth"].Value));
    }

    [Fact]
    public void A_problem_may_follow_the_policy()
    {
        PSObject piped = module.Run(Lqr + "$problem | Measure-PolicyReturn (New-LinearPolicy 1, 1 -Scale 0.5) -Episodes 8")[0];
        PSObject given = module.Run(Lqr + "Measure-PolicyReturn (New-LinearPolicy 1, 1 -Scale 0.5) $problem -Episodes 8")[0];
        Assert.Equal(piped.Properties["Return"].Value, given.Properties["Return"].Value);
        Assert.Single(module.Run(Lqr + "Invoke-PolicyTraining (New-LinearPolicy 1, 1 -Scale 0.5) $problem -Iterations 1 -Trajectories 4"));
    }

    [Fact]
    public void Script_blocks_are_problems_too()
    {
        PSObject[] rows = module.Run(Own + "-Dynamics { param($s, $u) $s + $u * 0.1 } -Cost { param($s, $u) ($s * $s + $u * $u).sum(-1) } | Measure-PolicyGradient -Policy (New-LinearPolicy 1 -Scale 0.5) -Estimator Pathwise -Trajectories 4000 -Seed 1");
        // The same problem as Lqr has an exact gradient.
        PSObject[] exact = module.Run("New-ControlProblem Lqr -A 1 -B 0.1 -Q 1 -R 1 -Horizon 5 | Measure-PolicyGradient -Policy (New-LinearPolicy 1 -Scale 0.5) -Estimator Pathwise -Trajectories 4000 -Seed 1");
        Assert.Equal(2, rows.Length);
        foreach ((PSObject row, PSObject truth) in rows.Zip(exact))
            Assert.Equal((double)truth.Properties["Estimate"].Value, (double)row.Properties["Estimate"].Value, 1e-9);
    }

    [Theory]
    [InlineData("-Dynamics { param($s, $u) $s.sum(-1) } -Cost { param($s, $u) $u.square().sum(-1) }", "ShapeMismatch", "Dynamics must return a tensor of shape [10, 1] for states [10, 1] and actions [10, 1]; got [10].")]
    [InlineData("-Dynamics { param($s, $u) $s } -Cost { param($s, $u) $u.square().sum() }", "ShapeMismatch", "Cost must return a tensor of shape [10] for states [10, 1] and actions [10, 1]; got [].")]
    [InlineData("-Dynamics { param($s, $u) } -Cost { param($s, $u) $u.square().sum(-1) }", "InvalidArgument", "Dynamics must return a tensor; got nothing.")]
    [InlineData("-Dynamics { param($s, $u) throw 'no way' } -Cost { param($s, $u) $u.square().sum(-1) }", "InvalidArgument", "no way")]
    [InlineData("-Dynamics { param($s, $u) $null = New-NormalDistribution 0 -3; $s } -Cost { param($s, $u) $u.square().sum(-1) }", "InvalidArgument", "actions of shape [10, 1]: Scale must be positive; got -3.")]
    [InlineData("-Dynamics { param($s, $u) $s } -Cost { param($s, $u) 1 }", "InvalidArgument", "Cost")]
    public void An_error_of_a_script_block_names_it_and_the_shapes(string blocks, string id, string message)
    {
        ErrorRecord error = module.Fails(Own + blocks + " | Measure-PolicyGradient -Policy (New-LinearPolicy 1 -Scale 0.5) -Trajectories 10 -Estimator Pathwise", id);
        Assert.Contains(message, error.Exception.Message);
    }

    [Theory]
    [InlineData("{ param($s, $u) New-Tensor ($s + $u * 0.1) }", Cost, "The gradient of Dynamics does not reach the actions: it is 0, but finite differences give 0.1.")]
    [InlineData("{ param($s, $u) $s + $u.detach() * 0.1 }", Cost, "The gradient of Dynamics does not reach the actions: it is 0, but finite differences give 0.1.")]
    [InlineData("{ param($s, $u) $s + (New-Tensor ($u.ToArray())) * 0.1 }", Cost, "The gradient of Dynamics does not reach the actions: it is 0, but finite differences give 0.1.")]
    [InlineData("{ param($s, $u) (New-Tensor $s) + $u * 0.1 }", Cost, "The gradient of Dynamics does not reach the states: it is 0, but finite differences give 1.")]
    [InlineData(Dynamics, "{ param($s, $u) ($s * $s + (New-Tensor $u) * $u).sum(-1) }", "The gradient of Cost with respect to the actions is wrong: it is ")]
    public void A_block_that_cuts_the_gradient_is_an_error_before_Pathwise_uses_it(string dynamics, string cost, string message)
    {
        module.Run($"$problem = {Own} -Dynamics {dynamics} -Cost {cost}; $policy = New-LinearPolicy 0.2 -Scale 0.1");
        foreach (string call in new[] { "Invoke-PolicyTraining $policy -Iterations 2 -Seed 1", "Measure-PolicyGradient $policy -Trajectories 100" })
        {
            string found = module.Fails($"$problem | {call}", "InvalidArgument").Exception.Message;
            Assert.StartsWith(message, found, StringComparison.Ordinal);
            Assert.Contains("such as one from New-Tensor, .detach(), .item() or .ToArray(). Use tensor operations on the arguments, or use Estimator ScoreFunction or RewardToGo, which do not need this gradient.", found, StringComparison.Ordinal);
            Assert.NotEmpty(module.Run($"$problem | {call} -Estimator ScoreFunction"));
        }
        module.Forget("problem");
        module.Forget("policy");
    }

    // scipy.stats.vonmises(2).var() is 0.7645; the circular variance, 0.3022, would give −0.75.
    [Fact]
    public void The_truth_counts_angles_as_numbers()
    {
        PSObject[] rows = module.Run("New-ControlProblem Lqr -A 0.9 -B 0.5 -Q 1 -R 0.2 -Horizon 4 -InitialState (New-VonMisesDistribution 0 2) | Measure-PolicyGradient (New-LinearPolicy 0.3 -Scale 0.5) -Estimator Pathwise -Seed 1");
        Assert.Equal(-1.7214, (double)rows[0].Properties["Truth"].Value, 1e-4);
        Assert.All(rows, row => Assert.InRange((double)row.Properties["ZScore"].Value, -4, 4));
    }

    [Fact]
    public void A_bound_of_a_built_in_problem_is_refused_by_name()
    {
        ErrorRecord error = module.Fails("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -ActionBound 1", "InvalidArgument");
        Assert.Equal("ActionBound belongs to custom problems; Lqr does not use it. Leave out -ActionBound.", error.Exception.Message.Split(" (Parameter")[0]);
        Assert.Equal(3.0, module.Get<double>("(" + Own + "-Dynamics { param($s, $u) $s } -Cost { param($s, $u) $u.sum(-1) } -ActionBound 3).ActionBound"));
    }

    [Fact]
    public void Momentum_and_weight_decay_are_settings_of_a_training()
    {
        PSObject row = Assert.Single(module.Run("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 1 -Optimizer sgd -Momentum 0.5 -WeightDecay 0.1 -Seed 1"));
        Assert.Equal(0.5, row.Properties["Momentum"].Value);
        Assert.Equal(0.1, row.Properties["WeightDecay"].Value);
    }

    [Theory]
    [InlineData("-Momentum 0.5", "Momentum requires Optimizer sgd; got adam (the default).")]
    [InlineData("-Momentum 0.9", "Momentum requires Optimizer sgd; got adam (the default).")]
    [InlineData("-CheckpointIterations 1", "CheckpointIterations requires OutPath, the folder in which the run is stored.")]
    [InlineData("-Baseline Time", "Baseline requires Estimator ScoreFunction or RewardToGo; got Pathwise (the default).")]
    [InlineData("-LearningRateEnd 0.5", "LearningRateEnd requires LearningRateSchedule linear, cosine or exponential; got constant (the default).")]
    [InlineData("-ScheduleIterations 5", "ScheduleIterations requires LearningRateSchedule linear, cosine or exponential; got constant (the default).")]
    [InlineData("-Estimator RewardToGo -Truncation 2", "Truncation requires Estimator Pathwise; got RewardToGo.")]
    [InlineData("-Truncation 6", "Truncation must be at most the Horizon of the problem, 5; got 6.")]
    [InlineData("-CheckpointIterations 2", "CheckpointIterations requires OutPath, the folder in which the run is stored.")]
    public void A_setting_of_a_training_without_effect_is_an_error(string settings, string message) =>
        Assert.StartsWith(message, module.Fails($"New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 1 {settings}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_setting_without_effect_in_a_grid_is_accepted() => Assert.Equal(3, module.Run(
        "$run = @{ Problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5; Policy = New-LinearPolicy 0.2 -Scale 0.1; Iterations = 1; Trajectories = 4; Seed = 1 }; "
        + "New-ExperimentGrid @{ Optimizer = 'adam', 'sgd' } | Invoke-PolicyTraining @run -Momentum 0.5; New-ExperimentGrid @{ Momentum = 0.5; Truncation = 9 } | Invoke-PolicyTraining @run").Length);

    [Fact]
    public void Estimators_that_need_no_path_ignore_the_truncation_of_a_grid() => Assert.Equal([true, false], module.Run(
        "$run = @{ Problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5; Policy = New-LinearPolicy 0.2 -Scale 0.1; Iterations = 2; Trajectories = 4; Seed = 1 }; foreach ($estimator in 'RewardToGo', 'Pathwise') { "
        + "$costs = New-ExperimentGrid @{ Truncation = 0, 1 } | Invoke-PolicyTraining @run -Estimator $estimator | Where-Object Iteration -EQ 2 | ForEach-Object Cost; $costs[0] -eq $costs[1] }").Select(row => (bool)row.BaseObject));

    [Theory]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1", "InvalidArgument")]
    [InlineData("New-ControlProblem Pendulum -A 1", "InvalidArgument")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q -1 -R 1", "InvalidArgument")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R (-1)", "InvalidArgument")]
    [InlineData("New-ControlProblem Lqr -A @(1, 2) -B 1 -Q 1 -R 1", "ShapeMismatch")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Discount 2", "InvalidArgument")]
    [InlineData("New-ControlProblem Pendulum | Measure-PolicyReturn -Policy (New-LinearPolicy 1, 1)", "ShapeMismatch")]
    [InlineData("New-LinearPolicy 1 -Scale -1", "InvalidArgument")]
    [InlineData("New-LinearPolicy 1 -Scale 1, 2", "ShapeMismatch")]
    [InlineData("New-NeuralPolicy -HiddenSize 0", "InvalidArgument")]
    [InlineData("New-LinearPolicy 0.5 -DType int64", "InvalidArgument")]
    [InlineData("New-NeuralPolicy -DType bool", "InvalidArgument")]
    [InlineData("New-NeuralPolicy | Export-PolicyModel ./unused.safetensors", "InvalidArgument")]
    [InlineData("New-ControlProblem Lqr -A 1e200 -B 1 -Q 1 -R 1 | Measure-PolicyReturn -Policy (New-LinearPolicy 1)", "CostNotFinite")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 | Measure-PolicyGradient -Policy (New-LinearPolicy 1 -Scale 0)", "NotSupported")]
    public void Wrong_input_gives_one_clear_error(string script, string id) => module.Fails(script, id);

    [Fact]
    public void The_mean_return_is_minus_the_cost()
    {
        PSObject row = Assert.Single(module.Run(Lqr + "$problem | Measure-PolicyReturn -Policy (New-LinearPolicy 1, 1 -Scale 0.5) -Episodes 8000 -Seed 1"));
        Assert.Equal(-31.5626, (double)row.Properties["Return"].Value, 1.5);
        Assert.Equal(8000, row.Properties["Episodes"].Value);
    }

    [Fact]
    public void Optimal_gains_are_those_of_the_Riccati_equation() =>
        Assert.Equal(0.6180339887, module.Get<double>("(New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1).OptimalGain[0, 0]"), 1e-9);

    [Fact]
    public void Training_returns_a_row_per_iteration_and_trains_the_policy_in_place()
    {
        PSObject[] rows = module.Run("$policy = New-LinearPolicy 0.2 -Scale 0.1; New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10 | Invoke-PolicyTraining $policy -Iterations 80 -LearningRate 0.1 -LearningRateSchedule cosine -Seed 1");
        Assert.Equal(Enumerable.Range(1, 80), rows.Select(row => (int)row.Properties["Iteration"].Value));
        string[] columns = ["RunId", "Iteration", "Cost", "GradientNorm", "Scale", "Seconds", "Estimator", "Iterations", "Trajectories", "Truncation", "Optimizer", "LearningRate", "GradientClip", "Seed"];
        Assert.Superset(columns.ToHashSet(), rows[0].Properties.Select(property => property.Name).ToHashSet());
        Assert.True((double)rows[^1].Properties["Cost"].Value < (double)rows[0].Properties["Cost"].Value);
        Assert.Equal(0.618, module.Get<double>("$policy.Gain[0, 0]"), 0.05);
    }

    [Fact]
    public void Each_object_of_a_grid_starts_from_the_policy_as_it_was()
    {
        PSObject[] rows = module.Run(
            "$policy = New-LinearPolicy 0.2 -Scale 0.1; New-ExperimentGrid @{ Seed = 5, 5 } | Invoke-PolicyTraining -Problem (New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5) -Policy $policy -Iterations 2");
        Assert.Equal(4, rows.Length);
        Assert.Equal(rows[0].Properties["Cost"].Value, rows[2].Properties["Cost"].Value);
        Assert.Equal(rows[1].Properties["RunId"].Value, rows[3].Properties["RunId"].Value);
    }

    // The policy has then been trained by the last run, and each run started from the policy as it was.
    [Fact]
    public void The_runs_of_a_grid_are_resumed_with_the_policy_of_all()
    {
        string folder = Directory.CreateTempSubdirectory("policies-").FullName;
        string train = $"New-ExperimentGrid @{{ Seed = 5, 6 }} | Invoke-PolicyTraining -Problem $problem -Policy $policy -Trajectories 8 -OutPath {{ \"{folder}/$($_.Seed)\" }}";
        module.Run($"$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5; $policy = New-LinearPolicy 0.2 -Scale 0.1; $null = {train} -Iterations 2");
        Assert.Equal(6, module.Run($"{train} -Iterations 3 -Resume").Length);
        Assert.Contains("started from a policy with other parameter values than the given one.", module.TryRun($"$policy = New-LinearPolicy 0.2 -Scale 3; {train} -Iterations 3 -Resume").Errors[0].ToString(), StringComparison.Ordinal);
        module.Forget("problem", "policy");
        Directory.Delete(folder, true);
    }

    // The module's own problems are never random.
    [Theory]
    [InlineData("$s + $u + [Random]::Shared.NextDouble()", "$s.square().sum(-1)", "Dynamics is random: for the same states and actions, it returned different values. -Seed then does not make results reproducible. For normal noise, use -ProcessNoise.")]
    [InlineData("$s + $u", "$s.square().sum(-1) + [Random]::Shared.NextDouble()", "Cost is random: for the same states and actions, it returned different values. -Seed then does not make results reproducible.")]
    [InlineData("$s + $u", "$s.square().sum(-1)", null)]
    [InlineData("throw 'x'", "$s.square().sum(-1)", null)]
    public void A_random_function_of_a_problem_is_a_warning(string dynamics, string cost, string? warning)
    {
        string script = $"New-ControlProblem -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution) -Dynamics {{ param($s, $u) {dynamics} }} -Cost {{ param($s, $u) {cost} }} 3>&1 | ForEach-Object {{ if ($_ -is [Management.Automation.WarningRecord]) {{ $_.Message }} }}";
        Assert.Equal(warning is null ? [] : [warning], module.Run(script).Select(each => each.ToString()));
    }

    [Fact]
    public void A_run_is_stored_resumed_and_imported()
    {
        string folder = Path.Combine(Path.GetTempPath(), "policy-" + Path.GetRandomFileName());
        const string Problem = "$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5; ";
        Assert.Equal(2, module.Run(Problem + $"$problem | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 2 -Seed 1 -OutPath '{folder}'").Length);
        module.Fails(Problem + $"$problem | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -OutPath '{folder}'", "InvalidArgument");
        PSObject cut = Assert.Single(module.Run(Problem + $"do {{ $problem | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 4 -Optimizer ADAM -LearningRateSchedule Cosine -Seed 1 -OutPath '{folder}/cut' | ForEach-Object {{ $_; break }} }} while ($false)"));
        Assert.Equal(("adam", "cosine"), (cut.Properties["Optimizer"].Value, cut.Properties["LearningRateSchedule"].Value));
        Assert.Contains("is not finished, so it has no model.safetensors yet. To resume it, use Invoke-PolicyTraining with the same problem and policy,", module.Fails($"Import-PolicyModel '{folder}/cut'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
        Assert.Equal(4, module.Run(Problem + $"$policy = New-LinearPolicy 0.2 -Scale 0.1; $problem | Invoke-PolicyTraining $policy -Iterations 4 -OutPath '{folder}' -Resume").Length);
        Assert.True(module.Get<bool>($"(Import-PolicyModel '{folder}').Gain[0, 0] -eq $policy.Gain[0, 0]"));
        Assert.Equal(4, module.Run($"[pscustomobject]@{{ Momentum = 0.5; Baseline = 'Time' }} | Invoke-PolicyTraining $policy -Problem $problem -OutPath '{folder}' -Resume").Length);
        Assert.True(File.Exists(Path.Combine(folder, "iterations.csv")));
        string warning = $"The model in '{folder}' is older than the run: the run was extended to 9 iterations, and 5 are done. To finish it, use Invoke-PolicyTraining with the same problem and policy, and -OutPath '{folder}' -Resume.";
        module.Run($"do {{ $problem | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 9 -OutPath '{folder}' -Resume | ForEach-Object {{ if ($_.Iteration -eq 5) {{ break }} }} }} while ($false)");
        foreach (string script in new[] { $"Import-PolicyModel '{folder}'", $"$problem | Measure-PolicyReturn '{folder}'", $"$problem | Measure-PolicyGradient '{folder}' -Trajectories 4",
            $"$problem, $problem | Measure-PolicyReturn '{folder}'", $"$problem | Invoke-PolicyTraining '{folder}' -Iterations 1", $"@{{ Seed = 1, 2; Policy = '{folder}' }} | New-ExperimentGrid | Invoke-PolicyTraining -Problem $problem -Iterations 1",
            $"1, 2 | ForEach-Object {{ [pscustomobject]@{{ Problem = $problem; Policy = '{folder}' }} }} | Measure-PolicyReturn" })
            Assert.Equal([warning], module.Run($"({script}) 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }}").Select(record => record.ToString()));
        string file = Path.Combine(folder, "exported.safetensors");
        Assert.Equal(file, module.Get<FileInfo>($"$policy | Export-PolicyModel '{file}'").FullName);
        module.Fails($"$policy | Export-PolicyModel '{file}' -NoClobber", "FileExists");
        module.Fails($"Import-PolicyModel '{Path.Combine(folder, "run.json")}'", "InvalidData");
        Directory.Delete(folder, true);
    }

    [Fact]
    public void A_stored_run_whose_scale_overflows_has_failed_and_the_policy_is_as_given()
    {
        string folder = Directory.CreateTempSubdirectory("policy-").FullName;
        string train = $"New-ControlProblem Pendulum -Horizon 20 | Invoke-PolicyTraining $policy -Estimator ScoreFunction -Optimizer sgd -LearningRate 1e3 -Iterations 5 -Trajectories 16 -Seed 2 -OutPath '{folder}/run'";
        string message = module.Fails("$policy = New-LinearPolicy 0, 0, 0 -Scale 1; " + train, "TrainingDiverged").Exception.Message;
        Assert.Contains("The training diverged at iteration", message, StringComparison.Ordinal);
        Assert.Equal(1, module.Get<double>("$policy.Scale[0]"));
        Assert.Contains("\"state\": \"failed\"", File.ReadAllText(Path.Combine(folder, "run", "run.json")), StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    [Theory]
    [InlineData("-Estimator ScoreFunction")]
    [InlineData("-EntropyWeight 0.1")]
    public void A_restart_that_cannot_start_leaves_the_stored_run(string settings)
    {
        string folder = Directory.CreateTempSubdirectory("policy-").FullName, run = Path.Combine(folder, "run");
        string Train(string more) => $"New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 5 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0) -Iterations 2 -Seed 1 {more}";
        Assert.Equal(2, module.Run(Train($"-OutPath '{run}'")).Length);
        string[] files = [.. Directory.EnumerateFiles(run).Order()];
        Assert.Contains("needs noise in every action", module.Fails(Train($"-OutPath '{run}' -Force {settings}"), "NotSupported").Exception.Message, StringComparison.Ordinal);
        Assert.Equal(files, Directory.EnumerateFiles(run).Order());
        Assert.Single(module.Run($"Import-PolicyModel '{run}'"));
        module.Fails(Train($"-OutPath '{folder}/new/run' {settings}"), "NotSupported");
        Assert.Equal([run], Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void The_samples_of_the_topic_run_one_after_the_other()
    {
        string topic = File.ReadAllText(Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "en-US", "about_ReparamPS_Policies.help.txt")).ReplaceLineEndings("\n");
        string[] samples = [.. Samples().Matches(topic).Select(match => match.Value).Where(sample => sample.Contains("-Policy", StringComparison.Ordinal) || sample.Contains("New-", StringComparison.Ordinal))];
        int sweep = Array.FindIndex(samples, sample => sample.Contains("Invoke-ExperimentSweep", StringComparison.Ordinal));
        Assert.InRange(sweep, 4, samples.Length - 1);
        // The first sweep needs a file that a sample before it, or its own first line, writes.
        string[] lines = [.. samples[..sweep], samples[sweep].Split("New-ExperimentGrid")[0]];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps-topic-");
        try
        {
            module.Run("$null = $ExecutionContext.SessionState.Path.PushCurrentLocation('topic'); $null = $ExecutionContext.SessionState.Path.SetLocation($folder)", ("folder", folder.FullName));
            module.Run(string.Join('\n', lines).Replace("-Iterations 300", "-Iterations 2").Replace("-Problem $problem", "-Problem $problem -Iterations 2"));
            Assert.True(File.Exists(Path.Combine(folder.FullName, "policy.safetensors")));
        }
        finally
        {
            module.Run("$null = $ExecutionContext.SessionState.Path.PopLocation('topic')");
            folder.Delete(recursive: true);
        }
    }

    // Lines that are indented as code, after an empty line or a heading.
    [GeneratedRegex(@"(?<=\n\n|\n[A-Z ]+\n)( {8}\S[^\n]*\n)( {8}[^\n]*\n)*")]
    private static partial Regex Samples();

    [Fact]
    public void A_sweep_runs_trainings_by_the_names_of_problem_and_policy()
    {
        string folder = Path.Combine(Path.GetTempPath(), "policy-" + Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        string start = Path.Combine(folder, "start.safetensors");
        PSObject[] rows = module.Run($$"""
            $policy = New-NeuralPolicy -HiddenSize 4 -Distribution TanhNormal -Scale 0.1
            $null = New-ControlProblem Pendulum | Measure-PolicyReturn -Policy $policy -Episodes 2
            $null = $policy | Export-PolicyModel '{{start}}'
            New-ExperimentGrid @{ Problem = 'Pendulum'; Policy = '{{start}}'; LearningRate = 0.01, 0.02; Iterations = 2; Trajectories = 4; Truncation = 10; Seed = 1 } |
                Invoke-ExperimentSweep '{{Path.Combine(folder, "sweep")}}' -Command Invoke-PolicyTraining
            """);
        Assert.Equal(["Done", "Done"], rows.Select(row => row.Properties["Status"].Value.ToString()));
        Assert.All(rows, row => Assert.Equal(2.0, Convert.ToDouble(row.Properties["Iteration"].Value)));
        Directory.Delete(folder, true);
    }
}
