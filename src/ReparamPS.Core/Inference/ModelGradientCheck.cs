using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;

namespace ReparamPS.Inference;

/// <summary>
/// Checks the gradient of a log-density in each parameter, before anything is optimized: along a direction within the parameter it must agree with differences, and no draw may depend on
/// the other draws.
/// </summary>
internal static class ModelGradientCheck
{
    private const int Draws = 3;
    private const double Step = 1e-3, Tolerance = 1e-5;
    private static readonly double[] Shifts = [Step, -Step, Step / 2, -Step / 2];

    /// <exception cref="ArgumentException">A gradient does not reach a parameter, or is wrong.</exception>
    public static void Run(BayesianModel model, ILogDensity density)
    {
        int size = density.Dimension;
        double[] points = NormalNoise.Fresh(NoiseScheme.Independent, size, Draws, seed: 17), values = new double[Draws], gradients = new double[points.Length];
        for (int i = 0; i < points.Length; i++) points[i] *= 0.3;
        density.Evaluate(points, values, gradients);
        if (!Array.TrueForAll(values, double.IsFinite)) return;
        CheckDraws(density, points, values);
        double[] direction = NormalNoise.Fresh(NoiseScheme.Independent, size, 1, seed: 18);
        double[] shifted = AtShifts(model, density, points, direction);
        for (int p = 0; p < model.Parameters.Count; p++)
        {
            ModelParameter parameter = model.Parameters[p];
            for (int s = 0; s < Draws; s++)
            {
                double At(int shift) => shifted[(p * Shifts.Length + shift) * Draws + s];
                // Central differences at two steps, extrapolated; their difference tells how good they are.
                double wide = (At(0) - At(1)) / (2 * Step), narrow = (At(2) - At(3)) / Step, difference = (4 * narrow - wide) / 3, slope = 0, scale = 0;
                for (int i = parameter.Offset; i < parameter.Offset + parameter.Size; i++)
                {
                    slope += gradients[i * Draws + s] * direction[i];
                    scale += Math.Abs(gradients[i * Draws + s] * direction[i]);
                }
                double allowed = Tolerance * (1 + scale + Math.Abs(difference)) + 10 * Math.Abs(wide - narrow);
                if (!double.IsNaN(difference) && !(Math.Abs(slope - difference) <= allowed)) throw Wrong(parameter, slope, difference);
            }
        }
    }

    private static void CheckDraws(ILogDensity density, double[] points, double[] values)
    {
        double[] first = new double[density.Dimension], alone = new double[1];
        for (int i = 0; i < first.Length; i++) first[i] = points[i * Draws];
        density.Evaluate(first, alone, []);
        if (Math.Abs(alone[0] - values[0]) > 1e-8 * (1 + Math.Abs(values[0])))
            throw new ArgumentException($"LogLikelihood mixes draws: the log-density of one draw is {alone[0]:G6} alone, but {values[0]:G6} among {Draws} draws. Sum over the last dimensions only, such as with .sum(-1).", "LogLikelihood");
    }

    // All parameters, shifts and draws are columns of one evaluation.
    private static double[] AtShifts(BayesianModel model, ILogDensity density, double[] points, double[] direction)
    {
        int parts = model.Parameters.Count * Shifts.Length, count = parts * Draws;
        double[] shifted = new double[density.Dimension * count], values = new double[count];
        for (int i = 0; i < density.Dimension; i++)
        {
            for (int part = 0; part < parts; part++) points.AsSpan(i * Draws, Draws).CopyTo(shifted.AsSpan(i * count + part * Draws));
        }
        for (int p = 0; p < model.Parameters.Count; p++)
        {
            ModelParameter parameter = model.Parameters[p];
            for (int i = parameter.Offset; i < parameter.Offset + parameter.Size; i++)
            {
                for (int column = 0; column < Shifts.Length * Draws; column++) shifted[i * count + p * Shifts.Length * Draws + column] += Shifts[column / Draws] * direction[i];
            }
        }
        density.Evaluate(shifted, values, []);
        return values;
    }

    private static ArgumentException Wrong(ModelParameter parameter, double slope, double difference) => new(
        slope == 0
            ? $"The gradient of the log-density does not reach {parameter.Name}: it is 0, but finite differences give {difference:G6}. Part of the log-density is computed from a detached copy, such as one from .item(), .detach() or [double]."
            : $"The gradient of the log-density in {parameter.Name} is wrong: it is {slope:G6}, but finite differences give {difference:G6}. Part of the log-density is not differentiable, or is computed from a detached copy, such as one from .item(), .detach() or [double].",
        parameter.Name);
}
