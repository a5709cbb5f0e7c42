using System.Globalization;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Inference;

/// <summary>Tells a fit that has diverged from one whose log-density is undefined somewhere.</summary>
internal static class FitDivergence
{
    // Far beyond the unconstrained coordinates, and the gain of a bound, of any posterior in double precision.
    private const double Huge = 1e15;

    private const int EdgeDraws = 256;
    private const double EdgeShare = 0.25, SmallestSize = 1e-290;

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
        if (sizes[worst] < Huge && !hasHugeBound) return AtEdge(model, options, end);
        string name = model.Parameters.Last(parameter => parameter.Offset <= worst).Name;
        return new NonFiniteDensityException($"The fit has diverged: {name} has grown without bound, or its standard deviation has become 0. {Cause(model, options, $"where {name} is far from 0")}");
    }

    /// <summary>The error of a fit that lies at the edge of a support, nearer than double precision can tell; otherwise null.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it was fitted.</param>
    /// <param name="end">The distribution at the end.</param>
    public static NonFiniteDensityException? AtEdge(BayesianModel model, VariationalOptions options, GaussianState end)
    {
        if (!model.Parameters.Any(parameter => parameter.IsMapped)) return null;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[] noise = NormalNoise.Fresh(NoiseScheme.Independent, model.Dimension, EdgeDraws, seed: 23), points = new double[noise.Length];
        end.Points(noise, EdgeDraws, points);
        Dictionary<string, Tensor> fitted, standard;
        try
        {
            (fitted, standard) = (model.Constrain(tensor(points, [model.Dimension, EdgeDraws])), model.Constrain(tensor(noise, [model.Dimension, EdgeDraws])));
        }
        // A draw of a wide fit may lie where a prior does not exist; the certificate counts such draws.
        catch (Exception error) when (error is ParameterConstraintException or NotSupportedException)
        {
            return null;
        }
        foreach (ModelParameter parameter in model.Parameters.Where(parameter => parameter.IsMapped))
        {
            Tensor values = fitted[parameter.Name].reshape(EdgeDraws, -1), free = standard[parameter.Name].reshape(EdgeDraws, -1), sizes = values.abs();
            // Elements of a matrix that no coordinate changes are equal everywhere.
            Tensor isFree = free.amin(0) < free.amax(0), isAtEdge = (values == values.amin(0)) | (values == values.amax(0)) | (sizes < SmallestSize) | (sizes > 1 / SmallestSize);
            double[] shares = ManagedValues.ToDoubles((isAtEdge & isFree).to_type(ScalarType.Float64).mean([0]));
            int worst = Array.IndexOf(shares, shares.Max());
            if (!(shares[worst] >= EdgeShare)) continue;
            double middle = ManagedValues.ToDoubles(values.select(1, worst)).Order().ElementAt(EdgeDraws / 2);
            return new NonFiniteDensityException(string.Create(
                CultureInfo.InvariantCulture, $"The fit has diverged: {parameter.Name} is {middle:G3}, as near to the edge of its support as double precision allows. {Cause(model, options, "towards this edge")}"));
        }
        return null;
    }

    private static string Cause(BayesianModel model, VariationalOptions options, string where)
    {
        string advice = $"Use a prior that falls faster there{(model.LogLikelihood is null ? "" : ", or check the sign of -LogLikelihood")}.";
        string improper = $"the posterior is improper, because the log-density does not fall {where}";
        return options.Optimizer == VariationalOptimizer.Adam
            ? string.Create(CultureInfo.InvariantCulture, $"Either LearningRate ({options.LearningRate}) is too large, or {improper}. Try a smaller -LearningRate first. {advice}")
            : $"Probably {improper}. {advice}";
    }

    // Lost coordinates count as the largest, and so does a point instead of a distribution.
    private static double Size(double location, double spread) => double.IsFinite(location) && double.IsFinite(spread) && spread > 0 ? Math.Max(Math.Abs(location), spread) : double.PositiveInfinity;
}
