using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Messages;
using ReparamPS.Policies;
using ReparamPS.Policies.Problems;
using ReparamPS.Policies.Training;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Lets a policy be given by its file or by the folder of its run, as the settings of a sweep do.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PolicyInputAttribute : ExactAttribute<Policy>
{
    // An attribute cannot warn; its cmdlet does.
    private static readonly ConditionalWeakTable<Policy, string> Warnings = [];

    /// <summary>The warning about the file from which a parameter read a policy; null if there is none.</summary>
    internal static string? WarningOf(Policy policy) => Warnings.TryGetValue(policy, out string? warning) ? warning : null;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (TensorInput.Unwrap(inputData) is ControlProblem) throw new ArgumentTransformationMetadataException("A control problem is not a policy. The policy comes first: $policy $problem.");
        if (TensorInput.Unwrap(inputData) is not string path) return base.Transform(engineIntrinsics, inputData);
        try
        {
            ReparamCmdlet.CheckPath(path, "Policy");
            string file = engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
            Policy policy = PolicyModelFile.Load(file);
            if (PolicyModelFile.WarningOf(file) is { } warning) Warnings.Add(policy, warning);
            return policy;
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            const string Expected = "Policy must come from New-LinearPolicy, New-NeuralPolicy or Import-PolicyModel, or be the path of a policy file or of a run's folder.";
            throw new ArgumentTransformationMetadataException(path.StartsWith("New-", StringComparison.OrdinalIgnoreCase) ? $"The name of a cmdlet is not a policy; write ({ShortText.Of(path)} …)." : $"{ShortText.Message(error)} {Expected}", error);
        }
    }
}
