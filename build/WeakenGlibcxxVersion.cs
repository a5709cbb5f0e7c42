using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF64 library and marks one entry of its needed symbol versions weak (VER_FLG_WEAK), so that the loader of a
/// system with an older libstdc++ (Debian 12, Ubuntu 22.04) accepts it. libLibTorchSharp.so asks for GLIBCXX_3.4.32 through one
/// symbol, _ZSt21ios_base_library_initv, to which it has no relocation: nothing of that version is ever called.
/// Layout: System V gABI, "Symbol Versioning" (Elf64_Verneed, Elf64_Vernaux).
/// </summary>
public class WeakenGlibcxxVersion : Task
{
    private const uint SectionTypeVersionNeeded = 0x6ffffffe;
    private const ushort Weak = 0x2;

    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }
    [Required] public string Version { get; set; }

    public override bool Execute()
    {
        if (File.Exists(Destination) && File.GetLastWriteTimeUtc(Destination) == File.GetLastWriteTimeUtc(Source)) return true;
        byte[] image = File.ReadAllBytes(Source);
        int weakened = MarkWeak(image);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} entry of {2} made weak", Destination, weakened, Version);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string temporary = Destination + ".tmp";
        File.WriteAllBytes(temporary, image);
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(Source));
        if (File.Exists(Destination)) File.Delete(Destination);
        File.Move(temporary, Destination);
        return true;
    }

    private int MarkWeak(byte[] image)
    {
        bool elf64LittleEndian = image.Length > 64 && BitConverter.ToUInt32(image, 0) == 0x464c457f && image[4] == 2 && image[5] == 1;
        if (!elf64LittleEndian) throw new InvalidDataException(Source + " is not a little-endian ELF64 file");
        long sections = BitConverter.ToInt64(image, 0x28);
        int sectionSize = BitConverter.ToUInt16(image, 0x3a), sectionCount = BitConverter.ToUInt16(image, 0x3c);
        int weakened = 0;
        for (int i = 0; i < sectionCount; i++)
        {
            int header = (int)sections + i * sectionSize;
            if (BitConverter.ToUInt32(image, header + 4) != SectionTypeVersionNeeded) continue;
            int strings = (int)BitConverter.ToInt64(image, (int)sections + BitConverter.ToInt32(image, header + 0x28) * sectionSize + 0x18);
            int need = (int)BitConverter.ToInt64(image, header + 0x18);
            for (int entries = BitConverter.ToInt32(image, header + 0x2c); entries > 0; entries--)
            {
                int aux = need + BitConverter.ToInt32(image, need + 8);
                for (int count = BitConverter.ToUInt16(image, need + 2); count > 0; count--)
                {
                    if (StringAt(image, strings + BitConverter.ToInt32(image, aux + 8)) == Version)
                    {
                        ushort flags = (ushort)(BitConverter.ToUInt16(image, aux + 4) | Weak);
                        image[aux + 4] = (byte)flags;
                        image[aux + 5] = (byte)(flags >> 8);
                        weakened++;
                    }
                    aux += BitConverter.ToInt32(image, aux + 12);
                }
                need += BitConverter.ToInt32(image, need + 12);
            }
        }
        return weakened;
    }

    private static string StringAt(byte[] image, int offset)
    {
        int end = Array.IndexOf(image, (byte)0, offset);
        return Encoding.ASCII.GetString(image, offset, end - offset);
    }
}
