using System.Globalization;
using System.Runtime.Intrinsics;
using ReparamPS.Numerics.Philox;
using ReparamPS.Numerics.Points;
using ReparamPS.Numerics.Statistics;

namespace ReparamPS.Core.Tests.RandomNumbers;

public sealed class PhiloxTests
{
    private const int Many = 4_000_000;

    // The known answers that Random123, the paper's own code, is tested with.
    [Theory]
    [InlineData(new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 }, new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, new uint[] { 0xffffffff, 0xffffffff }, new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, new uint[] { 0xa4093822, 0x299f31d0 }, new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Blocks_are_the_known_answers_of_the_paper(uint[] counter, uint[] key, uint[] expected)
    {
        Vector256<ulong>[] words = [.. counter.Select(word => Vector256.Create((ulong)word))];
        (Vector256<ulong> first, Vector256<ulong> second) = PhiloxBlock.Of(words[0], words[1], words[2], words[3], key[0] | ((ulong)key[1] << 32));
        for (int lane = 0; lane < 4; lane++)
        {
            Assert.Equal(expected[0] | ((ulong)expected[1] << 32), first[lane]);
            Assert.Equal(expected[2] | ((ulong)expected[3] << 32), second[lane]);
        }
    }

    // Another way to compute a block, word by word in the order of the paper.
    [Fact]
    public void The_four_lanes_of_a_vector_are_the_blocks_of_successive_counters()
    {
        foreach (ulong index in new ulong[] { 0, 12345, uint.MaxValue - 1, ulong.MaxValue - 3 })
        {
            (Vector256<ulong> first, Vector256<ulong> second) = PhiloxBlock.OfIndices(index, 7, 9, 0x0123456789ABCDEF);
            for (int lane = 0; lane < 4; lane++)
            {
                ulong at = index + (ulong)lane;
                uint[] words = [(uint)at, (uint)(at >> 32), 7, 9];
                uint key0 = 0x89ABCDEF, key1 = 0x01234567;
                for (int round = 0; round < 10; round++)
                {
                    ulong left = 0xD2511F53UL * words[0], right = 0xCD9E8D57UL * words[2];
                    words = [(uint)(right >> 32) ^ words[1] ^ key0, (uint)right, (uint)(left >> 32) ^ words[3] ^ key1, (uint)left];
                    unchecked { (key0, key1) = (key0 + 0x9E3779B9, key1 + 0xBB67AE85); }
                }
                Assert.Equal(words[0] | ((ulong)words[1] << 32), first[lane]);
                Assert.Equal(words[2] | ((ulong)words[3] << 32), second[lane]);
            }
        }
    }

    [Fact]
    public void Bits_are_the_blocks_of_a_step_that_no_tensor_has_one_after_another()
    {
        var bits = new PhiloxBits(-3);
        List<ulong> expected = [];
        for (ulong index = 0; index < 12; index += 4)
        {
            (Vector256<ulong> first, Vector256<ulong> second) = PhiloxBlock.OfIndices(index, uint.MaxValue - 1, 0, unchecked((ulong)-3));
            expected.AddRange(Enumerable.Range(0, 4).Select(lane => first[lane]));
            expected.AddRange(Enumerable.Range(0, 4).Select(lane => second[lane]));
        }
        Assert.Equal(expected, Enumerable.Range(0, expected.Count).Select(_ => bits.Next()));
        Assert.NotEqual(new PhiloxBits(-4).Next(), expected[0]);
    }

    [Fact]
    public void Exact_functions_agree_with_the_C_library_to_two_units_in_the_last_place()
    {
        var bits = new SplitMix(1);
        for (int i = 0; i < 200_000; i++)
        {
            ulong number = bits.Next();
            double x = ExactFunctions.Fraction(Vector256.Create(number)).ToScalar(), negative = -700 * x;
            Near(Math.Log(x), ExactFunctions.Log(x));
            Near(Math.Exp(negative), ExactFunctions.ExpOfNegative(Vector256.Create(negative)).ToScalar());
            (Vector256<double> sine, Vector256<double> cosine) = ExactFunctions.SineAndCosine(Vector256.Create(number));
            // The quarter's middle is at the multiple of π/2.
            double place = ((long)((number & 0x3FFFFFFFFFFFFFFF) - 0x2000000000000000) + 0.5) * (Math.PI / 9223372036854775808.0);
            (double s, double c) = Math.SinCos(place);
            (double expectedSine, double expectedCosine) = (number >> 62) switch { 0 => (s, c), 1 => (c, -s), 2 => (-s, -c), _ => (-c, s) };
            Near(expectedSine, sine.ToScalar());
            Near(expectedCosine, cosine.ToScalar());
        }

        static void Near(double expected, double actual) =>
            Assert.True(Math.Abs(actual - expected) <= 2 * (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)), $"expected {expected:R}; got {actual:R}");
    }

    // By mpmath in 40 digits, from a Philox written in Python: counters 0 to 3 of key 1.
    [Fact]
    public void The_first_normal_draws_of_a_seed_agree_with_forty_digits()
    {
        double[] expected =
        [
            -0.40414676216929013, -0.5088680601012666, 0.3124160029880054, 2.319879946300887, -0.2433786857350488, -0.1007321987753325, -1.0366154638949236, -1.1120449468927047,
        ];
        double[] drawn = Draws<NormalKernel>(1, 0, 8);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], drawn[i], Math.Abs(expected[i]) * 1e-15);
        Assert.Equal((0xe169c58d6627e8d5 >> 11) / 9007199254740992.0, Draws<UniformKernel>(0, 0, 1)[0]);
    }

    // Draws are made of operations that IEEE 754 rounds in one way, so a sum over their bits holds on every processor.
    [Fact]
    public void The_bits_of_a_million_draws_are_the_same_on_every_machine()
    {
        double[] gammas = new double[1_000_000];
        new PhiloxStream(1, 0).FillGamma(gammas, [0.7], 0);
        Assert.Equal(
            ["57811d16497e5f1e", "48ae0e42c083e9b7", "732af3e347884180", "7867cb9c8073f5a9"],
            new[] { Draws<NormalKernel>(1, 0, 1_000_000), Draws<ExponentialKernel>(1, 0, 1_000_000), Draws<CauchyKernel>(1, 0, 1_000_000), gammas }
                .Select(draws => draws.Aggregate(0UL, (sum, draw) => unchecked(sum * 31 + BitConverter.DoubleToUInt64Bits(draw))).ToString("x16", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Extreme_bits_make_finite_draws()
    {
        foreach (ulong bits in new ulong[] { 0, 1, ulong.MaxValue, ulong.MaxValue >> 1, 1UL << 61, 1UL << 62, 3UL << 61, 1UL << 63 })
        {
            foreach (ulong other in new ulong[] { 0, 1, ulong.MaxValue, 1UL << 61, 3UL << 61 })
            {
                Check<NormalKernel>(bits, other);
                Check<ExponentialKernel>(bits, other);
                Check<CauchyKernel>(bits, other);
                Check<UniformKernel>(bits, other);
                Check<SingleUniformKernel>(bits, other);
            }
        }
        Assert.Equal(9.5, NormalKernel.Draws(Vector256<ulong>.Zero, Vector256.Create(1UL << 61)).First.ToScalar(), 0.1);
        Assert.Equal(1 - 1 / (double)(1L << 53), UniformKernel.Draws(Vector256.Create(ulong.MaxValue), default).First.ToScalar());
        Assert.Equal(1 - 1 / (double)(1L << 24), SingleUniformKernel.Draws(Vector256.Create(ulong.MaxValue), default).First.ToScalar());

        static void Check<TKernel>(ulong first, ulong second)
            where TKernel : struct, IPhiloxKernel
        {
            (Vector256<double> left, Vector256<double> right) = TKernel.Draws(Vector256.Create(first), Vector256.Create(second));
            Assert.True(double.IsFinite(left.ToScalar()) && double.IsFinite(right.ToScalar()), $"{typeof(TKernel).Name} of {first:x} and {second:x}: {left.ToScalar()}, {right.ToScalar()}");
        }
    }

    // The moments' standard errors are √(variance of the power / count).
    [Fact]
    public void Normal_draws_have_the_moments_of_the_normal()
    {
        double[] draws = Draws<NormalKernel>(3, 0, Many);
        (int Power, double Mean, double Variance)[] moments = [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96), (6, 15, 10395 - 225), (8, 105, 2027025 - 11025)];
        foreach ((int power, double mean, double variance) in moments)
        {
            double z = (draws.Average(x => Math.Pow(x, power)) - mean) / Math.Sqrt(variance / Many);
            Assert.True(Math.Abs(z) < 5, $"moment {power} is {z:F1} standard errors off");
        }
        Uniformity(draws, x => MathNet.Numerics.Distributions.Normal.CDF(0, 1, x));
    }

    [Fact]
    public void Uniform_exponential_and_Cauchy_draws_follow_their_distributions()
    {
        Uniformity(Draws<UniformKernel>(4, 0, Many), x => x);
        Uniformity(Draws<SingleUniformKernel>(5, 0, Many), x => x);
        Uniformity(Draws<ExponentialKernel>(6, 0, Many), x => -Math.Exp(-x) + 1);
        Uniformity(Draws<CauchyKernel>(7, 0, Many), x => 0.5 + Math.Atan(x) / Math.PI);
    }

    // Radii beyond 7 standard deviations, from the uniforms that make them: P(|x| > t) by the complementary error function.
    [Theory, InlineData(3.0), InlineData(4.0), InlineData(4.5), InlineData(5.0)]
    public void Tails_of_normal_draws_have_their_share(double threshold)
    {
        const int blocks = 60, size = 1 << 20;
        double expected = (double)blocks * size * MathNet.Numerics.SpecialFunctions.Erfc(threshold / Math.Sqrt(2));
        long seen = 0;
        double[] draws = new double[size];
        var stream = new PhiloxStream(11, 0);
        for (int block = 0; block < blocks; block++)
        {
            stream.Fill<NormalKernel>(draws, (long)block * size);
            foreach (double draw in draws) if (Math.Abs(draw) > threshold) seen++;
        }
        Assert.True(Math.Abs(seen - expected) < 5 * Math.Sqrt(expected), $"{seen} draws beyond {threshold}, expected {expected:F1}");
    }

    // No sample is large enough beyond 6 σ. The first word decides the radius, so its small values are what reaches the tails: taken as given, they yield the conditional distribution.
    [Theory, InlineData(6.0), InlineData(7.0), InlineData(8.0)]
    public void Tails_beyond_six_standard_deviations_are_right_given_a_radius_in_them(double threshold)
    {
        const int count = 1 << 21;
        double level = Math.Exp(-threshold * threshold / 2), conditional = MathNet.Numerics.SpecialFunctions.Erfc(threshold / Math.Sqrt(2)) / 2 / level;
        ulong limit = (ulong)(level * 18446744073709551616.0);
        var bits = new SplitMix(5);
        long seen = 0;
        for (int i = 0; i < count; i++)
        {
            (Vector256<double> first, Vector256<double> second) = NormalKernel.Draws(Vector256.Create(bits.Next() % limit), Vector256.Create(bits.Next()));
            if (first.ToScalar() > threshold) seen++;
            if (second.ToScalar() > threshold) seen++;
        }
        double expected = 2.0 * count * conditional;
        Assert.True(Math.Abs(seen - expected) < 5 * Math.Sqrt(expected), $"{seen} draws beyond {threshold}, expected {expected:F1}");
    }

    [Fact]
    public void Streams_of_neighbouring_seeds_and_calls_are_independent()
    {
        PhiloxStream[] streams = [new(0, 0), new(0, 1), new(1, 0), new(1, 1), new(ulong.MaxValue, 0), new(1UL << 32, 0)];
        double[][] draws = [.. streams.Select(stream => Filled<NormalKernel>(stream, 1_000_000))];
        for (int i = 0; i < draws.Length; i++)
        {
            for (int j = 0; j < i; j++) Uncorrelated(draws[i], draws[j], $"streams {i} and {j}");
            foreach (int lag in new[] { 1, 2, 4, 8, 1024 }) Uncorrelated(draws[i][lag..], draws[i][..^lag], $"stream {i} at lag {lag}");
        }

        static void Uncorrelated(double[] x, double[] y, string what)
        {
            double products = 0, squares = 0;
            for (int i = 0; i < x.Length; i++)
            {
                products += x[i] * y[i];
                squares += (x[i] * x[i] - 1) * (y[i] * y[i] - 1);
            }
            Assert.True(Math.Abs(products / Math.Sqrt(x.Length)) < 5.5, $"{what} are correlated");
            Assert.True(Math.Abs(squares / 2 / Math.Sqrt(x.Length)) < 5.5, $"the squares of {what} are correlated");
        }
    }

    [Fact]
    public void A_fill_is_made_of_its_parts()
    {
        double[] whole = Draws<NormalKernel>(2, 3, 1003), parts = new double[1003];
        var stream = new PhiloxStream(2, 3);
        for (int start = 0; start < parts.Length; start += 104) stream.Fill<NormalKernel>(parts.AsSpan(start, Math.Min(104, parts.Length - start)), start);
        Assert.Equal(whole, parts);
    }

    [Theory, InlineData(0.03), InlineData(0.4), InlineData(1.0), InlineData(2.5), InlineData(60.0), InlineData(1e5)]
    public void Gamma_draws_follow_their_distribution(double concentration)
    {
        double[] draws = new double[400_000];
        new PhiloxStream(8, 1).FillGamma(draws, [concentration], 0);
        // MathNet's CDF is 0 next to 0, where the true one is a power.
        Uniformity(draws, x => x < 1e-10 ? Math.Pow(x, concentration) / MathNet.Numerics.SpecialFunctions.Gamma(concentration + 1) : MathNet.Numerics.Distributions.Gamma.CDF(concentration, 1, x));
    }

    [Theory, InlineData(0.0), InlineData(0.3), InlineData(9.9), InlineData(10.0), InlineData(35.0), InlineData(5000.0)]
    public void Poisson_draws_follow_their_distribution(double rate) =>
        Frequencies([.. Enumerable.Range(0, 400_000).Select(i => new PhiloxCounts(new PhiloxStream(9, 2), i).Poisson(rate))], k => rate == 0 ? (k == 0 ? 1 : 0) : MathNet.Numerics.Distributions.Poisson.PMF(rate, k));

    [Theory, InlineData(10, 0.0), InlineData(10, 1.0), InlineData(1, 0.3), InlineData(40, 0.2), InlineData(40, 0.25), InlineData(40, 0.5), InlineData(100, 0.95), InlineData(3000, 0.4), InlineData(1000000, 0.0003)]
    public void Binomial_draws_follow_their_distribution(int count, double probability) =>
        Frequencies([.. Enumerable.Range(0, 400_000).Select(i => new PhiloxCounts(new PhiloxStream(10, 2), i).Binomial(count, probability))], k => MathNet.Numerics.Distributions.Binomial.PMF(probability, count, k));

    [Fact]
    public void Parameters_without_draws_make_NaN()
    {
        double[] draws = new double[4];
        new PhiloxStream(1, 1).FillGamma(draws, [double.NaN, 0, -1, 2], 0);
        Assert.Equal([true, true, true, false], draws.Select(double.IsNaN));
        Assert.True(double.IsNaN(new PhiloxCounts(new PhiloxStream(1, 1), 0).Poisson(-1)));
        Assert.True(double.IsNaN(new PhiloxCounts(new PhiloxStream(1, 1), 0).Binomial(3, 1.5)));
    }

    private static double[] Draws<TKernel>(ulong seed, uint call, int count)
        where TKernel : struct, IPhiloxKernel => Filled<TKernel>(new PhiloxStream(seed, call), count);

    private static double[] Filled<TKernel>(PhiloxStream stream, int count)
        where TKernel : struct, IPhiloxKernel
    {
        double[] draws = new double[count];
        stream.Fill<TKernel>(draws, 0);
        return draws;
    }

    private static void Uniformity(double[] draws, Func<double, double> cdf)
    {
        double[] levels = [.. draws.AsParallel().Select(cdf)];
        Array.Sort(levels);
        double distance = TestStatistics.KolmogorovDistance(levels), pValue = TestStatistics.KolmogorovPValue(distance, levels.Length);
        Assert.True(pValue > 1e-6, $"the Kolmogorov–Smirnov distance is {distance:G3}, p = {pValue:G3}");
    }

    // χ² over the values that are expected at least 10 times; the others make one cell.
    private static void Frequencies(double[] draws, Func<int, double> mass)
    {
        double statistic = 0, restSeen = draws.Length, restExpected = draws.Length;
        int cells = 0;
        foreach (IGrouping<double, double> group in draws.GroupBy(draw => draw))
        {
            double expected = mass((int)group.Key) * draws.Length;
            Assert.True(expected > 0, $"{group.Key} has no mass");
            if (expected < 10) continue;
            int seen = group.Count();
            statistic += (seen - expected) * (seen - expected) / expected;
            (restSeen, restExpected, cells) = (restSeen - seen, restExpected - expected, cells + 1);
        }
        if (restExpected > 10) (statistic, cells) = (statistic + (restSeen - restExpected) * (restSeen - restExpected) / restExpected, cells + 1);
        double pValue = cells < 2 ? 1 : TestStatistics.ChiSquarePValue(statistic, cells - 1);
        Assert.True(pValue > 1e-6, $"χ² is {statistic:F1} in {cells} cells, p = {pValue:G3}");
    }
}
