using System.Buffers.Binary;
using System.IO.Compression;

namespace ReparamPS.Data;

/// <summary>Grey images as PNG, eight bits a pixel (ISO/IEC 15948).</summary>
public static class PngWriter
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint value = (uint)i;
        for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    })];

    /// <summary>Writes an image; the file appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">Grey levels, row by row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="existing">What happens to a file that is there already.</param>
    public static void Write(string path, byte[] pixels, int width, ExistingFile existing = ExistingFile.Replace)
    {
        int height = pixels.Length / width;
        using var file = new AtomicFile(path, existing);
        file.Stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        head[8] = 8;
        Chunk(file.Stream, "IHDR"u8, head);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0);
                zlib.Write(pixels, row * width, width);
            }
        }
        Chunk(file.Stream, "IDAT"u8, packed.ToArray());
        Chunk(file.Stream, "IEND"u8, []);
        file.Commit();
    }

    private static void Chunk(Stream stream, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        uint crc = 0xFFFFFFFF;
        foreach (byte value in type) crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        foreach (byte value in data) crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        stream.Write(number);
    }
}
