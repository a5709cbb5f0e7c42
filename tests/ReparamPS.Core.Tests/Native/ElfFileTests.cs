using ReparamPS.Native;

namespace ReparamPS.Core.Tests.Native;

public sealed class ElfFileTests
{
    /// <summary>Counted: nm -D --undefined-only libLibTorchSharp.so | awk '$1 == "U" &amp;&amp; $2 !~ /@/'. The loader itself checks names with a version, those of libstdc++ and libc.</summary>
    private const int Imports = 1204;

    [Fact]
    public void The_imports_of_the_binding_are_those_that_nm_lists()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The binding is an ELF file on Linux only.");
        IReadOnlyList<string> symbols = ElfFile.UnversionedImports(LibTorch.FindBinding(LibTorchFolder.Choose()!)!);
        Assert.Equal(Imports, symbols.Count);
        Assert.Contains("_ZN2at13globalContextEv", symbols);
        Assert.All(symbols, symbol => Assert.StartsWith("_Z", symbol, StringComparison.Ordinal));
    }

    [Fact]
    public void Other_files_are_neither_whole_nor_do_they_import()
    {
        string text = Path.GetTempFileName();
        File.WriteAllText(text, new string('x', 1000));
        Assert.False(ElfFile.IsWhole(text));
        Assert.Empty(ElfFile.UnversionedImports(text));
        File.Delete(text);
    }
}
