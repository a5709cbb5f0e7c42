using ReparamPS.Policies;
using ReparamPS.Policies.Problems;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Policies;

public sealed class PolicyTests
{
    [Fact]
    public void The_log_density_of_tanh_normal_actions_is_exact_far_in_the_tails()
    {
        using var scope = NewDisposeScope();
        foreach (TanhRow row in ReferenceProblem.Read<TanhRow>("tanhNormal"))
        {
            using NeuralPolicy policy = Constant(row.Mean, row.Scale, "float64");
            Tensor found = policy.LogProb(ones(1, 3, dtype: ScalarType.Float64), tensor(new[,] { { row.X } }), row.Bound);
            Assert.Equal([1], found.shape);
            Assert.Equal(row.LogProb, found.item<double>(), 1e-13 * (1 + Math.Abs(row.LogProb)));
        }
    }

    [Fact]
    public void Tanh_normal_actions_stay_within_the_bound()
    {
        using var scope = NewDisposeScope();
        using NeuralPolicy policy = Constant(0, 1, "float64");
        Tensor actions = policy.Action(tensor(new[,] { { -50.0 }, { 0.5 } }), 2);
        Assert.Equal(-2, actions[0, 0].item<double>(), 1e-12);
        Assert.Equal(2 * Math.Tanh(0.5), actions[1, 0].item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sensitivities_times_the_Jacobian_of_the_mean_are_autograd_s(bool isPerTrajectory)
    {
        using var scope = NewDisposeScope();
        using var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [5, 4], Seed = 3 });
        policy.FitTo(new PendulumProblem());
        Tensor observations = randn([6, 3, 3], ScalarType.Float64), sensitivities = randn([6, 3, 1], ScalarType.Float64);
        IReadOnlyList<Tensor> found = policy.MeanGradients(observations, sensitivities, isPerTrajectory);
        for (int trajectory = 0; trajectory < 3; trajectory++)
        {
            using NeuralPolicy twin = (NeuralPolicy)policy.Clone();
            foreach ((_, Tensor value) in twin.GetParameters()) value.requires_grad_();
            Tensor own = isPerTrajectory ? observations.select(1, trajectory) : observations, weight = isPerTrajectory ? sensitivities.select(1, trajectory) : sensitivities;
            (twin.Mean(own) * weight).sum().backward();
            for (int i = 0; i < found.Count; i++)
            {
                Tensor expected = twin.GetParameters()[i].Value.grad!, mine = isPerTrajectory ? found[i][trajectory] : found[i];
                Assert.True(allclose(expected, mine, 1e-11, 1e-12), twin.GetParameters()[i].Name);
            }
        }
    }

    [Fact]
    public void Equal_seeds_make_equal_weights_and_a_policy_keeps_its_sizes()
    {
        using var first = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [8], Seed = 5 });
        using var second = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [8], Seed = 5 });
        Assert.Throws<InvalidOperationException>(() => first.GetParameters());
        var pendulum = new PendulumProblem();
        first.FitTo(pendulum);
        second.FitTo(pendulum);
        Assert.True(allclose(first.Flat.Buffer, second.Flat.Buffer, 0, 0));
        Assert.Equal(8 * 3 + 8 + 8 + 1 + 1, first.ParameterCount);
        Assert.Throws<ReparamPS.Torch.ShapeMismatchException>(() => first.FitTo(ReferenceProblem.All[0].Problem()));
    }

    [Theory]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void A_scale_that_is_no_standard_deviation_is_refused(double scale) =>
        Assert.Contains("Scale must be finite and at least 0", Assert.Throws<ArgumentException>(() => new LinearPolicy(new double[,] { { 1 } }, [scale])).Message);

    [Fact]
    public void Numbers_that_float32_cannot_hold_are_refused()
    {
        string Refusal(double gain, double scale) => Assert.Throws<ArgumentException>(() => new LinearPolicy(new double[,] { { gain } }, [scale], ScalarType.Float32)).Message;
        Assert.Contains("Gain must hold numbers that are finite in float32; got 1E+300.", Refusal(1e300, 1));
        Assert.Contains("Scale must be finite in float32 and at least 0; got 1E+300.", Refusal(1, 1e300));
        Assert.Contains("Scale must be 0 or at least 1E-45, the smallest positive number of float32; got 1E-50.", Refusal(1, 1e-50));
        Assert.Contains("the smallest positive number of float32", Assert.Throws<ArgumentException>(() => new NeuralPolicy(new NeuralPolicySettings { Scale = [1e-50], DType = "float32" })).Message);
        Assert.Equal(1e300, new LinearPolicy(new double[,] { { 1e300 } }, [1e-50]).Gain[0, 0]);
    }

    // A mean that no observation moves.
    private static NeuralPolicy Constant(double mean, double scale, string dtype)
    {
        var policy = new NeuralPolicy(new NeuralPolicySettings { HiddenSize = [], Distribution = ActionDistribution.TanhNormal, Scale = [scale], DType = dtype });
        policy.FitTo(new PendulumProblem());
        using var noGrad = no_grad();
        policy.GetParameters()[0].Value.zero_();
        policy.GetParameters()[1].Value.fill_(mean);
        return policy;
    }

    private sealed record TanhRow(double Mean, double Scale, double X, double Bound, double LogProb);
}
