using ReparamPS.Distributions;
using ReparamPS.Policies;
using ReparamPS.Policies.Derived;
using ReparamPS.Policies.Gradients;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Policies;

public sealed class PolicyGradientTests
{
    private static readonly PolicyGradientOptions All = new() { Baselines = [PolicyBaseline.None, PolicyBaseline.Time], Seed = 3 };

    public static TheoryData<string> Names => [.. ReferenceProblem.All.Select(each => each.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_estimator_agrees_with_the_exact_gradient(string name)
    {
        ReferenceProblem reference = ReferenceProblem.Get(name);
        using LinearPolicy policy = reference.Policy();
        IReadOnlyList<PolicyGradientRow> rows = PolicyGradientMeasurement.Run(reference.Problem(), policy, All, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(5 * reference.Gradient.Length, rows.Count);
        Assert.All(rows, row => Assert.True(Math.Abs(row.ZScore!.Value) <= 4, $"{row.Estimator} {row.Baseline} {row.Parameter}[{row.Index}]: {row.Estimate} for {row.Truth}, z {row.ZScore}"));
        Assert.All(rows, row => Assert.Equal((row.Estimate - row.Truth!.Value) / row.StandardError, row.ZScore!.Value, 1e-9));
        foreach (IGrouping<(PolicyGradientEstimator, PolicyBaseline), PolicyGradientRow> each in rows.GroupBy(row => (row.Estimator, row.Baseline)))
        {
            Assert.Equal(["Gain", "Scale"], each.Select(row => row.Parameter).Distinct());
            Assert.Equal(reference.Gradient, each.Select(row => row.Truth!.Value), (x, y) => Math.Abs(x - y) <= 1e-10 * (1 + Math.Abs(x)));
        }
    }

    [Fact]
    public void Variances_per_trajectory_are_the_published_ones()
    {
        ReferenceProblem reference = ReferenceProblem.Get("double integrator");
        using LinearPolicy policy = reference.Policy();
        PolicyGradientOptions options = All with { Trajectories = 40_000 };
        IReadOnlyList<PolicyGradientRow> rows = PolicyGradientMeasurement.Run(reference.Problem(), policy, options, cancellation: TestContext.Current.CancellationToken);
        void Close(PolicyGradientEstimator estimator, PolicyBaseline baseline, double[] expected)
        {
            double[] found = [.. rows.Where(row => row.Estimator == estimator && row.Baseline == baseline).Select(row => row.VariancePerTrajectory)];
            Assert.Equal(3, found.Length);
            for (int i = 0; i < 3; i++) Assert.InRange(found[i] / expected[i], 0.75, 1.3);
        }
        Close(PolicyGradientEstimator.Pathwise, PolicyBaseline.None, [129, 410, 50]);
        Close(PolicyGradientEstimator.RewardToGo, PolicyBaseline.Time, [113_000, 37_000, 59_000]);
        Close(PolicyGradientEstimator.ScoreFunction, PolicyBaseline.None, [505_000, 285_000, 820_000]);
    }

    // Each trajectory's derivative by differences: the noise is the same, so nothing is left but rounding.
    [Fact]
    public void Pathwise_gradients_of_single_trajectories_are_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [4], Distribution = ActionDistribution.TanhNormal, Scale = [0.3], Seed = 2 });
        var problem = new PendulumProblem(settings: new ControlProblemSettings { Horizon = 12, Discount = 0.9, ProcessNoise = [0.01, 0.02] });
        policy.FitTo(problem);
        Tensor[] gradients = [.. Gradients(problem, policy, PolicyGradientEstimator.Pathwise, new RolloutOptions { EntropyWeight = 0.3 }, isPerTrajectory: true).Gradients];
        double[] Objectives()
        {
            using var random = new RandomSource(8);
            return ManagedValues.ToDoubles(Rollout.Run(problem, policy, 5, random, new RolloutOptions { EntropyWeight = 0.3 }).Objective.sum(0L));
        }
        const double H = 1e-5;
        for (int i = 0; i < gradients.Length; i++)
        {
            Tensor value = policy.GetParameters()[i].Value;
            for (long element = 0; element < value.numel(); element++)
            {
                double[] Moved(double step)
                {
                    using var noGrad = no_grad();
                    value.view(-1)[element].add_(step);
                    return Objectives();
                }
                double[] above = Moved(H), below = Moved(-2 * H);
                Moved(H);
                double[] expected = [.. above.Zip(below, (a, b) => (a - b) / (2 * H))], found = ManagedValues.ToDoubles(gradients[i].reshape(5, -1).select(1, element));
                for (int n = 0; n < 5; n++) Assert.Equal(expected[n], found[n], 1e-5 * (1 + Math.Abs(expected[n])));
            }
        }
    }

    [Theory]
    [InlineData(PolicyGradientEstimator.Pathwise)]
    [InlineData(PolicyGradientEstimator.RewardToGo)]
    public void Summed_gradients_are_the_sum_of_each_trajectory_s(PolicyGradientEstimator estimator)
    {
        using var scope = NewDisposeScope();
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [4, 3], Seed = 2 });
        var problem = new PendulumProblem(settings: new ControlProblemSettings { Horizon = 7 });
        policy.FitTo(problem);
        var each = Gradients(problem, policy, estimator, new RolloutOptions(), isPerTrajectory: true);
        var together = Gradients(problem, policy, estimator, new RolloutOptions(), isPerTrajectory: false);
        foreach ((Tensor one, Tensor sum) in each.Gradients.Zip(together.Gradients)) Assert.True(allclose(one.sum(0L), sum, 1e-10, 1e-10));
    }

    [Fact]
    public void A_cut_after_each_step_leaves_the_cost_of_that_step_alone()
    {
        using var scope = NewDisposeScope();
        ReferenceProblem reference = ReferenceProblem.Get("scalar");
        using LinearPolicy policy = reference.Policy();
        LqrProblem problem = reference.Problem();
        var (cut, _) = Gradients(problem, policy, PolicyGradientEstimator.Pathwise, new RolloutOptions { Truncation = 1, FirstCut = 1 }, isPerTrajectory: true);
        using var random = new RandomSource(8);
        Rollout rollout = Rollout.Run(problem, policy, 5, random, new RolloutOptions());
        // c = s² + u² and u = −K s + σ ε: the derivative in K is −2 u s.
        Tensor s = rollout.Observations.squeeze(-1), u = -0.5 * s + 0.3 * rollout.Noise.squeeze(-1);
        Assert.True(allclose((-2 * u * s).sum(0L), cut[0].flatten(), 1e-11, 1e-11));
    }

    [Theory]
    [InlineData(ActionDistribution.TanhNormal, 0, 1, 0.3)]
    [InlineData(ActionDistribution.TanhNormal, 6, 0.97, 0.3)]
    [InlineData(ActionDistribution.Normal, 7, 1, 1.5)]
    public void Hand_derived_gradients_of_the_pendulum_are_autograd_s(ActionDistribution distribution, int truncation, double discount, double scale)
    {
        using var scope = NewDisposeScope();
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [7, 5], Distribution = distribution, Scale = [scale], Seed = 6, DType = "float32" });
        var problem = new PendulumProblem(settings: new ControlProblemSettings { Horizon = 30, Discount = discount });
        policy.FitTo(problem);
        var options = new RolloutOptions { Truncation = truncation, FirstCut = 2 };
        Assert.True(PendulumGradient.Fits(problem, policy, options));
        using RandomSource random = new(8), same = new(8);
        var (derived, costs) = PendulumGradient.Of(problem, policy, 37, random, options);
        var (expected, expectedCosts) = PolicyGradient.Of(problem, policy, PolicyGradientEstimator.Pathwise, PolicyBaseline.None, 37, same, options, isPerTrajectory: false);
        Assert.True(allclose(expectedCosts, costs, 1e-4, 1e-3));
        Assert.Equal(expected.Count, derived.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            double size = expected[i].abs().max().item<float>(), apart = (expected[i] - derived[i]).abs().max().item<float>();
            Assert.True(apart <= 1e-3 * size, $"{policy.GetParameters()[i].Name}: {apart} apart, of {size}");
        }
    }

    [Fact]
    public void Dynamics_that_jump_bring_a_warning_and_smooth_ones_none()
    {
        using var scope = NewDisposeScope();
        var start = new Normal(zeros(1, ScalarType.Float64), ones(1, ScalarType.Float64));
        List<string> Warnings(Func<Tensor, Tensor, Tensor> dynamics)
        {
            List<string> warnings = [];
            var problem = new FunctionProblem(dynamics, (s, u) => (s.square() + (0.1 * u.square())).sum(-1), 1, 1, start, new ControlProblemSettings { Horizon = 5 });
            using var policy = new LinearPolicy(new[,] { { 0.5 } }, [0.5]);
            PolicyGradientMeasurement.Run(problem, policy, new PolicyGradientOptions { Trajectories = 20_000, Seed = 1 }, warnings.Add, TestContext.Current.CancellationToken);
            return warnings;
        }
        Assert.Contains("probably have jumps", Assert.Single(Warnings((s, u) => s + u.sign() * 0.8)));
        Assert.Empty(Warnings((s, u) => s + u.tanh() * 0.8));
    }

    [Fact]
    public void What_cannot_be_estimated_is_an_error()
    {
        using var scope = NewDisposeScope();
        ReferenceProblem reference = ReferenceProblem.Get("scalar");
        using var still = new LinearPolicy(new[,] { { 0.5 } }, [0]);
        Assert.Contains("needs noise in every action", Assert.Throws<NotSupportedException>(() => PolicyGradientMeasurement.Run(reference.Problem(), still, cancellation: TestContext.Current.CancellationToken)).Message);
        PolicyGradientOptions pathwise = new() { Estimators = [PolicyGradientEstimator.Pathwise], Trajectories = 100 };
        Assert.Equal(2, PolicyGradientMeasurement.Run(reference.Problem(), still, pathwise, cancellation: TestContext.Current.CancellationToken).Count);
        using LinearPolicy policy = reference.Policy();
        var start = new Normal(zeros(1, ScalarType.Float64), ones(1, ScalarType.Float64));
        var detached = new FunctionProblem((s, u) => s.detach(), (s, u) => u.detach().square().sum(-1), 1, 1, start);
        Assert.Contains("use Estimator ScoreFunction or RewardToGo", Assert.Throws<ArgumentException>(() => PolicyGradientMeasurement.Run(detached, policy, pathwise, cancellation: TestContext.Current.CancellationToken)).Message);
        var exploding = new FunctionProblem((s, u) => s.exp() * 1e200, (s, u) => s.square().sum(-1), 1, 1, start);
        Assert.Contains("in 100 of the 100 trajectories of a batch.", Assert.Throws<NonFiniteCostException>(() => PolicyGradientMeasurement.Run(exploding, policy, pathwise, cancellation: TestContext.Current.CancellationToken)).Message);
        var flat = new FunctionProblem((s, u) => s.sum(-1), (s, u) => s.square().sum(-1), 1, 1, start);
        Assert.Contains("Dynamics must return a tensor of shape [100, 1] for states [100, 1] and actions [100, 1]; got [100].", Assert.Throws<ShapeMismatchException>(() => PolicyGradientMeasurement.Run(flat, policy, pathwise, cancellation: TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void The_mean_return_is_minus_the_exact_cost()
    {
        ReferenceProblem reference = ReferenceProblem.Get("double integrator");
        using LinearPolicy policy = reference.Policy();
        PolicyReturn measured = PolicyReturn.Measure(reference.Problem(), policy, 20_000, seed: 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("Sobol", measured.Starts);
        Assert.True(Math.Abs(measured.Return + reference.Cost) <= 4 * measured.StandardError, $"{measured.Return} for {-reference.Cost}");
        // Evenly spread starts and no noise: the cost of σ = 0, to a part in a hundred.
        double still = LqrValue.Of(reference.Problem(), ReferenceProblem.Matrix(reference.Gain), [0])!.Cost;
        Assert.Equal(-still, PolicyReturn.Measure(reference.Problem(), policy, 20_000, isDeterministic: true, cancellation: TestContext.Current.CancellationToken).Return, 0.01 * still);
    }

    private static (IReadOnlyList<Tensor> Gradients, Tensor Costs) Gradients(ControlProblem problem, Policy policy, PolicyGradientEstimator estimator, RolloutOptions options, bool isPerTrajectory)
    {
        using var random = new RandomSource(8);
        return PolicyGradient.Of(problem, policy, estimator, PolicyBaseline.None, 5, random, options, isPerTrajectory);
    }
}
