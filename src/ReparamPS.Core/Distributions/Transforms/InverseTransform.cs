using Newtonsoft.Json;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>The inverse of a transform.</summary>
public sealed class InverseTransform : Transform
{
    private readonly Transform forward;

    internal InverseTransform(Transform forward) : base($"Inverse{forward.Name}", forward.Codomain, forward.Domain, forward.IsBijective) => this.forward = forward;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Transform Inv => forward;

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => forward.InverseShape(shape);

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => forward.ForwardShape(shape);

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsMonotone => forward.IsMonotone;

    /// <inheritdoc/>
    public override Tensor Sign(Tensor like) => forward.Sign(like);

    /// <inheritdoc/>
    public override string ToString() => $"{forward}.Inv";

    internal override Transform? WithRows(Func<Tensor, Tensor> choose) => forward.WithRows(choose)?.Inv;

    internal override bool MovesAt(Tensor x, Tensor y) => forward.MovesAt(y, x);

    /// <inheritdoc/>
    protected override object[] Key => [forward];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => forward.Inverse(x);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => forward.Forward(y);

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => -forward.LogAbsDetJacobian(y, x);
}
