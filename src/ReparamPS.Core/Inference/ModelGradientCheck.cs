using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Messages;
using ReparamPS.Numerics;
using ReparamPS.Torch;

namespace ReparamPS.Inference;

/// <summary>
/// Checks the gradient of a log-density in each parameter, before anything is optimized: along a direction within the parameter it must agree with differences, and no draw may depend on
/// the other draws.
/// </summary>
internal static class ModelGradientCheck
{
    private const int Draws = 3;
    private const string LogLikelihood = nameof(BayesianModel.LogLikelihood);
    private const double Tolerance = 1e-5;

    /// <exception cref="ArgumentException">A gradient does not reach a parameter, or is wrong.</exception>
    public static void Run(BayesianModel model, TensorDensity density)
    {
        int size = density.Dimension;
        double[] points = NormalNoise.Fresh(NoiseScheme.Independent, size, Draws, seed: 17), values = new double[Draws], gradients = new double[points.Length];
        for (int i = 0; i < points.Length; i++) points[i] *= 0.3;
        density.Evaluate(points, values, gradients);
        if (!Array.TrueForAll(values, double.IsFinite)) return;
        CheckDraws(density, points, values);
        double[] direction = NormalNoise.Fresh(NoiseScheme.Independent, size, 1, seed: 18);
        double rounding = density.Epsilon * values.Max(Math.Abs), step = DifferenceSlope.Step(rounding);
        double[] shifted = AtShifts(model, density, points, direction, step);
        for (int p = 0; p < model.Parameters.Count; p++)
        {
            ModelParameter parameter = model.Parameters[p];
            DifferenceSlope[] differences = [.. values.Select((value, s) => DifferenceSlope.Of(shift => shifted[(p * DifferenceSlope.Shifts.Count + shift) * Draws + s], value, step))];
            double roughness = differences.Max(difference => difference.Roughness);
            for (int s = 0; s < Draws; s++)
            {
                double difference = differences[s].Value, slope = 0, scale = 0;
                for (int i = parameter.Offset; i < parameter.Offset + parameter.Size; i++)
                {
                    slope += gradients[i * Draws + s] * direction[i];
                    scale += Math.Abs(gradients[i * Draws + s] * direction[i]);
                }
                double allowed = Tolerance * (1 + scale + Math.Abs(difference)) + differences[s].Error(rounding, roughness, step);
                if (!double.IsNaN(difference) && !(Math.Abs(slope - difference) <= allowed)) throw Wrong(parameter, slope, difference);
            }
        }
    }

    private static void CheckDraws(TensorDensity density, double[] points, double[] values)
    {
        double[] first = new double[density.Dimension], alone = new double[1];
        for (int i = 0; i < first.Length; i++) first[i] = points[i * Draws];
        density.Evaluate(first, alone, []);
        if (Differ(density, alone[0], values[0])) throw Mixed(density, first, points);
    }

    private static bool Differ(TensorDensity density, double one, double other) => Math.Abs(one - other) > Math.Max(1e-8, 100 * density.Epsilon) * (1 + Math.Abs(other));

    // The first term that differs is at fault: later ones may depend on it.
    private static ArgumentException Mixed(TensorDensity density, double[] first, double[] points)
    {
        IReadOnlyList<DensityTerm> alone = density.Terms(first, 1), again = density.Terms(first, 1), among = density.Terms(points, Draws);
        int random = FirstDifference(density, alone, again);
        if (random >= 0)
            return new ArgumentException($"{FirstLetter.Upper(alone[random].Name)} is random: for the same values of the parameters it was {TensorText.Number(alone[random].Values[0])}, then {TensorText.Number(again[random].Values[0])}. Draw random numbers before the model is made, or make them parameters.", Parameter(alone[random]));
        int mixed = FirstDifference(density, alone, among);
        if (mixed < 0) return new ArgumentException("The log-density is random: its values differ between calls. Draw random numbers before the model is made, or make them parameters.", "LogLikelihood");
        DensityTerm term = alone[mixed];
        string advice = term.Name == LogLikelihood ? "Sum over the last dimensions only, such as with .sum(-1)." : "The first dimension of a parameter's tensor is that of the draws: do not sum or average over it.";
        return new ArgumentException($"{FirstLetter.Upper(term.Name)} mixes draws: for one draw, it is {TensorText.Number(term.Values[0])} alone, but {TensorText.Number(among[mixed].Values[0])} among {Draws} draws. {advice}", Parameter(term));
    }

    private static int FirstDifference(TensorDensity density, IReadOnlyList<DensityTerm> one, IReadOnlyList<DensityTerm> other) =>
        Enumerable.Range(0, one.Count).Append(-1).First(i => i < 0 || Differ(density, one[i].Values[0], other[i].Values[0]));


    private static string Parameter(DensityTerm term) => term.Name == LogLikelihood ? LogLikelihood : "Parameter";

    // All parameters, shifts and draws are columns of one evaluation.
    private static double[] AtShifts(BayesianModel model, ILogDensity density, double[] points, double[] direction, double step)
    {
        int parts = model.Parameters.Count * DifferenceSlope.Shifts.Count, count = parts * Draws;
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
                for (int column = 0; column < DifferenceSlope.Shifts.Count * Draws; column++) shifted[i * count + p * DifferenceSlope.Shifts.Count * Draws + column] += step * DifferenceSlope.Shifts[column / Draws] * direction[i];
            }
        }
        density.Evaluate(shifted, values, []);
        return values;
    }

    private static ArgumentException Wrong(ModelParameter parameter, double slope, double difference) => new(
        slope == 0
            ? $"The gradient of the log-density does not reach {parameter.Name}: it is 0, but finite differences give {TensorText.Number(difference)}. Part of the log-density is computed from a detached copy, such as one from .item(), .detach() or [double]."
            : $"The gradient of the log-density in {parameter.Name} is wrong: it is {TensorText.Number(slope)}, but finite differences give {TensorText.Number(difference)}. Part of the log-density is not differentiable, or is computed from a detached copy, such as one from .item(), .detach() or [double].",
        parameter.Name);
}
