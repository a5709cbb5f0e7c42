using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Tensors as managed numbers.</summary>
public static class ManagedValues
{
    /// <summary>All elements in row-major order, as doubles, for every device and type.</summary>
    public static double[] ToDoubles(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }
}
