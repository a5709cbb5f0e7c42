using System.Collections;
using System.Management.Automation;

namespace ReparamPS.Cmdlets.Common;

/// <summary>The parameter values that a user sets for a whole session, in $PSDefaultParameterValues.</summary>
internal static class SessionDefaults
{
    // PowerShell binds these values like typed ones, so that MyInvocation.BoundParameters alone cannot tell them apart.
    public static bool Has(PSCmdlet cmdlet, string parameter)
    {
        if (cmdlet.SessionState.PSVariable.GetValue("PSDefaultParameterValues") is not IDictionary defaults) return false;
        CommandInfo command = cmdlet.MyInvocation.MyCommand;
        IEnumerable<string> parameters = command.Parameters[parameter].Aliases.Prepend(parameter);
        return defaults.Keys.OfType<string>()
            .Select(key => key.Split(':', 2, StringSplitOptions.TrimEntries))
            .Any(parts => parts.Length == 2 && Matches(parts[0], [command.Name, cmdlet.MyInvocation.InvocationName]) && Matches(parts[1], parameters));
    }

    private static bool Matches(string pattern, IEnumerable<string> names) => names.Any(WildcardPattern.Get(pattern.Trim('\'', '"'), WildcardOptions.IgnoreCase).IsMatch);
}
