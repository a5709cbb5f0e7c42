using System.Globalization;
using System.Text.RegularExpressions;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>An interval as text: “in [0, Width]”, “greater than 2”, “at least Scale”. A bound is a number or the name of a parameter.</summary>
internal sealed partial record NamedInterval(string Text, string? Low, bool IncludesLow, string? High, bool IncludesHigh, IReadOnlyList<string> Parameters)
{
    private bool IsReversed => Low is not null && High is not null && NumberOf(Low) >= NumberOf(High);

    /// <summary>Whether a bound is a parameter.</summary>
    public bool DependsOnParameters => new[] { Low, High }.Any(bound => bound is not null && NumberOf(bound) is null);

    /// <summary>Reads a text; null if it is not an interval, or has bounds that are neither numbers nor parameters.</summary>
    public static NamedInterval? Parse(string text, IReadOnlyList<string> parameters)
    {
        string given = text.Trim();
        NamedInterval? found = null;
        if (Both().Match(given) is { Success: true } both)
            found = new(given, both.Groups[2].Value, both.Groups[1].Value == "[", both.Groups[3].Value, both.Groups[4].Value == "]", parameters);
        else if (OneSided().Match(given) is { Success: true } one)
        {
            string bound = one.Groups[2].Value;
            found = one.Groups[1].Value.ToUpperInvariant() switch
            {
                "GREATER THAN" => new(given, bound, false, null, false, parameters),
                "AT LEAST" => new(given, bound, true, null, false, parameters),
                "LESS THAN" => new(given, null, false, bound, false, parameters),
                _ => new(given, null, false, bound, true, parameters),
            };
        }
        return found is not null && new[] { found.Low, found.High }.All(bound => bound is null || NumberOf(bound) is not null || found.NameOf(bound) is not null) && !found.IsReversed ? found : null;
    }

    /// <summary>What is wrong with a text that is meant as an interval, as what it must be and what follows the text; null if it is meant otherwise.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parameters">The names that bounds may have.</param>
    /// <param name="bounds">What bounds may be, in words.</param>
    public static (string Expected, string Got)? Fault(string text, IReadOnlyList<string> parameters, string bounds)
    {
        string given = text.Trim();
        string[] ends;
        if (Bracketed().Match(given) is { Success: true } bracketed)
        {
            ends = bracketed.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries);
            if (ends.Length != 2) return ("an interval with two bounds, such as 'in [0, 1]'", $", which has {(ends is [""] ? "none" : ends.Length)}");
        }
        else if (Sided().Match(given) is { Success: true } sided) ends = [sided.Groups[1].Value.Trim()];
        else return Opened().IsMatch(given) ? ("an interval in brackets, such as 'in [0, 1]'", "") : null;
        if (Array.IndexOf(ends, "") >= 0) return ($"an interval whose bounds are {bounds}", ", in which a bound is missing");
        string? wrong = Array.Find(ends, end => NumberOf(end) is null && !parameters.Contains(end, StringComparer.OrdinalIgnoreCase));
        if (wrong is not null) return ($"an interval whose bounds are {bounds}", $", in which '{ShortText.Of(wrong)}' is {(parameters.Count > 0 ? "neither" : "not a number")}");
        if (ends.Length < 2 || !(NumberOf(ends[0]) >= NumberOf(ends[1]))) return null;
        return ("an interval whose lower bound is below its upper bound", NumberOf(ends[0]) == NumberOf(ends[1]) ? ", whose bounds are equal" : ", whose bounds are reversed");
    }

    /// <summary>The set, with the values of parameters.</summary>
    public Constraint Between(IReadOnlyDictionary<string, Tensor> values) => new IntervalSet(
        Text, Bound(Low, double.NegativeInfinity, values), IncludesLow, Bound(High, double.PositiveInfinity, values), IncludesHigh, DependsOnParameters);

    private static (double? Number, Tensor? Value) Unbounded(double end) => (end, null);

    private (double? Number, Tensor? Value) Bound(string? text, double end, IReadOnlyDictionary<string, Tensor> values) =>
        text is null ? Unbounded(end) : NumberOf(text) is { } number ? (number, null) : (null, values[NameOf(text)!]);

    private string? NameOf(string bound) => Parameters.FirstOrDefault(name => name.Equals(bound, StringComparison.OrdinalIgnoreCase));

    private static double? NumberOf(string text) => text.Replace('−', '-') switch
    {
        "∞" or "inf" => double.PositiveInfinity,
        "-∞" or "-inf" => double.NegativeInfinity,
        var other => double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !double.IsNaN(number) ? number : null,
    };

    [GeneratedRegex(@"^(?:in\s*)?([\[\(])\s*([^,\s]+)\s*,\s*([^,\s]+)\s*([\]\)])$", RegexOptions.IgnoreCase)]
    private static partial Regex Both();

    [GeneratedRegex(@"^(?:in\s*)?[\[\(](.*)[\]\)]$", RegexOptions.IgnoreCase)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^(?:greater than|at least|less than|at most)\b(.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Sided();

    [GeneratedRegex(@"^(?:in\b|[\[\(])", RegexOptions.IgnoreCase)]
    private static partial Regex Opened();

    [GeneratedRegex(@"^(greater than|at least|less than|at most)\s+(\S+)$", RegexOptions.IgnoreCase)]
    private static partial Regex OneSided();

    private sealed class IntervalSet(string name, (double? Number, Tensor? Value) low, bool includesLow, (double? Number, Tensor? Value) high, bool includesHigh, bool dependsOnParameters) : Constraint(name)
    {
        internal override bool DependsOnParameters => dependsOnParameters;

        internal override IntervalEnds Interval => dependsOnParameters ? new TensorEnds(At(low, like: high.Value ?? low.Value!), At(high, like: low.Value ?? high.Value!)) : new FixedEnds(low.Number!.Value, high.Number!.Value);

        public override Tensor Check(Tensor value)
        {
            Tensor from = At(low, value), to = At(high, value);
            return (includesLow ? value >= from : value > from) & (includesHigh ? value <= to : value < to);
        }

        public override Tensor InteriorPoint(Tensor value) => Bounds.Between(At(low, value), At(high, value), Name).InteriorPoint(value);

        private static Tensor At((double? Number, Tensor? Value) bound, Tensor like) => bound.Value is { } given ? given.to(like.dtype) : like.new_full([], bound.Number!.Value);
    }
}
