using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>
/// Gives each run the same start: global variables, environment variables and location as they were. Most runs change none, and to look is
/// much cheaper than to reset.
/// </summary>
internal sealed class RunspaceState
{
    // The engine's own, which change with every command.
    private static readonly HashSet<string> Automatic = new(StringComparer.OrdinalIgnoreCase)
    {
        "?", "^", "$", "Error", "StackTrace", "PWD", "LASTEXITCODE", "MyInvocation", "NestedPromptLevel", "PSCommandPath", "PSScriptRoot", "PSDefaultParameterValues",
        "Matches", "foreach", "switch", "input", "ConsoleFileName", "Event", "EventArgs", "EventSubscriber", "Sender",
    };

    private readonly Runspace runspace;
    private readonly string location;
    private readonly (string Name, object? Value)[] own;
    private readonly string directory = Environment.CurrentDirectory;
    private readonly IDictionary environment = Environment.GetEnvironmentVariables();
    private readonly Dictionary<string, object?> variables;

    /// <summary>Takes the state that runs start from.</summary>
    /// <param name="runspace">Where they run.</param>
    /// <param name="location">The location that they start in.</param>
    /// <param name="own">Variables that they find set.</param>
    public RunspaceState(Runspace runspace, string location, params (string Name, object? Value)[] own)
    {
        (this.runspace, this.location, this.own) = (runspace, location, own);
        Prepare();
        variables = Globals().ToDictionary(variable => variable.Name, object? (variable) => variable.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Undoes what a run changed.</summary>
    public void Restore()
    {
        (runspace.SessionStateProxy.GetVariable("Error") as ArrayList)?.Clear();
        (runspace.SessionStateProxy.GetVariable("PSDefaultParameterValues") as IDictionary)?.Clear();
        if (Globals().Any(IsChanged))
        {
            runspace.ResetRunspaceState();
            Prepare();
        }
        if (runspace.SessionStateProxy.Path.CurrentLocation.Path != location) runspace.SessionStateProxy.Path.SetLocation(location);
        if (Environment.CurrentDirectory != directory) Environment.CurrentDirectory = directory;
        RestoreEnvironment();
    }

    private void Prepare()
    {
        foreach ((string name, object? value) in own) runspace.SessionStateProxy.SetVariable(name, value);
        runspace.SessionStateProxy.Path.SetLocation(location);
    }

    private IEnumerable<PSVariable> Globals() => runspace.SessionStateProxy.InvokeProvider.ChildItem.Get("variable:", recurse: false)
        .Select(item => item.BaseObject).OfType<PSVariable>().Where(variable => !Automatic.Contains(variable.Name));

    private bool IsChanged(PSVariable variable) => !variables.TryGetValue(variable.Name, out object? value) || !Equals(value, variable.Value);

    private void RestoreEnvironment()
    {
        IDictionary now = Environment.GetEnvironmentVariables();
        foreach (DictionaryEntry entry in now)
        {
            if (!environment.Contains(entry.Key)) Environment.SetEnvironmentVariable((string)entry.Key, null);
        }
        foreach (DictionaryEntry entry in environment)
        {
            if (!Equals(now[entry.Key], entry.Value)) Environment.SetEnvironmentVariable((string)entry.Key, (string?)entry.Value);
        }
    }
}
