using ReparamPS.Distributions;
using ReparamPS.Policies;
using ReparamPS.Policies.Gradients;
using ReparamPS.Policies.Problems;
using ReparamPS.Policies.Training;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Policies;

[Collection("VAE memory")]
public sealed class PolicyMemoryTests
{
    [Fact]
    public void Native_tensors_do_not_grow_over_iterations_and_measurements()
    {
        var problem = new PendulumProblem(settings: new ControlProblemSettings { Horizon = 5, ProcessNoise = [0.1] });
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [4], Distribution = ActionDistribution.TanhNormal });
        PolicyGradientMeasurement.Run(problem, policy, new PolicyGradientOptions { Trajectories = 300 }, cancellation: TestContext.Current.CancellationToken);
        using var scope = NewDisposeScope();
        // Functions of a user are checked before they are used.
        var functions = new FunctionProblem((s, u) => s + 0.1 * u, (s, u) => (s.square() + u.square()).sum(-1), 1, 1, new Normal(zeros(1), ones(1)), new ControlProblemSettings { Horizon = 5 });
        using var linear = new LinearPolicy(new[,] { { 0.5 } }, [0.5]);
        PolicyGradientMeasurement.Run(functions, linear, new PolicyGradientOptions { Trajectories = 300 }, cancellation: TestContext.Current.CancellationToken);
        // Tensors that earlier tests left.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        PolicyGradientMeasurement.Run(functions, linear, new PolicyGradientOptions { Trajectories = 300 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Single(PolicyTrainer.Train(functions, linear, new PolicyTrainingOptions { Iterations = 1, Trajectories = 300 }, cancellation: TestContext.Current.CancellationToken));
        PolicyGradientMeasurement.Run(problem, policy, new PolicyGradientOptions { Trajectories = 300, Baselines = [PolicyBaseline.Time] }, cancellation: TestContext.Current.CancellationToken);
        PolicyReturn.Measure(problem, policy, 100, cancellation: TestContext.Current.CancellationToken);
        foreach (PolicyGradientEstimator estimator in Enum.GetValues<PolicyGradientEstimator>())
        {
            var options = new PolicyTrainingOptions { Estimator = estimator, Iterations = 4, Trajectories = 300, EntropyWeight = 0.1, Seed = 1 };
            Assert.Equal(4, PolicyTrainer.Train(problem, policy, options, cancellation: TestContext.Current.CancellationToken).Count());
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
