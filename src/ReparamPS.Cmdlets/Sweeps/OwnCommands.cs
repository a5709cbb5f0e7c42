using System.Management.Automation;
using System.Reflection;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>The cmdlets of this module under the names of their classes. In a session, Import-Module -Prefix changes the names; a sweep stores names that hold in every session.</summary>
internal static class OwnCommands
{
    /// <summary>The name without a prefix; null for a command of another module.</summary>
    public static string? NameOf(CommandInfo? command) =>
        command is CmdletInfo { ImplementingType: { } type } && type.Assembly == typeof(OwnCommands).Assembly && type.GetCustomAttribute<CmdletAttribute>() is { } stated
            ? $"{stated.VerbName}-{stated.NounName}" : null;

    /// <summary>The prefix of the session in which a cmdlet of this module was called; empty if there is none.</summary>
    public static string PrefixOf(CommandInfo command)
    {
        string plain = NameOf(command)!;
        return command.Name.Substring(plain.IndexOf('-', StringComparison.Ordinal) + 1, Math.Max(0, command.Name.Length - plain.Length));
    }

    /// <summary>A cmdlet of this module by its name without a prefix, in a session that has one; null if the module has no such cmdlet.</summary>
    public static CommandInfo? Find(string name, string prefix, CommandInvocationIntrinsics commands)
    {
        if (prefix.Length == 0) return null;
        CommandInfo? found = commands.GetCommand(name.Insert(name.IndexOf('-', StringComparison.Ordinal) + 1, prefix), CommandTypes.Cmdlet);
        return name.Equals(NameOf(found), StringComparison.OrdinalIgnoreCase) ? found : null;
    }
}
