using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Messages;
using ReparamPS.Policies.Problems;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Lets the pendulum be given by its name, as the settings of a sweep do.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ProblemInputAttribute : ExactAttribute<ControlProblem>
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => TensorInput.Unwrap(inputData) switch
    {
        string text when text.Equals("Pendulum", StringComparison.OrdinalIgnoreCase) => new PendulumProblem(),
        string text => throw new ArgumentTransformationMetadataException($"Problem must come from New-ControlProblem, or be the name Pendulum; got {ShortText.Quoted(text)}."),
        _ => base.Transform(engineIntrinsics, inputData),
    };
}
