using ReparamPS.Data;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Evaluation;

/// <summary>Draws from a fit in constrained space: a column for each element of each parameter.</summary>
public static class PosteriorDraws
{
    /// <summary>Rows of draws, with a column for each parameter element: the parameter's name, followed by _ and the index unless it is a scalar.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="isResampled">Whether draws are picked by their importance weights, which corrects the fit where it can be corrected.</param>
    /// <param name="cancellation">Stops between two parts of the draws.</param>
    /// <exception cref="NonFiniteDensityException">The log-density is not finite at any draw that could be picked.</exception>
    public static IEnumerable<ExperimentRow> Rows(VariationalFit fit, int count, RandomSeed seed, bool isResampled = false, CancellationToken cancellation = default)
    {
        double[] points;
        if (isResampled)
        {
            WeightedDraws drawn = WeightedDraws.Of(fit, (int)Math.Min(Array.MaxLength, Math.Max(MinPool, (long)count * PoolShare)), seed, cancellation);
            if (!double.IsFinite(drawn.EffectiveDraws)) throw VariationalInference.NotFinite(fit.Model, fit.Model.Density());
            points = Picked(drawn, count, seed);
        }
        else
        {
            double[] noise = NormalNoise.Fresh(NoiseScheme.Independent, fit.Model.Dimension, count, seed);
            points = new double[noise.Length];
            fit.State.Points(noise, count, points);
        }
        IReadOnlyList<PosteriorColumn> columns = Columns(fit.Model, points, count);
        string[] names = [.. fit.Model.Parameters.SelectMany(parameter => parameter.Columns())];
        for (int s = 0; s < count; s++) yield return new ExperimentRow(names, [.. columns.Select(column => (object?)column.Values[s])]);
    }

    /// <summary>The constrained values of unconstrained points, which lie coordinate by coordinate.</summary>
    internal static IReadOnlyList<PosteriorColumn> Columns(BayesianModel model, double[] points, int count)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Dictionary<string, Tensor> values = model.Constrain(tensor(points, [model.Dimension, count], ScalarType.Float64));
        List<PosteriorColumn> columns = [];
        foreach (ModelParameter parameter in model.Parameters)
        {
            double[] all = ManagedValues.ToDoubles(values[parameter.Name]);
            int size = all.Length / count;
            for (int i = 0; i < size; i++)
            {
                double[] column = new double[count];
                for (int s = 0; s < count; s++) column[s] = all[s * size + i];
                columns.Add(new PosteriorColumn(parameter.Name, parameter.IndexOf(i), column));
            }
        }
        return columns;
    }

    private const int MinPool = 4000, PoolShare = 4;

    // Systematic resampling: each draw comes as often as its weight says, up to one.
    private static double[] Picked(WeightedDraws drawn, int count, RandomSeed seed)
    {
        Func<ulong> next64 = seed.Bits();
        double offset = SplitMix.Fraction(next64()), sum = 0;
        int[] picked = new int[count];
        for (int s = 0, next = 0; s < drawn.Count && next < count; s++)
        {
            sum += drawn.Weights[s] * count;
            while (next < count && (offset + next < sum || s == drawn.Count - 1)) picked[next++] = s;
        }
        for (int i = count - 1; i > 0; i--)
        {
            int other = (int)(next64() % (ulong)(i + 1));
            (picked[i], picked[other]) = (picked[other], picked[i]);
        }
        int size = drawn.Points.Length / drawn.Count;
        double[] points = new double[size * count];
        for (int i = 0; i < size; i++)
        {
            for (int s = 0; s < count; s++) points[i * count + s] = drawn.Points[i * drawn.Count + picked[s]];
        }
        return points;
    }
}

/// <summary>An element of a parameter in all draws.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Index">The index, empty for a scalar.</param>
/// <param name="Values">The values, one for each draw.</param>
internal sealed record PosteriorColumn(string Parameter, string Index, double[] Values);
