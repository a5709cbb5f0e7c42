using System.Management.Automation;
using ReparamPS.Policies;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Writes the warnings about files from which a cmdlet's parameter reads policies, each once per call: every row of input may name the same file.</summary>
internal sealed class PolicyWarnings
{
    private readonly HashSet<string> written = [];

    /// <summary>Writes the warning about a policy's file, if there is one.</summary>
    /// <param name="cmdlet">The cmdlet that writes it.</param>
    /// <param name="policy">The policy.</param>
    public void Write(Cmdlet cmdlet, Policy policy)
    {
        if (PolicyInputAttribute.WarningOf(policy) is { } warning && written.Add(warning)) cmdlet.WriteWarning(warning);
    }
}
