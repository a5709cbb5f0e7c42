using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;

namespace ReparamPS.Cmdlets.Common;

/// <summary>The parameter values that a user sets for a whole session, in $PSDefaultParameterValues.</summary>
internal static class SessionDefaults
{
    // PowerShell binds these values like typed ones, so that MyInvocation.BoundParameters alone cannot tell them apart. A typed value takes precedence, so that it differs from that of the session.
    public static bool Has(PSCmdlet cmdlet, string parameter)
    {
        if (cmdlet.SessionState.PSVariable.GetValue("PSDefaultParameterValues") is not IDictionary defaults) return false;
        CommandInfo command = cmdlet.MyInvocation.MyCommand;
        IEnumerable<string> parameters = command.Parameters[parameter].Aliases.Prepend(parameter);
        object? bound = TensorInput.Unwrap(cmdlet.MyInvocation.BoundParameters.GetValueOrDefault(parameter));
        return defaults.Keys.OfType<string>()
            .Where(key => IsValue(TensorInput.Unwrap(defaults[key]), bound))
            .Select(key => key.Split(':', 2, StringSplitOptions.TrimEntries))
            .Any(parts => parts.Length == 2 && Matches(parts[0], [command.Name, cmdlet.MyInvocation.InvocationName]) && Matches(parts[1], parameters));
    }

    // A script block computes the value with each call.
    private static bool IsValue(object? given, object? bound) => given is ScriptBlock || (given is null || bound is null ? given == bound : InputProperties.AreEqual(bound, given));

    private static bool Matches(string pattern, IEnumerable<string> names) => names.Any(WildcardPattern.Get(pattern.Trim('\'', '"'), WildcardOptions.IgnoreCase).IsMatch);
}
