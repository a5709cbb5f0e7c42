using System.IO;
using System.IO.Compression;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Compresses a file with gzip, for embedding.</summary>
public class CompressFile : Task
{
    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string temporary = Destination + ".tmp";
        using (FileStream from = File.OpenRead(Source))
        using (FileStream to = File.Create(temporary))
        using (var gzip = new GZipStream(to, CompressionLevel.Optimal)) from.CopyTo(gzip);
        File.Delete(Destination);
        File.Move(temporary, Destination);
        return true;
    }
}
