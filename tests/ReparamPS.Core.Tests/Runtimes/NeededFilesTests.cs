using ReparamPS.Runtimes;

namespace ReparamPS.Core.Tests.Runtimes;

public sealed class NeededFilesTests
{
    [Theory]
    [InlineData("libtorch_cpu.so", true)]
    [InlineData("libgomp-98b21ff3.so.1", true)]
    [InlineData("libcudnn_engines_precompiled.so.9", true)]
    [InlineData("libcublasLt.so.12", true)]
    [InlineData("libtorch_cuda.so.sha", false)]
    [InlineData("libtorch_python.so", false)]
    [InlineData("libjitbackend_test.so", false)]
    [InlineData("libtorchbind_test.so", false)]
    [InlineData("libtorch_global_deps.so", false)]
    [InlineData("libLibTorchSharp.so", false)]
    [InlineData("TorchSharp.dll", false)]
    public void Only_libraries_that_tensors_need_are_installed(string name, bool isNeeded)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        Assert.Equal(isNeeded, NeededFiles.Contains(name));
    }
}
