using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Keeps libtorch's operations to the calling thread until disposed: for small operations, waiting for a second thread costs more than it saves.</summary>
internal sealed class OneThread : IDisposable
{
    private readonly int threads = get_num_threads();

    /// <summary>Limits libtorch to one thread.</summary>
    public OneThread() => set_num_threads(1);

    /// <inheritdoc/>
    public void Dispose() => set_num_threads(threads);
}
