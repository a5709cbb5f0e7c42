using ReparamPS.Data;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The images that a trained model is used on.</summary>
public static class VaeParts
{
    /// <summary>The parts of a run's images.</summary>
    public static IReadOnlyList<string> Names { get; } = ["test", "validation", "train", "all"];

    /// <summary>A part of the images of a run, as its bound was measured on them.</summary>
    /// <exception cref="ArgumentException">The run has no such part.</exception>
    public static ImageDataSet Read(VaeDataReader reader, VaeOptions options, string part)
    {
        ImageSplit split = reader.Read(options);
        string name = part.ToLowerInvariant();
        (ImageDataSet? images, int number) = name switch
        {
            "test" => (split.Test, 2),
            "validation" => (split.Validation, 1),
            "train" => (split.Train, 0),
            "all" => (reader.Read(options with { TestPath = null, TestFraction = 0, ValidationFraction = 0, Patience = 0 }).Train, 0),
            _ => throw new ArgumentException($"Part must be one of {string.Join(", ", Names)}, but {part} came.", nameof(part)),
        };
        return Binarize(images ?? throw new ArgumentException($"The run has no {name} images.", nameof(part)), options, number);
    }

    /// <summary>The images of a file, read and binarized as the run's are.</summary>
    public static (ImageDataSet Images, string Name) ReadFile(VaeDataReader reader, VaeOptions options, string path)
    {
        ImageDataSet images = reader.Read(options with { DataPath = path, TestPath = null, TestFraction = 0, ValidationFraction = 0, Patience = 0 }).Train;
        return (Binarize(images, options, 0), images.Name);
    }

    /// <summary>The tensor that a bound is measured on: grey, or black and white by draws that follow the split's seed, so that figures of runs stay comparable.</summary>
    internal static Tensor ToTensor(ImageDataSet images, VaeOptions options, Device device, int part)
    {
        Tensor grey = images.ToTensor(options.ScalarType, device);
        if (VaeOptions.Is(options.Binarization, "none")) return grey;
        using RandomSource random = VaeRandom.Open(options.SplitSeed, VaeStream.Binarization, device, part: part);
        using Tensor binary = random.Bernoulli(grey);
        return grey.copy_(binary);
    }

    private static ImageDataSet Binarize(ImageDataSet images, VaeOptions options, int part)
    {
        if (VaeOptions.Is(options.Binarization, "none")) return images;
        NativeLibraries.LoadTorch();
        using Tensor binary = ToTensor(images, options, CPU, part);
        byte[] pixels = Array.ConvertAll(ManagedValues.ToDoubles(binary), value => (byte)value);
        return new ImageDataSet(images.Name, pixels, 1, images.Height, images.Width, images.Labels is null ? null : [.. images.Labels]);
    }
}
