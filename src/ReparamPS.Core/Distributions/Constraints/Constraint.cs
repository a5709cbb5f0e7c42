using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>
/// A set of values: what a parameter may be, or where a distribution lives. Counterpart of <c>torch.distributions.constraints</c>.
/// </summary>
public abstract class Constraint
{
    /// <summary>Creates the constraint.</summary>
    /// <param name="name">How it reads in tables and errors, as in “must be positive”.</param>
    /// <param name="eventDims">How many trailing dimensions make one value: 0 a number, 1 a vector, 2 a matrix.</param>
    /// <param name="isDiscrete">Whether its values are isolated points.</param>
    protected Constraint(string name, int eventDims = 0, bool isDiscrete = false) => (Name, EventDims, IsDiscrete) = (name, eventDims, isDiscrete);

    /// <summary>How it reads in tables and errors.</summary>
    public string Name { get; }

    /// <summary>How many trailing dimensions make one value: 0 a number, 1 a vector, 2 a matrix.</summary>
    public int EventDims { get; }

    /// <summary>Whether its values are isolated points.</summary>
    public bool IsDiscrete { get; }

    /// <summary>Whether its bounds are parameters of a distribution.</summary>
    internal virtual bool DependsOnParameters => false;

    /// <summary>The interval that single numbers lie in, up to single points; null for other sets.</summary>
    internal virtual IntervalEnds? Interval => null;

    /// <summary>Which values are in the set: Booleans with the shape of <paramref name="value"/> less its event dimensions.</summary>
    public abstract Tensor Check(Tensor value);

    /// <summary>
    /// A point inside the set, that broadcasts against <paramref name="value"/>: it stands in for values outside so that a formula
    /// evaluated there makes no NaN that would reach a gradient.
    /// </summary>
    public abstract Tensor InteriorPoint(Tensor value);

    /// <summary>Whether every value is in the set. Copies one Boolean to the host; the meta device, which has no values, passes.</summary>
    public bool IsMetBy(Tensor value)
    {
        if (value.numel() == 0 || !TensorQuestions.HasValues(value)) return true;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Check(value).all().item<bool>();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Reduces a Boolean per element to one per vector.</summary>
    protected static Tensor AllOf(Tensor check) => check.all(-1);
}

/// <summary>The ends of an interval; infinite where it is open on a side.</summary>
internal abstract record IntervalEnds;

/// <summary>Ends that are numbers.</summary>
internal sealed record FixedEnds(double Low, double High) : IntervalEnds;

/// <summary>Ends that are tensors, one for each member of a batch.</summary>
internal sealed record TensorEnds(Tensor Low, Tensor High) : IntervalEnds;
