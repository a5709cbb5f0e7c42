using System.Text.RegularExpressions;

namespace ReparamPS.Runtimes;

/// <summary>Which files of a libtorch are installed.</summary>
internal static partial class NeededFiles
{
    private static readonly string Extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";

    /// <summary>Whether a file is a native library that tensors need: libtorch, OpenMP and CUDA, without the Python binding and libtorch's own tests.</summary>
    public static bool Contains(string fileName) => Known().IsMatch(fileName) && fileName.Contains(Extension, StringComparison.Ordinal) && !Unneeded().IsMatch(fileName);

    [GeneratedRegex(@"^(lib)?(c10|torch|caffe2_nvrtc|gomp|iomp|omp|uv|asmjit|fbgemm|cu(da|dnn|blas|fft|rand|solver|sparse|pti|file)|nv|nccl|zlibwapi)", RegexOptions.CultureInvariant)]
    private static partial Regex Known();

    [GeneratedRegex(@"python|_test\.|global_deps|\.sha$", RegexOptions.CultureInvariant)]
    private static partial Regex Unneeded();
}
