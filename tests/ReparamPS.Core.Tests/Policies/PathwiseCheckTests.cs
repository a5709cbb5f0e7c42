using ReparamPS.Distributions;
using ReparamPS.Policies;
using ReparamPS.Policies.Gradients;
using ReparamPS.Policies.Problems;
using ReparamPS.Policies.Training;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Policies;

/// <summary>Dynamics and costs whose values are right and whose gradients are not are refused, before the pathwise estimator uses them.</summary>
public sealed class PathwiseCheckTests
{
    private delegate Tensor Function(Tensor state, Tensor action);

    private static readonly Dictionary<string, Function> Dynamics = new()
    {
        ["smooth"] = (s, u) => s + 0.1 * u,
        ["all detached"] = (s, u) => (s + 0.1 * u).detach(),
        ["action detached"] = (s, u) => s + 0.1 * u.detach(),
        ["state detached"] = (s, u) => s.detach() + 0.1 * u,
        ["partly detached"] = (s, u) => s + 0.1 * u + (0.3 * u).detach(),
        ["detached on one side"] = (s, u) => where(s > 0, s, s.detach()) + 0.1 * u,
        ["no action"] = (s, u) => 0.5 * s,
        ["jumps"] = (s, u) => s + 0.8 * u.sign(),
        ["kinks"] = (s, u) => s.abs() - u.relu().clamp(0, 0.7),
        ["straight through"] = (s, u) => s + 0.1 * (u + (u.round() - u).detach()),
        ["rapid"] = (s, u) => s + 0.1 * (300 * u).sin(),
        ["random"] = (s, u) => s + 0.1 * u + 0.1 * randn_like(s),
        ["mixes trajectories"] = (s, u) => s - 0.5 * s.mean([0], keepdim: true) + 0.1 * u,
        ["single precision"] = (s, u) => (s.to(ScalarType.Float32) + 0.1f * u.to(ScalarType.Float32)).tanh().to(s.dtype),
        ["far away"] = (s, u) => s + 1e-7 * u,
        ["differentiates"] = (s, u) =>
        {
            Tensor at = s.detach().requires_grad_(), energy = at.square().sum();
            energy.backward();
            return s + 0.1 * u + at.grad!.sum() * 0;
        },
    };

    private static readonly Dictionary<string, Function> Costs = new()
    {
        ["smooth"] = (s, u) => (s.square() + u.square()).sum(-1),
        ["all detached"] = (s, u) => (s.square() + u.square()).sum(-1).detach(),
        ["action detached"] = (s, u) => (s.square() + u.detach().square()).sum(-1),
        ["state detached"] = (s, u) => (s.detach().square() + u.square()).sum(-1),
        ["offset"] = (s, u) => 1e4 + (s.square() + u.square()).sum(-1),
        ["small"] = (s, u) => 1e-12 * (s.square() + u.square()).sum(-1),
        ["counts"] = (s, u) => u.square().sum(-1) + (s.abs() > 1).to(s.dtype).sum(-1),
        ["kinks"] = (s, u) => s.abs().sum(-1) + (u - 0.5).relu().sum(-1),
        ["root"] = (s, u) => s.abs().sqrt().sum(-1) + u.square().sum(-1),
        ["of the state"] = (s, u) => s.square().sum(-1),
    };

    [Theory]
    [InlineData("all detached", "smooth", "The gradient of Dynamics does not reach the actions: it is 0, but finite differences give 0.1.")]
    [InlineData("action detached", "smooth", "The gradient of Dynamics does not reach the actions: it is 0, but finite differences give 0.1.")]
    [InlineData("partly detached", "smooth", "The gradient of Dynamics with respect to the actions is wrong: it is 0.1, but finite differences give 0.4.")]
    [InlineData("state detached", "smooth", "The gradient of Dynamics does not reach the states: it is 0, but finite differences give 1.")]
    [InlineData("detached on one side", "smooth", "The gradient of Dynamics does not reach the states: it is 0, but finite differences give 1.")]
    [InlineData("smooth", "action detached", "The gradient of Cost does not reach the actions: it is 0, but finite differences give ")]
    [InlineData("smooth", "state detached", "The gradient of Cost does not reach the states: it is 0, but finite differences give ")]
    [InlineData("smooth", "all detached", "The gradient of Cost does not reach the actions: it is 0, but finite differences give ")]
    public void A_cut_gradient_is_an_error_that_names_the_function(string dynamics, string cost, string message)
    {
        foreach (string dtype in new[] { "float64", "float32" })
        {
            string Shown(Exception error) => error.Message.Replace("0.10000", "0.1").Replace("0.0999999", "0.1");
            var error = Assert.Throws<ArgumentException>(() => Measure(dynamics, cost, dtype, PolicyGradientEstimator.Pathwise));
            if (dtype == "float64") Assert.StartsWith(message, Shown(error), StringComparison.Ordinal);
            else Assert.StartsWith(message[..message.IndexOf(" it is ", StringComparison.Ordinal)], error.Message, StringComparison.Ordinal);
            Assert.Equal(message.Split(' ')[3], error.ParamName);
            Assert.Contains("such as one from New-Tensor, .detach(), .item() or .ToArray().", error.Message, StringComparison.Ordinal);
            Assert.Equal(error.Message, Assert.Throws<ArgumentException>(() => Train(dynamics, cost, dtype, new PolicyTrainingOptions())).Message);
        }
        Measure(dynamics, cost, "float64", PolicyGradientEstimator.ScoreFunction, PolicyGradientEstimator.RewardToGo);
        Train(dynamics, cost, "float64", new PolicyTrainingOptions { Estimator = PolicyGradientEstimator.RewardToGo });
    }

    [Theory]
    [InlineData("smooth", "smooth")]
    [InlineData("no action", "smooth")]
    [InlineData("jumps", "smooth")]
    [InlineData("kinks", "smooth")]
    [InlineData("straight through", "smooth")]
    [InlineData("rapid", "smooth")]
    [InlineData("random", "smooth")]
    [InlineData("mixes trajectories", "smooth")]
    [InlineData("single precision", "smooth")]
    [InlineData("far away", "smooth")]
    [InlineData("differentiates", "smooth")]
    [InlineData("smooth", "offset")]
    [InlineData("smooth", "small")]
    [InlineData("smooth", "counts")]
    [InlineData("smooth", "kinks")]
    [InlineData("smooth", "root")]
    [InlineData("smooth", "of the state")]
    public void Functions_with_a_right_gradient_pass(string dynamics, string cost)
    {
        foreach (string dtype in new[] { "float64", "float32" })
        {
            Measure(dynamics, cost, dtype, PolicyGradientEstimator.Pathwise);
            Train(dynamics, cost, dtype, new PolicyTrainingOptions());
        }
    }

    // No gradient passes a state if each step is cut, or if there is one step only.
    [Fact]
    public void Only_gradients_that_are_used_are_checked()
    {
        Train("all detached", "state detached", "float64", new PolicyTrainingOptions { Truncation = 1 });
        Train("state detached", "smooth", "float64", new PolicyTrainingOptions { Truncation = 2 });
        Assert.Throws<ArgumentException>(() => Train("state detached", "smooth", "float64", new PolicyTrainingOptions { Truncation = 3 }));
        Assert.Throws<ArgumentException>(() => Train("action detached", "smooth", "float64", new PolicyTrainingOptions { Truncation = 2 }));
        using var scope = NewDisposeScope();
        var one = new FunctionProblem((s, u) => throw new InvalidOperationException("Not needed."), (s, u) => (s.detach() + u).square().sum(-1), 1, 1, Start(), new ControlProblemSettings { Horizon = 1 });
        using var policy = new LinearPolicy(new[,] { { 0.5 } }, [0.5]);
        PolicyGradientMeasurement.Run(one, policy, new PolicyGradientOptions { Estimators = [PolicyGradientEstimator.Pathwise], Trajectories = 100 }, cancellation: TestContext.Current.CancellationToken);
    }

    // The second of two state variables goes through a copy.
    [Fact]
    public void A_cut_in_one_component_is_found_among_others()
    {
        using var scope = NewDisposeScope();
        Tensor start = zeros(2, ScalarType.Float64);
        var problem = new FunctionProblem(
            (s, u) => cat([s.narrow(1, 0, 1) + 0.1 * s.narrow(1, 1, 1), (s.narrow(1, 1, 1) + 0.1 * u).detach()], 1), (s, u) => (s.square().sum(-1) + u.square().sum(-1)), 2, 1, new Normal(start, ones_like(start)));
        using var policy = new LinearPolicy(new[,] { { 0.5, 0.5 } }, [0.5]);
        var options = new PolicyGradientOptions { Estimators = [PolicyGradientEstimator.Pathwise], Trajectories = 100 };
        Assert.StartsWith("The gradient of Dynamics does not reach the actions", Assert.Throws<ArgumentException>(() => PolicyGradientMeasurement.Run(problem, policy, options, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    // All first states are at the kink of |s|, and the policy does nothing there.
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void States_at_a_kink_say_nothing(double scale)
    {
        using var scope = NewDisposeScope();
        var problem = new FunctionProblem((s, u) => s + u, (s, u) => s.abs().sum(-1) + s.relu().sum(-1) + u.square().sum(-1), 1, 1, new Normal(zeros(1, ScalarType.Float64), full(1, 1e-300, ScalarType.Float64)));
        using var policy = new LinearPolicy(new[,] { { 0.5 } }, [scale]);
        PolicyGradientMeasurement.Run(problem, policy, new PolicyGradientOptions { Estimators = [PolicyGradientEstimator.Pathwise], Trajectories = 100 }, cancellation: TestContext.Current.CancellationToken);
    }

    private static Normal Start() => new(zeros(1, ScalarType.Float64), ones(1, ScalarType.Float64));

    private static FunctionProblem Problem(string dynamics, string cost) => new(new(Dynamics[dynamics]), new(Costs[cost]), 1, 1, Start(), new ControlProblemSettings { Horizon = 5 });

    private static NeuralPolicy Policy(string dtype) => new(new NeuralPolicySettings { HiddenSize = [4], Scale = [0.5], Seed = 1, DType = dtype });

    private static void Measure(string dynamics, string cost, string dtype, params PolicyGradientEstimator[] estimators)
    {
        using var scope = NewDisposeScope();
        using NeuralPolicy policy = Policy(dtype);
        var options = new PolicyGradientOptions { Estimators = estimators, Trajectories = 100 };
        Assert.NotEmpty(PolicyGradientMeasurement.Run(Problem(dynamics, cost), policy, options, cancellation: TestContext.Current.CancellationToken));
    }

    private static void Train(string dynamics, string cost, string dtype, PolicyTrainingOptions options)
    {
        using var scope = NewDisposeScope();
        using NeuralPolicy policy = Policy(dtype);
        Assert.NotEmpty(PolicyTrainer.Train(Problem(dynamics, cost), policy, options with { Iterations = 1, Trajectories = 100 }, cancellation: TestContext.Current.CancellationToken));
    }
}
