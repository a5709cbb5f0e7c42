using System.Globalization;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Data.Images;

/// <summary>Images apart: for training, for validation, for the test. No image is in two parts.</summary>
/// <param name="Train">What training sees.</param>
/// <param name="Validation">Images for early stopping; null if there are none.</param>
/// <param name="Test">Held-out test images; null if there are none.</param>
public sealed record ImageSplit(ImageDataSet Train, ImageDataSet? Validation, ImageDataSet? Test)
{
    /// <summary>Splits a data set by a seed: the same seed gives the same parts on every device.</summary>
    /// <param name="images">All images.</param>
    /// <param name="testFraction">The share of the test part, from 0 to below 1.</param>
    /// <param name="validationFraction">The share of the validation part, from 0 to below 1.</param>
    /// <param name="seed">The split's own seed.</param>
    public static ImageSplit Create(ImageDataSet images, double testFraction, double validationFraction, long seed)
    {
        (int[] train, int[] validation, int[] test) = Positions(images.Count, testFraction, validationFraction, seed);
        if (train.Length == images.Count) return new ImageSplit(images, null, null);
        ImageDataSet trained = images.Take(train);
        double scale = images.IsScaledByValues ? ImageFiles.ScaleOf(trained.Largest()) : images.MaximumValue;
        ImageDataSet? Part(int[] rows) => rows.Length == 0 ? null : images.Take(rows).ScaledTo(scale);
        return new ImageSplit(trained.ScaledTo(scale), Part(validation), Part(test));
    }

    /// <summary>Where the images of the parts are among all, in order.</summary>
    internal static (int[] Train, int[] Validation, int[] Test) Positions(int count, double testFraction, double validationFraction, long seed)
    {
        int test = CountOf(count, testFraction, nameof(testFraction)), validation = CountOf(count, validationFraction, nameof(validationFraction));
        if (test + validation >= count)
            throw new ArgumentException($"{count} images leave none for training beside {test} of the test and {validation} of the validation.", nameof(testFraction));
        int[] order = test + validation == 0 ? [.. Enumerable.Range(0, count)] : Permutation(count, seed);
        return (Sorted(order[(test + validation)..]), Sorted(order[test..(test + validation)]), Sorted(order[..test]));
    }

    private static int CountOf(int count, double fraction, string name) => fraction is >= 0 and < 1
        ? fraction == 0 ? 0 : Math.Max(1, (int)Math.Round(count * fraction))
        : throw new ArgumentException($"{name} must be at least 0 and below 1; got {fraction.ToString(CultureInfo.InvariantCulture)}.", name);

    private static int[] Permutation(int count, long seed)
    {
        using var random = new RandomSource(seed);
        using var scope = NewDisposeScope();
        return Array.ConvertAll(randperm(count, ScalarType.Int64, generator: random.Generator).data<long>().ToArray(), position => (int)position);
    }

    private static int[] Sorted(int[] rows)
    {
        Array.Sort(rows);
        return rows;
    }
}
