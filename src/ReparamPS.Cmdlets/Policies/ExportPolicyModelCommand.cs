using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Policies;
using ReparamPS.Policies.Training;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Writes a policy to a safetensors file.</summary>
/// <remarks>The parameters are in the safetensors format, which Python's safetensors library also reads. Import-PolicyModel reads the file.</remarks>
/// <example>
/// <para>Write a linear policy and read it back</para>
/// <code>New-LinearPolicy 1, 2 -Scale 0.5 |
///     Export-PolicyModel ./linear.safetensors | Out-Null
/// (Import-PolicyModel ./linear.safetensors).Gain</code>
/// </example>
/// <example>
/// <para>Write a trained policy; training changes $policy in place</para>
/// <code>$policy = New-NeuralPolicy -HiddenSize 8 -Distribution TanhNormal
/// $settings = @{
///     Iterations = 2
///     Trajectories = 16
///     Truncation = 40
///     Seed = 1
/// }
/// New-ControlProblem Pendulum | Invoke-PolicyTraining $policy @settings |
///     Out-Null
/// $policy | Export-PolicyModel ./pendulum.safetensors</code>
/// </example>
[Cmdlet(VerbsData.Export, "PolicyModel", SupportsShouldProcess = true), OutputType(typeof(FileInfo))]
public sealed class ExportPolicyModelCommand : ReparamCmdlet
{
    /// <summary>The file to write. Allowed extension: .safetensors. An existing file is replaced, unless -NoClobber is given.</summary>
    [Parameter(Mandatory = true, Position = 0), Exact<string>]
    public string Path { get; set; } = "";

    /// <summary>The policy. A neural policy can be exported only after it has been used on a problem, which creates its weights.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true), Exact<Policy>(IsOnlyInput = true)]
    public Policy Policy { get; set; } = null!;

    /// <summary>Refuses to replace an existing file.</summary>
    [Parameter, Alias("NoOverwrite"), Exact<SwitchParameter>]
    public SwitchParameter NoClobber { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!Policy.HasParameters) throw new ArgumentException("The policy has no weights yet. Train it, or use it on a problem with Measure-PolicyReturn, which creates them.", nameof(Policy));
        string target = ResolvePath(Path);
        RefuseOwnFile(target, nameof(Path));
        SafeTensorsFile.CheckTarget(target, NoClobber ? ExistingFile.Refuse : ExistingFile.Replace);
        if (!ShouldProcess(target, "Write a policy")) return;
        PolicyModelFile.Save(Policy, target);
        WriteFile(target);
    }
}
