using ReparamPS.Distributions;
using ReparamPS.Policies;
using ReparamPS.Policies.Problems;
using ReparamPS.Policies.Training;
using ReparamPS.Runs;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Policies;

public sealed class PolicyTrainingTests
{
    private static readonly PolicyTrainingOptions Short = new() { Iterations = 6, Trajectories = 300, Seed = 4, LearningRate = 0.05 };
    private static readonly Checkpointing EachIteration = new(1, 0);

    private static LqrProblem Scalar => new(new double[,] { { 1 } }, new double[,] { { 1 } }, new double[,] { { 1 } }, new double[,] { { 1 } }, settings: new ControlProblemSettings { Horizon = 10 });

    [Fact]
    public void A_gain_comes_within_a_hundredth_of_the_best_in_200_iterations()
    {
        LqrProblem problem = ReferenceProblem.Get("double integrator, discounted").Problem(horizon: 300);
        using var policy = new LinearPolicy(new double[,] { { 1, 1 } }, [0.5]);
        Last(problem, policy, new PolicyTrainingOptions { Trajectories = 64, LearningRate = 0.2, LearningRateSchedule = "cosine", Seed = 1 });
        Assert.Equal(2.42459864, policy.Gain[0, 0], 0.0242);
        Assert.Equal(3.48542999, policy.Gain[0, 1], 0.0348);
    }

    // Maximum-entropy control: the best variance is α / (2 (R + γ BᵀPB)), by SciPy.
    [Fact]
    public void An_entropy_weight_leads_to_the_policy_variance_of_maximum_entropy_control()
    {
        ReferenceProblem reference = ReferenceProblem.Get("double integrator, discounted");
        using var policy = new LinearPolicy(ReferenceProblem.Matrix(reference.OptimalGain), [0.5]);
        Last(reference.Problem(horizon: 300), policy, new PolicyTrainingOptions { Iterations = 120, Trajectories = 128, EntropyWeight = 0.2, LearningRate = 0.05, LearningRateSchedule = "cosine", Seed = 2 });
        Assert.Equal(0.675702988, policy.Scale[0] * policy.Scale[0], 0.02);
    }

    [Theory]
    [InlineData(PolicyGradientEstimator.Pathwise)]
    [InlineData(PolicyGradientEstimator.ScoreFunction)]
    [InlineData(PolicyGradientEstimator.RewardToGo)]
    public void Each_estimator_lowers_the_cost(PolicyGradientEstimator estimator)
    {
        using var policy = new LinearPolicy(new double[,] { { 0.1 } }, [0.5]);
        double before = LqrValue.Of(Scalar, policy.Gain, policy.Scale)!.Cost;
        Last(Scalar, policy, Short with { Estimator = estimator, Baseline = PolicyBaseline.Time, Iterations = 30, Trajectories = 1000 });
        double after = LqrValue.Of(Scalar, policy.Gain, policy.Scale)!.Cost;
        Assert.True(after < 0.5 * before, $"{after} after {before}");
    }

    [Fact]
    public void Equal_seeds_give_equal_rows_and_weights_whatever_the_number_of_threads()
    {
        (double Cost, double GradientNorm)[] Rows(int threads, out double[,] gain)
        {
            int before = get_num_threads();
            set_num_threads(threads);
            try
            {
                using var policy = new LinearPolicy(new double[,] { { 0.1 } }, [0.5]);
                (double, double)[] rows = [.. PolicyTrainer.Train(Scalar, policy, Short).Select(row => (row.Cost, row.GradientNorm))];
                gain = policy.Gain;
                return rows;
            }
            finally
            {
                set_num_threads(before);
            }
        }
        Assert.Equal(Rows(1, out double[,] one), Rows(2, out double[,] two));
        Assert.Equal(one, two);
    }

    [Fact]
    public void An_interrupted_run_resumes_to_the_rows_and_weights_of_an_uninterrupted_one()
    {
        string whole = Folder(), cut = Folder();
        using LinearPolicy expected = Start(), policy = Start();
        PolicyIteration[] rows = [.. PolicyRun.Train(Scalar, expected, Short, whole, RunStart.New, EachIteration, cancellation: TestContext.Current.CancellationToken)];
        foreach (PolicyIteration row in PolicyRun.Train(Scalar, policy, Short, cut, RunStart.New, EachIteration, cancellation: TestContext.Current.CancellationToken))
        {
            if (row.Iteration == 3) break;
        }
        using LinearPolicy other = Start();
        PolicyIteration[] resumed = [.. PolicyRun.Train(Scalar, other, Short, cut, RunStart.Resume, EachIteration, cancellation: TestContext.Current.CancellationToken)];
        Assert.Equal(rows.Select(Figures), resumed.Select(Figures));
        Assert.Equal(expected.Gain, other.Gain);
        using Policy stored = PolicyModelFile.Load(cut);
        Assert.Equal(expected.Gain, ((LinearPolicy)stored).Gain);
        Assert.Equal(expected.Scale, stored.Scale);
        Directory.Delete(whole, true);
        Directory.Delete(cut, true);
    }

    [Fact]
    public void A_run_whose_dynamics_fail_keeps_what_is_done_and_names_the_iteration()
    {
        string whole = Folder(), cut = Folder();
        int calls = 0, most = int.MaxValue;
        List<int> callsAfter = [];
        var problem = new FunctionProblem(
            (state, action) => ++calls > most ? throw new ArgumentException("late") : state + action, (state, action) => (state.square() + action.square()).sum(-1), 1, 1,
            new ReparamPS.Distributions.Normal(tensor(0.0), tensor(1.0)), new ControlProblemSettings { Horizon = 2 });
        using LinearPolicy expected = Start(), policy = Start(), other = Start();
        PolicyIteration[] rows = [.. PolicyRun.Train(problem, expected, Short, whole, RunStart.New, EachIteration, _ => callsAfter.Add(calls), TestContext.Current.CancellationToken)];
        (most, calls) = (callsAfter[2], 0);
        ArgumentException error = Assert.Throws<ArgumentException>(() => PolicyRun.Train(problem, policy, Short, cut, RunStart.New, new Checkpointing(0, 0), cancellation: TestContext.Current.CancellationToken).Count());
        Assert.Equal("Iteration 4: late", error.Message);
        using (var run = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(cut, "run.json"))))
            Assert.Equal(("failed", "Iteration 4: late", 3), (run.RootElement.GetProperty("state").GetString(), run.RootElement.GetProperty("failure").GetString(), run.RootElement.GetProperty("iterationsDone").GetInt32()));
        Assert.Equal(1 + 3, File.ReadAllLines(Path.Combine(cut, "iterations.csv")).Length);
        most = int.MaxValue;
        Assert.Equal(rows.Select(Figures), PolicyRun.Train(problem, other, Short, cut, RunStart.Resume, EachIteration, cancellation: TestContext.Current.CancellationToken).Select(Figures));
        Directory.Delete(whole, true);
        Directory.Delete(cut, true);
    }

    [Fact]
    public void A_finished_run_can_be_extended_and_other_settings_are_refused()
    {
        string folder = Folder(), long_ = Folder();
        using LinearPolicy policy = Start(), expected = Start(), more = Start();
        Assert.Equal(3, PolicyRun.Train(Scalar, policy, Short with { Iterations = 3 }, folder, RunStart.New, EachIteration, cancellation: TestContext.Current.CancellationToken).Count());
        PolicyIteration[] whole = [.. PolicyRun.Train(Scalar, expected, Short, long_, RunStart.New, EachIteration, cancellation: TestContext.Current.CancellationToken)], extended = [.. PolicyRun.Train(Scalar, more, Short, folder, RunStart.Resume, EachIteration, cancellation: TestContext.Current.CancellationToken)];
        Assert.Equal(whole.Select(Figures), extended.Select(Figures));
        Assert.Equal(expected.Gain, more.Gain);
        string Refused(ControlProblem problem, PolicyTrainingOptions options)
        {
            using LinearPolicy again = Start();
            return Assert.Throws<ArgumentException>(() => PolicyRun.Train(problem, again, options, folder, RunStart.Resume, EachIteration).Count()).Message;
        }
        Assert.Contains("LearningRate is 0.05 in that run and 0.1 now", Refused(Scalar, Short with { LearningRate = 0.1 }));
        Assert.Contains("Horizon is 10 in that run and 11 now", Refused(ReferenceProblem.Get("scalar").Problem(horizon: 11), Short));
        Assert.Contains("Estimator is Pathwise in that run and ScoreFunction now", Refused(Scalar, Short with { Estimator = PolicyGradientEstimator.ScoreFunction }));
        Assert.Contains("holds another run: A, B, Q or R has other values now.", Refused(new LqrProblem(One(2), One(1), One(1), One(1), settings: new ControlProblemSettings { Horizon = 10 }), Short));
        var custom = new FunctionProblem((s, u) => s, (s, u) => u.square().sum(-1), 1, 1, new Normal(ones(1, ScalarType.Float64), ones(1, ScalarType.Float64)));
        Assert.Contains("holds another run: the problem is Lqr in that run and a custom one now.", Refused(custom, Short));
        Assert.Contains("Iterations must be at least 6", Refused(Scalar, Short with { Iterations = 2 }));
        Directory.Delete(folder, true);
        Directory.Delete(long_, true);
    }

    [Fact]
    public void Another_policy_is_refused_setting_by_setting()
    {
        string folder = Folder();
        NeuralPolicySettings settings = new() { HiddenSize = [4, 4], Seed = 1 };
        Assert.NotEmpty(PolicyRun.Train(Scalar, new NeuralPolicy(settings), Short with { Iterations = 1 }, folder, RunStart.New, EachIteration, cancellation: TestContext.Current.CancellationToken));
        string Refused(Policy policy)
        {
            using (policy) return Assert.Throws<ArgumentException>(() => PolicyRun.Train(Scalar, policy, Short, folder, RunStart.Resume, EachIteration).Count()).Message;
        }
        Assert.Contains("holds another run: HiddenSize is 4,4 in that run and 3 now, DType is float64 in that run and float32 now. Use", Refused(new NeuralPolicy(settings with { HiddenSize = [3], DType = "float32" })));
        Assert.Contains("holds another run: Generator is Torch in that run and Philox now. Use", Refused(new NeuralPolicy(settings with { Generator = RandomGenerator.Philox })));
        Assert.Contains("holds another run: the policy is Neural in that run and Linear now. Use", Refused(Start()));
        Assert.Equal(["the shape of Gain is [1, 2] in that run and [1, 3] now", "the type of Gain is float64 in that run and float32 now"], SettingChange.OfPolicies("Linear [1, 2] Float64", "Linear [1, 3] Float32"));
        Directory.Delete(folder, true);
    }

    // Script blocks that end alike are different ones.
    [Theory]
    [InlineData("{ $s }\n{ $u }", "holds another run: Dynamics or Cost is another script block now. Use")]
    [InlineData("Draws=1\n{ $s }\n{ $u }", "holds another run: Dynamics or Cost is another script block now. Use")]
    public void Other_script_blocks_are_refused(string first, string says)
    {
        string folder = Folder();
        FunctionProblem Problem(string text) => new((s, u) => s + u, (s, u) => (s.square() + u.square()).sum(-1), 1, 1, new Normal(ones(1, ScalarType.Float64), ones(1, ScalarType.Float64)), new ControlProblemSettings { Horizon = 3 }, text);
        void Train(string text)
        {
            using LinearPolicy policy = Start();
            Assert.NotEmpty(PolicyRun.Train(Problem(text), policy, Short with { Iterations = 1 }, folder, RunStart.Resume, EachIteration, cancellation: TestContext.Current.CancellationToken));
        }
        Train(first);
        Train(first);
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => Train("{ 0 }\n" + first)).Message);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void A_run_is_resumed_with_its_own_policy_only()
    {
        string folder = Folder();
        PolicyIteration[] Rows(Policy policy, int iterations) =>
            [.. PolicyRun.Train(Scalar, policy, Short with { Iterations = iterations }, folder, RunStart.Resume, EachIteration, cancellation: TestContext.Current.CancellationToken)];
        using LinearPolicy policy = Start(), again = Start();
        Assert.Equal(2, Rows(policy, 2).Length);
        using var other = new LinearPolicy(policy.Gain, [3]);
        string message = Assert.Throws<ArgumentException>(() => Rows(other, 3)).Message;
        Assert.StartsWith($"The run in '{folder}' started from a policy with other parameter values than the given one. To resume it, give the policy that it started from;", message, StringComparison.Ordinal);
        Assert.Equal(3, other.Scale[0]);
        // As it was before the run, trained by it, read from its folder, and trained by another run since.
        Assert.Equal(3, Rows(again, 3).Length);
        Assert.Equal(4, Rows(again, 4).Length);
        using Policy stored = PolicyModelFile.Load(folder), copy = stored.Clone();
        Assert.Equal(5, Rows(stored, 5).Length);
        Last(Scalar, again, Short);
        Assert.Equal(6, Rows(again, 6).Length);
        // The model of the four iterations is neither the first nor the last one.
        Assert.Throws<ArgumentException>(() => Rows(copy, 6));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Momentum_and_weight_decay_change_the_training_and_are_part_of_the_run()
    {
        PolicyTrainingOptions sgd = Short with { Optimizer = "sgd", LearningRate = 1e-3 };
        Assert.NotEqual(Gain(sgd), Gain(sgd with { Momentum = 0 }));
        Assert.Equal(Gain(Short), Gain(Short with { Optimizer = "adamw" }));
        Assert.NotEqual(Gain(Short), Gain(Short with { Optimizer = "adamw", WeightDecay = 0.1 }));
        Assert.NotEqual(Gain(Short with { WeightDecay = 0.1 }), Gain(Short with { Optimizer = "adamw", WeightDecay = 0.1 }));
        PolicyTrainingOptions[] settings = [Short, Short with { Momentum = 0 }, Short with { WeightDecay = 0.1 }];
        Assert.Equal(3, settings.Select(RunId).Distinct().Count());
        Assert.Contains("Momentum must be at least 0 and less than 1; got 1.", Assert.Throws<ArgumentException>(() => Gain(Short with { Momentum = 1 })).Message);
        Assert.Contains("WeightDecay must be finite and at least 0; got -1.", Assert.Throws<ArgumentException>(() => Gain(Short with { WeightDecay = -1 })).Message);

        string folder = Folder();
        using LinearPolicy policy = Start();
        Assert.Equal(6, PolicyRun.Train(Scalar, policy, Short with { WeightDecay = 0.1 }, folder, RunStart.New, EachIteration, cancellation: TestContext.Current.CancellationToken).Count());
        Assert.Equal(0.1, PolicyRun.Settings(folder)!.WeightDecay);
        Assert.Contains("WeightDecay is 0.1 in that run and 0 now", Assert.Throws<ArgumentException>(() => PolicyRun.Train(Scalar, policy, Short, folder, RunStart.Resume, EachIteration, cancellation: TestContext.Current.CancellationToken).Count()).Message);
        Directory.Delete(folder, true);

        double Gain(PolicyTrainingOptions options)
        {
            using LinearPolicy trained = Start();
            Last(Scalar, trained, options);
            return trained.Gain[0, 0];
        }
    }

    // Of the first version, whose runs had neither a momentum nor a weight decay of their own.
    [Fact]
    public void A_run_of_default_settings_keeps_its_id() => Assert.Equal("cc3602fab328", RunId(Short));

    [Fact]
    public void Policies_come_back_from_files_as_they_were()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        foreach (string dtype in new[] { "float32", "float64" })
        {
            using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [5, 3], Distribution = ActionDistribution.TanhNormal, Scale = [0.2], Seed = 9, DType = dtype });
            Assert.Throws<InvalidOperationException>(() => PolicyModelFile.Save(policy, file));
            policy.FitTo(new PendulumProblem());
            PolicyModelFile.Save(policy, file);
            using var read = (NeuralPolicy)PolicyModelFile.Load(file);
            Assert.True(allclose(policy.Flat.Buffer, read.Flat.Buffer, 0, 0));
            Assert.Equal(policy.Definition, read.Definition);
        }
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Throws<Data.DataFormatException>(() => PolicyModelFile.Load(file));
        File.Delete(file);
    }

    [Theory]
    [InlineData("policy", "Cubic", false, "the kind of policy must be Linear or Neural; the file states 'Cubic'.")]
    [InlineData("settings", "{\"HiddenSize\":[0]}", false, "the policy cannot be read: HiddenSize must be positive integers; got 0.")]
    [InlineData("settings", "null", false, "the policy cannot be read: its settings are null.")]
    [InlineData("policy", "Linear", false, "the policy's tensor 'Gain' is missing.")]
    [InlineData("policy", "Neural", true, "the policy's tensor 'mean.0.weight' is missing.")]
    public void A_file_that_holds_no_policy_says_what_to_give(string name, string text, bool isEmpty, string problem)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [2] });
        policy.FitTo(Scalar);
        PolicyModelFile.Save(policy, file);
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = Data.SafeTensorsFile.Read(file);
        Data.SafeTensorsFile.Write(file, isEmpty ? [] : tensors.Select(entry => (entry.Key, entry.Value)), new Dictionary<string, string>(metadata) { [name] = text });
        Assert.Equal(
            $"'{file}': {problem} Give the folder of a run (-OutPath of Invoke-PolicyTraining), or a file from Export-PolicyModel.",
            Assert.Throws<Data.DataFormatException>(() => PolicyModelFile.Load(file)).Message);
        File.Delete(file);
    }

    // The largest point of the sequence is 1 − 2⁻³³, which rounds to 1 in float32.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Initial_states_are_finite_at_the_end_of_the_sequence(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var states = new SpreadStates(new Normal(zeros([], dtype), ones([], dtype)), 1, () => uint.MaxValue);
        double first = states.Next(1, ScalarType.Float64).item<double>();
        // scipy.stats.norm.ppf(1 - 2**-24) and ppf(1 - 2**-33), SciPy 1.10; float32 has fewer digits there.
        Assert.Equal(dtype == ScalarType.Float32 ? 5.294704084854598 : 6.337957754553785, first, dtype == ScalarType.Float32 ? 0.3 : 1e-6);
    }

    // σ is the exponential of what the optimizer moves: the last step may overflow it.
    [Fact]
    public void A_step_after_which_a_parameter_is_infinite_is_a_divergence()
    {
        using var scope = NewDisposeScope();
        var start = new Normal(ones(1, ScalarType.Float64), full([1], 0.01, ScalarType.Float64));
        var problem = new FunctionProblem((s, u) => s, (s, u) => u.square().sum(-1).neg(), 1, 1, start);
        using LinearPolicy policy = Start();
        string message = Assert.Throws<TrainingDivergedException>(() => PolicyTrainer.Train(problem, policy, Short with { Optimizer = "sgd", LearningRate = 1e6, Iterations = 1 }, cancellation: TestContext.Current.CancellationToken).Count()).Message;
        Assert.Contains("diverged at iteration 1: the parameters of the policy are not finite", message);
        Assert.EndsWith("or a smaller WeightDecay (now 1E-06).", Assert.Throws<TrainingDivergedException>(() => PolicyTrainer.Train(problem, Start(), Short with { Optimizer = "sgd", LearningRate = 1e6, Iterations = 1, WeightDecay = 1e-6 }, cancellation: TestContext.Current.CancellationToken).Count()).Message);
    }

    // exp(−1e6) underflows, and a σ of 0 would stay 0.
    [Fact]
    public void A_step_after_which_the_scale_is_0_is_a_divergence()
    {
        using var scope = NewDisposeScope();
        var start = new Normal(ones(1, ScalarType.Float64), full([1], 0.01, ScalarType.Float64));
        var problem = new FunctionProblem((s, u) => s, (s, u) => u.square().sum(-1), 1, 1, start);
        string message = Assert.Throws<TrainingDivergedException>(() => PolicyTrainer.Train(problem, Start(), Short with { Optimizer = "sgd", LearningRate = 1e6, Iterations = 1 }, cancellation: TestContext.Current.CancellationToken).Count()).Message;
        Assert.Contains("diverged at iteration 1: a number of the policy's Scale fell below the smallest positive float64 and became 0. Try a smaller LearningRate (now 1000000), a positive GradientClip (now 0: off) or a positive Truncation (now 0: off).", message);
        // A policy that was given without noise has none.
        using LinearPolicy still = new(new double[,] { { 0.1 } }, [0]);
        Assert.Single(PolicyTrainer.Train(problem, still, Short with { Iterations = 1 }, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_training_that_diverges_says_where_and_what_to_try()
    {
        using var scope = NewDisposeScope();
        var start = new Normal(ones(1, ScalarType.Float64), full([1], 0.01, ScalarType.Float64));
        var problem = new FunctionProblem((s, u) => (s * 3).exp(), (s, u) => (s.square() + u.square()).sum(-1), 1, 1, start);
        using LinearPolicy policy = Start();
        // Before the first step, no setting of the steps can be the cause, but the policy that was given.
        Assert.Matches("^The training cannot start: the cost is not a finite number at step .* try another policy or a smaller Horizon\\.$", Message(problem, policy, Short));
        var stable = new FunctionProblem((s, u) => s + u, (s, u) => (s.square() + u.square()).sum(-1), 1, 1, start);
        PolicyTrainingOptions fast = Short with { Optimizer = "sgd", LearningRate = 1e100, Iterations = 9 };
        string later = Message(stable, Fixed(), fast);
        Assert.Matches("^The training diverged at iteration [2-9]: the cost is not a finite number .* trajectories of a batch\\. Try a smaller LearningRate", later);
        Assert.EndsWith("Try a smaller LearningRate (now 1E+100), a positive GradientClip (now 0: off) or a positive Truncation (now 0: off).", later);
        Assert.EndsWith("a smaller GradientClip (now 1E+300) or a smaller Truncation (now 5).", Message(stable, Fixed(), fast with { GradientClip = 1e300, Truncation = 5 }));
        // Without a path through the state there is nothing to cut.
        Assert.EndsWith("Try a smaller LearningRate (now 1E+100) or a positive GradientClip (now 0: off).", Message(stable, Start(), fast with { Estimator = PolicyGradientEstimator.ScoreFunction }));

        // Without noise, whose σ would overflow or underflow first.
        static LinearPolicy Fixed() => new(new double[,] { { 0.1 } }, [0]);
        static string Message(ControlProblem problem, Policy policy, PolicyTrainingOptions options) =>
            Assert.Throws<TrainingDivergedException>(() => PolicyTrainer.Train(problem, policy, options, cancellation: TestContext.Current.CancellationToken).Count()).Message;
    }

    [Fact]
    public void A_short_training_swings_the_pendulum_up()
    {
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [16, 16], Distribution = ActionDistribution.TanhNormal, Scale = [0.1], Seed = 1, DType = "float32" });
        var problem = new PendulumProblem();
        double before = PolicyReturn.Measure(problem, policy, 100, isDeterministic: true, cancellation: TestContext.Current.CancellationToken).Return;
        Last(problem, policy, new PolicyTrainingOptions { Iterations = 120, Trajectories = 64, Truncation = 25, GradientClip = 100, LearningRate = 0.02, Seed = 1 });
        double after = PolicyReturn.Measure(problem, policy, 100, isDeterministic: true, cancellation: TestContext.Current.CancellationToken).Return;
        Assert.True(before < -900 && after > -300, $"{after} after {before}");
    }

    private static PolicyIteration Last(ControlProblem problem, Policy policy, PolicyTrainingOptions options) => PolicyTrainer.Train(problem, policy, options, cancellation: TestContext.Current.CancellationToken).Last();

    private static string RunId(PolicyTrainingOptions options)
    {
        using LinearPolicy policy = Start();
        return PolicyRunSettings.Of(Scalar, policy, options).RunId;
    }

    private static double[,] One(double value) => new[,] { { value } };

    private static LinearPolicy Start() => new(new double[,] { { 0.1 } }, [0.5]);

    private static string Folder() => Path.Combine(Path.GetTempPath(), "reparam-policy-" + Path.GetRandomFileName());

    private static (int, double, double, double) Figures(PolicyIteration row) => (row.Iteration, row.Cost, row.GradientNorm, row.Scale);
}
