using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Policies;
using ReparamPS.Policies.Problems;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>What the cmdlets that use a policy on a control problem share.</summary>
public abstract class PolicyCommandBase : ReparamCmdlet
{
    private readonly PolicyWarnings warnings = new();

    /// <summary>The control problem, from New-ControlProblem; or the name Pendulum.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), ProblemInput]
    public ControlProblem Problem { get; set; } = null!;

    /// <summary>The policy, from New-LinearPolicy, New-NeuralPolicy or Import-PolicyModel; or the path of a policy file or of a training run's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), PolicyInput]
    public Policy Policy { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Problem;

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        warnings.Write(this, Policy);
        Measure();
    }

    /// <summary>Handles one problem and policy.</summary>
    private protected abstract void Measure();
}
