using ReparamPS.Torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>The shape of a value after broadcasting with a transform's parameters.</summary>
internal static class BroadcastShape
{
    public static long[] Of(string transform, long[] shape, params (string Name, long[] Shape)[] parameters)
    {
        long[] result = shape;
        foreach ((_, long[] parameter) in parameters)
        {
            if (TensorShapes.TryBroadcast(result, parameter, out result)) continue;
            string shapes = string.Join(", ", parameters.Prepend((Name: "values", Shape: shape)).Select(each => $"{each.Name} {TensorShapes.Format(each.Shape)}"));
            throw new ShapeMismatchException($"{transform}: the shapes do not broadcast: {shapes}. {TensorShapes.BroadcastRule}", nameof(shape));
        }
        return result;
    }
}
