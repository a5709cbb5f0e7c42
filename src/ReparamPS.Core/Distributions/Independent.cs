using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// Another distribution, with batch dimensions reinterpreted as event dimensions: their log-probabilities are summed. Counterpart of
/// <c>torch.distributions.Independent</c>. Reparameterized if the base is.
/// </summary>
public sealed class Independent : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Independent",
        Reparameterization.Composition,
        Constraints.Constraints.Named("as the base, per element", 1),
        [
            new("BaseDistribution", Constraints.Constraints.Real)
            {
                Kind = ParameterKind.Distribution,
                Example = new ExampleFactory((dtype, device, grad) => new Normal(tensor(new[] { 0.5, -1.0 }, dtype, device, grad), tensor(new[] { 1.5, 0.5 }, dtype, device, grad))),
            },
            new("ReinterpretedBatchNdims", Constraints.Constraints.NonNegativeInteger) { Kind = ParameterKind.Integer, Example = 1L, IsReparameterized = false },
        ],
        given => new Independent(given.Value<Distribution>("BaseDistribution"), given.Whole("ReinterpretedBatchNdims")))
    {
        Density = "Π p(x_i), p the density of the base",
        Moments = "those of the base",
        Source = "torch.distributions.Independent",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="baseDistribution">The distribution of the parts.</param>
    /// <param name="reinterpretedBatchNdims">The number of its last batch dimensions that become event dimensions.</param>
    public Independent(Distribution baseDistribution, int reinterpretedBatchNdims)
        : base(Definition, baseDistribution, Split(baseDistribution, reinterpretedBatchNdims), [.. baseDistribution.BatchShape[^reinterpretedBatchNdims..], .. baseDistribution.EventShape])
        => (BaseDistribution, ReinterpretedBatchNdims) = (baseDistribution, reinterpretedBatchNdims);

    /// <summary>The distribution of the parts.</summary>
    public Distribution BaseDistribution { get; }

    /// <summary>The number of its last batch dimensions that become event dimensions.</summary>
    public int ReinterpretedBatchNdims { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Constraints.Constraints.Independent(BaseDistribution.Support, ReinterpretedBatchNdims);

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasLogProb => BaseDistribution.HasLogProb;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasMoments => BaseDistribution.HasMoments;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasEntropy => BaseDistribution.HasEntropy;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool IsCircular => BaseDistribution.IsCircular;

    /// <inheritdoc/>
    public override bool HasRSample => BaseDistribution.HasRSample;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override Reparameterization Reparameterization => BaseDistribution.Reparameterization;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override IReadOnlyList<string> ReparameterizedParameters => HasRSample ? ["BaseDistribution"] : [];

    internal override IEnumerable<Tensor> Tensors => BaseDistribution.Tensors;

    /// <inheritdoc/>
    public override Distribution Expand(params long[] batch) => TensorShapes.BroadcastsTo(BatchShape, batch)
        ? new Independent(BaseDistribution.Expand([.. batch, .. EventShape[..ReinterpretedBatchNdims]]), ReinterpretedBatchNdims)
        : base.Expand(batch);

    internal override Distribution? WithRows(Func<Tensor, long[], Tensor> choose) =>
        BaseDistribution.WithRows((value, part) => choose(value, [.. EventShape[..ReinterpretedBatchNdims], .. part])) is { } rows ? new Independent(rows, ReinterpretedBatchNdims) : null;

    /// <inheritdoc/>
    public override Distribution To(Device device, ScalarType? dtype = null) => new Independent(BaseDistribution.To(device, dtype), ReinterpretedBatchNdims);

    /// <summary>The distribution as text, with the numbers of its parts.</summary>
    public string Text => ToString();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({BaseDistribution}, {ReinterpretedBatchNdims})";

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => BaseDistribution.Mean;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasMode => BaseDistribution.HasMode;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => BaseDistribution.Mode;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => BaseDistribution.Variance;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Transform.SumRightmost(BaseDistribution.Entropy, ReinterpretedBatchNdims);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => Transform.SumRightmost(BaseDistribution.LogProb(value), ReinterpretedBatchNdims);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        long[] sampleShape = shape[..^(BatchShape.Length + EventShape.Length)];
        return HasRSample ? BaseDistribution.RSample(sampleShape, random) : BaseDistribution.Sample(sampleShape, random);
    }

    private static long[] Split(Distribution source, int dims) => dims >= 0 && dims <= source.BatchShape.Length
        ? source.BatchShape[..^dims]
        : source.BatchShape.Length == 0 ? throw new ShapeMismatchException($"ReinterpretedBatchNdims must be 0, because {source.Name} has no batch dimensions; got {dims}.", "ReinterpretedBatchNdims")
        : throw new ShapeMismatchException($"ReinterpretedBatchNdims must be from 0 to {source.BatchShape.Length}, the number of batch dimensions of {source.Name}; got {dims}.", "ReinterpretedBatchNdims");
}
