using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The checks that every distribution's parameters pass when it is built.</summary>
internal static class ParameterChecks
{
    /// <summary>Checks types, devices, dimensions and constraints, and gives the common batch shape.</summary>
    public static long[] BatchShape(string distribution, IReadOnlyList<DistributionParameter> parameters)
    {
        DistributionParameter first = parameters[0];
        long[] batch = [];
        foreach (DistributionParameter parameter in parameters)
        {
            Tensor value = parameter.Value;
            int eventDims = parameter.Constraint.EventDims;
            if (value.dtype is not (ScalarType.Float64 or ScalarType.Float32))
                throw new ArgumentException($"{distribution}: {parameter.Name} must be float64 or float32, not {TorchTypes.NameOf(value.dtype)}.", parameter.Name);
            if (value.dtype != first.Value.dtype)
                throw new ArgumentException($"{distribution}: {parameter.Name} is {TorchTypes.NameOf(value.dtype)} and {first.Name} is {TorchTypes.NameOf(first.Value.dtype)}: all parameters must have one type.", parameter.Name);
            if (value.device.ToString() != first.Value.device.ToString())
                throw new ArgumentException($"{distribution}: {parameter.Name} is on {value.device} and {first.Name} on {first.Value.device}: all parameters must be on one device.", parameter.Name);
            if (value.dim() < eventDims)
                throw new ShapeMismatchException($"{distribution}: {parameter.Name} must be a {parameter.Constraint.Name}, with at least {eventDims} dimension(s), not of shape {TensorShapes.Format(value.shape)}.", parameter.Name);
            if (!parameter.Constraint.IsMetBy(value)) throw new ParameterConstraintException(distribution, parameter);
            long[] own = value.shape[..^eventDims];
            if (!TensorShapes.TryBroadcast(batch, own, out batch))
            {
                string shapes = string.Join(", ", parameters.Select(each => $"{each.Name} {TensorShapes.Format(each.Value.shape)}"));
                throw new ShapeMismatchException($"{distribution}: the parameters' shapes do not broadcast: {shapes}.", parameter.Name);
            }
        }
        return batch;
    }

    /// <summary>The event shape of a vector of parameters; a number, which is refused later, counts as a vector of one.</summary>
    public static long[] VectorShape(Tensor value) => value.dim() == 0 ? [1] : [value.shape[^1]];

    /// <summary>The parameter, after a check that it is a square matrix as wide as a vector.</summary>
    /// <exception cref="ShapeMismatchException">It is not.</exception>
    public static (string Name, Tensor Value) Square(string distribution, string name, Tensor matrix, Tensor vector)
    {
        long size = VectorShape(vector)[0];
        if (matrix.dim() >= 2 && matrix.shape[^1] == size && matrix.shape[^2] == size) return (name, matrix);
        throw new ShapeMismatchException($"{distribution}: {name} must be {size} × {size}, as the vector has {size} elements, not of shape {TensorShapes.Format(matrix.shape)}.", name);
    }

    /// <summary>The parameter, after a check that it is a square matrix.</summary>
    /// <exception cref="ShapeMismatchException">It is not.</exception>
    public static (string Name, Tensor Value) Square(string distribution, string name, Tensor matrix) => matrix.dim() >= 2 && matrix.shape[^1] == matrix.shape[^2]
        ? (name, matrix)
        : throw new ShapeMismatchException($"{distribution}: {name} must be a square matrix, not of shape {TensorShapes.Format(matrix.shape)}.", name);

    /// <summary>The width of two vectors, one of which may have one element for all.</summary>
    /// <exception cref="ShapeMismatchException">They differ otherwise.</exception>
    public static long CommonWidth(string distribution, (string Name, Tensor Value) first, (string Name, Tensor Value) second)
    {
        (long one, long other) = (VectorShape(first.Value)[0], VectorShape(second.Value)[0]);
        if (one == other || one == 1 || other == 1) return Math.Max(one, other);
        throw new ShapeMismatchException($"{distribution}: {first.Name} has {one} elements, and {second.Name} {other}.", second.Name);
    }
}
