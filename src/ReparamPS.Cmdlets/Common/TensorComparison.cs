using System.Globalization;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Compares two tensors and describes the difference, for test frameworks.</summary>
public static class TensorComparison
{
    /// <summary>
    /// Describes the difference; null if |actual − expected| ≤ absolute + relative · |expected| for all elements. An infinity equals itself; NaN equals nothing, as in <c>torch.testing.assert_close</c>.
    /// Differences of integers are exact, however large the integers are.
    /// </summary>
    /// <param name="actual">A tensor, or numbers.</param>
    /// <param name="expected">A tensor of the same shape, or numbers.</param>
    /// <param name="relative">The allowed error relative to the expected value.</param>
    /// <param name="absolute">The allowed absolute error, in addition.</param>
    /// <exception cref="ArgumentException">An allowed error is negative or not finite, or one of the tensors is missing.</exception>
    public static string? Describe(object? actual, object? expected, double relative, double absolute)
    {
        Check(relative, "RelativeTolerance");
        Check(absolute, "AbsoluteTolerance");
        if (TensorInput.Unwrap(actual) is null) throw new ArgumentException("Actual is missing: the pipeline is empty, or its value is null.", nameof(actual));
        if (TensorInput.Unwrap(expected) is null) throw new ArgumentException("Expected is missing: the tensor or the numbers to compare with, such as Should -BeCloseTensor 1, 2.", nameof(expected));
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        Tensor left = TensorInput.ToTensor(actual, "Actual"), right = TensorInput.ToTensor(expected, "Expected");
        // Numbers beside a tensor of integers are compared as such: doubles do not distinguish large ones.
        if (!TensorInput.IsTensor(expected)) right = BesideIntegers(left, expected, right, "Expected");
        if (!TensorInput.IsTensor(actual)) left = BesideIntegers(right, actual, left, "Actual");
        if (!left.shape.SequenceEqual(right.shape)) return $"the shape is {TensorShapes.Format(left.shape)} instead of {TensorShapes.Format(right.shape)}";
        return IntegerValues.IsWhole(left.dtype) && IntegerValues.IsWhole(right.dtype)
            ? Describe(Integers(left), Integers(right), (value, target) => (double)Int128.Abs((Int128)value - target))
            : Describe(ManagedValues.ToDoubles(left), ManagedValues.ToDoubles(right), (value, target) => value == target ? 0 : Math.Abs(value - target));

        string? Describe<T>(T[] values, T[] targets, Func<T, T, double> difference)
            where T : IConvertible
        {
            double[] differences = [.. values.Zip(targets, difference)];
            int[] far = [.. Enumerable.Range(0, values.Length).Where(i => !IsClose(differences[i], targets[i].ToDouble(CultureInfo.InvariantCulture)))];
            if (far.Length == 0) return null;
            int worst = far.MaxBy(i => double.IsNaN(differences[i]) ? double.PositiveInfinity : differences[i]);
            return string.Create(CultureInfo.InvariantCulture, $"{(left.dim() == 0 ? "the number differs" : $"{far.Length} of {values.Length} elements {(far.Length == 1 ? "differs" : "differ")}; the largest difference is at index {TensorShapes.Format(IndexOf(worst, left.shape))}")}: expected {targets[worst]}; got {values[worst]}{(double.IsNaN(targets[worst].ToDouble(CultureInfo.InvariantCulture)) ? ". NaN equals nothing, not even NaN" : "")}");
        }

        bool IsClose(double difference, double target) => difference == 0 || (difference <= absolute + relative * Math.Abs(target) && double.IsFinite(target));
    }

    // The index of an element, by its place in row-major order.
    private static long[] IndexOf(long place, long[] shape)
    {
        long[] index = new long[shape.Length];
        for (int i = shape.Length - 1; i >= 0; i--) (place, index[i]) = (place / shape[i], place % shape[i]);
        return index;
    }

    private static Tensor BesideIntegers(Tensor beside, object? value, Tensor converted, string parameter) => IntegerValues.IsInteger(beside.dtype) ? TensorInput.ToOperand(beside, value, parameter) : converted;

    private static long[] Integers(Tensor tensor) => tensor.to(ScalarType.Int64).cpu().contiguous().data<long>().ToArray();

    private static void Check(double tolerance, string parameter)
    {
        if (!(tolerance >= 0 && double.IsFinite(tolerance))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{parameter} must be a finite number of at least 0; got {tolerance}."), parameter);
    }
}
