using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ReparamPS.Messages;

namespace ReparamPS.Host;

/// <summary>Advice about names that the console does not know: commands of a full PowerShell, and mistyped commands and parameters.</summary>
internal sealed class MissingNames
{
    private const int MaxErrors = 20;

    private readonly Runspace runspace;
    private readonly string manifest;
    private readonly HashSet<string> answered = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HashSet<string>> ofFullPowerShell = new(ReadNames);
    private bool hasNamedPwsh;

    public MissingNames(Runspace runspace, string manifest) => (this.runspace, this.manifest) = (runspace, manifest);

    /// <summary>Advice about the errors since another, one line per name; nothing is said twice.</summary>
    /// <param name="known">The newest error before. Their number does not tell: $Error keeps only the last ones.</param>
    public IEnumerable<string> Advice(object? known)
    {
        if (Errors() is not { } errors) yield break;
        foreach (ErrorRecord error in errors.Cast<object>().TakeWhile(each => !ReferenceEquals(each, known)).Take(MaxErrors).Select(each => each is PSObject wrapped ? wrapped.BaseObject : each).OfType<ErrorRecord>().Reverse())
        {
            string? advice = error.Exception switch
            {
                CommandNotFoundException missing => About(missing.CommandName),
                ParameterBindingException { ErrorId: "NamedParameterNotFound" } binding when error.InvocationInfo?.MyCommand is { } command => AboutParameter(command, binding.ParameterName),
                _ => null,
            };
            if (advice is not null) yield return advice;
        }
    }

    /// <summary>The newest error of the session; null if there is none.</summary>
    public object? Newest() => Errors() is { Count: > 0 } errors ? errors[0] : null;

    private ArrayList? Errors()
    {
        object? errors = runspace.SessionStateProxy.GetVariable("Error");
        return (errors is PSObject wrapped ? wrapped.BaseObject : errors) as ArrayList;
    }

    private string? About(string? name)
    {
        if (name is null || !answered.Add(name)) return null;
        string meant = runspace.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.Alias) is AliasInfo alias ? alias.Definition : name;
        if (ofFullPowerShell.Value.Contains(meant))
        {
            if (hasNamedPwsh) return null;
            hasNamedPwsh = true;
            return $"{meant} belongs to a full PowerShell; this console has the core commands only. Install PowerShell 7.4 or later, then: pwsh -Command \"Import-Module '{manifest}'; …\"";
        }
        return Suggest(name, runspace.SessionStateProxy.InvokeCommand.GetCommands("*", CommandTypes.Cmdlet | CommandTypes.Function, nameIsPattern: true).Select(command => command.Name));
    }

    private string? AboutParameter(CommandInfo command, string? name)
    {
        if (name is null || !answered.Add($"{command.Name} -{name}")) return null;
        return Suggest(name, command.Parameters.Keys, "-");
    }

    private static string? Suggest(string name, IEnumerable<string> names, string prefix = "")
    {
        string[] near = [.. NearNames.Of(name, names.Distinct(StringComparer.OrdinalIgnoreCase)).Select(each => prefix + each)];
        return near.Length == 0 ? null : $"Did you mean {string.Join(" or ", near)}?";
    }

    private static HashSet<string> ReadNames()
    {
        using Stream stream = typeof(MissingNames).Assembly.GetManifestResourceStream("full-powershell.txt")!;
        using var reader = new StreamReader(stream);
        return new HashSet<string>(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);
    }
}
