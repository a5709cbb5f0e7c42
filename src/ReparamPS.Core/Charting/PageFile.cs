using ReparamPS.Data;
using ReparamPS.Native;
using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>Pages for a browser in files.</summary>
public static class PageFile
{
    /// <summary>The extension of a page.</summary>
    public const string Extension = ".html";

    /// <summary>Refuses a path whose extension is not that of a page.</summary>
    public static void CheckExtension(string path)
    {
        if (!IsPage(path)) throw new ArgumentException($"'{ShortText.Of(path)}': the extension must be {Extension}.", nameof(path));
    }

    /// <inheritdoc cref="IPageWriter.Save"/>
    public static IReadOnlyList<string> Save(string path, ReportPage page, ExistingFile existing = ExistingFile.Replace)
    {
        CheckExtension(path);
        return FilesAssembly.Get<IPageWriter>().Save(path, page, existing);
    }

    /// <summary>Whether a path has the extension of a page.</summary>
    public static bool IsPage(string path) => Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase);
}
