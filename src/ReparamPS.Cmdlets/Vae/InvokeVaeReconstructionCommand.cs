using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Reconstructs images with a trained VAE: each original is followed by its reconstruction from the posterior's mean.</summary>
/// <example>
/// <para>Ten test images beside their reconstructions</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeReconstruction ./run -Count 10 |
///     Export-ImageGrid ./pairs.png -Columns 10</code>
/// </example>
/// <example>
/// <para>Errors of reconstructions</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeReconstruction ./run -Count 3 |
///     Where-Object Kind -eq reconstruction |
///     ForEach-Object { "$($_.Index): $($_.SquaredError)" }</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeReconstruction")]
[OutputType(typeof(VaeImage))]
public sealed class InvokeVaeReconstructionCommand : VaeImagesCommandBase
{
    /// <summary>Maximum number of images, from the first.</summary>
    [Parameter(Position = 1), AllowedRange(1), Exact<int>]
    public int Count { get; set; } = 10;

    /// <inheritdoc/>
    protected override void Process(VaeModel model) => WriteObject(VaeUse.Reconstruct(model, ImagesFor(model).Images, Count), enumerateCollection: true);
}
