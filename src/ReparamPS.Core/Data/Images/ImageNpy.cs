namespace ReparamPS.Data.Images;

/// <summary>Images as a NumPy array of shape [images, pixels], [images, rows, columns] or [images, rows, columns, 1].</summary>
internal static class ImageNpy
{
    /// <summary>The shapes of an array of images, for messages.</summary>
    public const string Shapes = "(images, pixels), (images, rows, columns) or (images, rows, columns, 1)";

    /// <summary>Reads a file, plain or gzipped.</summary>
    public static ImageDataSet Read(string path, ImageFileOptions options)
    {
        using Stream stream = ImageFiles.Open(path);
        return From(path, NpyFile.Read(path, stream), options);
    }

    /// <summary>Whether an array has the shape of images.</summary>
    public static bool IsImages(long[] shape) => shape is [_, _] or [_, _, _] or [_, _, _, 1] && shape.All(size => size >= 1);

    /// <summary>The images of an array.</summary>
    /// <param name="path">The file, for errors and as the name of the data.</param>
    /// <param name="array">The array.</param>
    /// <param name="options">What the file does not tell.</param>
    /// <param name="labels">The labels; null if there are none.</param>
    public static ImageDataSet From(string path, NpyFile array, ImageFileOptions options, int[]? labels = null)
    {
        if (array.Shape.Contains(0)) throw new DataFormatException(path, $"the array holds no images: its shape is {array.ShapeText}.");
        if (!IsImages(array.Shape))
        {
            string grey = array.Shape is [_, _, _, 3 or 4] ? " Convert colour images to grey, such as with array[..., :3].mean(-1)." : "";
            throw new DataFormatException(path, $"an array of images must have the shape {Shapes}; got {array.ShapeText}.{grey}");
        }
        (int height, int width) = ImageFiles.SizeOf(array.Shape);
        return array.IsBytes
            ? ImageFiles.OfBytes(path, ImageFiles.NameOf(path), array.Data, options, height, width, labels)
            : ImageFiles.OfNumbers(path, array.ToNumbers(), options, height, width, labels);
    }
}
