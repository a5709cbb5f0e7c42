namespace ReparamPS.Data;

/// <summary>Tells whether a file or a folder was written since an earlier look, as far as times and sizes say.</summary>
/// <param name="Files">The number of files.</param>
/// <param name="WrittenUtc">The last time when one of them was written.</param>
/// <param name="Length">Their size in bytes.</param>
public readonly record struct FileStamp(int Files, DateTime WrittenUtc, long Length)
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = default };

    /// <summary>The stamp of a file, or of all files of a folder; the default of a path that does not exist.</summary>
    /// <param name="path">The path.</param>
    public static FileStamp Of(string path)
    {
        var files = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", Everywhere) : [new FileInfo(path)];
        return files.Select(Target).Where(file => file.Exists).Aggregate(
            default(FileStamp), (stamp, file) => new FileStamp(stamp.Files + 1, file.LastWriteTimeUtc > stamp.WrittenUtc ? file.LastWriteTimeUtc : stamp.WrittenUtc, stamp.Length + file.Length));
    }

    // A link has a time and a size of its own.
    private static FileInfo Target(FileInfo file) => file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
}
