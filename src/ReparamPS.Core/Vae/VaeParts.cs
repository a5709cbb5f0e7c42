using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Native;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;
using ReparamPS.Messages;

namespace ReparamPS.Vae;

/// <summary>A part of a run's images. The numbers name random streams, so they are fixed.</summary>
internal enum VaePart
{
    /// <summary>What training sees.</summary>
    Train = 0,

    /// <summary>What early stopping sees.</summary>
    Validation = 1,

    /// <summary>Held out.</summary>
    Test = 2,
}

/// <summary>The images that a trained model is used on.</summary>
public static class VaeParts
{
    /// <summary>The parts of a run's images.</summary>
    public static IReadOnlyList<string> Names { get; } = ["test", "validation", "train", "all"];

    /// <summary>A part of the images of a run, as its bound was measured on them.</summary>
    /// <exception cref="ArgumentException">The run has no such part.</exception>
    public static ImageDataSet Read(VaeDataReader reader, VaeOptions options, string part)
    {
        string name = part.ToLowerInvariant();
        // Separate test images that were deleted do not matter to the other parts.
        ImageSplit split = name is "train" or "validation" ? reader.ReadWithoutSeparateTest(options) : reader.Read(options);
        if (name == "all") return All(reader, options, split);
        (ImageDataSet? images, VaePart number) = name switch
        {
            "test" => (split.Test, VaePart.Test),
            "validation" => (split.Validation, VaePart.Validation),
            "train" => (split.Train, VaePart.Train),
            _ => throw new ArgumentException($"Part must be one of {string.Join(", ", Names)}; got {ShortText.Quoted(part)}.", nameof(part)),
        };
        return Binarize(images ?? throw new ArgumentException(
            $"The run has no {name} images, because it was trained with {(name == "test" ? nameof(VaeOptions.TestFraction) : nameof(VaeOptions.ValidationFraction))} 0. Use -Part train, or give images with -DataPath.", nameof(part)), options, number);
    }

    /// <summary>The files and folders that hold a run's images, as a message names them; null if its images are the embedded digits.</summary>
    public static string? PathsOf(VaeOptions options)
    {
        string[] paths = [.. new[] { options.DataPath, options.TestPath }.OfType<string>().Where(path => path.Length > 0)];
        return paths.Length == 0 ? null : string.Join(" or ", paths.Select(ShortText.Quoted));
    }

    /// <summary>Whether a run's images are no longer those that its model was trained on: the name of a run is a hash of its settings and images.</summary>
    public static bool HaveChanged(VaeDataReader reader, VaeModel model) => model.RunId.Length > 0 && VaeRunId.Of(model.Options, reader.Read(model.Options)) != model.RunId;

    /// <summary>Refuses to read the images of a run from a file that now holds images of another size, or too few for its parts.</summary>
    /// <exception cref="ShapeMismatchException">The images have another size than the model's.</exception>
    /// <exception cref="DataFormatException">There are too few images.</exception>
    public static void CheckWhole(VaeDataReader reader, VaeModel model)
    {
        if (model.Options.DataPath is not { Length: > 0 } path) return;
        ImageDataSet images = reader.ReadWhole(model.Options);
        string found = $"{images.Count} {(images.Count == 1 ? "image" : "images")}";
        const string Advice = "Restore the original images, or give others with -DataPath.";
        if (images.PixelCount != model.PixelCount)
            throw new ShapeMismatchException($"{ShortText.Quoted(path)} has {found} of {VaeEvaluation.Pixels(images.PixelCount)}, but the model was trained with images of {VaeEvaluation.Pixels(model.PixelCount)}. {Advice}", nameof(path));
        double test = VaeDataReader.SeparateTestOf(model.Options) is null ? model.Options.TestFraction : 0;
        if (!ImageSplit.LeavesTraining(images.Count, test, model.Options.ValidationFraction))
            throw new DataFormatException(path, $"the file has {found}, too few to split into training, validation and test images as the run did. {Advice}");
    }

    /// <summary>The images of a file, read, scaled and binarized as those are that the model was trained on.</summary>
    public static (ImageDataSet Images, string Name) ReadFile(VaeDataReader reader, VaeModel model, string path)
    {
        ImageDataSet images = reader.ReadOther(model.Options, path, model.PixelCount);
        if (model.MaximumValue is { } maximum) images = images.ScaledAsTraining(path, maximum, model.PixelCount);
        return (Binarize(images, model.Options, VaePart.Train), images.Name);
    }

    /// <summary>The tensor on which a bound is measured: grey, or black and white by draws that follow the split's seed, so that figures of runs are comparable.</summary>
    internal static Tensor ToTensor(ImageDataSet images, VaeOptions options, Device device, VaePart part)
    {
        Tensor grey = images.ToTensor(options.ScalarType, device);
        if (options.BinarizationMode == Binarization.None) return grey;
        using RandomSource random = VaeRandom.Open(options.SplitSeed, VaeStream.Binarization, device, part: (long)part);
        using Tensor binary = random.Bernoulli(grey);
        return grey.copy_(binary);
    }

    // The images of DataPath in their order, then separate test images.
    private static ImageDataSet All(VaeDataReader reader, VaeOptions options, ImageSplit split)
    {
        ImageDataSet images = reader.ReadWhole(options).ScaledTo(split.Train.MaximumValue);
        return VaeDataReader.SeparateTestOf(options) is null ? BinarizeParts(images, options, options.TestFraction)
            : BinarizeParts(images, options, 0).FollowedBy(Binarize(split.Test!, options, VaePart.Test));
    }

    // Each image is binarized as in the part that it belongs to.
    private static ImageDataSet BinarizeParts(ImageDataSet images, VaeOptions options, double testFraction)
    {
        if (options.BinarizationMode == Binarization.None) return images;
        (int[] train, int[] validation, int[] test) = ImageSplit.Positions(images.Count, testFraction, options.ValidationFraction, options.SplitSeed);
        byte[] pixels = new byte[images.Count * images.PixelCount];
        foreach ((int[] rows, VaePart part) in new[] { (train, VaePart.Train), (validation, VaePart.Validation), (test, VaePart.Test) })
        {
            byte[] drawn = rows.Length == 0 ? [] : Binary(images.Take(rows), options, part);
            for (int i = 0; i < rows.Length; i++) Array.Copy(drawn, i * images.PixelCount, pixels, rows[i] * images.PixelCount, images.PixelCount);
        }
        return OfBinary(images, pixels);
    }

    private static ImageDataSet Binarize(ImageDataSet images, VaeOptions options, VaePart part) =>
        options.BinarizationMode == Binarization.None ? images : OfBinary(images, Binary(images, options, part));

    private static ImageDataSet OfBinary(ImageDataSet images, byte[] pixels) => new(images.Name, pixels, 1, images.Height, images.Width, images.Labels is null ? null : [.. images.Labels]);

    private static byte[] Binary(ImageDataSet images, VaeOptions options, VaePart part)
    {
        NativeLibraries.LoadTorch();
        using Tensor drawn = ToTensor(images, options, CPU, part), narrow = drawn.to(ScalarType.Byte);
        return narrow.bytes.ToArray();
    }
}
