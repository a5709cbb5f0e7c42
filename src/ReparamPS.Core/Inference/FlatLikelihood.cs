using ReparamPS.Distributions;
using ReparamPS.Gradients;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Inference;

/// <summary>Finds parameters whose gradient in a log-likelihood is exactly 0: one that depends on them in jumps only, such as through round(), teaches a fit nothing about them.</summary>
internal static class FlatLikelihood
{
    private const int Draws = 64;

    // Equal draws may differ in rounding, by their place in a batch.
    private const double Tolerance = 1e-5;

    /// <summary>The warning about such parameters; null if there are none.</summary>
    public static string? Warning(BayesianModel model)
    {
        if (model.LogLikelihood is null) return null;
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        double[] points = NormalNoise.Fresh(NoiseScheme.Independent, model.Dimension, Draws, seed: 19);
        try
        {
            Tensor coordinates = tensor(points, [model.Dimension, Draws]).requires_grad_(), values = At(model, coordinates);
            double[] slopes = Backward.Of([values], [ones_like(values)], [coordinates])[0] is { } gradient ? ManagedValues.ToDoubles(gradient) : new double[points.Length];
            ModelParameter[] flat = [.. model.Parameters.Where(parameter => Array.TrueForAll(Part(slopes, parameter), slope => slope == 0))];
            string[] names = [.. flat.Where(parameter => Varies(At(model, tensor(OthersFixed(points, parameter), [model.Dimension, Draws])))).Select(parameter => parameter.Name)];
            if (names.Length > 0)
            {
                string list = string.Join(", ", names);
                return $"The log-likelihood depends on {list}, but probably only by jumps, such as those of .round() or .gt(): its gradient is 0. So the fit learns nothing about {list} from the data. Use smooth functions, such as .sigmoid().";
            }
            return flat.Length == model.Parameters.Count && !Varies(values) ? "The log-likelihood is the same for all values of the parameters, so the fit is that of the priors. Does -LogLikelihood use the parameters that it receives?" : null;
        }
        // Draws may lie where a prior, a distribution or a function of the user fails, far from the fit.
        catch (Exception error) when (error is ArgumentException or NotSupportedException or CustomFunctionException)
        {
            return null;
        }
    }

    private static Tensor At(BayesianModel model, Tensor coordinates) => model.LogLikelihoodAt(model.Constrain(coordinates), Draws);

    private static double[] Part(double[] values, ModelParameter parameter) => values[(parameter.Offset * Draws)..((parameter.Offset + parameter.Size) * Draws)];

    private static double[] OthersFixed(double[] points, ModelParameter parameter)
    {
        double[] changed = [.. points];
        for (int i = 0; i < changed.Length; i++)
        {
            int coordinate = i / Draws;
            if (coordinate < parameter.Offset || coordinate >= parameter.Offset + parameter.Size) changed[i] = points[coordinate * Draws];
        }
        return changed;
    }

    private static bool Varies(Tensor values)
    {
        double[] numbers = ManagedValues.ToDoubles(values.detach());
        return Array.TrueForAll(numbers, double.IsFinite) && numbers.Max() - numbers.Min() > Tolerance * (1 + numbers.Max(Math.Abs));
    }
}
