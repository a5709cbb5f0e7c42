using ReparamPS.Distributions;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// Compares the gradient of draws that depend on more than one number of noise with −(∂F/∂θ)/p, which is its mean at each value of z. The differences from it have a much smaller spread than the
/// gradients themselves, so that a factor of 1.02 shows in 50,000 draws.
/// </summary>
internal sealed class MeanImplicitCheck(Distribution exact, ImplicitCheck identity, CheckedDraws draws)
{
    private const int GridSize = 513, Waves = 4;

    private readonly Lazy<(Tensor Z, Tensor Level, Tensor Density)> at = new(() =>
    {
        Tensor z = draws.Values.detach().to(ScalarType.Float64);
        using var noGrad = no_grad();
        return (z, tensor(identity.Tails(exact, z).Below, device: z.device).reshape(z.shape), exact.LogProb(z).exp());
    });

    /// <summary>The verdict on one direction: that of the worst of several weights. Weights with the factor p bound everything that is averaged.</summary>
    public ReparameterizationCheckRow Judge(PerturbationDirection direction, PerturbationDirection exactDirection, double tolerance, ReparameterizationCheckRow row)
    {
        (Tensor z, Tensor level, Tensor density) = at.Value;
        Tensor slope = SlopeAt(exactDirection, z, level);
        (ReparameterizationCheckRow Row, double Excess) worst = (row, -1);
        for (int wave = 0; wave < Waves; wave++)
        {
            Tensor weight;
            using (no_grad()) weight = ((level * (wave * Math.PI)).cos() * density).nan_to_num(0, 0, 0);
            IReadOnlyDictionary<string, Tensor> gradients = draws.Gradients(draws.WeightedSum(weight.to(draws.Values.dtype) * draws.Values));
            if (!gradients.TryGetValue(direction.Leaf.Path, out Tensor? gradient))
                return row with { Analytic = 0, Passed = false, Reason = "no gradient: the sample is detached from this parameter" };
            double[] analytic = CheckedDraws.Along(gradient, direction);
            double[] reference;
            using (no_grad()) reference = ManagedValues.ToDoubles(draws.WeightedSum((-(level * (wave * Math.PI)).cos() * slope).to(draws.Values.dtype)));
            Moments difference = Moments.Of([.. analytic.Zip(reference, (left, right) => left - right)]);
            double error = Math.Abs(difference.Mean), scale = reference.Average(Math.Abs);
            double allowed = ReparameterizationCheckOptions.StandardErrorsAllowed * difference.StandardError + tolerance * scale;
            // Without a reference nothing is judged.
            if (double.IsNaN(scale)) return row with { Analytic = analytic.Average(), Passed = false, Reason = $"{ReparameterizationCheck.NoReference}{ImplicitCheck.Identity} is not a number" };
            double excess = double.IsNaN(error) ? double.PositiveInfinity : error > 0 ? error / allowed : 0;
            if (excess <= worst.Excess) continue;
            double mean = analytic.Average(), expected = reference.Average();
            bool passed = error <= allowed;
            string distance = difference.StandardError > 1e-9 * scale ? ExpectationCheck.Distance(error / difference.StandardError) : "";
            string? factor = wave == 0 && !passed ? PathComparison.Factor(mean / expected) : "";
            string reason = passed ? $"agrees with {ImplicitCheck.Identity} on average{distance}"
                : !double.IsFinite(mean) ? "the gradient is not finite" : mean == 0 && expected != 0 ? $"the gradient is zero, unlike {ImplicitCheck.Identity}" : $"differs from {ImplicitCheck.Identity} on average{factor}{distance}";
            worst = (row with
            {
                Analytic = mean, Reference = expected, StandardError = difference.StandardError, AbsoluteError = error, RelativeError = error > 0 ? error / scale : 0, Passed = passed, Reason = reason,
            }, excess);
        }
        return worst.Row;
    }

    // ∂F/∂θ at many draws, between those of some, over the levels, where it is smooth.
    private Tensor SlopeAt(PerturbationDirection direction, Tensor z, Tensor level)
    {
        using var noGrad = no_grad();
        long count = z.shape[0], members = z.numel() / count;
        double[] values = ManagedValues.ToDoubles(z), levels = ManagedValues.ToDoubles(level);
        var grid = new double[GridSize * members];
        for (int member = 0; member < members; member++)
        {
            double[] sorted = [.. Enumerable.Range(0, (int)count).Select(i => values[i * members + member]).Order()];
            for (int i = 0; i < GridSize; i++) grid[i * members + member] = sorted[(int)(i * (count - 1) / (GridSize - 1))];
        }
        Tensor points = tensor(grid, [GridSize, .. z.shape[1..]], ScalarType.Float64, z.device);
        double[] slopes = identity.Slopes(direction, points, 1e-7).Slope, places = identity.Tails(exact, points).Below, result = new double[values.Length];
        for (int member = 0; member < members; member++)
        {
            (double Level, double Slope)[] known = [.. Enumerable.Range(0, GridSize).Select(i => (places[i * members + member], slopes[i * members + member])).Where(pair => double.IsFinite(pair.Item2)).OrderBy(pair => pair.Item1)];
            if (known.Length < 2) return full_like(level, double.NaN);
            double[] keys = [.. known.Select(pair => pair.Level)];
            for (int i = 0; i < count; i++)
            {
                double u = levels[i * members + member];
                int next = Array.BinarySearch(keys, u);
                next = Math.Clamp(next >= 0 ? next : ~next, 1, keys.Length - 1);
                (double Level, double Slope) left = known[next - 1], right = known[next];
                double share = right.Level > left.Level ? Math.Clamp((u - left.Level) / (right.Level - left.Level), 0, 1) : 0;
                result[i * members + member] = left.Slope + share * (right.Slope - left.Slope);
            }
        }
        return tensor(result, device: level.device).reshape(level.shape);
    }
}
