using ReparamPS.Data;
using ReparamPS.Data.Images;

namespace ReparamPS.Vae;

/// <summary>Finds the images that settings name. A file that several runs use is read once.</summary>
public sealed class VaeDataReader
{
    private readonly Dictionary<(string, ImageFileOptions), ImageDataSet> known = [];

    /// <summary>The images of a run, split as its settings say.</summary>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="DataFormatException">A file holds no images.</exception>
    public ImageSplit Read(VaeOptions options)
    {
        options.Validate();
        var how = new ImageFileOptions { MaximumValue = options.MaximumValue, LabelColumn = string.IsNullOrEmpty(options.LabelColumn) ? null : options.LabelColumn };
        ImageDataSet images = Read(options.DataPath, how);
        string? test = string.IsNullOrEmpty(options.TestPath) && !string.IsNullOrEmpty(options.DataPath) ? IdxFolder.TestOf(options.DataPath) : options.TestPath;
        if (string.IsNullOrEmpty(test)) return ImageSplit.Create(images, options.TestFraction, options.ValidationFraction, options.SplitSeed);
        ImageSplit split = ImageSplit.Create(images, 0, options.ValidationFraction, options.SplitSeed);
        return split with { Test = Read(test, how).ScaledAsTraining(test, split.Train.MaximumValue) };
    }

    private ImageDataSet Read(string? path, ImageFileOptions how)
    {
        if (string.IsNullOrEmpty(path)) return ImageFiles.Digits(how);
        (string, ImageFileOptions) key = (Path.GetFullPath(path), how);
        if (!known.TryGetValue(key, out ImageDataSet? images)) known[key] = images = ImageFiles.Read(path, how);
        return images;
    }
}
