using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// Gradients of leaves. TorchSharp's <c>autograd.grad</c> ends the process if libtorch cannot differentiate. Its <c>autograd.backward</c> throws
/// an exception, but stores the gradients in the leaves, where this class collects them.
/// </summary>
internal static class Backward
{
    /// <summary>The gradient of a sum of results in each leaf; null if the results do not depend on it. The graph is kept.</summary>
    /// <param name="results">The results; those without a graph are ignored.</param>
    /// <param name="vectors">The weight of each element of the results.</param>
    /// <param name="leaves">Leaves whose gradients are not in use elsewhere.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch cannot differentiate.</exception>
    public static Tensor?[] Of(IReadOnlyList<Tensor> results, IReadOnlyList<Tensor> vectors, IReadOnlyList<Tensor> leaves)
    {
        int[] attached = [.. Enumerable.Range(0, results.Count).Where(i => results[i].requires_grad)];
        if (attached.Length == 0) return new Tensor?[leaves.Count];
        try
        {
            autograd.backward([.. attached.Select(i => results[i])], [.. attached.Select(i => vectors[i])], retain_graph: true, create_graph: false, inputs: [.. leaves]);
            // Some operations of libtorch, such as sign, return zeros without memory, which cannot be read. Adding allocates them.
            return [.. leaves.Select(leaf => leaf.grad?.add(0))];
        }
        finally
        {
            foreach (Tensor leaf in leaves) leaf.grad = null;
        }
    }
}
