using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>
/// The runspace of a script block. The engine passes a call from another runspace to that one: the call waits without end while that one is busy, or runs on the wrong thread.
/// </summary>
internal sealed class HomeRunspace
{
    // The engine keeps the session of a block, but offers it to none. A block may come from elsewhere, such as in a hashtable of $using:.
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private static readonly PropertyInfo? Session = typeof(ScriptBlock).GetProperty("SessionStateInternal", Hidden);
    private static readonly PropertyInfo? Context = Session?.PropertyType.GetProperty("ExecutionContext", Hidden);
    private static readonly PropertyInfo? CurrentRunspace = Context?.PropertyType.GetProperty("CurrentRunspace", Hidden);

    private static readonly PropertyInfo? PublicSession = Session?.PropertyType.GetProperty("PublicSessionState", Hidden);

    private readonly Runspace? runspace;

    private HomeRunspace(Runspace? runspace) => this.runspace = runspace;

    /// <summary>Whether the current thread belongs to the runspace.</summary>
    public bool IsHere => ReferenceEquals(Runspace.DefaultRunspace, runspace);

    /// <summary>The runspace to which a block is bound; the current one if it is bound to none.</summary>
    public static HomeRunspace Of(ScriptBlock script) => new(BoundTo(script) ?? Runspace.DefaultRunspace);

    /// <summary>The variables that a block reads when it runs here: for a block of GetNewClosure() or of a module, not those of the caller.</summary>
    /// <param name="script">The block.</param>
    /// <param name="caller">The variables of the caller.</param>
    public static PSVariableIntrinsics Variables(ScriptBlock script, PSVariableIntrinsics caller) =>
        Of(script).IsHere && Session?.GetValue(script) is { } session && PublicSession?.GetValue(session) is SessionState own ? own.PSVariable : caller;

    /// <summary>Refuses a call from elsewhere.</summary>
    /// <param name="role">What the block is, such as LogLikelihood.</param>
    /// <param name="owner">What must be made in the runspace that calls, such as model.</param>
    /// <exception cref="OtherRunspaceException">The current thread belongs to another runspace, or to none.</exception>
    public void Check(string role, string owner)
    {
        if (IsHere) return;
        throw new OtherRunspaceException(Runspace.DefaultRunspace is null
            ? None(role, owner)
            : $"{role} is a script block of another runspace, and can only be called there. Create the {owner} inside the script block that uses it, such as that of ForEach-Object -Parallel.");
    }

    /// <summary>The message of a call on a thread without a runspace.</summary>
    public static string None(string role, string owner) => $"{role} is a script block, which cannot run on a thread without a PowerShell runspace. Use the {owner} on the thread of the session.";

    private static Runspace? BoundTo(ScriptBlock script) =>
        Session?.GetValue(script) is { } session && Context?.GetValue(session) is { } context ? CurrentRunspace?.GetValue(context) as Runspace : null;
}

/// <summary>A script block is called from another runspace than its own.</summary>
/// <param name="message">The block, and what to do.</param>
internal sealed class OtherRunspaceException(string message) : InvalidOperationException(message);
