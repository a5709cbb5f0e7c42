using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Reconstructs images with a trained VAE, and returns each original followed by its reconstruction.</summary>
/// <remarks>The original is encoded, and the mean of its posterior in latent space is decoded to a mean image, the reconstruction. Its property SquaredError is the sum of squared pixel differences to the original.</remarks>
/// <example>
/// <para>Ten test images beside their reconstructions</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeReconstruction ./run -Count 10 |
///     Export-ImageGrid ./pairs.png -Columns 10</code>
/// </example>
/// <example>
/// <para>The squared errors of three reconstructions</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeReconstruction ./run -Count 3 |
///     Where-Object Kind -eq reconstruction |
///     ForEach-Object { "$($_.Index): $($_.SquaredError)" }</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeReconstruction")]
[OutputType(typeof(VaeImage))]
public sealed class InvokeVaeReconstructionCommand : VaeImagesCommandBase
{
    /// <summary>The maximum number of images to reconstruct, beginning with the first one.</summary>
    [Parameter(Position = 1), AllowedRange(1), Exact<int>]
    public int Count { get; set; } = 10;

    /// <inheritdoc/>
    protected override void Process(VaeModel model) => WriteObject(VaeUse.Reconstruct(model, ImagesFor(model).Images, Count), enumerateCollection: true);
}
