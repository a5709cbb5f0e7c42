namespace ReparamPS.Core.Tests.Architecture;

/// <summary>A folder holds as many files as a reader takes in at a glance; more belong in folders below it.</summary>
public sealed class FolderSizeTests
{
    private const int MaxFiles = 20;

    // One file per kind of distribution: a reader looks for a name there.
    private static readonly string[] Catalogues = ["ReparamPS.Core/Distributions", "ReparamPS.Cmdlets/Distributions"];

    [Theory]
    [InlineData("ReparamPS.Core")]
    [InlineData("ReparamPS.Files")]
    [InlineData("ReparamPS.Cmdlets")]
    public void No_folder_has_too_many_files(string project)
    {
        var folders = SourceTree.Files(project).GroupBy(file => SourceTree.NameOf(Path.GetDirectoryName(file)!)).ToDictionary(group => group.Key, group => group.Count());
        Assert.NotEmpty(folders);
        string[] wrong = [.. folders.Where(folder => folder.Value > MaxFiles && !Catalogues.Contains(folder.Key)).Select(folder => $"{folder.Key} has {folder.Value} files")];
        Assert.True(wrong.Length == 0, $"At most {MaxFiles} files may be in a folder: {string.Join(", ", wrong)}.");
    }
}
