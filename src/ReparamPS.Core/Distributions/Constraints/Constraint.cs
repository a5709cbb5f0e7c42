using Newtonsoft.Json;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>
/// A set of values: those that a parameter may have, or the support of a distribution. Counterpart of <c>torch.distributions.constraints</c>.
/// </summary>
public abstract class Constraint
{
    /// <summary>Creates the constraint.</summary>
    /// <param name="name">The name in tables and errors: an adjective (“positive”) or, for vectors, matrices and integers, a noun without an article (“unit vector”).</param>
    /// <param name="eventDims">How many trailing dimensions make one value: 0 a number, 1 a vector, 2 a matrix.</param>
    /// <param name="isDiscrete">Whether its values are isolated points.</param>
    protected Constraint(string name, int eventDims = 0, bool isDiscrete = false) => (Name, EventDims, IsDiscrete) = (name, eventDims, isDiscrete);

    /// <summary>The name in tables and errors.</summary>
    public virtual string Name { get; }

    /// <summary>How many trailing dimensions make one value: 0 a number, 1 a vector, 2 a matrix.</summary>
    [JsonIgnore]
    public int EventDims { get; }

    /// <summary>Whether its values are isolated points.</summary>
    [JsonIgnore]
    public bool IsDiscrete { get; }

    /// <summary>The name after “must be”: nouns get an article.</summary>
    internal string Phrase => EventDims == 0 && !Name.Contains("integer", StringComparison.Ordinal) ? Name : $"{("aei".Contains(Name[0], StringComparison.Ordinal) ? "an" : "a")} {Name}";

    /// <summary>Whether its bounds are parameters of a distribution.</summary>
    internal virtual bool DependsOnParameters => false;

    /// <summary>The smallest closed interval that contains a set of single numbers; null for other sets.</summary>
    internal virtual IntervalEnds? Interval => null;

    /// <summary>Checks which values are in the set. Returns Booleans with the shape of <paramref name="value"/> without its event dimensions.</summary>
    public abstract Tensor Check(Tensor value);

    /// <summary>
    /// A point inside the set that broadcasts with <paramref name="value"/>. It replaces values outside the set, so that a formula
    /// evaluated there yields no NaN that would reach a gradient.
    /// </summary>
    public abstract Tensor InteriorPoint(Tensor value);

    /// <summary>Why a single value is outside the set, if more can be said than that it is; otherwise null.</summary>
    internal virtual string? Fault(Tensor value) => null;

    /// <summary>The values of a discrete set next to values that may have been rounded; other values as they are.</summary>
    internal virtual Tensor Nearest(Tensor value) => IsDiscrete ? value.round() : value;

    /// <summary>Whether every value is in the set. Copies one Boolean to the host. Tensors on the meta device have no values and always pass, as do all values while <see cref="ConstraintChecks"/> are skipped.</summary>
    public bool IsMetBy(Tensor value)
    {
        if (ConstraintChecks.AreSkipped || !TensorQuestions.HasValues(value)) return true;
        // An empty batch meets every constraint, but a vector without elements is not, for example, a list of weights with a positive sum.
        if (value.numel() == 0) return EventDims != 1 || value.dim() == 0 || value.shape[^1] > 0 || IsMetByEmpty(value);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return (value.is_floating_point() && HostMemory.Holds(value) ? IsMetByAll(value) : null) ?? Check(value).all().item<bool>();
    }

    private bool IsMetByEmpty(Tensor value)
    {
        using var scope = NewDisposeScope();
        return Check(value).all().item<bool>();
    }

    /// <summary>The answer of <see cref="IsMetBy"/> for floating values on the CPU by a few reductions, which take less time than a Boolean per value; null if <see cref="Check"/> has to decide.</summary>
    protected virtual bool? IsMetByAll(Tensor value) => null;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The ends of an interval; infinite on a side without a bound.</summary>
internal abstract record IntervalEnds;

/// <summary>Ends that are numbers.</summary>
internal sealed record FixedEnds(double Low, double High) : IntervalEnds;

/// <summary>Ends that are tensors, one per member of a batch.</summary>
internal sealed record TensorEnds(Tensor Low, Tensor High) : IntervalEnds;
