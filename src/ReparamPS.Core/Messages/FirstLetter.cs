namespace ReparamPS.Messages;

/// <summary>Texts whose place in a message decides whether they begin with a capital letter.</summary>
public static class FirstLetter
{
    /// <summary>A text at the beginning of a sentence.</summary>
    /// <param name="text">The text.</param>
    public static string Upper(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A sentence after a colon.</summary>
    /// <param name="text">The sentence.</param>
    public static string Lower(string text) => text.Length == 0 ? "" : char.ToLowerInvariant(text[0]) + text[1..];
}
