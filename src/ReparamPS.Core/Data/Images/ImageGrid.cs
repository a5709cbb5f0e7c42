namespace ReparamPS.Data.Images;

/// <summary>Many small grey images as one picture.</summary>
public static class ImageGrid
{
    private const byte Background = 128;

    // The longest array.
    private static readonly long MaxPixels = Array.MaxLength;

    /// <summary>Arranges images in rows.</summary>
    /// <param name="images">One array of intensities between 0 and 1 per image; other values are clipped.</param>
    /// <param name="height">Rows per image.</param>
    /// <param name="width">Columns per image.</param>
    /// <param name="columns">Images per row of the grid.</param>
    /// <param name="scale">Pixels of the picture per pixel of an image, in each direction.</param>
    /// <param name="gap">Pixels of the picture between images.</param>
    public static GreyImage Compose(IReadOnlyList<double[]> images, int height, int width, int columns, int scale, int gap)
    {
        int rows = (images.Count + columns - 1) / columns, cellHeight = height * scale + gap, cellWidth = width * scale + gap;
        long wholeWidth = (long)columns * cellWidth + gap, wholeHeight = (long)rows * cellHeight + gap;
        if (wholeWidth > MaxPixels / wholeHeight)
            throw new ArgumentException($"The picture would have {wholeWidth} × {wholeHeight} pixels; at most {MaxPixels} pixels in all are possible. Use fewer images, or a smaller Scale or Gap.", nameof(scale));
        int totalWidth = (int)wholeWidth, totalHeight = (int)wholeHeight;
        byte[] pixels = new byte[totalWidth * totalHeight];
        Array.Fill(pixels, Background);
        for (int i = 0; i < images.Count; i++)
        {
            int top = i / columns * cellHeight + gap, left = i % columns * cellWidth + gap;
            for (int y = 0; y < height * scale; y++)
                for (int x = 0; x < width * scale; x++)
                    pixels[(top + y) * totalWidth + left + x] = (byte)Math.Round(255 * Math.Clamp(images[i][y / scale * width + x / scale], 0, 1));
        }
        return new GreyImage(pixels, totalHeight, totalWidth);
    }
}
