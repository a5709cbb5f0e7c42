using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Vae;
using TorchSharp;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Gives the mean images at latent points, and on the way from one to the next.</summary>
/// <example>
/// <para>The image at the prior's mean</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeDecode ./run -Latent 0, 0</code>
/// </example>
/// <example>
/// <para>From one point to another in ten images, as a picture</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeDecode ./run -Latent (-2, 0), (2, 0) -Steps 10 | Export-ImageGrid ./way.png -Columns 10</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeDecode")]
[OutputType(typeof(VaeImage))]
public sealed class InvokeVaeDecodeCommand : VaeModelCommandBase
{
    /// <summary>Latent points: the numbers of one, or a list of them for several; or a tensor.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public object Latent { get; set; } = null!;

    /// <summary>The images of the way from each point to the next, both included. Without it one image a point.</summary>
    [Parameter, ValidateRange(2, int.MaxValue)]
    public int? Steps { get; set; }

    /// <inheritdoc/>
    protected override void Process(VaeModel model)
    {
        torch.Tensor given = TensorInput.ToTensor(Latent, nameof(Latent), torch.ScalarType.Float64);
        WriteObject(VaeUse.Decode(model, given, Steps), enumerateCollection: true);
        if (!TensorInput.IsTensor(Latent)) given.Dispose();
    }
}
