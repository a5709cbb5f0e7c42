using System.Globalization;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Whether two tensors are close, with what differs in words; for test frameworks.</summary>
public static class TensorComparison
{
    /// <summary>What differs; null where |actual − expected| ≤ absolute + relative · |expected| everywhere. NaN is close to NaN, and infinities to themselves.</summary>
    /// <param name="actual">A tensor, or numbers.</param>
    /// <param name="expected">A tensor of the same shape, or numbers.</param>
    /// <param name="relative">The error that is allowed relative to what is expected.</param>
    /// <param name="absolute">The error that is allowed besides.</param>
    public static string? Describe(object? actual, object? expected, double relative, double absolute)
    {
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        Tensor left = TensorInput.ToTensor(actual, "the actual value"), right = TensorInput.ToTensor(expected, "the expected value");
        if (!left.shape.SequenceEqual(right.shape)) return $"the shapes are {TensorShapes.Format(left.shape)} and {TensorShapes.Format(right.shape)}";
        double[] values = ManagedValues.ToDoubles(left), targets = ManagedValues.ToDoubles(right);
        int[] far = [.. Enumerable.Range(0, values.Length).Where(i => !IsClose(values[i], targets[i], relative, absolute))];
        if (far.Length == 0) return null;
        int worst = far.MaxBy(i => double.IsNaN(values[i] - targets[i]) ? double.PositiveInfinity : Math.Abs(values[i] - targets[i]));
        return string.Create(CultureInfo.InvariantCulture, $"{far.Length} of {values.Length} elements differ, most of all element {worst}: {values[worst]:R} where {targets[worst]:R} is expected");
    }

    private static bool IsClose(double actual, double expected, double relative, double absolute) =>
        actual.Equals(expected) || Math.Abs(actual - expected) <= absolute + relative * Math.Abs(expected) && double.IsFinite(expected);
}
