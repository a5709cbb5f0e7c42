using ReparamPS.Distributions.Constraints;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>A support whose bounds may be parameters: the set by name, and the set for given parameters.</summary>
/// <param name="Fixed">The set, with bounds that are parameters by name only.</param>
/// <param name="For">The set for given parameters; null if it does not depend on them.</param>
internal sealed record SupportRule(Constraint Fixed, Func<IReadOnlyDictionary<string, Tensor>, Constraint>? For)
{
    /// <summary>Reads a name.</summary>
    /// <param name="text">The name; null for all real numbers.</param>
    /// <param name="parameters">The names that bounds may have.</param>
    /// <param name="eventDims">The number of event dimensions.</param>
    public static SupportRule Of(string? text, IReadOnlyList<string> parameters, int eventDims)
    {
        if (text is null) return new SupportRule(Constraints.Constraints.Independent(Constraints.Constraints.Real, eventDims), null);
        if (NamedInterval.Parse(text, parameters) is not { } interval)
        {
            Constraint named = ConstraintNames.Parse(text, "Support", parameters);
            int missing = eventDims - named.EventDims;
            if (missing < 0) throw new ArgumentException($"Support '{ShortText.Of(text)}' needs an EventShape with {(named.EventDims == 1 ? "one size, such as 3" : $"{named.EventDims} sizes, such as 3, 3")}; {(eventDims == 0 ? "it was left out" : $"got {eventDims}")}.", "Support");
            return new SupportRule(Constraints.Constraints.Independent(named, missing), null);
        }
        if (!interval.DependsOnParameters) return new SupportRule(Constraints.Constraints.Independent(interval.Between(new Dictionary<string, Tensor>()), eventDims), null);
        if (eventDims > 0) throw new ArgumentException($"Support '{ShortText.Of(text)}' has parameters as bounds, which works only for draws that are single numbers; EventShape has {TensorShapes.Dimensions(eventDims)}.", "Support");
        return new SupportRule(Constraints.Constraints.Named(text), interval.Between);
    }
}
