using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Policies;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Policies;

public sealed class ControlProblemTests
{
    private static readonly double[,] A = { { 1, 0.1 }, { 0, 1 } }, B = { { 0 }, { 0.1 } }, Q = { { 1, 0 }, { 0, 1 } }, R = { { 0.1 } };

    public static TheoryData<string> Names => [.. ReferenceProblem.All.Select(each => each.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_exact_cost_and_gradient_are_those_of_the_unrolled_linear_map(string name)
    {
        ReferenceProblem reference = ReferenceProblem.Get(name);
        LqrValue value = LqrValue.Of(reference.Problem(), ReferenceProblem.Matrix(reference.Gain), reference.Scale)!;
        Assert.Equal(reference.Cost, value.Cost, 1e-12 * reference.Cost);
        double[] gradient = [.. value.GainGradient.Cast<double>(), .. value.ScaleGradient];
        Assert.Equal(reference.Gradient.Length, gradient.Length);
        for (int i = 0; i < gradient.Length; i++) Assert.Equal(reference.Gradient[i], gradient[i], 1e-11 * (1 + Math.Abs(reference.Gradient[i])));
    }

    [Theory, MemberData(nameof(Names))]
    public void The_optimal_gain_is_SciPy_s(string name)
    {
        ReferenceProblem reference = ReferenceProblem.Get(name);
        double[] expected = [.. reference.OptimalGain.SelectMany(row => row)], found = [.. reference.Problem().OptimalGain.Cast<double>()];
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-9);
    }

    // Published figures of an infinite horizon: 0.99^4000 is 4e-18.
    [Fact]
    public void A_long_horizon_has_the_cost_and_gradient_of_an_infinite_one()
    {
        var problem = new LqrProblem(A, B, Q, R, settings: new ControlProblemSettings { Horizon = 4000, Discount = 0.99 });
        LqrValue value = LqrValue.Of(problem, new double[,] { { 1, 1 } }, [0.5])!;
        Assert.Equal(31.776606484, value.Cost, 1e-8);
        Assert.Equal(-1.13461026, value.GainGradient[0, 0], 1e-7);
        Assert.Equal(-18.50754893, value.GainGradient[0, 1], 1e-7);
        Assert.Equal(21.00917020, value.ScaleGradient[0], 1e-7);
        LqrValue best = LqrValue.Of(problem, problem.OptimalGain, [0])!;
        Assert.Equal(17.846954247, best.Cost, 1e-8);
        Assert.All(best.GainGradient.Cast<double>(), derivative => Assert.Equal(0, derivative, 1e-7));
    }

    // Bellman's equation at R = 0: the action that brings the state to 0 is free, so u = −A s / B.
    [Fact]
    public void An_action_may_be_free() =>
        Assert.Equal(-3, new LqrProblem(new double[,] { { -1.5 } }, new double[,] { { 0.5 } }, new double[,] { { 1 } }, new double[,] { { 0 } }).OptimalGain[0, 0], 1e-12);

    // The eigenvalues of the symmetric part of [[1, x], [0, 1]] are 1 ± x / 2.
    [Theory]
    [InlineData(1, 0, 1, false)]
    [InlineData(1, 1.9, 1, false)]
    [InlineData(1, 2, 1, false)]
    [InlineData(0, 0, 1, false)]
    [InlineData(1, 2.2, 1, true)]
    [InlineData(-1, 0, 1, true)]
    [InlineData(1e-14, 0, 1, false)]
    public void Costs_without_a_minimum_are_refused(double first, double off, double second, bool isRefused)
    {
        double[,] matrix = { { first, off }, { 0, second } };
        foreach (string name in new[] { "Q", "R" })
        {
            Exception? error = Record.Exception(() => new LqrProblem(new double[,] { { 1, 0 }, { 0, 1 } }, new double[,] { { 1, 0 }, { 0, 1 } }, name == "Q" ? matrix : Q, name == "R" ? matrix : Q));
            if (!isRefused) Assert.Null(error);
            else Assert.Contains($"{name} must be positive semidefinite; its smallest eigenvalue is ", Assert.IsType<ArgumentException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_second_moment_of_the_first_state_counts_its_mean_and_covariance()
    {
        using var scope = NewDisposeScope();
        var start = new MultivariateNormal(tensor(new[] { 1.0, -2 }), tensor(new[,] { { 2.0, 0.5 }, { 0.5, 1 } }));
        var problem = new LqrProblem(A, B, Q, R, start, new ControlProblemSettings { Horizon = 1 });
        // One step: E[s'Qs] + E[u'Ru] with u = −(s1 + s2): 3 + 5 + 0.1 · (2 + 1 + 2 · 0.5 + (1 − 2)²).
        Assert.Equal(8 + 0.1 * 5, LqrValue.Of(problem, new double[,] { { 1, 1 } }, [0])!.Cost, 1e-12);
    }

    // E[s²] of single numbers, by mpmath and by hand; null if it is infinite, does not exist or is not known.
    private static readonly Dictionary<string, (Func<Distribution> Start, double? Expected)> Starts = new()
    {
        ["a wide von Mises"] = (() => new VonMises(tensor(0.0), tensor(0.01)), 3.26988087423138),
        ["a von Mises"] = (() => new VonMises(tensor(0.0), tensor(2.0)), 0.764461879811127),
        ["a narrow von Mises, not at 0"] = (() => new VonMises(tensor(-3.0), tensor(50.0)), 9 + 0.0202044795990514),
        ["categories"] = (() => new Categorical(tensor(new[] { 0.2, 0.3, 0.5 })), 0.3 + 4 * 0.5),
        ["a mixture"] = (() => new MixtureSameFamily(new Categorical(ones(2, ScalarType.Float64)), new Normal(tensor(new[] { -1.0, 3 }), tensor(new[] { 1.0, 2 }))), (2 + 13) / 2.0),
        ["a mixture of angles"] = (() => new MixtureSameFamily(new Categorical(ones(2, ScalarType.Float64)), new VonMises(tensor(new[] { -1.0, 1 }), tensor(2.0))), null),
        ["a scaled von Mises"] = (() => new TransformedDistribution(new VonMises(tensor(0.0), tensor(2.0)), [new AffineTransform(tensor(0.0), tensor(2.0))]), null),
        ["Cauchy"] = (() => new Cauchy(tensor(0.0), tensor(1.0)), null),
        ["HalfCauchy"] = (() => new HalfCauchy(tensor(1.0)), null),
        ["StudentT"] = (() => new StudentT(tensor(1.5), tensor(0.0), tensor(1.0)), null),
        ["Pareto"] = (() => new Pareto(tensor(1.0), tensor(1.5)), null),
    };

    public static TheoryData<string> StartNames => [.. Starts.Keys];

    [Theory, MemberData(nameof(StartNames))]
    public void The_second_moment_of_the_first_state_is_that_of_its_numbers_or_null(string name)
    {
        using var scope = NewDisposeScope();
        Distribution single = Starts[name].Start(), joint = new Independent(single.Expand(2), 1);
        foreach (Distribution start in new[] { single, joint })
        {
            double[,]? moment = new LqrProblem(A, B, Q, R, start).Starts.SecondMoment();
            if (Starts[name].Expected is not { } expected) Assert.Null(moment);
            else
            {
                Assert.Equal(expected, moment![0, 0], 1e-12 * (1 + expected));
                Assert.Equal(moment[0, 0], moment[1, 1]);
                Assert.True(moment[0, 1] * moment[0, 1] < 0.999 * moment[0, 0] * moment[1, 1]);
            }
        }
    }

    [Fact]
    public void The_second_moment_of_a_first_state_of_low_rank_counts_the_covariance()
    {
        using var scope = NewDisposeScope();
        var start = new LowRankMultivariateNormal(tensor(new[] { 1.0, -2 }), tensor(new[,] { { 1.0 }, { 0.5 } }), tensor(new[] { 1.0, 0.75 }));
        Assert.Equal(new[,] { { 3, -1.5 }, { -1.5, 5 } }, new LqrProblem(A, B, Q, R, start).Starts.SecondMoment());
    }

    [Fact]
    public void No_fixed_point_of_the_Riccati_equation_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new LqrProblem(new double[,] { { 2 } }, new double[,] { { 0 } }, new double[,] { { 1 } }, new double[,] { { 1 } }).OptimalGain);

    [Fact]
    public void Trajectories_of_the_pendulum_cost_what_plain_arithmetic_says()
    {
        using var scope = NewDisposeScope();
        foreach (PendulumRow row in ReferenceProblem.Read<PendulumRow>("pendulum"))
        {
            using var policy = new LinearPolicy(new[,] { { row.Gain[0], row.Gain[1], row.Gain[2] } }, [0]);
            using var random = new RandomSource(1);
            Rollout rollout = Rollout.Run(new PendulumProblem(), policy, 1, random, new RolloutOptions { Starts = tensor(new[,] { { row.Theta, row.Speed } }) });
            Assert.Equal(row.Cost, rollout.Costs.sum().item<double>(), 1e-6 * row.Cost);
        }
    }

    [Fact]
    public void Evenly_spread_starts_fill_the_first_state_s_distribution()
    {
        using var scope = NewDisposeScope();
        Tensor starts = new PendulumProblem().Starts.Spread(750, ScalarType.Float64)!;
        Assert.Equal([750, 2], starts.shape);
        Tensor angles = starts.select(1, 0), speeds = starts.select(1, 1);
        Assert.Equal(0, angles.mean().item<double>(), 0.02);
        Assert.Equal(Math.PI * Math.PI / 3, angles.square().mean().item<double>(), 0.02);
        Assert.Equal(1.0 / 3, speeds.square().mean().item<double>(), 0.005);
        Assert.True(speeds.abs().max().item<double>() <= 1);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_by_name()
    {
        Assert.Contains("B must be 2 × 1 (a row for each row of A, a column for each action variable); got 1 × 1", Assert.Throws<ShapeMismatchException>(() => new LqrProblem(A, R, Q, R)).Message);
        using var policy = new LinearPolicy(new double[,] { { 1, 2, 3 } }, [1]);
        Assert.Contains("[1, 2]", Assert.Throws<ShapeMismatchException>(() => policy.FitTo(new LqrProblem(A, B, Q, R))).Message);
        using var scope = NewDisposeScope();
        var start = new Normal(zeros(3, ScalarType.Float64), ones(3, ScalarType.Float64));
        Assert.Contains("InitialState", Assert.Throws<ShapeMismatchException>(() => new LqrProblem(A, B, Q, R, start)).Message);
        Assert.Contains("ProcessNoise must have 1 number or 2, one per state variable; got 3.", Assert.Throws<ArgumentException>(() => new LqrProblem(A, B, Q, R, settings: new ControlProblemSettings { ProcessNoise = [1, 2, 3] })).Message);
        Assert.Contains("ProcessNoise must have 1 number; got 2.", Assert.Throws<ArgumentException>(() => new LqrProblem(R, R, R, R, settings: new ControlProblemSettings { ProcessNoise = [1, 2] })).Message);
        Assert.Contains("Scale must have 1 number, because there is one action variable; got 2.", Assert.Throws<ShapeMismatchException>(() => new LinearPolicy(R, [1, 2])).Message);
    }

    private sealed record PendulumRow(double[] Gain, double Theta, double Speed, double Cost);
}
