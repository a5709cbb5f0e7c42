using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Gradients;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Numerics.Philox;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.RandomNumbers;

public sealed class PhiloxSourceTests
{
    private static readonly Dictionary<string, Func<RandomSource, Tensor>> Primitives = new()
    {
        ["Normal"] = random => random.Normal([100_003], ScalarType.Float64),
        ["Single"] = random => random.Normal([100_003], ScalarType.Float32),
        ["Uniform"] = random => random.Uniform([100_003], ScalarType.Float64),
        ["Exponential"] = random => random.Exponential([100_003], ScalarType.Float64),
        ["Cauchy"] = random => random.Cauchy([100_003], ScalarType.Float64),
        ["Gamma"] = random => random.StandardGamma(linspace(0.1, 5, 100_003, ScalarType.Float64)),
        ["Poisson"] = random => random.Poisson(linspace(0.1, 30, 100_003, ScalarType.Float64)),
        ["Binomial"] = random => random.Binomial(full(100_003, 50.0, ScalarType.Float64), linspace(0.1, 0.9, 100_003, ScalarType.Float64)),
        ["VonMises"] = random => new VonMises(tensor(0.0, ScalarType.Float64), linspace(0.01, 50, 100_003, ScalarType.Float64)).Sample([], random),
        ["VonMisesOfOne"] = random => new VonMises(tensor(0.5, ScalarType.Float64), tensor(2.0, ScalarType.Float64)).Sample([100_003], random),
        ["Bernoulli"] = random => random.Bernoulli(linspace(0, 1, 100_003, ScalarType.Float64)),
        ["Categorical"] = random => random.Categorical(tensor(new[] { 0.0, 0.2, 0.8, 0.5, 0.5, 0.0 }, [2, 3], ScalarType.Float64), 50_000),
        ["Permutation"] = random => random.Permutation(10_000),
    };

    public static TheoryData<string> Names() => [.. Primitives.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Draws_have_the_same_bits_for_any_number_of_threads(string name)
    {
        int threads = get_num_threads();
        try
        {
            double[][] draws = [.. new[] { 1, 2, 5 }.Select(count =>
            {
                set_num_threads(count);
                using var scope = NewDisposeScope();
                using RandomSource random = new RandomSeed(7, RandomGenerator.Philox).Open();
                return ManagedValues.ToDoubles(Primitives[name](random));
            })];
            Assert.Equal(draws[0], draws[1]);
            Assert.Equal(draws[0], draws[2]);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Calls_and_seeds_draw_other_numbers_and_one_seed_repeats_them(string name)
    {
        using var scope = NewDisposeScope();
        double[] Draw(long seed, int calls)
        {
            using RandomSource random = new RandomSeed(seed, RandomGenerator.Philox).Open();
            Tensor last = Primitives[name](random);
            for (int call = 1; call < calls; call++) last = Primitives[name](random);
            return ManagedValues.ToDoubles(last);
        }
        double[] first = Draw(1, 1);
        Assert.Equal(first, Draw(1, 1));
        Assert.NotEqual(first, Draw(1, 2));
        Assert.NotEqual(first, Draw(2, 1));
        Assert.NotEqual(first, Draw(-1, 1));
    }

    [Fact]
    public void Draws_of_float32_are_those_of_float64_rounded()
    {
        using var scope = NewDisposeScope();
        Tensor Draw(ScalarType dtype) => new RandomSeed(7, RandomGenerator.Philox).Open().Normal([5_000], dtype);
        Assert.Equal(ManagedValues.ToDoubles(Draw(ScalarType.Float64).to(ScalarType.Float32)), ManagedValues.ToDoubles(Draw(ScalarType.Float32)));
        Tensor uniform = new RandomSeed(7, RandomGenerator.Philox).Open().Uniform([1_000_000], ScalarType.Float32);
        Assert.True(uniform.max().item<float>() < 1);
    }

    [Fact]
    public void A_shape_draws_the_stream_in_row_major_order()
    {
        using var scope = NewDisposeScope();
        using RandomSource random = new RandomSeed(3, RandomGenerator.Philox).Open();
        double[] expected = new double[30];
        new PhiloxStream(3, 0).Fill<NormalKernel>(expected, 0);
        Tensor drawn = random.Normal([5, 2, 3], ScalarType.Float64);
        Assert.Equal([5, 2, 3], drawn.shape);
        Assert.Equal(expected, ManagedValues.ToDoubles(drawn));
        Assert.Equal([0, 4], random.Normal([0, 4], ScalarType.Float32).shape);
    }

    // From a nearly uniform circle to a normal of scale 1e-5; the tails count, since they show a wrong envelope.
    [Theory, InlineData(1e-320), InlineData(1e-9), InlineData(0.3), InlineData(2), InlineData(40), InlineData(1e4), InlineData(1e10)]
    public void Angles_follow_the_CDF_at_every_concentration(double kappa)
    {
        const int count = 200_000;
        using var scope = NewDisposeScope();
        var distribution = new VonMises(tensor(0.0, ScalarType.Float64), tensor(kappa, ScalarType.Float64));
        using RandomSource random = new RandomSeed(11, RandomGenerator.Philox).Open();
        double[] levels = [.. ManagedValues.ToDoubles(distribution.Cdf(distribution.Sample([count], random))).Order()];
        Assert.True(TestStatistics.KolmogorovPValue(TestStatistics.KolmogorovDistance(levels), count) > 1e-4);
        Assert.InRange(levels.Count(level => level < 1e-3), 120, 290);
        Assert.InRange(levels.Count(level => level > 1 - 1e-3), 120, 290);
    }

    [Fact]
    public void Categories_without_probability_are_never_drawn_and_others_have_their_share()
    {
        using var scope = NewDisposeScope();
        using RandomSource random = new RandomSeed(3, RandomGenerator.Philox).Open();
        Tensor drawn = random.Categorical(tensor(new[] { 0.0, 2.0, 6.0, 0.0 }, [1, 4], ScalarType.Float64), 100_000);
        Assert.Equal(ScalarType.Int64, drawn.dtype);
        double[] values = ManagedValues.ToDoubles(drawn);
        Assert.All(values, value => Assert.True(value is 1 or 2));
        Assert.Equal(0.25, values.Count(value => value == 1) / 100_000.0, 0.01);
    }

    [Fact]
    public void A_permutation_holds_every_number_once()
    {
        using var scope = NewDisposeScope();
        Tensor order = new RandomSeed(3, RandomGenerator.Philox).Open().Permutation(1000);
        Assert.NotEqual(Enumerable.Range(0, 1000).Select(i => (double)i), ManagedValues.ToDoubles(order));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (double)i), ManagedValues.ToDoubles(order).Order());
    }

    [Theory, InlineData(ScalarType.Float64), InlineData(ScalarType.Float32)]
    public void Every_kind_of_the_catalogue_passes_its_checks(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        string[] failed =
        [
            .. DistributionCatalog.All.SelectMany(type => DistributionCheck.Run(type.CreateExample(dtype), 5_000, new RandomSeed(0, RandomGenerator.Philox), 1e-6, CancellationToken.None))
                .Where(row => !row.Passed).Select(row => $"{row.Distribution} {row.Check}: {row.Reason}"),
        ];
        Assert.True(failed.Length == 0, string.Join("; ", failed));
    }

    // Functions of libtorch round the last elements of a tensor otherwise.
    [Theory, InlineData(ScalarType.Float64, 1e-13), InlineData(ScalarType.Float32, 1e-5)]
    public void A_longer_draw_of_every_kind_begins_with_a_shorter_one(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        foreach (DistributionType type in DistributionCatalog.All)
        {
            Distribution one = type.CreateExample(dtype);
            foreach (Distribution distribution in new[] { one, one.Expand([2, .. one.BatchShape]) })
            {
                double[] Draw(long count) => ManagedValues.ToDoubles(distribution.Sample([count], new RandomSeed(5, RandomGenerator.Philox).Open()));
                Assert.True(Draw(3).Zip(Draw(50)).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance * Math.Abs(pair.First)), $"{type.Name}, batch {TensorShapes.Format(distribution.BatchShape)}");
            }
        }
    }

    // Without libtorch's generator at hand, no kind can have drawn from it.
    [Fact]
    public void No_kind_draws_from_the_generator_of_libtorch()
    {
        using var scope = NewDisposeScope();
        foreach (DistributionType type in DistributionCatalog.All)
        {
            using var random = new PhiloxSource(5, null);
            type.CreateExample(ScalarType.Float64).Sample([3], random);
            Assert.False(random.UsedTorch, $"{type.Name} drew from libtorch's generator");
        }
    }

    [Fact]
    public void Every_gradient_passes_its_check()
    {
        using var scope = NewDisposeScope();
        string[] failed =
        [
            .. DistributionCatalog.All.Where(type => type.HasRSample)
                .SelectMany(type => ReparameterizationCheck.Run(type.CreateExample(ScalarType.Float64), new ReparameterizationCheckOptions { Seed = 1, Generator = RandomGenerator.Philox }, TestContext.Current.CancellationToken))
                .Where(row => !row.Passed).Select(row => $"{row.Distribution} {row.Parameter} {row.Method}: {row.Reason}"),
        ];
        Assert.True(failed.Length == 0, string.Join("; ", failed));
    }

    [Theory, InlineData(DrawScheme.Independent), InlineData(DrawScheme.Antithetic), InlineData(DrawScheme.Sobol)]
    public void Estimators_draw_from_it_and_agree_with_the_closed_form(DrawScheme scheme)
    {
        using var scope = NewDisposeScope();
        var normal = new Normal(tensor(0.5, ScalarType.Float64), tensor(1.5, ScalarType.Float64));
        var options = new GradientEstimatorOptions { Estimator = GradientEstimatorKind.Pathwise, Scheme = scheme, Draws = 4096, Seed = 2, Generator = RandomGenerator.Philox };
        IReadOnlyList<GradientMeasurement> rows = GradientEstimation.Measure(normal, z => z.square(), options, TestContext.Current.CancellationToken), other = GradientEstimation.Measure(normal, z => z.square(), options with { Generator = RandomGenerator.Torch }, TestContext.Current.CancellationToken);
        // E[z²] = loc² + scale².
        foreach ((GradientMeasurement row, double expected) in rows.Zip([1.0, 3.0])) Assert.True(Math.Abs(row.Estimate - expected) < 5 * row.StandardError + 1e-9, row.ToString());
        Assert.All(rows, row => Assert.Equal(RandomGenerator.Philox, row.Generator));
        Assert.NotEqual(rows.Select(row => row.Estimate), other.Select(row => row.Estimate));
    }
}
