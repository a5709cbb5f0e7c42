namespace ReparamPS.Gradients;

/// <summary>
/// Central differences at shrinking steps, extrapolated to step zero, with an estimate of the error of each element
/// (Ridders 1982, Advances in Engineering Software 4(2), 75–76).
/// </summary>
internal static class FiniteDifference
{
    private const double Shrink = 2;

    /// <summary>The derivative of each element of a vector-valued function at 0.</summary>
    /// <param name="function">The function of the shift.</param>
    /// <param name="step">The first and largest shift.</param>
    /// <param name="levels">How many steps, each half of the one before.</param>
    public static (double[] Value, double[] Error) Derivative(Func<double, double[]> function, double step, int levels)
    {
        double[][] previous = [];
        double[] best = [], error = [];
        for (int level = 0; level < levels; level++)
        {
            double h = step / Math.Pow(Shrink, level);
            double[] up = function(h), down = function(-h);
            var row = new double[level + 1][];
            row[0] = [.. up.Zip(down, (plus, minus) => (plus - minus) / (2 * h))];
            if (level == 0) (best, error) = ([.. row[0]], [.. Enumerable.Repeat(double.PositiveInfinity, row[0].Length)]);
            for (int order = 1; order <= level; order++)
            {
                double factor = Math.Pow(Shrink, 2 * order);
                row[order] = new double[best.Length];
                for (int i = 0; i < best.Length; i++)
                {
                    double finer = row[order - 1][i], coarser = previous[order - 1][i];
                    double value = row[order][i] = (factor * finer - coarser) / (factor - 1);
                    double estimate = Math.Max(Math.Abs(value - finer), Math.Abs(value - coarser));
                    if (estimate < error[i] || !double.IsFinite(best[i])) (best[i], error[i]) = (value, estimate);
                }
            }
            previous = row;
        }
        return (best, error);
    }

    /// <summary>The better, element by element, of the derivatives from several first steps.</summary>
    public static (double[] Value, double[] Error) Derivative(Func<double, double[]> function, IEnumerable<double> steps, int levels)
    {
        (double[] Value, double[] Error)? result = null;
        foreach (double step in steps)
        {
            (double[] value, double[] error) = Derivative(function, step, levels);
            if (result is not { } best)
            {
                result = (value, error);
                continue;
            }
            for (int i = 0; i < value.Length; i++)
            {
                if (error[i] < best.Error[i]) (best.Value[i], best.Error[i]) = (value[i], error[i]);
            }
        }
        return result ?? throw new ArgumentException("At least one step is needed.", nameof(steps));
    }
}
