using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ReparamPS.Tests;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>The real engine in a runspace, with the staged module imported from its manifest: what users get.</summary>
public sealed class ModuleRunspace : IDisposable
{
    private readonly Runspace runspace;

    /// <summary>Opens the runspace and imports the module.</summary>
    public ModuleRunspace()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        Run($"Import-Module '{ManifestPath}'");
    }

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = Repository.Root;

    /// <summary>The staged module's manifest.</summary>
    public static string ManifestPath => Path.Combine(Root, "module", "ReparamPS", "ReparamPS.psd1");

    /// <summary>Runs a script, and gives its output; any error it writes or throws fails the test.</summary>
    public PSObject[] Run(string script, params (string Name, object? Value)[] variables)
    {
        (PSObject[] output, ErrorRecord[] errors) = TryRun(script, variables);
        Assert.True(errors.Length == 0, $"'{script}' gave errors: {string.Join("; ", errors.Select(error => error.ToString()))}");
        return output;
    }

    /// <summary>Runs a script for its single output.</summary>
    public T Get<T>(string script, params (string Name, object? Value)[] variables) =>
        (T)LanguagePrimitives.ConvertTo(Assert.Single(Run(script, variables)), typeof(T));

    /// <summary>Runs a script, and gives output and errors; a terminating error is the last of them.</summary>
    public (PSObject[] Output, ErrorRecord[] Errors) TryRun(string script, params (string Name, object? Value)[] variables)
    {
        foreach ((string name, object? value) in variables) runspace.SessionStateProxy.SetVariable(name, value);
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(script);
        var output = new PSDataCollection<PSObject>();
        List<ErrorRecord> errors = [];
        try
        {
            shell.Invoke(null, output);
            errors.AddRange(shell.Streams.Error);
        }
        catch (RuntimeException error)
        {
            errors.AddRange(shell.Streams.Error);
            errors.Add(error.ErrorRecord);
        }
        return ([.. output], [.. errors]);
    }

    /// <summary>Removes variables that other tests may have set.</summary>
    public void Forget(params string[] names)
    {
        foreach (string name in names) runspace.SessionStateProxy.PSVariable.Remove(name);
    }

    /// <summary>Runs a script that must give exactly one error of an id.</summary>
    public ErrorRecord Fails(string script, string errorId)
    {
        (_, ErrorRecord[] errors) = TryRun(script);
        ErrorRecord error = Assert.Single(errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        return error;
    }

    /// <summary>Runs a script that does not end by itself, stops it as Ctrl+C does, and gives how long the stopping took.</summary>
    public TimeSpan Stop(string script, TimeSpan after, params (string Name, object? Value)[] variables)
    {
        foreach ((string name, object? value) in variables) runspace.SessionStateProxy.SetVariable(name, value);
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript(script);
        var watch = new System.Diagnostics.Stopwatch();
        var stopping = Task.Run(async () =>
        {
            await Task.Delay(after);
            watch.Start();
            shell.Stop();
        });
        try
        {
            shell.Invoke();
        }
        catch (PipelineStoppedException)
        {
            // One of the two ways in which the engine tells it.
        }
        stopping.Wait();
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        return watch.Elapsed;
    }

    /// <inheritdoc/>
    public void Dispose() => runspace.Dispose();
}

/// <summary>One runspace for all test classes, which run one after the other in it.</summary>
[CollectionDefinition(Name)]
public sealed class ModuleCollection : ICollectionFixture<ModuleRunspace>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "module";
}
