using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests;

public sealed class SafeTensorsFileTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("reparamps-tensors-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Tensors_keep_names_types_and_values()
    {
        string path = Example();
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensorsFile.Read(path);
        Assert.Equal("text", metadata["key"]);
        Assert.Equal([1.5, -2], ManagedValues.ToDoubles(tensors["float"]));
        Assert.Equal((ScalarType.Float64, 0.1), (tensors["double"].dtype, tensors["double"].item<double>()));
        Assert.Equal([0L, 3L], tensors["none"].shape);
    }

    [Fact]
    public void Python_reads_what_was_written_by_the_published_format()
    {
        string script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data/safetensors/read.py"));
        using JsonDocument read = JsonDocument.Parse(Python.Run(script, Example()));
        Assert.Equal("text", read.RootElement.GetProperty("metadata").GetProperty("key").GetString());
        JsonElement tensors = read.RootElement.GetProperty("tensors");
        string Of(string name) => tensors.GetProperty(name).ToString().Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal("""{"dtype":"F32","shape":[2],"values":[1.5,-2.0]}""", Of("float"));
        Assert.Equal("""{"dtype":"F64","shape":[1,1],"values":[0.1]}""", Of("double"));
        Assert.Equal("""{"dtype":"F32","shape":[0,3],"values":[]}""", Of("none"));
        Assert.Equal("""{"dtype":"I64","shape":[],"values":[7]}""", Of("integer"));
    }

    [Theory]
    [InlineData("{}", 1, "too long")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "too long")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "data_offsets of tensor 'b'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "data_offsets of tensor 'b'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "do not match its shape [3]. Use an intact copy.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "do not match its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "data_offsets of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "do not match its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "1 data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "3 data_offsets")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", 8, "got 'BF16'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":["NaN"],"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "cannot be read")]
    [InlineData("""{"a":3}""", 0, "not a safetensors file, because its header cannot be read (a value has the wrong type). Use an intact copy.")]
    [InlineData("""{"__metadata__":{"a":3}}""", 0, "cannot be read")]
    [InlineData("""{"__metadata__":"text"}""", 0, "cannot be read")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "'a' twice")]
    [InlineData("""{"__metadata__":{"format":"ReparamPS.Vae/2"}}""", 0, "hash is missing")]
    [InlineData("""{"a":""", 0, "cannot be read")]
    [InlineData(" {}", 0, "not a JSON object")]
    [InlineData("[[]]", 0, "not a JSON object")]
    public void A_file_against_the_format_is_refused(string header, int dataLength, string problem)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        Refused([.. Length(text.Length), .. text, .. new byte[dataLength]], problem);
    }

    [Fact]
    public void What_is_no_such_file_is_refused()
    {
        Refused([], "ends within its first eight bytes");
        Refused([1, 2, 3], "ends within its first eight bytes");
        Refused([.. Length(1000), (byte)'{', (byte)'}'], "truncated within its header");
        Refused([.. Length(long.MaxValue), (byte)'{', (byte)'}'], "header would have");
        Refused([.. Length(-1), (byte)'{', (byte)'}'], "header would have");
        Refused([.. Length(0)], "header would have");
        Refused([.. Length(2), 0xC3, 0x28], "not a JSON object");
        // How a file of PyTorch, old and new, and one of NumPy begin.
        Refused(Convert.FromHexString("80028A0A6CFC9C46F9206AA850192E"), "not a safetensors file");
        Refused(Encoding.Latin1.GetBytes("PK\x03\x04\0\0\b\b\0\0\0\0\0\0archive/data.pkl"), "not a safetensors file");
        Refused(Encoding.Latin1.GetBytes("\x93NUMPY\x01\0v\0{'descr': '<f8'}"), "not a safetensors file");
    }

    [Fact]
    public void Random_bytes_never_crash_the_reader()
    {
        string path = Example();
        byte[] good = File.ReadAllBytes(path);
        var random = new Random(8);
        for (int trial = 0; trial < 500; trial++)
        {
            byte[] bad = [.. good];
            for (int change = 0; change <= trial % 3; change++) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bad);
            Exception? error = Record.Exception(() => SafeTensorsFile.Read(path));
            Assert.True(error is null or DataFormatException, error?.ToString());
        }
    }

    private static byte[] Length(long length)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }

    private string Example()
    {
        string path = Path.Combine(root, "t.safetensors");
        using var scope = NewDisposeScope();
        SafeTensorsFile.Write(path, [("none", zeros(0, 3)), ("float", tensor(new[] { 1.5f, -2f })), ("double", tensor(new double[,] { { 0.1 } })), ("integer", tensor(7L))],
            new Dictionary<string, string> { ["key"] = "text" });
        return path;
    }

    private void Refused(byte[] bytes, string problem)
    {
        string path = Path.Combine(root, "bad.safetensors");
        File.WriteAllBytes(path, bytes);
        DataFormatException error = Assert.Throws<DataFormatException>(() => SafeTensorsFile.Read(path));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }
}
