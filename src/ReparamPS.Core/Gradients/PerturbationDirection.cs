using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// A direction along which one parameter can move within its constraint: one element if possible; a symmetric pair of a
/// symmetric matrix; towards a corner of a simplex.
/// </summary>
/// <param name="Leaf">The parameter.</param>
/// <param name="Index">The element that identifies the direction.</param>
/// <param name="Direction">The direction, in the shape of the parameter.</param>
/// <param name="Steps">First steps for finite differences, one per relevant length scale. They are powers of two, so that adding them to the parameter does not round.</param>
/// <param name="Resolution">The smallest step that changes the parameter.</param>
internal sealed record PerturbationDirection(ParameterLeaf Leaf, long Index, Tensor Direction, IReadOnlyList<double> Steps, double Resolution)
{
    private const int MaxHalvings = 12;

    /// <summary>The parameter's value after a step.</summary>
    public Tensor At(double step) => Leaf.Value + step * Direction;

    /// <summary>The directions of a parameter. Fixed elements (the upper half of a triangular matrix) have none.</summary>
    /// <param name="tree">The distribution, which accepts or rejects values.</param>
    /// <param name="leaf">The parameter.</param>
    /// <param name="spreads">Spreads of the samples, further length scales for unconstrained parameters.</param>
    public static IEnumerable<PerturbationDirection> Of(ParameterTree tree, ParameterLeaf leaf, IReadOnlyList<double> spreads)
    {
        double relative = leaf.Value.dtype == ScalarType.Float32 ? 0.2 : 0.05;
        double[] values = ManagedValues.ToDoubles(leaf.Value);
        double largest = values.Select(Math.Abs).DefaultIfEmpty(1).Max();
        bool anyNumber = leaf.Constraint.IsMetBy(-(leaf.Value.abs() + 1));
        for (long i = 0; i < values.LongLength; i++)
        {
            double own = leaf.Constraint.EventDims == 2 ? largest : Math.Abs(values[i]);
            double scale = PowerOfTwo(relative * (own > 0 ? own : 1));
            if (Feasible(tree, leaf, i, scale) is not { } found) continue;
            List<double> steps = [found.Step];
            double resolution = own * TorchTypes.Epsilon(leaf.Value.dtype);
            foreach (double spread in spreads.Where(spread => anyNumber && spread > 0))
            {
                double further = PowerOfTwo(relative * spread);
                // A step that the parameter's rounding swallows tells nothing, and hides that smaller steps than the first may be needed.
                if (further > resolution && steps.All(step => further < 0.1 * step || further > 10 * step) && Accepts(tree, leaf, found.Direction, further)) steps.Add(further);
            }
            yield return new PerturbationDirection(leaf, i, found.Direction, steps, resolution);
        }
    }

    private static double PowerOfTwo(double step) => Math.ScaleB(1, Math.ILogB(step));

    private static (Tensor Direction, double Step)? Feasible(ParameterTree tree, ParameterLeaf leaf, long index, double step)
    {
        Tensor[] candidates = [.. Candidates(leaf, index)];
        for (int halving = 0; halving <= MaxHalvings; halving++, step /= 2)
        {
            foreach (Tensor direction in candidates)
            {
                if (Accepts(tree, leaf, direction, step)) return (direction, step);
            }
        }
        return null;
    }

    private static IEnumerable<Tensor> Candidates(ParameterLeaf leaf, long index)
    {
        Tensor unit = zeros_like(leaf.Value);
        unit.view(-1)[index] = 1;
        yield return unit;
        if (leaf.Constraint.EventDims == 2 && leaf.Value.shape[^1] == leaf.Value.shape[^2])
        {
            long size = leaf.Value.shape[^1], row = index / size % size, column = index % size;
            if (row > column) yield return unit + unit.mT;
        }
        if (leaf.Constraint.EventDims == 1)
        {
            Tensor affected = unit.sum(-1, keepdim: true);
            yield return unit - affected * leaf.Value;
        }
    }

    // Twice the step, so that the difference quotients stay away from the border.
    private static bool Accepts(ParameterTree tree, ParameterLeaf leaf, Tensor direction, double step)
    {
        using var scope = NewDisposeScope();
        try
        {
            tree.With(new Dictionary<string, Tensor> { [leaf.Path] = leaf.Value + 2 * step * direction }, []);
            tree.With(new Dictionary<string, Tensor> { [leaf.Path] = leaf.Value - 2 * step * direction }, []);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
