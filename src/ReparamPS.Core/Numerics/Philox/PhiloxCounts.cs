using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Philox;

/// <summary>Poisson and binomial draws of one index of a stream. They take as many uniforms as rejection needs, each index from counters of its own.</summary>
internal ref struct PhiloxCounts(PhiloxStream stream, long index)
{
    private const double LargeMean = 10;
    private const int Buffered = 8;

    // log √2π and Stirling's error of small factorials, by the exact logarithm.
    private static readonly double HalfLogTwoPi = 0.5 * ExactFunctions.Log(2 * Math.PI);
    private static readonly double[] SmallErrors = [.. Enumerable.Range(0, 21).Select(n => n == 0 ? 0 : ExactFunctions.Log(Factorial(n)) - (n + 0.5) * ExactFunctions.Log(n) + n - HalfLogTwoPi)];

    private Vector256<double> first, second;
    private uint step;
    private int used = Buffered;

    /// <summary>A Poisson draw; NaN if the rate is not a number of at least 0.</summary>
    public double Poisson(double rate)
    {
        if (!(rate >= 0)) return double.NaN;
        if (rate < LargeMean)
        {
            int count = 0;
            for (double time = Exponential(); time <= rate; time += Exponential()) count++;
            return count;
        }
        // Transformed rejection: Hörmann 1993, PTRS.
        double b = 0.931 + 2.53 * Math.Sqrt(rate), a = -0.059 + 0.02483 * b, scale = 1.1239 + 1.1328 / (b - 3.4), sure = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            double u = Uniform() - 0.5, v = Uniform(), edge = 0.5 - Math.Abs(u);
            if (edge <= 0) continue;
            double k = Math.Floor((2 * a / edge + b) * u + rate + 0.43);
            if (edge >= 0.07 && v <= sure) return k;
            if (k < 0 || (edge < 0.013 && v > edge)) continue;
            if (ExactFunctions.Log(v * scale / (a / (edge * edge) + b)) <= LogPoisson(k, rate)) return k;
        }
    }

    /// <summary>A binomial draw; NaN if the probability is not in [0, 1].</summary>
    public double Binomial(double count, double probability)
    {
        if (!(probability >= 0 && probability <= 1 && count >= 0)) return double.NaN;
        if (probability > 0.5) return count - Binomial(count, 1 - probability);
        if (probability == 0) return 0;
        if (count * probability < LargeMean)
        {
            // From success to success.
            double perTrial = -LogOfComplement(probability), trial = 0;
            for (int successes = 0; ; successes++)
            {
                trial += Math.Floor(Exponential() / perTrial) + 1;
                if (trial > count) return successes;
            }
        }
        // Transformed rejection: Hörmann 1993, BTRS.
        double spread = Math.Sqrt(count * probability * (1 - probability)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * probability;
        double sure = 0.92 - 4.2 / b, scale = (2.83 + 5.1 / b) * spread, atMode = LogBinomial(Math.Floor((count + 1) * probability), count, probability);
        while (true)
        {
            double u = Uniform() - 0.5, v = Uniform(), edge = 0.5 - Math.Abs(u);
            if (edge <= 0) continue;
            double k = Math.Floor((2 * a / edge + b) * u + count * probability + 0.5);
            if (edge >= 0.07 && v <= sure) return k;
            if (k < 0 || k > count) continue;
            if (ExactFunctions.Log(v * scale / (a / (edge * edge) + b)) <= LogBinomial(k, count, probability) - atMode) return k;
        }
    }

    private double Exponential() => 0 - ExactFunctions.Log(Uniform());

    private double Uniform()
    {
        if (used == Buffered)
        {
            // Four steps of the same index at once.
            Vector256<ulong> at = Vector256.Create((ulong)index), steps = Vector256.Create((ulong)step) + Vector256.Create(0UL, 1, 2, 3);
            (Vector256<ulong> left, Vector256<ulong> right) = PhiloxBlock.Of(at, at >>> 32, steps, Vector256.Create((ulong)stream.Call), stream.Key);
            (first, second) = (ExactFunctions.Fraction(left), ExactFunctions.Fraction(right));
            step += 4;
            used = 0;
        }
        int lane = used++;
        return lane < 4 ? first.GetElement(lane) : second.GetElement(lane - 4);
    }

    private static double LogPoisson(double k, double rate) =>
        k == 0 ? -rate : -StirlingError(k) - Deviance(k, rate) - 0.5 * ExactFunctions.Log(k) - HalfLogTwoPi;

    private static double LogBinomial(double k, double count, double p)
    {
        double q = 1 - p;
        if (k == 0) return -Deviance(count, count * q) - count * p;
        if (k == count) return count * ExactFunctions.Log(p);
        return StirlingError(count) - StirlingError(k) - StirlingError(count - k) - Deviance(k, count * p) - Deviance(count - k, count * q)
            + 0.5 * ExactFunctions.Log(count / k / (count - k)) - HalfLogTwoPi;
    }

    // log n! − (n + ½) log n + n − log √2π.
    private static double StirlingError(double n)
    {
        if (n < SmallErrors.Length) return SmallErrors[(int)n];
        double inverse = 1 / (n * n);
        return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - inverse / 1188) * inverse) * inverse) * inverse) / n;
    }

    // x log(x / mean) + mean − x without cancellation: Loader 2000.
    private static double Deviance(double x, double mean)
    {
        if (Math.Abs(x - mean) >= 0.1 * (x + mean)) return x * ExactFunctions.Log(x / mean) + mean - x;
        double v = (x - mean) / (x + mean), sum = (x - mean) * v, term = 2 * x * v;
        v *= v;
        for (int j = 1; ; j++)
        {
            term *= v;
            double next = sum + term / (2 * j + 1);
            if (next == sum) return next;
            sum = next;
        }
    }

    private static double LogOfComplement(double p)
    {
        double complement = 1 - p;
        return complement == 1 ? -p : ExactFunctions.Log(complement) * (p / (1 - complement));
    }

    private static double Factorial(int n) => n == 0 ? 1 : n * Factorial(n - 1);
}
