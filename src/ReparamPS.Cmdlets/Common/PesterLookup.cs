using System.Management.Automation;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Adds operators to Pester's Should when that command is looked up (ReparamPS.Pester.psm1): no event says that a module was imported. Other commands cost one comparison of names.</summary>
public static class PesterLookup
{
    private const string Command = "Should", Module = "Pester";

    /// <summary>Makes a handler of command lookups.</summary>
    /// <param name="others">The handlers so far; they run first.</param>
    /// <param name="register">Adds the operators to the Pester module that it receives.</param>
    public static EventHandler<CommandLookupEventArgs> Watch(EventHandler<CommandLookupEventArgs>? others, ScriptBlock register)
    {
        // Commands inside the registration are looked up as well.
        PSModuleInfo? known = null;
        return (sender, lookup) =>
        {
            others?.Invoke(sender, lookup);
            if (!Command.Equals(lookup.CommandName, StringComparison.OrdinalIgnoreCase) || lookup.Command?.Module is not { Name: Module } pester || ReferenceEquals(pester, known)) return;
            known = pester;
            register.Invoke(pester);
        };
    }
}
