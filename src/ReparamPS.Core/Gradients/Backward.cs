using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// Gradients of leaves. TorchSharp's <c>autograd.grad</c> ends the process where libtorch can't differentiate; its <c>autograd.backward</c> throws
/// as it should, but leaves the gradients in the leaves: this collects them from there.
/// </summary>
internal static class Backward
{
    /// <summary>The gradient of a sum of results in each leaf; null where they don't depend on it. The graph is kept.</summary>
    /// <param name="results">The results; those without a graph count nothing.</param>
    /// <param name="vectors">What each element of the results counts.</param>
    /// <param name="leaves">Leaves whose gradients nobody else needs.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch can't differentiate.</exception>
    public static Tensor?[] Of(IReadOnlyList<Tensor> results, IReadOnlyList<Tensor> vectors, IReadOnlyList<Tensor> leaves)
    {
        int[] attached = [.. Enumerable.Range(0, results.Count).Where(i => results[i].requires_grad)];
        if (attached.Length == 0) return new Tensor?[leaves.Count];
        try
        {
            autograd.backward([.. attached.Select(i => results[i])], [.. attached.Select(i => vectors[i])], retain_graph: true, create_graph: false, inputs: [.. leaves]);
            // libtorch has zeros without memory (those of sign, for one), which nothing can read: adding makes them real.
            using Tensor zero = zeros([], leaves[0].dtype, leaves[0].device);
            return [.. leaves.Select(leaf => leaf.grad is { } gradient ? gradient + zero : null)];
        }
        finally
        {
            foreach (Tensor leaf in leaves) leaf.grad = null;
        }
    }
}
