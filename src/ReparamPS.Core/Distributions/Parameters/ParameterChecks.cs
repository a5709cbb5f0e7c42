using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The checks of parameters in the constructor of every distribution.</summary>
internal static class ParameterChecks
{
    /// <summary>Checks types, devices, dimensions and constraints, and returns the common batch shape.</summary>
    public static long[] BatchShape(string distribution, IReadOnlyList<DistributionParameter> parameters)
    {
        DistributionParameter first = parameters[0];
        long[] batch = [];
        foreach (DistributionParameter parameter in parameters)
        {
            Tensor value = parameter.Value;
            int eventDims = parameter.Constraint.EventDims;
            if (value.dtype is not (ScalarType.Float64 or ScalarType.Float32))
                throw new ArgumentException($"{parameter.Name} must be float64 or float32; got {TorchTypes.NameOf(value.dtype)}.", parameter.Name);
            if (value.dtype != first.Value.dtype)
                throw new ArgumentException($"{parameter.Name} must be {TorchTypes.NameOf(first.Value.dtype)}, as {first.Name} is; got {TorchTypes.NameOf(value.dtype)}.", parameter.Name);
            if (value.device.ToString() != first.Value.device.ToString())
                throw new ArgumentException($"{parameter.Name} must be on {first.Value.device}, as {first.Name} is; got {value.device}.", parameter.Name);
            if (value.dim() < eventDims)
                throw new ShapeMismatchException($"{parameter.Name} must be {parameter.Constraint.Phrase}; got {TensorShapes.Said(value.shape)}.", parameter.Name);
            if (!parameter.Constraint.IsMetBy(value)) throw new ParameterConstraintException(parameter);
            long[] own = value.shape[..^eventDims];
            if (!TensorShapes.TryBroadcast(batch, own, out batch))
            {
                (string Name, long[] Shape)[] shapes = [.. parameters.Select(each => (each.Name, each.Value.shape[..^each.Constraint.EventDims]))];
                bool haveEvents = parameters.Any(each => each.Constraint.EventDims > 0);
                string advice = !haveEvents && shapes.All(each => each.Shape.Length <= 1) ? "Give each one number, or lists of the same length." : TensorShapes.BroadcastRule;
                throw new ShapeMismatchException($"The {(haveEvents ? "batch shapes" : "shapes")} of the parameters of {distribution} do not broadcast: {string.Join(", ", shapes.Select(each => $"{each.Name} {TensorShapes.Format(each.Shape)}"))}. {advice}", parameter.Name);
            }
        }
        return batch;
    }

    /// <summary>The event shape of a vector of parameters. A number, which fails a later check, counts as a vector with one element.</summary>
    public static long[] VectorShape(Tensor value) => value.dim() == 0 ? [1] : [value.shape[^1]];

    /// <summary>The parameter, after checking that it is a square matrix as wide as a vector.</summary>
    /// <exception cref="ShapeMismatchException">It is not.</exception>
    public static (string Name, Tensor Value) Square(string distribution, string name, Tensor matrix, (string Name, Tensor Value) vector)
    {
        long size = VectorShape(vector.Value)[0];
        if (matrix.dim() >= 2 && matrix.shape[^1] == size && matrix.shape[^2] == size) return (name, matrix);
        throw new ShapeMismatchException($"{distribution}: {name} must be {size} × {size}, because {vector.Name} has length {size}; got {TensorShapes.Said(matrix.shape)}.", name);
    }

    /// <summary>The parameter, after checking that it is a square matrix.</summary>
    /// <exception cref="ShapeMismatchException">It is not.</exception>
    public static (string Name, Tensor Value) Square(string distribution, string name, Tensor matrix) => matrix.dim() >= 2 && matrix.shape[^1] == matrix.shape[^2]
        ? (name, matrix)
        : throw new ShapeMismatchException($"{distribution}: {name} must be a square matrix; got {TensorShapes.Said(matrix.shape)}.", name);

    /// <summary>The common width of two vectors, either of which may have a single element that broadcasts.</summary>
    /// <exception cref="ShapeMismatchException">They differ otherwise.</exception>
    public static long CommonWidth(string distribution, (string Name, Tensor Value) first, (string Name, Tensor Value) second)
    {
        (long one, long other) = (VectorShape(first.Value)[0], VectorShape(second.Value)[0]);
        if (one == other || one == 1 || other == 1) return Math.Max(one, other);
        throw new ShapeMismatchException($"{distribution}: {second.Name} must have {one} elements, as {first.Name} has, or 1; got {other}.", second.Name);
    }
}
