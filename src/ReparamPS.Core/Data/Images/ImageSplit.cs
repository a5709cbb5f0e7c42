using System.Globalization;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Data.Images;

/// <summary>Images split for training, validation and test. No image is in two parts.</summary>
/// <param name="Train">Images for training.</param>
/// <param name="Validation">Images for early stopping; null if there are none.</param>
/// <param name="Test">Held-out test images; null if there are none.</param>
public sealed record ImageSplit(ImageDataSet Train, ImageDataSet? Validation, ImageDataSet? Test)
{
    /// <summary>Splits a data set by a seed: the same seed returns the same parts on every device.</summary>
    /// <param name="images">All images.</param>
    /// <param name="testFraction">The fraction of the test part, at least 0 and less than 1.</param>
    /// <param name="validationFraction">The fraction of the validation part, at least 0 and less than 1.</param>
    /// <param name="seed">The seed of the split.</param>
    public static ImageSplit Create(ImageDataSet images, double testFraction, double validationFraction, long seed)
    {
        (int[] train, int[] validation, int[] test) = Positions(images.Count, testFraction, validationFraction, seed);
        if (train.Length == images.Count) return new ImageSplit(images, null, null);
        ImageDataSet trained = images.Take(train);
        double scale = images.IsScaledByValues ? ImageFiles.ScaleOf(trained.Largest()) : images.MaximumValue;
        ImageDataSet? Part(int[] rows) => rows.Length == 0 ? null : images.Take(rows).ScaledTo(scale);
        return new ImageSplit(trained.ScaledTo(scale), Part(validation), Part(test));
    }

    /// <summary>Says that held-out pixels count as 1 although they are above the maximum of the training images, which tell the scale; null if no pixel is.</summary>
    public string? ClippingWarning()
    {
        ImageDataSet[] parts = [.. new[] { Validation, Test }.OfType<ImageDataSet>()];
        long clipped = parts.Sum(part => part.CountClipped());
        if (clipped == 0) return null;
        string pixels = clipped == 1 ? "1 pixel of the held-out images is above {0} and counts as {0}" : "{2} pixels of the held-out images are above {0} and count as {0}";
        return string.Format(CultureInfo.InvariantCulture, pixels + ", the largest value of the training images; the largest held-out value is {1}. To keep values above {0}, set MaximumValue to at least {1}.", (float)Train.MaximumValue, parts.Max(part => part.Largest()), clipped);
    }

    /// <summary>Says that all training images are nearly black, because their values are far below the one that means 1; null if they are not.</summary>
    /// <param name="isGiven">Whether MaximumValue was given.</param>
    public string? ScaleWarning(bool isGiven)
    {
        float largest = Train.Largest();
        if (largest == 0 || largest * ImageDataSet.OtherScale > Train.MaximumValue) return null;
        string limit = isGiven ? "MaximumValue" : "the value that means white";
        return FormattableString.Invariant($"The largest value of the training images is {largest}, far below {limit} ({(float)Train.MaximumValue}), so all images are nearly black. If {ImageFiles.ScaleOf(largest)} means white, use -MaximumValue {ImageFiles.ScaleOf(largest)}.");
    }

    /// <summary>Whether some of a number of images are left for training.</summary>
    internal static bool LeavesTraining(int count, double testFraction, double validationFraction) =>
        CountOf(count, testFraction, "TestFraction") + CountOf(count, validationFraction, "ValidationFraction") < count;

    /// <summary>The positions of the images of each part, in order.</summary>
    internal static (int[] Train, int[] Validation, int[] Test) Positions(int count, double testFraction, double validationFraction, long seed)
    {
        int test = CountOf(count, testFraction, "TestFraction"), validation = CountOf(count, validationFraction, "ValidationFraction");
        if (test + validation >= count)
        {
            int parts = (test > 0 ? 1 : 0) + (validation > 0 ? 1 : 0);
            string advice = count > parts ? "Use more images or smaller fractions." : "A fraction above 0 takes at least 1 image. Use more images, or fractions of 0.";
            throw new ArgumentException($"No image is left for training: of {count} {(count == 1 ? "image" : "images")}, TestFraction takes {test} and ValidationFraction {validation}. {advice}", nameof(testFraction));
        }
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
        return Array.ConvertAll(random.Permutation(count).data<long>().ToArray(), position => (int)position);
    }

    private static int[] Sorted(int[] rows)
    {
        Array.Sort(rows);
        return rows;
    }
}
