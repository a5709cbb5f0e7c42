namespace ReparamPS.Data;

/// <summary>How a ZIP archive begins. Files of PyTorch, spreadsheets and documents are such archives.</summary>
internal static class ZipMark
{
    /// <summary>A ZIP archive, as it follows "it is".</summary>
    public const string Said = "it is a ZIP archive, such as a PyTorch .pt file";

    /// <summary>Whether a file begins as a ZIP archive.</summary>
    public static bool Matches(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8);
}
