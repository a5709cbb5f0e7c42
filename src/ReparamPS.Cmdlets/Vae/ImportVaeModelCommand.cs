using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Reads a trained VAE from the folder of a run or from a model file.</summary>
/// <remarks>The weights are in the safetensors format, which Python's safetensors library also reads. No code in the file is executed. A file that is truncated, damaged or of another kind is an error.</remarks>
/// <example>
/// <para>The model of a stored run</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 2 -Seed 1 -OutPath ./run -Force |
///     Out-Null
/// Import-VaeModel ./run</code>
/// </example>
/// <example>
/// <para>The shapes of the weights, by name</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 2 -Seed 1 -OutPath ./run -Force |
///     Out-Null
/// (Import-VaeModel ./run/model.safetensors).Parameters |
///     ForEach-Object { "$($_.Item1) [$($_.Item2.shape -join ', ')]" }</code>
/// </example>
[Cmdlet(VerbsData.Import, "VaeModel")]
[OutputType(typeof(VaeModel))]
public sealed class ImportVaeModelCommand : ReparamCmdlet
{
    /// <summary>The folder of a run of Invoke-VaeTraining (its OutPath), or the file model.safetensors of such a folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName", "OutPath"), Exact<string>(IsStoredObject = true)]
    public string Path { get; set; } = "";

    /// <summary>The device of the model. Allowed: cpu, cuda, cuda:N.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string Device { get; set; } = "cpu";

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        string path = ResolvePath(Path);
        VaeModel model = VaeModelFile.Load(path, Device);
        if (VaeModelFile.WarningOf(path) is { } warning) WriteWarning(warning);
        WriteObject(model);
    }
}
