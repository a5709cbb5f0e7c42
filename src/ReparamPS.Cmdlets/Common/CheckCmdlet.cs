using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;

namespace ReparamPS.Cmdlets.Common;

/// <summary>A cmdlet that checks each input, and returns rows or, with -Quiet, one Boolean.</summary>
public abstract class CheckCmdlet : RandomCmdlet
{
    private bool hasInput, anyChecked, allPassed = true;

    /// <summary>Returns one Boolean instead of rows: True if at least one check was made and all passed.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Quiet { get; set; }

    /// <summary>What an input lacks if it has nothing to check; the end of a warning.</summary>
    private protected abstract string NothingToCheck { get; }

    /// <summary>Checks one input, and calls <see cref="WriteRows"/>.</summary>
    protected abstract void Check();

    /// <summary>Writes rows, unless only the verdict is wanted.</summary>
    private protected void WriteRows<T>(IReadOnlyList<T> rows, Func<T, bool> passed)
    {
        anyChecked |= rows.Count > 0;
        allPassed &= rows.All(passed);
        if (!Quiet) WriteObject(rows, enumerateCollection: true);
    }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        hasInput = true;
        bool done = false;
        try
        {
            Check();
            done = true;
        }
        finally
        {
            allPassed &= done;
        }
    }

    /// <inheritdoc/>
    protected sealed override void End()
    {
        // An error has told why already.
        if (!anyChecked && allPassed && (hasInput || Quiet)) WriteWarning($"Nothing was checked: {(hasInput ? NothingToCheck : "there was no input")}.");
        if (Quiet) WriteObject(allPassed && anyChecked);
    }
}
