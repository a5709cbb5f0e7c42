using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>File names that Windows takes for something else: devices, streams of a file, or another name without its last dots and spaces.</summary>
internal static class WindowsNames
{
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>Refuses a path whose file name Windows does not keep.</summary>
    /// <exception cref="ArgumentException">The name is such a one.</exception>
    public static void Check(string path)
    {
        string name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        if (Problem(name) is { } problem) throw new ArgumentException($"'{ShortText.Of(path)}' is not a file name on Windows: {problem}.", nameof(path));
    }

    /// <summary>What is wrong with a file name; null if nothing is.</summary>
    public static string? Problem(string name)
    {
        string stem = name.Split('.')[0].TrimEnd(' ');
        bool isPort = stem.Length == 4 && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)) && char.IsAsciiDigit(stem[3]) && stem[3] != '0';
        if (isPort || Devices.Contains(stem, StringComparer.OrdinalIgnoreCase)) return $"{stem} is a device";
        if (name.IndexOfAny([':', '*', '?', '"', '<', '>', '|']) is var index and >= 0) return $"a name must not contain '{name[index]}'";
        return name.EndsWith(' ') || name.EndsWith('.') ? "a name must not end with a space or a dot" : null;
    }
}
