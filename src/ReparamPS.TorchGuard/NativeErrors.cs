using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ReparamPS.TorchGuard;

/// <summary>Turns what libtorch reports into a sentence or two for a user.</summary>
public static partial class NativeErrors
{
    private const int MaxLength = 1000;
    private const string TooLittle = "Not enough memory: ", OnDevice = "CUDA out of memory";

    // What libtorch says about gradients in words of its own graph or of Python.
    private static readonly (string Start, string Plain)[] Plain =
    [
        ("element 0 of tensors does not require grad", "This tensor carries no gradient. Create the distribution or tensor with -RequiresGrad, and draw with Invoke-RSample -AsTensor or rsample(). Invoke-Sample, sample(), detach() and conversion to numbers cut gradients."),
        ("grad can be implicitly created only for scalar outputs", "backward() needs a tensor with a single number. Apply sum() or mean() first."),
        ("Trying to backward through the graph a second time", "backward() was called before on this tensor, or on one that shares its computation, and that call freed the intermediate values. Compute the tensor again before each backward()."),
        ("a leaf Variable that requires grad is being used in an in-place operation", "A tensor with requires_grad cannot be changed in place. For a new tensor, use the method without the underscore at the end, such as add() instead of add_(). For a step of an optimizer, write $x.detach().add_(…), which changes $x."),
    ];

    /// <summary>Throws what the native library reported last on this thread, if anything.</summary>
    /// <exception cref="ExternalException">An operation failed.</exception>
    public static void Check()
    {
        nint error = Native.THSTorch_get_and_reset_last_err();
        if (error != 0) throw new ExternalException(Clean(Marshal.PtrToStringUTF8(error)));
    }

    /// <summary>libtorch's message without stack frames, source positions and TorchScript's traceback.</summary>
    /// <param name="message">The message as the native library reports it.</param>
    public static string Clean(string? message)
    {
        if (string.IsNullOrWhiteSpace(message)) return "libtorch reported an error without a message.";
        string text = message;
        int script = text.LastIndexOf("RuntimeError: ", StringComparison.Ordinal);
        if (script >= 0 && text.Contains("TorchScript interpreter", StringComparison.Ordinal)) text = text[(script + "RuntimeError: ".Length)..];
        int frames = Frames().Match(text) is { Success: true } match ? match.Index : text.Length;
        text = text[..frames];
        if (Allocation().Match(text) is { Success: true } bytes) return OutOfMemory(double.Parse(bytes.Groups[1].Value, CultureInfo.InvariantCulture));
        if (Overflow().Match(text) is { Success: true } sizes) return $"A tensor of size [{sizes.Groups[1].Value}] is too large for any memory.";
        text = Assertion().Replace(text, "");
        text = Blanks().Replace(text, " ").Trim();
        foreach ((string start, string plain) in Plain)
        {
            if (text.StartsWith(start, StringComparison.Ordinal)) return plain;
        }
        if (InPlace().Match(text) is { Success: true } changed)
            return $"backward() needs the earlier values of a tensor of shape [{changed.Groups[1].Value}], which was changed in place. Use the method without the underscore at the end, such as add() instead of add_().";
        if (text.Length > MaxLength) text = text[..MaxLength] + "…";
        return text.Length > 0 ? text : "libtorch reported an error without a message.";
    }

    /// <summary>The message for a request beyond memory.</summary>
    /// <param name="bytes">The bytes asked for.</param>
    public static string OutOfMemory(double bytes) => $"{TooLittle}needed {Size(bytes)}, available {Size(MemoryLimit.Available)}.";

    /// <summary>Whether an error says that memory does not suffice. libtorch's own errors have no type for it.</summary>
    /// <param name="error">The error.</param>
    public static bool IsOutOfMemory(Exception error) =>
        error is OutOfMemoryException || (error is ExternalException && (error.Message.StartsWith(TooLittle, StringComparison.Ordinal) || error.Message.StartsWith(OnDevice, StringComparison.Ordinal)));

    private static string Size(double bytes)
    {
        (double unit, string name) = bytes switch { >= 1e12 => (1e12, "TB"), >= 1e9 => (1e9, "GB"), _ => (1e6, "MB") };
        return (bytes / unit).ToString(bytes / unit < 1e5 ? "0.#" : "0.#e+0", CultureInfo.InvariantCulture) + " " + name;
    }

    [GeneratedRegex(@"\r?\n?\s*(Exception raised from |frame #\d+: |C\+\+ CapturedTraceback)", RegexOptions.CultureInvariant)]
    private static partial Regex Frames();

    [GeneratedRegex(@"(?:tried to allocate|Tried to allocate|allocate memory: you tried to allocate) (\d+) bytes", RegexOptions.CultureInvariant)]
    private static partial Regex Allocation();

    [GeneratedRegex(@"Storage size calculation overflowed with sizes=\[([^\]]*)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Overflow();

    [GeneratedRegex(@"^\s*\[enforce fail at [^\]]*\]\s*[^\n]*?\.\s|(?<=\.) ?This error may be[^\n]*|\s*INTERNAL ASSERT FAILED at ""[^""]*"":\d+, please report a bug to PyTorch\.?", RegexOptions.CultureInvariant)]
    private static partial Regex Assertion();

    [GeneratedRegex(@"^one of the variables needed for gradient computation has been modified by an inplace operation: \[\S+ \[([^\]]*)\]\]", RegexOptions.CultureInvariant)]
    private static partial Regex InPlace();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
