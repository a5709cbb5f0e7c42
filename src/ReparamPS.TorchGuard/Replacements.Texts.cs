namespace ReparamPS.TorchGuard;

public static partial class Replacements
{
    /// <summary>Refuses a text that is null, which the native library would read.</summary>
    /// <param name="text">The text.</param>
    public static string NotNull(string? text) => text ?? throw new ArgumentNullException(nameof(text), "The text must not be null.");
}
