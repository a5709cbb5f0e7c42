using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ReparamPS.Native;

namespace ReparamPS.Benchmarks;

/// <summary>The PowerShell engine with the staged module: what a command costs at the prompt.</summary>
internal sealed class ModuleShell : IDisposable
{
    private readonly Runspace runspace;

    public ModuleShell()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        string module = Path.GetDirectoryName(NativeLibraries.Directory)!;
        Run($"Import-Module '{Path.Combine(module, "ReparamPS.psd1")}'");
    }

    /// <summary>Sets a variable.</summary>
    public void Set(string name, object value) => runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script; any error is one here.</summary>
    public IReadOnlyList<object> Run(string script)
    {
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript("$ErrorActionPreference = 'Stop'\n" + script);
        return [.. shell.Invoke().Select(each => each.BaseObject)];
    }

    /// <summary>Parses and compiles a script once, as Python does with a function; each call of the result runs it. Any error is one here.</summary>
    public Func<IReadOnlyList<object>> Compile(string script)
    {
        var block = (ScriptBlock)Run($"{{ $ErrorActionPreference = 'Stop'; {script} }}")[0];
        return () =>
        {
            Runspace.DefaultRunspace = runspace;
            return [.. block.Invoke().Select(each => each.BaseObject)];
        };
    }

    public void Dispose() => runspace.Dispose();
}
