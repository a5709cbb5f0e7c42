using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Writes images as a grid in one PNG file.</summary>
/// <remarks>The images come from Invoke-VaeSampling, Invoke-VaeReconstruction or Invoke-VaeDecode. All must have the same size.</remarks>
/// <example>
/// <para>Samples of a run</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeSampling ./run -Count 36 -Seed 1 |
///     Export-ImageGrid ./samples.png</code>
/// </example>
/// <example>
/// <para>Originals beside reconstructions, each pixel drawn as 6 × 6 pixels</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeReconstruction ./run -Count 16 |
///     Export-ImageGrid ./pairs.png -Columns 8 -Scale 6</code>
/// </example>
[Cmdlet(VerbsData.Export, "ImageGrid", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportImageGridCommand : ReparamCmdlet
{
    private readonly List<VaeImage> images = [];

    /// <summary>The file to write. Allowed extension: .png.</summary>
    [Parameter(Mandatory = true, Position = 0), Exact<string>]
    public string Path { get; set; } = "";

    /// <summary>The images. They fill the grid row by row, in their order.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public object[] InputObject { get; set; } = [];

    /// <summary>The number of images per row; if there are fewer images, the grid has one column per image. Default: the number that makes the grid about square.</summary>
    [Parameter, AllowedRange(1, 10_000), OptionalNumber<int>]
    public int? Columns { get; set; }

    /// <summary>The magnification: each image pixel becomes a square of Scale × Scale pixels in the file.</summary>
    [Parameter, AllowedRange(1, 100), Exact<int>]
    public int Scale { get; set; } = 4;

    /// <summary>The gap between images in the file, in pixels.</summary>
    [Parameter, AllowedRange(0, 100), Exact<int>]
    public int Gap { get; set; } = 2;

    /// <summary>Refuses to replace an existing file.</summary>
    [Parameter, Alias("NoOverwrite"), Exact<SwitchParameter>]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Replaces the file even if it is read-only.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (!Path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"Path must end in .png; got {ShortText.Quoted(Path)}.", nameof(Path));
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (object? item in InputObject.Select(TensorInput.Unwrap))
        {
            if (item is VaeImage image)
            {
                images.Add(image);
                continue;
            }
            (string expected, string got) = ArgumentRules.Refusal(item, typeof(VaeImage))!.Value;
            string advice = item is not PSObject { BaseObject: PSCustomObject } row ? ""
                : row.Properties["Z1"] is not null ? " For latent points from Invoke-VaeEncode, use Invoke-VaeDecode first."
                : row.Properties["Pixels"] is not null ? " A copy of an image, such as one from a CSV or JSON file, is not an image. Pipe the images themselves." : "";
            // All of these rows would have this error, and a grid without them would be another one.
            ThrowTerminatingError(ErrorRecords.From(new ArgumentException($"InputObject must be {expected}; got {got}.{advice}", nameof(InputObject)), item));
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (images.Count == 0) throw new ArgumentException("At least one image is required; got none.", nameof(InputObject));
        string target = ResolvePath(Path);
        VaeImage first = images[0];
        if (images.Find(image => image.Height != first.Height || image.Width != first.Width) is { } other)
            throw new ArgumentException($"All images must have the same size; got {first.Height}×{first.Width} and {other.Height}×{other.Width} pixels.", nameof(InputObject));
        if (images.FindIndex(image => !image.Pixels.All(double.IsFinite)) is >= 0 and var bad)
            throw new ArgumentException($"Pixels must be finite numbers; got {images[bad].Pixels.First(pixel => !double.IsFinite(pixel)).ToString(CultureInfo.InvariantCulture)} in image {bad + 1} of {images.Count}.", nameof(InputObject));
        AtomicFile.CheckTarget(target, ExistingFiles(NoClobber, Force));
        if (!ShouldProcess(target, "Write a picture")) return;
        int columns = Math.Min(Columns ?? VaeUse.SquareColumns(images), images.Count);
        GreyImage grid = ImageGrid.Compose([.. images.Select(image => image.Pixels)], first.Height, first.Width, columns, Scale, Gap);
        PngFile.Write(target, grid, ExistingFiles(NoClobber, Force));
        WriteFile(target);
    }
}
