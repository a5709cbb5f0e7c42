using ReparamPS.Native;

namespace ReparamPS.Core.Tests.Native;

public sealed class LoadedModulesTests
{
    [Theory]
    [InlineData("7f00-7f01 r-xp 00000000 08:01 42                         /a b/libtorch_cpu.so", "/a b/libtorch_cpu.so")]
    [InlineData("7f00-7f01 r-xp 00000000 08:01 42                         /a b/libtorch_cpu.so (deleted)", "/a b/libtorch_cpu.so")]
    [InlineData("7f00-7f01 rw-p 00000000 00:00 0                          [heap]", "")]
    public void The_path_of_a_library_is_what_it_was_loaded_from(string line, string path) => Assert.Equal(path, LoadedModules.PathIn(line));
}
