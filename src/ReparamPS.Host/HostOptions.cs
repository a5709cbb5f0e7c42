using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace ReparamPS.Host;

/// <summary>The modes of the host.</summary>
internal enum HostMode
{
    Prompt,
    Script,
    Command,
    Worker,
    Help,
    Version,
}

/// <summary>The command line, parsed.</summary>
/// <param name="Mode">What to do.</param>
/// <param name="Text">The script's path, or the command.</param>
/// <param name="ScriptArguments">What goes to the script, to be bound by PowerShell, or to a sweep's worker.</param>
internal sealed partial record HostOptions(HostMode Mode, string Text, IReadOnlyList<string> ScriptArguments)
{
    /// <summary>The text of --help.</summary>
    public const string Usage = """
        ReparamPS.Host: PowerShell's engine with the ReparamPS module imported.

        ReparamPS.Host                            starts a prompt (reads lines where the input is redirected)
        ReparamPS.Host [-File] SCRIPT [ARGS...]   runs a script (.ps1, or without an extension); arguments bind as in pwsh: -Name value, -Name:value, -Switch, value
        ReparamPS.Host -Command TEXT              runs a command (-c for short)
        ReparamPS.Host --help | --version

        Exit code: 0; 1 after an error that ended the script, or if the last command failed; N after 'exit N'; 130 after Ctrl+C; 64 for wrong usage.
        NO_COLOR turns colours off.

        """;

    /// <summary>Parses a command line.</summary>
    /// <exception cref="ArgumentException">The command line is invalid.</exception>
    public static HostOptions Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0) return new HostOptions(HostMode.Prompt, "", []);
        string first = arguments[0];
        switch (first.ToLowerInvariant())
        {
            case "-?" or "-h" or "-help" or "--help" or "/?":
                return new HostOptions(HostMode.Help, "", []);
            case "-version" or "--version":
                return new HostOptions(HostMode.Version, "", []);
            case "-c" or "-command" or "--command":
                if (arguments.Count == 1) throw new ArgumentException($"{first} needs a command.");
                return new HostOptions(HostMode.Command, string.Join(' ', arguments.Skip(1)), []);
            case "-worker":
                return new HostOptions(HostMode.Worker, "", [.. arguments.Skip(1)]);
            case "-f" or "-file" or "--file":
                if (arguments.Count == 1) throw new ArgumentException($"{first} needs a script file.");
                return new HostOptions(HostMode.Script, arguments[1], [.. arguments.Skip(2)]);
        }
        if (first.StartsWith('-')) throw new ArgumentException($"Unknown option '{first}'. See --help.");
        return new HostOptions(HostMode.Script, first, [.. arguments.Skip(1)]);
    }

    /// <summary>
    /// The call of the script as a user would type it, with quoted values. An argument that starts with a dash is a parameter name, and PowerShell binds the next argument to it
    /// unless the parameter is a switch.
    /// </summary>
    public static string Call(string path, IEnumerable<string> arguments)
    {
        // PowerShell calls a file without an extension as a native program.
        string script = Path.HasExtension(path) ? Quote(path) : $"([System.Management.Automation.Language.Parser]::ParseFile({Quote(path)}, [ref] $null, [ref] $null).GetScriptBlock())";
        return string.Join(' ', arguments.Select(Token).Prepend(". " + script));
    }

    /// <summary>Whether a file can be run: a .ps1 file, or one without an extension, as scripts with a #! line often are.</summary>
    public static bool IsScript(string path) => !Path.HasExtension(path) || Path.GetExtension(path).Equals(".ps1", StringComparison.OrdinalIgnoreCase);

    private static string Token(string argument)
    {
        Match name = ParameterName().Match(argument);
        if (!name.Success) return Quote(argument);
        string value = argument[name.Length..];
        return value.ToLowerInvariant() switch
        {
            "" => argument,
            "$true" or "$false" => argument,
            _ => name.Value + Quote(value),
        };
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"^-[\p{L}_][\w]*(:|$)")]
    private static partial Regex ParameterName();
}
