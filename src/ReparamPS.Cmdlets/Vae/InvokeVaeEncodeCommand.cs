using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data.Images;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Encodes images to the latent space of a trained VAE.</summary>
/// <remarks>Returns one row per image, ready for Export-Chart: Index, Label, and the mean (Z1, Z2, …) and standard deviation (S1, S2, …) of the posterior in each latent dimension. The mean and standard deviation of a RelaxedOneHotCategorical posterior have no closed form. They are estimated from 1,024 draws per image, made from the same noise for every image. With 2 to 50 latent dimensions and temperatures from 0.1 to 2, the measured error is below 0.002 for means and below 0.004 for standard deviations.</remarks>
/// <example>
/// <para>The first five test images of a run</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force |
///     Out-Null
/// Invoke-VaeEncode ./run -Count 5</code>
/// </example>
/// <example>
/// <para>A scatter chart of the latent space, colored by label</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force |
///     Out-Null
/// Invoke-VaeEncode ./run -Part all |
///     Export-Chart ./latent.png Z1 Z2 -Kind Scatter -GroupBy Label</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeEncode")]
[OutputType("ReparamPS.VaeLatentPoint")]
public sealed class InvokeVaeEncodeCommand : VaeImagesCommandBase
{
    /// <summary>The maximum number of images to encode, beginning with the first one. Default: all.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int Count { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    protected override void Process(VaeModel model)
    {
        (ImageDataSet images, _) = ImagesFor(model);
        int size = model.Options.LatentSize;
        foreach (VaeLatentPoint point in VaeUse.Encode(model, images, Count))
        {
            var row = new PSObject();
            row.TypeNames.Insert(0, "ReparamPS.VaeLatentPoint");
            row.Properties.Add(new PSNoteProperty("Index", point.Index));
            row.Properties.Add(new PSNoteProperty("Label", point.Label));
            for (int i = 0; i < size; i++) row.Properties.Add(new PSNoteProperty(string.Create(CultureInfo.InvariantCulture, $"Z{i + 1}"), point.Mean[i]));
            for (int i = 0; i < size; i++) row.Properties.Add(new PSNoteProperty(string.Create(CultureInfo.InvariantCulture, $"S{i + 1}"), point.StandardDeviation[i]));
            WriteObject(row);
        }
    }
}
