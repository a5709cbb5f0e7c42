using System.IO.Compression;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>Damage of gzipped tables, which the runtime's own reader mostly does not see.</summary>
public sealed class DamagedGzipTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public static TheoryData<string> Extensions => [".csv.gz", ".jsonl.gz"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Extensions))]
    public void Every_truncation_is_an_error_after_the_rows_before_it(string extension)
    {
        string path = Path.Combine(folder, "cut" + extension);
        byte[] whole = TwoMembers(path, out int firstMember);
        List<object?> seen = [];
        for (int length = 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            if (length == firstMember)
            {
                Assert.Equal(200, Rows(path).Count());
                continue;
            }
            seen.Clear();
            var error = Assert.Throws<DataFormatException>(() => { foreach (ExperimentRow row in Rows(path)) seen.Add(row["A"]); });
            Assert.StartsWith($"'{path}': the file is damaged", error.Message, StringComparison.Ordinal);
            Assert.EndsWith("the gzip data is truncated.", error.Message, StringComparison.Ordinal);
            Assert.Equal(Enumerable.Range(1, seen.Count).Cast<object?>(), seen);
            // The CSV reader looks some bytes ahead.
            if (length > firstMember) Assert.InRange(seen.Count, 150, 300);
        }
    }

    [Theory, MemberData(nameof(Extensions))]
    public void Every_flipped_bit_that_changes_a_row_is_an_error(string extension)
    {
        string path = Path.Combine(folder, "flipped" + extension);
        byte[] whole = TwoMembers(path, out _);
        int errors = 0;
        for (int i = 2; i < whole.Length; i++)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(path, flipped);
            // Nothing checks the time in a header and the bits that fill the last byte up.
            if (Record.Exception(() => Assert.Equal(Enumerable.Range(1, 300).Cast<object?>(), Rows(path).Select(row => row["A"]).ToArray())) is not { } error) continue;
            Assert.DoesNotContain("not a gzip file", Assert.IsType<DataFormatException>(error).Message, StringComparison.Ordinal);
            errors++;
        }
        Assert.InRange(errors, whole.Length - 30, whole.Length);
    }

    [Theory, MemberData(nameof(Extensions))]
    public void A_damaged_file_is_not_appended_to(string extension)
    {
        string path = Path.Combine(folder, "kept" + extension);
        byte[] whole = TwoMembers(path, out int firstMember), middle = [.. whole], trailer = [.. whole];
        middle[firstMember / 2] ^= 4;
        trailer[^6] ^= 4;
        foreach (byte[] damaged in new[] { whole[..^20], whole[..^8], whole[..^1], whole[..(firstMember + 4)], middle, trailer, [.. whole, 5] })
        {
            File.WriteAllBytes(path, damaged);
            Assert.StartsWith($"'{path}': the file is damaged", Assert.Throws<DataFormatException>(() => Append(path, 5)).Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(path));
            Assert.Equal([path], Directory.GetFiles(folder));
        }
    }

    [Fact]
    public void A_header_with_all_fields_and_zeros_after_a_member_are_read()
    {
        string path = Path.Combine(folder, "fields.csv.gz");
        byte[] plain = Pack("A\n1\n"u8.ToArray());
        byte[] fields = [0x1f, 0x8b, 8, 1 + 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 0, 2, .. "name\0remark\0"u8, 7, 7, .. plain.AsSpan(10)];
        File.WriteAllBytes(path, [.. fields, 0, 0, 0, .. Pack("2\n"u8.ToArray()), 0, 0]);
        Assert.Equal([1, 2], Rows(path).Select(row => row["A"]));
        Append(path, 3);
        Assert.Equal([1, 2, 3], Rows(path).Select(row => row["A"]));
    }

    [Fact]
    public void Members_are_unpacked_wherever_the_data_is_split()
    {
        var random = new Random(1);
        for (int trial = 0; trial < 200; trial++)
        {
            byte[][] parts = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new byte[random.Next(trial == 0 ? 300_000 : 300)])];
            foreach (byte[] part in parts) random.NextBytes(part.AsSpan(0, part.Length / 2));
            byte[] packed = [.. parts.SelectMany(Pack)];
            using var reader = new GZipReader(new Pieces(new MemoryStream(packed), trial % 20 + 1), "x.gz");
            using var unpacked = new MemoryStream();
            reader.CopyTo(unpacked);
            Assert.Equal(parts.SelectMany(part => part), unpacked.ToArray());
        }
    }

    private static IEnumerable<ExperimentRow> Rows(string path) => ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken);

    private static void Append(string path, params int[] values)
    {
        using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken);
        foreach (int value in values) writer.Write(new ExperimentRow(["A"], [value]));
        writer.Complete();
    }

    private static byte[] TwoMembers(string path, out int firstMember)
    {
        Append(path, [.. Enumerable.Range(1, 200)]);
        firstMember = (int)new FileInfo(path).Length;
        Append(path, [.. Enumerable.Range(201, 100)]);
        return File.ReadAllBytes(path);
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(content);
        return packed.ToArray();
    }

    private sealed class Pieces(Stream inner, int size) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => inner.Read(buffer[..Math.Min(size, buffer.Length)]);
    }
}
