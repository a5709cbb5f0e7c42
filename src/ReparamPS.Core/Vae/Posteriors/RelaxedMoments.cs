using ReparamPS.Numerics.Points;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Mean and standard deviation of relaxed switches and choices. Neither has a closed form.</summary>
internal static class RelaxedMoments
{
    // The trapezoidal rule has an error below 1e-16 at this step, and the tails beyond these nodes are smaller than that.
    private const double Step = 0.5;
    private const int LastNode = 80;

    // Every image sees the same points, so that their error does not differ much from image to image.
    private const int Points = 1024;

    /// <summary>Of independent switches z = sigmoid((logits + x) / temperature), by quadrature over the standard logistic number x.</summary>
    /// <param name="logits">[images, latent].</param>
    /// <param name="temperature">The temperature.</param>
    public static (Tensor Mean, Tensor StandardDeviation) OfSwitches(Tensor logits, double temperature)
    {
        using var scope = NewDisposeScope();
        // The smaller side of each switch: its variance keeps its digits.
        Tensor low = -logits.to(ScalarType.Float64).abs(), mean = zeros_like(low), square = zeros_like(low);
        for (int i = -LastNode; i <= LastNode; i++)
        {
            using var node = NewDisposeScope();
            double x = i * Step, weight = Step / (4 * Math.Pow(Math.Cosh(x / 2), 2));
            // At low temperatures z itself is steep in x. There, the moments are integrals of P(Z > z) and 2 z P(Z > z) over z = sigmoid(x).
            bool isSteep = temperature < 1;
            Tensor value = isSteep ? (low - temperature * x).sigmoid() : ((low + x) / temperature).sigmoid();
            mean.add_(weight * value);
            square.add_(weight * value * (isSteep ? 2 / (1 + Math.Exp(-x)) : value));
        }
        Tensor deviation = (square - mean.square()).clamp_min(0).sqrt();
        return Result(where(logits > 0, 1 - mean, mean), deviation, logits.dtype);
    }

    /// <summary>
    /// Of choices z = softmax((logits + g) / temperature) with standard Gumbel numbers g. Sums over the largest element are exact, the rest is an average over fixed points: if element k is
    /// the largest, then z_j / z_k = (1 + r / p_j)^(−1 / temperature) with p = softmax(logits) and r a quotient of two exponential numbers.
    /// </summary>
    /// <param name="logits">[images, latent].</param>
    /// <param name="temperature">The temperature.</param>
    public static (Tensor Mean, Tensor StandardDeviation) OfChoices(Tensor logits, double temperature)
    {
        using var scope = NewDisposeScope();
        Tensor probability = logits.to(ScalarType.Float64).softmax(-1), mean = zeros_like(probability), square = zeros_like(probability);
        Tensor quotients = tensor(Quotients((int)logits.shape[1]), ScalarType.Float64, logits.device);
        for (int i = 0; i < Points; i++)
        {
            using var point = NewDisposeScope();
            Tensor ratio = (1 + quotients.select(0, i) / probability).pow(-1 / temperature);
            // The sum of all ratios to element k, for each k as the largest.
            Tensor sum = 1 + ratio.sum(-1, keepdim: true) - ratio;
            mean.add_(OverLargest(probability / sum, ratio));
            square.add_(OverLargest(probability / sum.square(), ratio.square()));
        }
        mean.div_(Points);
        return Result(mean, (square / Points - mean.square()).clamp_min(0).sqrt(), logits.dtype);
    }

    // Each element as the largest, and as another one's ratio.
    private static Tensor OverLargest(Tensor weight, Tensor ratio) => weight + ratio * (weight.sum(-1, keepdim: true) - weight);

    // [points, latent]
    private static double[,] Quotients(int size)
    {
        var quotients = new double[Points, size];
        Func<uint> bits = new RandomSeed(0).ShortBits();
        Func<double> first = Exponential(0);
        double[] divisors = [.. Enumerable.Range(0, Points).Select(_ => first())];
        for (int j = 0; j < size; j++)
        {
            Func<double> next = Exponential(j + 1);
            for (int i = 0; i < Points; i++) quotients[i, j] = next() / divisors[i];
        }
        return quotients;

        Func<double> Exponential(int dimension)
        {
            Func<double> uniform = dimension < SobolCoordinate.MaxDimensions ? new SobolCoordinate(dimension, bits).Next : () => (bits() + 0.5) / (1L << 32);
            return () => -Math.Log(uniform());
        }
    }

    private static (Tensor Mean, Tensor StandardDeviation) Result(Tensor mean, Tensor deviation, ScalarType dtype) =>
        (mean.to(dtype).MoveToOuterDisposeScope(), deviation.to(dtype).MoveToOuterDisposeScope());
}
