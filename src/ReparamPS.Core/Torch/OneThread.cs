using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Keeps libtorch's operations to the calling thread until disposed: small operations lose more to waiting for a second thread than they gain.</summary>
internal sealed class OneThread : IDisposable
{
    private readonly int threads = get_num_threads();

    /// <summary>Begins.</summary>
    public OneThread() => set_num_threads(1);

    /// <inheritdoc/>
    public void Dispose() => set_num_threads(threads);
}
