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
        long before = Tensor.TotalCount;
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
