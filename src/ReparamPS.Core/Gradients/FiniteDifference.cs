using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// Central differences at shrinking steps, extrapolated to step zero, with an estimate of the error of each element
/// (Ridders 1982, Advances in Engineering Software 4(2), 75–76).
/// </summary>
internal static class FiniteDifference
{
    private const double Shrink = 2;
    private const int MaxRefinements = 4;

    private static (double[] Value, double[] Error) Derivative(Func<double, double[]> function, double step, int levels, double epsilon, double resolution)
    {
        double[][] previous = [];
        double[] best = [], error = [];
        for (int level = 0; level < levels; level++)
        {
            double h = step / Math.Pow(Shrink, level);
            double[] up = function(h), down = function(-h);
            // Numbers that differ by less than rounding look converged.
            double[] rounding = [.. up.Zip(down, (plus, minus) => epsilon * (Math.Abs(plus) + Math.Abs(minus)) / h)];
            var row = new double[level + 1][];
            // A shift that the parameter's rounding swallows would look like a derivative of zero.
            row[0] = [.. up.Zip(down, (plus, minus) => h < resolution ? double.NaN : (plus - minus) / (2 * h))];
            if (level == 0) (best, error) = ([.. row[0]], [.. Enumerable.Repeat(double.PositiveInfinity, row[0].Length)]);
            for (int order = 1; order <= level; order++)
            {
                double factor = Math.Pow(Shrink, 2 * order);
                row[order] = new double[best.Length];
                for (int i = 0; i < best.Length; i++)
                {
                    double finer = row[order - 1][i], coarser = previous[order - 1][i];
                    double value = row[order][i] = (factor * finer - coarser) / (factor - 1);
                    double estimate = Math.Max(Math.Max(Math.Abs(value - finer), Math.Abs(value - coarser)), rounding[i]);
                    if (estimate < error[i] || !double.IsFinite(best[i])) (best[i], error[i]) = (value, estimate);
                }
            }
            previous = row;
        }
        return (best, error);
    }

    /// <summary>The derivative of each element of a vector-valued function at 0: for each element the most accurate of those from several first steps.</summary>
    /// <param name="function">The function of the shift.</param>
    /// <param name="direction">The first and largest shifts; if the function is too curved for the smallest, smaller ones follow.</param>
    /// <param name="dtype">The type that the function computes in.</param>
    /// <param name="precision">The relative error to reach.</param>
    public static (double[] Value, double[] Error) Derivative(Func<double, double[]> function, PerturbationDirection direction, ScalarType dtype, double precision)
    {
        int levels = Levels(dtype);
        double epsilon = TorchTypes.Epsilon(dtype);
        (double[] value, double[] error) = Derivative(function, direction.Steps[0], levels, epsilon, direction.Resolution);
        foreach (double step in direction.Steps.Skip(1)) Improve(step);
        double least = direction.Steps.Min();
        for (int i = 0; i < MaxRefinements && !IsSettled(value, error, precision); i++) Improve(least /= Math.Pow(Shrink, levels - 1));
        return (value, error);

        void Improve(double step)
        {
            (double[] other, double[] uncertainty) = Derivative(function, step, levels, epsilon, direction.Resolution);
            double typical = Typical(value), typicalOther = Typical(other);
            for (int i = 0; i < value.Length; i++)
            {
                if (!double.IsFinite(value[i]) || (double.IsFinite(other[i]) && Relative(uncertainty[i], other[i], typicalOther) < Relative(error[i], value[i], typical))) (value[i], error[i]) = (other[i], uncertainty[i]);
            }
        }
    }

    // Quotients over far too long a shift are tiny, and so is their error. Quotients that are all 0 tell nothing if the shift is within their rounding.
    private static double Relative(double error, double value, double typical) => Math.Max(Math.Abs(value), typical) is var size and > 0 ? error / size : error > 0 ? double.PositiveInfinity : 1;

    private static double Typical(double[] values)
    {
        double[] sizes = [.. values.Where(double.IsFinite).Select(Math.Abs).Order()];
        return sizes.Length == 0 ? 0 : sizes[sizes.Length / 2];
    }

    /// <summary>The derivative that rounding alone produces for a constant function, at the last shift from the largest step.</summary>
    public static double Roundoff(double magnitude, PerturbationDirection direction, ScalarType dtype) =>
        4 * TorchTypes.Epsilon(dtype) * Math.Abs(magnitude) / (direction.Steps.Max() / Math.Pow(Shrink, Levels(dtype) - 1));

    private static int Levels(ScalarType dtype) => dtype == ScalarType.Float32 ? 4 : 6;

    // Elements that do not move, such as the other members of a batch, say nothing of the step, unless none moves.
    private static bool IsSettled(double[] value, double[] error, double precision)
    {
        int[] moved = [.. Enumerable.Range(0, value.Length).Where(i => value[i] != 0)];
        if (moved.Length == 0) return error.Count(each => each == 0) >= 0.9 * value.Length;
        double typical = Typical([.. moved.Select(i => value[i])]);
        return moved.Count(i => error[i] <= precision * Math.Max(Math.Abs(value[i]), typical)) >= 0.9 * moved.Length;
    }
}
