using System.Globalization;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Compares two tensors and describes the difference, for test frameworks.</summary>
public static class TensorComparison
{
    /// <summary>Describes the difference; null if |actual − expected| ≤ absolute + relative · |expected| for all elements. NaN equals NaN, and an infinity equals itself.</summary>
    /// <param name="actual">A tensor, or numbers.</param>
    /// <param name="expected">A tensor of the same shape, or numbers.</param>
    /// <param name="relative">The allowed error relative to the expected value.</param>
    /// <param name="absolute">The allowed absolute error, in addition.</param>
    /// <exception cref="ArgumentException">An allowed error is negative or NaN.</exception>
    public static string? Describe(object? actual, object? expected, double relative, double absolute)
    {
        Check(relative, "RelativeTolerance");
        Check(absolute, "AbsoluteTolerance");
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        Tensor left = TensorInput.ToTensor(actual, "Actual"), right = TensorInput.ToTensor(expected, "Expected");
        if (!left.shape.SequenceEqual(right.shape)) return $"the shapes are {TensorShapes.Format(left.shape)} and {TensorShapes.Format(right.shape)}";
        double[] values = ManagedValues.ToDoubles(left), targets = ManagedValues.ToDoubles(right);
        int[] far = [.. Enumerable.Range(0, values.Length).Where(i => !IsClose(values[i], targets[i], relative, absolute))];
        if (far.Length == 0) return null;
        int worst = far.MaxBy(i => double.IsNaN(values[i] - targets[i]) ? double.PositiveInfinity : Math.Abs(values[i] - targets[i]));
        return string.Create(CultureInfo.InvariantCulture, $"{far.Length} of {values.Length} elements differ; the largest difference is at element {worst}: expected {targets[worst]:R}; got {values[worst]:R}");
    }

    private static void Check(double tolerance, string parameter)
    {
        if (!(tolerance >= 0)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{parameter} must be at least 0; got {tolerance}."), parameter);
    }

    private static bool IsClose(double actual, double expected, double relative, double absolute) =>
        actual.Equals(expected) || Math.Abs(actual - expected) <= absolute + relative * Math.Abs(expected) && double.IsFinite(expected);
}
