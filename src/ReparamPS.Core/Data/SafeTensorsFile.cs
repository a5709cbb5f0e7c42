using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReparamPS.Messages;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Data;

/// <summary>
/// Tensors in the safetensors format: eight bytes of length, a JSON header, the values. A file contains no executable code, and Python's library can read it.
/// A hash of header and values in the header's metadata detects damage. Source: https://github.com/huggingface/safetensors#format.
/// </summary>
public static class SafeTensorsFile
{
    /// <summary>The extension of these files.</summary>
    public const string Extension = ".safetensors";

    private const string MetadataName = "__metadata__", HashName = "sha256", FormatName = "format", OwnFormats = "ReparamPS.";
    private const long LargestHeader = 100_000_000;
    private static readonly string NoHash = new('0', 64);

    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = ScalarType.Float64, ["F32"] = ScalarType.Float32, ["I64"] = ScalarType.Int64, ["U8"] = ScalarType.Byte,
    };

    /// <summary>Refuses a file that a user wants to write under the extension of another format, or that cannot be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="existing">What happens to an existing file.</param>
    /// <exception cref="ArgumentException">The extension is another one.</exception>
    public static void CheckTarget(string path, ExistingFile existing)
    {
        if (!path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"Path must end in {Extension}; got {ShortText.Quoted(path)}.", nameof(path));
        AtomicFile.CheckTarget(path, existing);
    }

    /// <summary>Writes tensors; the file appears complete or not at all.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="tensors">The tensors, of types float64, float32, int64 or uint8.</param>
    /// <param name="metadata">Texts to store with them.</param>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        (string Name, Tensor Value)[] all = [.. tensors.Select(entry => (entry.Name, entry.Value.detach().cpu().contiguous()))];
        byte[] header = Header(all, new Dictionary<string, string>(metadata) { [HashName] = NoHash });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        foreach ((_, Tensor value) in all) hash.AppendData(value.bytes);
        Exchange(header, NoHash, Hex(hash.GetHashAndReset()));
        using var file = new AtomicFile(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Stream.Write(length);
        file.Stream.Write(header);
        foreach ((_, Tensor value) in all) file.Stream.Write(value.bytes);
        file.Commit();
    }

    /// <summary>Reads a file. The tensors are on the CPU, and the caller owns them.</summary>
    /// <exception cref="DataFormatException">The file is truncated, damaged or of another format.</exception>
    public static (IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        NativeLibraries.LoadTorch();
        using FileStream stream = Open(path);
        (byte[] header, List<Entry> entries, Dictionary<string, string> metadata) = ReadHeader(path, stream);
        string? hash = metadata.GetValueOrDefault(HashName);
        if (hash is null && metadata.GetValueOrDefault(FormatName)?.StartsWith(OwnFormats, StringComparison.Ordinal) == true)
            throw new DataFormatException(path, "its hash is missing, so the file was changed after this module wrote it. Use the original file.");
        if (hash is not null) Exchange(header, hash, NoHash);
        return (ReadTensors(path, stream, entries, header, hash), metadata);
    }

    /// <summary>Reads the texts of a file without its tensors, so that the hash is not checked.</summary>
    /// <exception cref="DataFormatException">The file is truncated, damaged or of another format.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using FileStream stream = Open(path);
        return ReadHeader(path, stream).Metadata;
    }

    private static FileStream Open(string path)
    {
        RegularFile.CheckReadable(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
    }

    private static (byte[] Header, List<Entry> Entries, Dictionary<string, string> Metadata) ReadHeader(string path, FileStream stream)
    {
        Span<byte> length = stackalloc byte[8];
        if (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8) throw NotThis(path, "it ends within its first eight bytes");
        if (ZipMark.Matches(length)) throw NotThis(path, ZipMark.Said);
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (headerLength is < 2 or > LargestHeader) throw NotThis(path, $"its header would have {headerLength} bytes; allowed are 2 to {LargestHeader}");
        if (headerLength > stream.Length - 8) throw new DataFormatException(path, "the safetensors file is truncated within its header. Use an intact copy.");
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        if (header[0] != '{') throw NotThis(path, "its header is not a JSON object");
        long dataLength = stream.Length - stream.Position;
        (List<Entry> entries, Dictionary<string, string> metadata) = ParseHeader(path, header, dataLength);
        return (header, entries, metadata);
    }

    private static DataFormatException NotThis(string path, string reason) => new(path, $"not a safetensors file: {reason}.") { IsOtherFormat = true };

    // The hash itself counts as zeros. Quotes in texts are escaped, so no text can look like this.
    private static void Exchange(byte[] header, string from, string to)
    {
        byte[] place = Encoding.UTF8.GetBytes($"\"{HashName}\":\"{from}\"");
        int at = header.AsSpan().IndexOf(place);
        if (at >= 0 && from.Length == to.Length) Encoding.UTF8.GetBytes(to).CopyTo(header, at + HashName.Length + 4);
    }

    private static byte[] Header((string Name, Tensor Value)[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            foreach ((string name, string text) in metadata) json.WriteString(name, text);
            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, Tensor value) in tensors)
            {
                long end = offset + value.bytes.Length;
                json.WriteStartObject(name);
                json.WriteString("dtype", Types.First(type => type.Value == value.dtype).Key);
                json.WriteStartArray("shape");
                foreach (long size in value.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static (List<Entry>, Dictionary<string, string>) ParseHeader(string path, byte[] header, long dataLength)
    {
        List<Entry> entries = [];
        Dictionary<string, string> metadata = [];
        HashSet<string> names = [];
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name)) throw new DataFormatException(path, $"the safetensors header has '{ShortText.Of(property.Name)}' twice. Use an intact copy.");
                if (property.Name == MetadataName)
                {
                    foreach (JsonProperty text in property.Value.EnumerateObject())
                        if (!metadata.TryAdd(text.Name, text.Value.GetString() ?? "")) throw new DataFormatException(path, $"the safetensors metadata has '{ShortText.Of(text.Name)}' twice. Use an intact copy.");
                    continue;
                }
                string type = property.Value.GetProperty("dtype").GetString() ?? "";
                if (!Types.TryGetValue(type, out ScalarType dtype)) throw new DataFormatException(path, $"the type of tensor '{ShortText.Of(property.Name)}' must be one of {string.Join(", ", Types.Keys)}; got {ShortText.Quoted(type)}.") { IsOtherFormat = true };
                long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
                long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
                if (offsets.Length != 2) throw new DataFormatException(path, $"tensor '{ShortText.Of(property.Name)}' has {offsets.Length} data_offsets; it needs two: start and end. Use an intact copy.");
                entries.Add(new Entry(property.Name, dtype, shape, offsets[0], offsets[1]));
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DataFormatException(path, $"not a safetensors file, because its header cannot be read ({JsonFault.Of(error).TrimEnd('.')}). Use an intact copy.", error);
        }
        long at = 0;
        foreach (Entry entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != at || entry.Shape.Any(size => size < 0) || (UInt128)(entry.End - entry.Begin) != Size(entry))
                throw new DataFormatException(path, $"the data_offsets of tensor '{ShortText.Of(entry.Name)}' do not match its shape {TensorShapes.Format(entry.Shape)}. Use an intact copy.");
            at = entry.End;
        }
        if (at != dataLength) throw new DataFormatException(path, $"the safetensors file {(at > dataLength ? "is truncated" : "is too long")}: its header requires {at} bytes of values, but the file holds {dataLength}. Use an intact copy.");
        return (entries, metadata);
    }

    private static Dictionary<string, Tensor> ReadTensors(string path, FileStream stream, List<Entry> entries, byte[] header, string? expectedHash)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        Dictionary<string, Tensor> tensors = [];
        foreach (Entry entry in entries.OrderBy(entry => entry.Begin))
        {
            Tensor value = empty(entry.Shape, entry.DType, CPU);
            stream.ReadExactly(value.bytes);
            hash.AppendData(value.bytes);
            tensors[entry.Name] = value;
        }
        if (expectedHash is not null && Hex(hash.GetHashAndReset()) != expectedHash) throw new DataFormatException(path, "the file is damaged or was changed: its stored hash differs from the hash of its content. Use an intact copy.");
        foreach (Tensor value in tensors.Values) value.MoveToOuterDisposeScope();
        return tensors;
    }

    // In bytes, clamped at the largest file size, so that no shape can overflow it.
    private static UInt128 Size(Entry entry)
    {
        UInt128 size = entry.DType switch { ScalarType.Float32 => 4, ScalarType.Byte => 1, _ => 8 };
        if (entry.Shape.Contains(0)) return 0;
        foreach (long length in entry.Shape) size = size > long.MaxValue ? size : size * (UInt128)length;
        return size;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    private sealed record Entry(string Name, ScalarType DType, long[] Shape, long Begin, long End);
}
