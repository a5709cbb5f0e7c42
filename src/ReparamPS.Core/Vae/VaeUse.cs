using System.Globalization;
using ReparamPS.Data.Images;
using ReparamPS.Native;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>An image that a model made or was given.</summary>
/// <param name="RunId">The run that made the model.</param>
/// <param name="Kind">sample, original, reconstruction, decoded or manifold.</param>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Label">Its label; null if there is none.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Pixels">Intensities, row by row.</param>
public sealed record VaeImage(string RunId, string Kind, int Index, int? Label, int Height, int Width, double[] Pixels)
{
    /// <summary>The sum of squared differences to the original; null if it is not a reconstruction.</summary>
    public double? SquaredError { get; init; }

    /// <summary>What tells images apart: PowerShell compares and groups objects by their text. Pixels differ in their sum, where their first ones are black.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"VaeImage {{ RunId = {RunId}, Kind = {Kind}, Index = {Index}, Label = {Label}, Height = {Height}, Width = {Width}, SquaredError = {SquaredError:R}, Sum of pixels = {Pixels.Sum():R} }}");
}

/// <summary>Where an image is in latent space.</summary>
/// <param name="Index">The image's number, from 0.</param>
/// <param name="Label">Its label; null if there is none.</param>
/// <param name="Mean">The posterior's mean.</param>
/// <param name="StandardDeviation">The posterior's standard deviation in each dimension.</param>
public sealed record VaeLatentPoint(int Index, int? Label, double[] Mean, double[] StandardDeviation);

/// <summary>Uses of a trained model: codes, images at codes, samples, reconstructions.</summary>
public static class VaeUse
{
    private const int RowsAtOnce = 1000;

    // The numbers of a point in an example.
    private const int MaxShown = 6;

    // The decoder's output, the intensities, and those as plain numbers are in memory together.
    private const double CopiesOfImages = 3;

    /// <summary>The latent points of images.</summary>
    public static IEnumerable<VaeLatentPoint> Encode(VaeModel model, ImageDataSet images, int count)
    {
        VaeEvaluation.CheckFits(model, images);
        int total = Math.Min(count, images.Count), size = model.Options.LatentSize;
        for (int first = 0; first < total; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, total - first);
            (double[] means, double[] deviations) = Statistics(model, images.Take([.. Enumerable.Range(first, rows)]));
            for (int i = 0; i < rows; i++)
                yield return new VaeLatentPoint(first + i, images.Labels?[first + i], means[(i * size)..((i + 1) * size)], deviations[(i * size)..((i + 1) * size)]);
        }
    }

    /// <summary>The mean images at latent points.</summary>
    /// <param name="model">The model.</param>
    /// <param name="latents">The points: one per row, or the numbers of one. Of a model with one latent dimension, each number is a point.</param>
    /// <param name="steps">Images from each point to the next, both included; null for the points alone.</param>
    public static IReadOnlyList<VaeImage> Decode(VaeModel model, Tensor latents, int? steps = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int size = model.Options.LatentSize;
        // With one latent dimension, each number is a point.
        Tensor rows = latents.dim() >= 2 ? latents : latents.reshape(size == 1 ? [-1, 1] : [1, -1]), points = rows.to(model.Options.ScalarType, model.Device);
        if (points.dim() != 2 || points.shape[1] != size)
            throw new ShapeMismatchException($"A latent point must have {Numbers(size)}, the LatentSize of the model; got {(latents.dim() < 2 && latents.numel() > 0 ? Numbers(latents.numel()) : TensorShapes.Said(latents.shape))}.{(latents.dim() == 1 && latents.numel() > size && latents.numel() % size == 0 ? $" Write several points as a list of lists{Example(size)}." : "")}", nameof(latents));
        if (ManagedValues.ToDoubles(rows).Zip(ManagedValues.ToDoubles(points)).FirstOrDefault(pair => !double.IsFinite(pair.Second), (0, 0)) is (var given, not 0))
            throw new ArgumentException($"Latent must hold numbers that are finite in {TorchTypes.NameOf(points.dtype)}; got {given.ToString("R", CultureInfo.InvariantCulture)}.", nameof(latents));
        if (steps is { } count)
        {
            if (points.shape[0] < 2) throw new ArgumentException("Steps requires at least two latent points; got one.", nameof(steps));
            CheckMemory(model, (double)count * (points.shape[0] - 1));
            Tensor way = linspace(0, 1, count, model.Options.ScalarType, model.Device).unsqueeze(-1);
            points = cat([.. Enumerable.Range(0, (int)points.shape[0] - 1).Select(i => points.narrow(0, i, 1) + way * (points.narrow(0, i + 1, 1) - points.narrow(0, i, 1)))]);
        }
        return Images(model, model.MeanImages(points), "decoded", null);
    }

    // Before anything is drawn: a billion draws last half a minute.
    private static void CheckMemory(VaeModel model, double images) =>
        MemoryLimit.Check(CopiesOfImages * images * (model.PixelCount + model.Options.LatentSize), model.Options.ScalarType == ScalarType.Float64 ? sizeof(double) : sizeof(float));

    // Two points.
    private static string Example(int size)
    {
        string Point(string number) => $"({string.Join(", ", Enumerable.Repeat(number, size))})";
        return size > MaxShown ? $" of {size} numbers each" : $", such as {Point("0")}, {Point("1")}";
    }

    private static string Numbers(long count) => count == 1 ? "1 number" : $"{count} numbers";

    /// <summary>Mean images at latent points drawn from the prior.</summary>
    public static IReadOnlyList<VaeImage> Sample(VaeModel model, int count, long? seed, RandomGenerator generator = RandomGenerator.Torch)
    {
        CheckMemory(model, count);
        using RandomSource random = seed is { } given ? VaeRandom.Open(new RandomSeed(given, generator), VaeStream.Sampling, model.Device) : RandomSource.Open(null, generator, model.Device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor points = model.Prior.Draw(count, model.Options.ScalarType, random);
        return Images(model, model.MeanImages(points), "sample", null);
    }

    /// <summary>Mean images over a grid of the standard normal prior's quantiles, as in figure 4 of Kingma and Welling (arXiv:1312.6114).</summary>
    public static IReadOnlyList<VaeImage> Manifold(VaeModel model, int side)
    {
        if (model.Options.LatentSize != 2 || !model.Prior.IsFixed || !model.Posterior.HasNormalPrior)
            throw new ArgumentException($"Manifold requires a model with LatentSize 2, Prior normal and a Posterior on the real line, such as normal; got LatentSize {model.Options.LatentSize}, Prior {model.Options.Prior} and Posterior {model.Options.Posterior}.", nameof(model));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor quantiles = special.ndtri((arange(side, ScalarType.Float64, CPU) + 0.5) / side).to(model.Options.ScalarType, model.Device);
        Tensor points = stack([quantiles.repeat(side), quantiles.flip(0).repeat_interleave(side)], 1);
        return Images(model, model.MeanImages(points), "manifold", null);
    }

    /// <summary>Each image, and the mean image at its posterior's mean.</summary>
    public static IReadOnlyList<VaeImage> Reconstruct(VaeModel model, ImageDataSet images, int count)
    {
        VaeEvaluation.CheckFits(model, images);
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        ImageDataSet chosen = images.Take([.. Enumerable.Range(0, Math.Min(count, images.Count))]);
        Tensor originals = chosen.ToTensor(model.Options.ScalarType, model.Device);
        IReadOnlyList<VaeImage> before = Images(model, originals, "original", chosen.Labels);
        IReadOnlyList<VaeImage> after = Images(model, model.MeanImages(model.Encode(originals).Mean), "reconstruction", chosen.Labels);
        return [.. before.Zip(after, (a, b) => new[] { a, b with { SquaredError = a.Pixels.Zip(b.Pixels, (x, y) => (x - y) * (x - y)).Sum() } }).SelectMany(pair => pair)];
    }

    /// <summary>The columns of a grid that is about square; even where images come in pairs.</summary>
    public static int SquareColumns(IReadOnlyList<VaeImage> images)
    {
        int columns = (int)Math.Ceiling(Math.Sqrt(images.Count));
        return images.Any(image => image.Kind == "reconstruction") && columns % 2 == 1 ? columns + 1 : columns;
    }

    private static (double[] Means, double[] Deviations) Statistics(VaeModel model, ImageDataSet images)
    {
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (Tensor mean, Tensor deviation) = model.Encode(images.ToTensor(model.Options.ScalarType, model.Device));
        return (ManagedValues.ToDoubles(mean), ManagedValues.ToDoubles(deviation));
    }

    private static IReadOnlyList<VaeImage> Images(VaeModel model, Tensor rows, string kind, IReadOnlyList<int>? labels) =>
        [.. ManagedValues.ToDoubles(rows).Chunk(model.PixelCount).Select((pixels, i) => new VaeImage(model.RunId, kind, i, labels?[i], model.ImageHeight, model.ImageWidth, pixels))];
}
