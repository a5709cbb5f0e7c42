using System.Buffers.Binary;
using System.Text;

namespace ReparamPS.Native;

/// <summary>Reads 64-bit little-endian ELF shared libraries: whether a file is whole, and what it imports. Layout: System V gABI.</summary>
internal static class ElfFile
{
    private const int HeaderSize = 64, SymbolSize = 24;
    private const uint DynamicSymbols = 11, SymbolVersions = 0x6fffffff;
    private const int GlobalBinding = 1;

    /// <summary>Whether a file contains its whole section table, which linkers write last. The loader maps a truncated library without a check, and the process ends with a bus error.</summary>
    public static bool IsWhole(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return false;
        ulong sections = BinaryPrimitives.ReadUInt64LittleEndian(header[0x28..]);
        ushort size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3a..]), count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3c..]);
        return IsElf(header) && sections + (ulong)(size * count) <= (ulong)file.Length;
    }

    /// <summary>
    /// The symbols that a library needs from others and that have no version: those of libraries in C++ that come without a version script, such as libtorch.
    /// The loader checks symbols with a version when it loads the library, but resolves these at the first call, and a missing one ends the process.
    /// </summary>
    public static IReadOnlyList<string> UnversionedImports(string path)
    {
        byte[] image = File.ReadAllBytes(path);
        if (image.Length < HeaderSize || !IsElf(image)) return [];
        List<Section> sections = [.. Sections(image)];
        if (sections.Find(section => section.Type == DynamicSymbols) is not { Size: > 0 } symbols) return [];
        Section names = sections[symbols.Link], versions = sections.Find(section => section.Type == SymbolVersions);
        List<string> imports = [];
        for (int index = 1; index < symbols.Size / SymbolSize; index++)
        {
            ReadOnlySpan<byte> symbol = image.AsSpan(symbols.Offset + (index * SymbolSize), SymbolSize);
            bool isDefined = BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]) != 0, isGlobal = symbol[4] >> 4 == GlobalBinding;
            bool hasVersion = versions.Size > 0 && (BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(versions.Offset + (index * 2))) & 0x7fff) > 1;
            if (!isDefined && isGlobal && !hasVersion) imports.Add(Text(image, names.Offset + BinaryPrimitives.ReadInt32LittleEndian(symbol)));
        }
        return imports;
    }

    private static bool IsElf(ReadOnlySpan<byte> header) => header[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]);

    private static IEnumerable<Section> Sections(byte[] image)
    {
        int start = (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(0x28));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(0x3a)), count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(0x3c));
        for (int index = 0; index < count; index++)
        {
            int header = start + (index * size);
            yield return new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(header + 4)), (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(header + 0x18)),
                (int)BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(header + 0x20)), BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(header + 0x28)));
        }
    }

    private static string Text(byte[] image, int offset) => Encoding.ASCII.GetString(image, offset, Array.IndexOf(image, (byte)0, offset) - offset);

    private readonly record struct Section(uint Type, int Offset, int Size, int Link);
}
