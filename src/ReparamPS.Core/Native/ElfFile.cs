using System.Buffers.Binary;

namespace ReparamPS.Native;

/// <summary>Detects truncated ELF shared libraries. The loader maps them without a check, and the process ends with a bus error.</summary>
internal static class ElfFile
{
    private const int HeaderSize = 64;

    /// <summary>Whether a 64-bit little-endian ELF file contains its whole section table, which linkers write last.</summary>
    public static bool IsWhole(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return false;
        bool isElf = header[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]);
        ulong sections = BinaryPrimitives.ReadUInt64LittleEndian(header[0x28..]);
        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3a..]), count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3c..]);
        return isElf && sections + (ulong)(size * count) <= (ulong)file.Length;
    }
}
