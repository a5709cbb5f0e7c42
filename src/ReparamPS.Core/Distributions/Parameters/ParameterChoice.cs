using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>Parameters of which exactly one is given: Probs or Logits; covariance, precision or its factor.</summary>
internal static class ParameterChoice
{
    /// <summary>Returns the only parameter with a value.</summary>
    /// <exception cref="ArgumentException">None has a value, or several have one.</exception>
    public static (string Name, Tensor Value) One(string distribution, params (string Name, Tensor? Value)[] choices)
    {
        var given = choices.Where(choice => choice.Value is not null).ToArray();
        if (given.Length == 1) return (given[0].Name, given[0].Value!);
        string[] names = [.. choices.Select(choice => choice.Name)];
        throw new ArgumentException(
            given.Length == 0 ? $"{distribution} requires {string.Join(", ", names[..^1])} or {names[^1]}; got {(names.Length == 2 ? "neither" : "none")}."
                : $"{distribution} takes only one of {string.Join(", ", names)}; got {string.Join(" and ", given.Select(choice => choice.Name))}.",
            names[0]);
    }
}
