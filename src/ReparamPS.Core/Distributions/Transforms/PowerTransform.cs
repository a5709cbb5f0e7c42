using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>y = x^Exponent on positive numbers.</summary>
public sealed class PowerTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="exponent">Not 0.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public PowerTransform(Tensor exponent, int cacheSize = 0) : base("Power", Positive, Positive, cacheSize: cacheSize)
    {
        Exponent = exponent;
        if (!NonZero.IsMetBy(exponent)) throw new ArgumentException($"Exponent must be a number other than 0; got {Violation.Of(NonZero, exponent)}.", nameof(exponent));
    }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Power", "y = x^Exponent", [new("Exponent", NonZero)], given => new PowerTransform(given.Tensor("Exponent"), given.Whole("CacheSize")));

    /// <summary>The exponent; not 0.</summary>
    [JsonIgnore]
    public Tensor Exponent { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsMonotone => true;

    /// <inheritdoc/>
    public override Tensor Sign(Tensor like) => AffineTransform.As(Exponent, like).sign();

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => BroadcastShape.Of(Name, shape, (nameof(Exponent), Exponent.shape));

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => BroadcastShape.Of(Name, shape, (nameof(Exponent), Exponent.shape));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}(Exponent: {TensorText.Brief(Exponent)})";

    internal override Transform? WithRows(Func<Tensor, Tensor> choose) => CacheSize == 0 ? new PowerTransform(choose(Exponent)) : null;

    internal override bool MovesAt(Tensor x, Tensor y) => Exponent.requires_grad && TensorQuestions.Any(x.isfinite() & (x != 0) & (x != 1));

    /// <inheritdoc/>
    protected override object[] Key => [Exponent];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.pow(AffineTransform.As(Exponent, x));

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y.pow(AffineTransform.As(Exponent, y).reciprocal());

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        Tensor exponent = AffineTransform.As(Exponent, x);
        return exponent.maximum(-exponent).log() + (exponent - 1) * x.log();
    }
}
