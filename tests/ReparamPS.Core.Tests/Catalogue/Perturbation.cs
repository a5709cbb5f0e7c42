using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A direction in which a parameter may be moved without leaving its constraint, and the derivative along it.</summary>
internal sealed record Perturbation(string Path, double[] Direction, double Step, bool OnSphere)
{
    /// <summary>One direction for each free number of a parameter: pairs of elements of symmetric matrices, the lower triangle of factors, tangents of unit vectors.</summary>
    public static IEnumerable<Perturbation> Of(string path, Tensor leaf)
    {
        double[] values = ManagedValues.ToDoubles(leaf);
        string name = path.Split('.')[^1];
        int width = leaf.dim() < 2 ? 1 : (int)leaf.shape[^1];
        for (int k = 0; k < values.Length; k++)
        {
            (int row, int column) = (k / width, k % width);
            double[] direction = new double[values.Length];
            direction[k] = 1;
            if (name is "CovarianceMatrix" or "PrecisionMatrix")
            {
                if (column > row) continue;
                direction[(column * width) + row] = 1;
            }
            if (name == "ScaleTril" && column > row) continue;
            bool onSphere = name == "MeanDirection";
            if (onSphere) direction = [.. direction.Select((value, i) => value - (values[k] * values[i]))];
            if (double.IsFinite(values[k])) yield return new(path, direction, 1e-3 * Math.Max(Math.Abs(values[k]), 1e-2), onSphere);
        }
    }

    /// <summary>The parameter, moved by a number of steps.</summary>
    public Tensor Move(Tensor leaf, double steps)
    {
        Tensor moved = leaf + (steps * Step * ReferenceDistribution.Values(Direction, leaf.shape));
        return OnSphere ? moved / moved.norm() : moved;
    }

    /// <summary>The derivative along the direction of a function of the moved distribution, by central differences of sixth order, and its rounding error.</summary>
    public (double Value, double Rounding) Derivative(ReferenceSetting reference, Func<Distribution, double> function)
    {
        for (Perturbation tried = this; ; tried = tried with { Step = tried.Step / 10 })
        {
            try
            {
                double At(double steps) => function(ReferenceDistribution.Make(reference.File, reference.Parameters, change: (path, leaf) => path == Path ? tried.Move(leaf, steps) : leaf).Value);
                // The formula needs room: a nearly singular matrix allows small steps only.
                double far = Math.Max(Math.Abs(At(30)), Math.Abs(At(-30)));
                return (((45 * (At(1) - At(-1))) - (9 * (At(2) - At(-2))) + At(3) - At(-3)) / (60 * tried.Step), 1e-13 * Math.Max(1, far) / tried.Step);
            }
            catch (ParameterConstraintException) when (tried.Step > 1e-9)
            {
                continue;
            }
        }
    }

    /// <summary>The derivative along the direction by a gradient.</summary>
    public double Along(Tensor gradient) => ManagedValues.ToDoubles(gradient).Zip(Direction, (slope, part) => part == 0 ? 0 : slope * part).Sum();
}
