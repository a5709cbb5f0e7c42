using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>
/// Gives each run the same start: global variables, functions, aliases and drives, environment variables and location. Most runs change none, and a look is
/// much cheaper than a reset.
/// </summary>
internal sealed class RunspaceState
{
    // The engine's own variables, which change with every command.
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
    private readonly Dictionary<string, string> functions;
    private readonly Dictionary<string, string> aliases;
    private readonly HashSet<string> drives;

    /// <summary>Saves the state that runs start from.</summary>
    /// <param name="runspace">Where they execute.</param>
    /// <param name="location">The location in which they start.</param>
    /// <param name="own">Variables that are set for them.</param>
    public RunspaceState(Runspace runspace, string location, params (string Name, object? Value)[] own)
    {
        (this.runspace, this.location, this.own) = (runspace, location, own);
        Prepare();
        functions = Functions();
        aliases = Aliases();
        drives = Drives().ToHashSet();
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
        Restore("function", functions, Functions());
        Restore("alias", aliases, Aliases());
        if (runspace.SessionStateProxy.Path.CurrentLocation.Path != location) runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(location));
        foreach (string drive in Drives().Except(drives).ToArray()) runspace.SessionStateProxy.Drive.Remove(drive, force: true, "global");
        if (Environment.CurrentDirectory != directory) Environment.CurrentDirectory = directory;
        RestoreEnvironment();
    }

    private void Prepare()
    {
        foreach ((string name, object? value) in own) runspace.SessionStateProxy.SetVariable(name, value);
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(location));
    }

    // Functions of modules stay, as do the modules that were loaded for a command.
    private Dictionary<string, string> Functions() => Items("function").OfType<FunctionInfo>().Where(function => string.IsNullOrEmpty(function.ModuleName))
        .ToDictionary(function => function.Name, function => function.Definition, StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, string> Aliases() => Items("alias").OfType<AliasInfo>().Where(alias => string.IsNullOrEmpty(alias.ModuleName))
        .ToDictionary(alias => alias.Name, alias => alias.Definition, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<string> Drives() => runspace.SessionStateProxy.Drive.GetAll().Select(drive => drive.Name);

    private IEnumerable<object> Items(string drive) => runspace.SessionStateProxy.InvokeProvider.ChildItem.Get(drive + ":", recurse: false).Select(item => item.BaseObject);

    private void Restore(string drive, Dictionary<string, string> before, Dictionary<string, string> now)
    {
        ItemCmdletProviderIntrinsics items = runspace.SessionStateProxy.InvokeProvider.Item;
        foreach (string name in now.Keys.Where(name => !before.ContainsKey(name))) items.Remove([$"{drive}:{name}"], recurse: false, force: true, literalPath: true);
        foreach ((string name, string definition) in before)
        {
            if (now.TryGetValue(name, out string? changed) && changed == definition) continue;
            items.Set([$"{drive}:{name}"], drive == "function" ? ScriptBlock.Create(definition) : definition, force: true, literalPath: true);
        }
    }

    private IEnumerable<PSVariable> Globals() => Items("variable").OfType<PSVariable>().Where(variable => !Automatic.Contains(variable.Name));

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
