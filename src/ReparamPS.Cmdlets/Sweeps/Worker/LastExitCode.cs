using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>The variable $LASTEXITCODE of a runspace. It remembers which statement set it, since any number of statements may follow a program that failed.</summary>
internal sealed class LastExitCode(Runspace runspace)
{
    private const string Name = "LASTEXITCODE";

    /// <summary>The statement that ended with the exit code; null if no program has ended.</summary>
    public IScriptExtent? Position { get; private set; }

    /// <summary>The exit code; null if no program has ended.</summary>
    public int? Value => runspace.SessionStateProxy.GetVariable(Name) as int?;

    /// <summary>Sets the variable again, without a value.</summary>
    public void Install()
    {
        runspace.SessionStateProxy.PSVariable.Set(new PSVariable(Name, null, ScopedItemOptions.None, new Collection<Attribute> { new Recorder(Record) }));
        Position = null;
    }

    private void Record() => Position = runspace.Debugger?.GetCallStack().FirstOrDefault()?.Position;

    // The engine validates each value of a variable that has such an attribute, also those that it sets itself.
    private sealed class Recorder(Action record) : ValidateArgumentsAttribute
    {
        protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics) => record();
    }
}
