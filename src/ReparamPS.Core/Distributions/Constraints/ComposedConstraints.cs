using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

internal sealed class IndependentConstraint(Constraint constraint, int dims)
    : Constraint(NameOf(constraint, dims), constraint.EventDims + dims, constraint.IsDiscrete)
{
    public Constraint Inner => constraint;

    public int Dims => dims;

    internal override bool DependsOnParameters => constraint.DependsOnParameters;

    public override Tensor Check(Tensor value)
    {
        Tensor result = constraint.Check(value);
        for (int i = 0; i < dims; i++) result = result.all(-1);
        return result;
    }

    public override Tensor InteriorPoint(Tensor value) => constraint.InteriorPoint(value);

    internal override Tensor Nearest(Tensor value) => constraint.Nearest(value);

    protected override bool? IsMetByAll(Tensor value) => constraint.IsMetBy(value);

    private static string NameOf(Constraint constraint, int dims)
    {
        string kind = dims switch { 1 => "vector", 2 => "matrix", _ => "array" };
        return constraint.EventDims switch
        {
            // An adjective.
            0 when !constraint.Name.Contains(' ', StringComparison.Ordinal) => $"{constraint.Name} {kind}",
            0 => $"{kind}, each element {constraint.Phrase}",
            1 => $"array, each vector {constraint.Phrase}",
            2 => $"array, each matrix {constraint.Phrase}",
            _ => $"array, each part {constraint.Phrase}",
        };
    }
}

internal sealed class PiecesConstraint(IReadOnlyList<Constraint> constraints, int dim, long[] lengths)
    : Constraint($"pieces: {string.Join(", ", constraints)}", constraints.Max(constraint => constraint.EventDims), constraints.Any(constraint => constraint.IsDiscrete))
{
    public IReadOnlyList<Constraint> Parts => constraints;

    public int Dim => dim;

    public long[] Lengths => lengths;

    internal override bool DependsOnParameters => constraints.Any(constraint => constraint.DependsOnParameters);

    public override Tensor Check(Tensor value)
    {
        Tensor[] checks = [.. value.split(lengths, dim).Select((piece, i) => Reduced(constraints[i].Check(piece), EventDims - constraints[i].EventDims))];
        int fromEnd = (dim >= 0 ? dim - (int)value.dim() : dim) + EventDims;
        return fromEnd < 0 ? cat(checks, fromEnd) : checks.Aggregate((all, check) => all & check);
    }

    public override Tensor InteriorPoint(Tensor value) =>
        cat([.. value.split(lengths, dim).Select((piece, i) => constraints[i].InteriorPoint(piece).expand(piece.shape))], dim);

    internal static Tensor Reduced(Tensor check, int dims)
    {
        for (int i = 0; i < dims; i++) check = check.all(-1);
        return check;
    }
}

internal sealed class SlicesConstraint(IReadOnlyList<Constraint> constraints, int dim)
    : Constraint($"slices: {string.Join(", ", constraints)}", Dims(constraints, dim), constraints.Any(constraint => constraint.IsDiscrete))
{
    public IReadOnlyList<Constraint> Parts => constraints;

    public int Dim => dim;

    internal override bool DependsOnParameters => constraints.Any(constraint => constraint.DependsOnParameters);

    public override Tensor Check(Tensor value)
    {
        int dims = constraints.Max(constraint => constraint.EventDims);
        Tensor[] checks = [.. value.unbind(dim).Select((slice, i) => PiecesConstraint.Reduced(constraints[i].Check(slice), dims - constraints[i].EventDims))];
        return EventDims > dims ? checks.Aggregate((all, check) => all & check) : stack(checks, dim >= 0 ? dim : dim + dims);
    }

    public override Tensor InteriorPoint(Tensor value) =>
        stack([.. value.unbind(dim).Select((slice, i) => constraints[i].InteriorPoint(slice).expand(slice.shape))], dim);

    // A dimension inside the event adds one to its dimensions.
    private static int Dims(IReadOnlyList<Constraint> constraints, int dim)
    {
        int dims = constraints.Max(constraint => constraint.EventDims);
        return dim < 0 && -dim <= dims ? dims + 1 : dims;
    }
}

/// <summary>Values that are in the set of any component. The components lie along the last batch dimension of the bounds.</summary>
internal sealed class AnyComponentConstraint(Constraint constraint, int valueDims) : Constraint(constraint.Name, constraint.EventDims, constraint.IsDiscrete)
{
    public Constraint Component => constraint;

    public int ValueDims => valueDims;

    internal override bool DependsOnParameters => constraint.DependsOnParameters;

    public override Tensor Check(Tensor value) => constraint.Check(value.unsqueeze(-1 - valueDims)).any(-1 - (valueDims - constraint.EventDims));

    public override Tensor InteriorPoint(Tensor value)
    {
        Tensor points = constraint.InteriorPoint(value.unsqueeze(-1 - valueDims));
        return points.dim() > valueDims ? points.select(-1 - valueDims, 0) : points;
    }

    // Of the components' values, the one at the least distance.
    internal override Tensor Nearest(Tensor value)
    {
        if (valueDims > 0 || !IsDiscrete) return base.Nearest(value);
        Tensor at = value.unsqueeze(-1), points = constraint.Nearest(at);
        return points.gather(-1, TensorChoice.Abs(points - at).argmin(-1, keepdim: true)).squeeze(-1);
    }

    // In the sets of all components, if it can be told without one Boolean per component.
    protected override bool? IsMetByAll(Tensor value) => constraint.IsMetBy(value.unsqueeze(-1 - valueDims)) ? true : null;
}

internal sealed class NamedConstraint(string name, int eventDims) : Constraint(name, eventDims)
{
    public override Tensor Check(Tensor value) => PiecesConstraint.Reduced(~value.isnan(), EventDims);

    public override Tensor InteriorPoint(Tensor value) => zeros_like(value);

    protected override bool? IsMetByAll(Tensor value) => !double.IsNaN(TensorQuestions.Range(value).Min);
}
