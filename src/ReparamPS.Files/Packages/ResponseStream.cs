using ReparamPS.Data;

namespace ReparamPS.Packages;

/// <summary>The content of a response, which it owns. A broken connection is an IOException.</summary>
/// <param name="response">The response; disposed with this stream.</param>
/// <param name="content">Its content.</param>
/// <param name="wait">Waits for a read as long as is reasonable, or until somebody cancels it.</param>
internal sealed class ResponseStream(HttpResponseMessage response, Stream content, Func<Func<CancellationToken, Task<int>>, int> wait) : ForwardStream
{
    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return wait(token => content.ReadAsync(buffer.AsMemory(offset, count), token).AsTask());
        }
        catch (HttpRequestException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) response.Dispose();
        base.Dispose(disposing);
    }
}
