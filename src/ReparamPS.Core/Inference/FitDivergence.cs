using System.Globalization;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;

namespace ReparamPS.Inference;

/// <summary>Tells a fit that has diverged from one whose log-density is undefined somewhere.</summary>
internal static class FitDivergence
{
    // Far beyond the unconstrained coordinates, and the gain of a bound, of any posterior in double precision.
    private const double Huge = 1e15;

    /// <summary>The error of a fit that has ended where the density is not finite, if that is because it has diverged; otherwise null.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it was fitted.</param>
    /// <param name="run">The run, with the bounds so far.</param>
    /// <param name="end">The distribution at the end.</param>
    public static NonFiniteDensityException? Of(BayesianModel model, VariationalOptions options, FitRun run, GaussianState end)
    {
        double[] sizes = [.. end.Location.Zip(end.StdDevs, Size)];
        int worst = Array.IndexOf(sizes, sizes.Max());
        double[] bounds = [.. run.Rows.Select(row => row.Bound).Where(double.IsFinite)];
        bool hasHugeBound = bounds.Length > 0 && bounds.Max() > Huge * (1 + Math.Abs(bounds[0]));
        if (sizes[worst] < Huge && !hasHugeBound) return null;
        string name = model.Parameters.Last(parameter => parameter.Offset <= worst).Name;
        string improper = $"the posterior is improper, because the log-density does not fall where {name} is far from 0";
        string cause = options.Optimizer == VariationalOptimizer.Adam
            ? string.Create(CultureInfo.InvariantCulture, $"Either LearningRate ({options.LearningRate}) is too large, or {improper}.")
            : $"Probably {improper}.";
        return new NonFiniteDensityException($"The fit has diverged: {name} has grown without bound, or its standard deviation has become 0. {cause}");
    }

    // Lost coordinates count as the largest, and so does a point instead of a distribution.
    private static double Size(double location, double spread) => double.IsFinite(location) && double.IsFinite(spread) && spread > 0 ? Math.Max(Math.Abs(location), spread) : double.PositiveInfinity;
}
