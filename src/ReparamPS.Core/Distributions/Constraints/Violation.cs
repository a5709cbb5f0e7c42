using System.Globalization;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>What is wrong with a value outside a set, as the text after “got” in errors: the first wrong element and its place, or the value and why it is wrong.</summary>
internal static class Violation
{
    /// <summary>Describes a value outside a set.</summary>
    /// <param name="constraint">The set.</param>
    /// <param name="value">The value, which may hold many single ones.</param>
    /// <param name="isMet">Which of them are allowed; null asks the set.</param>
    public static string Of(Constraint constraint, Tensor value, Tensor? isMet = null)
    {
        if (isMet is null && constraint is IndependentConstraint many) return Of(many.Inner, value);
        if (!value.IsInvalid && value.shape is [0]) return TensorShapes.Said(value.shape);
        if (value.IsInvalid || value.numel() == 0 || !TensorQuestions.HasValues(value)) return TensorText.Exact(value);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor met = isMet ?? constraint.Check(value);
        if (FirstFalse(met) is not { } first) return TensorText.Exact(value);
        long[] place = TensorShapes.Unravel(first, met.shape);
        return Single(constraint, value, met.shape, place, place.Length == 0 ? "" : $" (at index {Text(place)}{(constraint.EventDims == 0 ? "" : " of the batch")})");
    }

    /// <summary>The first of many single values outside a set, and why it is outside.</summary>
    /// <param name="constraint">The set.</param>
    /// <param name="value">The values.</param>
    /// <param name="isMet">Which of them are in the set; at least one is not.</param>
    public static string FirstOutside(Constraint constraint, Tensor value, Tensor isMet) => Single(constraint, value, isMet.shape, TensorShapes.Unravel(FirstFalse(isMet)!.Value, isMet.shape), "");

    /// <summary>The first element of a value that a condition excludes; empty if there is none, or if it has no numbers.</summary>
    /// <param name="value">The value, which is broadcast to the condition.</param>
    /// <param name="isMet">The condition.</param>
    public static string First(Tensor value, Tensor isMet)
    {
        if (value.IsInvalid || !TensorQuestions.HasValues(value)) return "";
        using var scope = NewDisposeScope();
        return FirstFalse(isMet) is { } first ? Number(value.detach().expand(isMet.shape), TensorShapes.Unravel(first, isMet.shape)) : "";
    }

    /// <summary>The first element of a vector that a condition excludes; null if there is none.</summary>
    public static string? InVector(Tensor value, Tensor isMet) => FirstFalse(isMet) is { } first ? ElementIs(value, [first]) : null;

    /// <summary>Why a matrix is not symmetric positive definite.</summary>
    /// <param name="value">The matrix.</param>
    /// <param name="isSymmetric">Which of its elements are close enough to their mirror images.</param>
    public static string InSymmetric(Tensor value, Tensor isSymmetric)
    {
        if (NotFinite(value) is { } infinite) return infinite;
        if (FirstFalse(isSymmetric) is not { } first) return "it is symmetric but not positive definite";
        long[] place = TensorShapes.Unravel(first, value.shape), mirror = [place[1], place[0]];
        return $"it is not symmetric; {ElementIs(value, place)}, but {ElementIs(value, mirror)}";
    }

    /// <summary>Why a matrix is not lower-triangular with a positive diagonal; null if it is.</summary>
    public static string? InLowerTriangular(Tensor value)
    {
        if (NotFinite(value) is { } infinite) return infinite;
        if (FirstFalse(value.tril() == value) is { } above) return ElementIs(value, TensorShapes.Unravel(above, value.shape), ", above the diagonal,");
        return FirstFalse(value.diagonal() > 0) is { } onDiagonal ? ElementIs(value, [onDiagonal, onDiagonal], ", on the diagonal,") : null;
    }

    /// <summary>Which row of a matrix does not have Euclidean norm 1; null if all have.</summary>
    public static string? InUnitRows(Tensor value, Tensor isUnit) =>
        FirstFalse(isUnit) is { } first ? $"the row at index {Text([first])} has the Euclidean norm {Number(value.square().sum(-1).sqrt(), [first])}; it must be 1" : null;

    private static string Single(Constraint constraint, Tensor value, long[] shape, long[] place, string where)
    {
        Tensor single = value.detach().expand([.. shape, .. value.shape[^constraint.EventDims..]]);
        foreach (long index in place) single = single.select(0, index);
        return $"{TensorText.Exact(single)}{where}{(constraint.Fault(single) is { } fault ? $": {fault}" : "")}";
    }

    private static string? NotFinite(Tensor value) => FirstFalse(value.isfinite()) is { } first ? ElementIs(value, TensorShapes.Unravel(first, value.shape)) : null;

    private static string ElementIs(Tensor value, long[] place, string where = "") => $"the element at index {Text(place)}{where} is {Number(value, place)}";

    private static long? FirstFalse(Tensor condition) => TensorQuestions.All(condition) ? null : condition.logical_not().flatten().to(ScalarType.Byte).argmax().item<long>();

    private static string Text(long[] place) => place.Length == 1 ? place[0].ToString(CultureInfo.InvariantCulture) : TensorShapes.Format(place);

    // All digits: two numbers that differ may look the same in fewer.
    private static string Number(Tensor value, long[] place)
    {
        foreach (long index in place) value = value.select(0, index);
        return TensorText.Exact(ManagedValues.ToDoubles(value)[0], value.dtype);
    }
}
