using ReparamPS.Torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>The shape of a value after broadcasting with a transform's parameters.</summary>
internal static class BroadcastShape
{
    public static long[] Of(string transform, long[] shape, params long[][] parameters)
    {
        foreach (long[] parameter in parameters)
        {
            if (!TensorShapes.TryBroadcast(shape, parameter, out long[] common))
                throw new ShapeMismatchException($"{transform}: a value of shape {TensorShapes.Format(shape)} does not broadcast with a parameter of shape {TensorShapes.Format(parameter)}.", nameof(shape));
            shape = common;
        }
        return shape;
    }
}
