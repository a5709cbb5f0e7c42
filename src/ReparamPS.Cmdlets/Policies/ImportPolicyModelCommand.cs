using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Policies.Training;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Reads a policy from the folder of a run or from a file.</summary>
/// <remarks>Returns the policy with its parameters. No code in the file is executed. A file that is truncated, damaged or of another kind is an error.</remarks>
/// <example>
/// <para>Use the policy of a stored run</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10
/// $policy = New-LinearPolicy 0.2 -Scale 0.1
/// $training = @{ Iterations = 5; Seed = 1; OutPath = './lqr-run' }
/// $problem | Invoke-PolicyTraining $policy @training -Force | Out-Null
/// $problem | Measure-PolicyReturn -Policy (Import-PolicyModel ./lqr-run)</code>
/// </example>
/// <example>
/// <para>List the parameters of a policy, with their shapes</para>
/// <code>New-LinearPolicy 1, 2 -Scale 0.5 |
///     Export-PolicyModel ./linear.safetensors | Out-Null
/// (Import-PolicyModel ./linear.safetensors).Parameters |
///     ForEach-Object { "$($_.Item1) [$($_.Item2.shape -join ', ')]" }</code>
/// </example>
[Cmdlet(VerbsData.Import, "PolicyModel"), OutputType(typeof(Policy))]
public sealed class ImportPolicyModelCommand : ReparamCmdlet
{
    /// <summary>The folder of a run of Invoke-PolicyTraining, or a file from Export-PolicyModel.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName", "OutPath"), Exact<string>(IsStoredObject = true)]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        string path = ResolvePath(Path);
        Policy policy = PolicyModelFile.Load(path);
        if (PolicyModelFile.WarningOf(path) is { } warning) WriteWarning(warning);
        WriteObject(policy);
    }
}
