namespace ReparamPS.TorchGuard;

/// <summary>How the module's copy of TorchSharp shows tensors as text and as numbers. The core library sets both functions; TorchSharp cannot be referenced here.</summary>
public static class TensorDisplay
{
    /// <summary>A tensor as short text.</summary>
    public static Func<object, string>? Format { get; set; }

    /// <summary>All elements of a tensor in row-major order.</summary>
    public static Func<object, double[]>? Numbers { get; set; }

    /// <summary>A tensor as short text; null leaves it to TorchSharp.</summary>
    /// <param name="tensor">The tensor.</param>
    public static string? Text(object tensor) => Format?.Invoke(tensor);

    /// <summary>All elements of a tensor in row-major order.</summary>
    /// <param name="tensor">The tensor.</param>
    public static double[] Values(object tensor) => Numbers is null ? [] : Numbers(tensor);
}
