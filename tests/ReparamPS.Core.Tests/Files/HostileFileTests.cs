using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Data.Images;

namespace ReparamPS.Core.Tests.Files;

/// <summary>Files that ask for more than they hold, or for ever.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-hostile-").FullName;

    [Fact]
    public void A_gzipped_table_of_images_that_unpacks_to_hundreds_of_times_its_size_is_refused()
    {
        string path = Path.Combine(folder, "zeros.csv.gz"), line = string.Join(",", Enumerable.Repeat("0", 784)) + "\n";
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Optimal)))
        {
            for (int i = 0; i < 60_000; i++) writer.Write(line);
        }
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Contains("100 times", Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1L << 30);
    }

    [Fact]
    public void A_picture_of_billions_of_pixels_is_refused_by_its_header()
    {
        string path = Path.Combine(folder, "large.png");
        PngFile.Write(path, new GreyImage(new byte[64 * 64], 64, 64));
        byte[] png = File.ReadAllBytes(path);
        foreach (int at in new[] { 16, 20 }) BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(at), 30_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));
        File.WriteAllBytes(path, png);
        Assert.Contains("30000 × 30000", Assert.Throws<DataFormatException>(() => ImageFiles.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_pipe_blocks_neither_a_folder_of_pictures_nor_a_data_file()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no named pipes in folders.");
        string pipe = Path.Combine(folder, "pipe.png");
        using (var made = Process.Start("mkfifo", [pipe])) made.WaitForExit();
        Assert.Contains("not a regular file", Assert.Throws<DataFormatException>(() => ImageFiles.Read(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", Assert.Throws<DataFormatException>(() => ImageFiles.Read(pipe)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line.jsonl.gz", "", " ")]
    [InlineData("string.jsonl.gz", "{\"A\": \"", "x")]
    [InlineData("cell.csv.gz", "A,B\n", "x")]
    [InlineData("open.csv.gz", "A,B\n\"", "x\n")]
    public void A_gzipped_line_without_an_end_is_refused(string name, string start, string repeated)
    {
        string path = Path.Combine(folder, name), block = string.Concat(Enumerable.Repeat(repeated, (1 << 20) / repeated.Length));
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            writer.Write(start);
            for (int i = 0; i < 300; i++) writer.Write(block);
        }
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Throws<DataFormatException>(() => ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).Count());
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1L << 29);
    }

    [Fact]
    public void An_archive_of_arrays_that_unpacks_to_hundreds_of_times_its_size_is_refused()
    {
        string path = Path.Combine(folder, "zeros.npz");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream array = archive.CreateEntry("x.npy", CompressionLevel.Optimal).Open();
            array.Write("\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (400000, 28, 28), }".PadRight(127).Append('\n').Select(letter => (byte)letter).ToArray());
            for (int i = 0; i < 299; i++) array.Write(new byte[1 << 20]);
        }
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Contains("100 times", Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1L << 29);
    }

    [Theory]
    [InlineData("x.csv")]
    [InlineData("x.jsonl")]
    [InlineData("x.csv.gz")]
    [InlineData("x.parquet")]
    [InlineData("x.sqlite")]
    public void A_named_pipe_is_not_a_table(string name)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no named pipes in folders.");
        string pipe = Path.Combine(folder, name), link = Path.Combine(folder, "link-" + name);
        using (var made = Process.Start("mkfifo", [pipe])) made.WaitForExit();
        File.CreateSymbolicLink(link, pipe);
        foreach (string path in new[] { pipe, link })
        {
            Assert.Contains("not a regular file", Assert.Throws<DataFormatException>(() => ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).Count()).Message, StringComparison.Ordinal);
            Assert.Contains("not a regular file", Assert.Throws<DataFormatException>(() => ExperimentFile.Write(path, [new ExperimentRow(["A"], [1])])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_named_pipe_is_neither_a_model_nor_a_record_of_a_run()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no named pipes in folders.");
        foreach (string name in new[] { "model.safetensors", "run.json" })
        {
            using var made = Process.Start("mkfifo", [Path.Combine(folder, name)]);
            made.WaitForExit();
        }
        Assert.Contains("not a regular file", Assert.Throws<DataFormatException>(() => SafeTensorsFile.Read(Path.Combine(folder, "model.safetensors"))).Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", Assert.Throws<DataFormatException>(() => SharedFiles.TryRead(Path.Combine(folder, "run.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_a_table_without_rows_and_links_to_files_are_read()
    {
        string path = Path.Combine(folder, "empty.csv"), link = Path.Combine(folder, "link.csv");
        File.WriteAllText(path, "");
        Assert.Empty(ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken));
        ExperimentFile.Write(path, [new ExperimentRow(["A"], [1])]);
        File.CreateSymbolicLink(link, path);
        Assert.Single(ExperimentFile.Read(link, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_view_that_never_ends_can_be_cancelled()
    {
        string path = Path.Combine(folder, "endless.sqlite");
        ExperimentFile.Write(path, [new ExperimentRow(["A"], [1])]);
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE VIEW endless AS WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) AS x FROM t";
            command.ExecuteNonQuery();
        }
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.ThrowsAny<OperationCanceledException>(() => ExperimentFile.Read(path, "endless", cancellation: source.Token).Count());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }
}
