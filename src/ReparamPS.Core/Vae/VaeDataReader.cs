using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Native;

namespace ReparamPS.Vae;

/// <summary>Finds the images that settings name. A file that several runs use is read once, unless it is written between them.</summary>
public sealed class VaeDataReader
{
    private readonly Dictionary<(string, ImageFileOptions), (FileStamp Stamp, ImageDataSet Images)> known = [];

    /// <summary>The images of a run, split as its settings say.</summary>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="DataFormatException">A file holds no images.</exception>
    public ImageSplit Read(VaeOptions options)
    {
        ImageSplit split = ReadWithoutSeparateTest(options);
        return SeparateTestOf(options) is { } test
            ? split with { Test = ReadOther(options, test, split.Train.PixelCount).ScaledAsTraining(test, split.Train.MaximumValue, split.Train.PixelCount) } : split;
    }

    /// <summary>The file or folder of a run's separate test images; null if they are split off the images of DataPath.</summary>
    internal static string? SeparateTestOf(VaeOptions options) => !string.IsNullOrEmpty(options.TestPath) ? options.TestPath
        : string.IsNullOrEmpty(options.DataPath) ? null : IdxFolder.TestOf(options.DataPath);

    /// <summary>The warning that the test images are the training images; null if they are not the same file or folder.</summary>
    public static string? TestWarningOf(VaeOptions options) =>
        string.IsNullOrEmpty(options.TestPath) || string.IsNullOrEmpty(options.DataPath) || !FinalPath.AreEqual(options.TestPath, options.DataPath) ? null
            : "TestPath is the same as DataPath, so the test ELBO is that of training images. Leave out -TestPath: test images are then taken from DataPath, and not used for training.";

    /// <summary>The images of a run, split as its settings say, but without separate test images, which are not read.</summary>
    internal ImageSplit ReadWithoutSeparateTest(VaeOptions options)
    {
        options.Validate();
        return ImageSplit.Create(ReadWhole(options), SeparateTestOf(options) is null ? options.TestFraction : 0, options.ValidationFraction, options.SplitSeed);
    }

    /// <summary>All images of DataPath.</summary>
    internal ImageDataSet ReadWhole(VaeOptions options) => string.IsNullOrEmpty(options.DataPath) ? ImageFiles.Digits(HowOf(options)) : Read(options.DataPath, HowOf(options));

    /// <summary>The images of another path than DataPath, which may lack the column of labels that DataPath has.</summary>
    internal ImageDataSet ReadOther(VaeOptions options, string path, int pixelCount) => Read(path, HowOf(options) with { PixelCount = pixelCount });

    private static ImageFileOptions HowOf(VaeOptions options) =>
        new() { MaximumValue = options.MaximumValue, LabelColumn = string.IsNullOrEmpty(options.LabelColumn) ? null : options.LabelColumn };

    private ImageDataSet Read(string path, ImageFileOptions how)
    {
        (string, ImageFileOptions) key = (Path.GetFullPath(path), how);
        FileStamp stamp = FileStamp.Of(ImageFiles.StoreOf(path));
        if (known.TryGetValue(key, out (FileStamp Stamp, ImageDataSet Images) last) && last.Stamp == stamp) return last.Images;
        ImageDataSet images = ImageFiles.Read(path, how);
        known[key] = (stamp, images);
        return images;
    }
}
