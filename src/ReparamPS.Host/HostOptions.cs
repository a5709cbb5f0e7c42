using System.Management.Automation.Runspaces;

namespace ReparamPS.Host;

/// <summary>What the host is asked to do.</summary>
internal enum HostMode
{
    Prompt,
    Script,
    Command,
    Help,
    Version,
}

/// <summary>The command line, parsed.</summary>
/// <param name="Mode">What to do.</param>
/// <param name="Text">The script's path, or the command.</param>
/// <param name="ScriptArguments">What goes to the script, to be bound by PowerShell.</param>
internal sealed record HostOptions(HostMode Mode, string Text, IReadOnlyList<CommandParameter> ScriptArguments)
{
    /// <summary>The text of --help.</summary>
    public const string Usage = """
        ReparamPS.Host: PowerShell's engine with the ReparamPS module imported.

        ReparamPS.Host                            starts a prompt (reads lines where the input is redirected)
        ReparamPS.Host [-File] SCRIPT [ARGS...]   runs a script; arguments bind as in pwsh: -Name value, -Name:value, -Switch, value
        ReparamPS.Host -Command TEXT              runs a command (-c for short)
        ReparamPS.Host --help | --version

        Exit code: 0; 1 after an error that ended the script, or where a command failed; N after 'exit N'; 130 after Ctrl+C; 64 for wrong usage.
        NO_COLOR turns colours off.

        """;

    /// <summary>Parses a command line.</summary>
    /// <exception cref="ArgumentException">It makes no sense; the message says why.</exception>
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
            case "-f" or "-file" or "--file":
                if (arguments.Count == 1) throw new ArgumentException($"{first} needs a script file.");
                return new HostOptions(HostMode.Script, arguments[1], ToParameters(arguments.Skip(2)));
        }
        if (first.StartsWith('-')) throw new ArgumentException($"There is no option '{first}': see --help.");
        return new HostOptions(HostMode.Script, first, ToParameters(arguments.Skip(1)));
    }

    private static List<CommandParameter> ToParameters(IEnumerable<string> arguments) => [.. arguments.Select(ToParameter)];

    /// <summary>The engine matches a name that begins with a dash against the script's parameters, and takes the next argument for its value where it isn't a switch.</summary>
    private static CommandParameter ToParameter(string argument)
    {
        bool isName = argument.Length > 1 && argument[0] == '-' && (char.IsLetter(argument[1]) || argument[1] == '_');
        if (!isName) return new CommandParameter(null, argument);
        int colon = argument.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return new CommandParameter(argument, null);
        string name = argument[..(colon + 1)], value = argument[(colon + 1)..];
        if (value.Length == 0) return new CommandParameter(name + " ", null);
        return new CommandParameter(name, value.ToLowerInvariant() switch { "$true" => true, "$false" => false, _ => value });
    }
}
