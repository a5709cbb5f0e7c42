using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>A measured divergence or entropy of one element of a batch.</summary>
/// <param name="Measure">The measured quantity: KL, CrossEntropy, JensenShannon or Entropy.</param>
/// <param name="P">The distribution of the expectation.</param>
/// <param name="Q">The other distribution; empty for an entropy.</param>
/// <param name="Index">The element of the batch, as [i, j]; empty if there is only one.</param>
/// <param name="Value">The value in nats.</param>
/// <param name="StandardError">The standard error of an estimate; 0 for a closed form.</param>
/// <param name="Method">ClosedForm or MonteCarlo.</param>
/// <param name="Draws">The number of draws; 0 for a closed form.</param>
/// <param name="Seed">The seed that reproduces the estimate; null for a closed form.</param>
/// <param name="Generator">The generator of the draws; null for a closed form.</param>
public sealed record DivergenceRow(string Measure, string P, string Q, string Index, double Value, double StandardError, string Method, long Draws, long? Seed, RandomGenerator? Generator)
{
    /// <summary>One row per element of a batch.</summary>
    public static IEnumerable<DivergenceRow> Of(string measure, string p, string q, Tensor value, Tensor? standardError, long draws, RandomSeed? seed)
    {
        double[] values = ManagedValues.ToDoubles(value), errors = standardError is null ? [] : ManagedValues.ToDoubles(standardError);
        long[] shape = value.shape;
        for (int i = 0; i < values.Length; i++)
        {
            yield return new DivergenceRow(
                measure, p, q, TensorShapes.IndexText(i, shape), values[i], standardError is null ? 0 : errors[i], standardError is null ? "ClosedForm" : "MonteCarlo", draws, seed?.Value, seed?.Generator);
        }
    }
}
