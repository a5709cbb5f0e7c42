using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

public sealed partial class TransformedDistribution
{
    /// <summary>The base with the event dimensions that the transforms need, and the resulting shapes.</summary>
    private sealed record Plan(Distribution Base, ComposeTransform Chain, long[] BatchShape, long[] EventShape)
    {
        public static Plan Of(Distribution source, IReadOnlyList<Transform> transforms)
        {
            var chain = new ComposeTransform(transforms);
            long[] shape = [.. source.BatchShape, .. source.EventShape];
            int eventDims = source.EventShape.Length, needed = chain.Domain.EventDims;
            if (shape.Length < needed)
                throw new ShapeMismatchException($"{string.Join(", ", transforms.Select(transform => transform.Name))} needs {(needed == 1 ? "vectors" : $"values with at least {TensorShapes.Dimensions(needed)}")}, but {(shape.Length == 0 ? $"draws of {source.Name} are single numbers" : $"{source.Name} has the shape {TensorShapes.Format(shape)}")}. {(needed == 1 ? "Give BaseDistribution a batch, as in (New-NormalDistribution (0, 0) 1)." : "Give BaseDistribution that many dimensions.")}", nameof(source));
            long[] forward = chain.ForwardShape(shape), expanded = chain.InverseShape(forward);
            if (!expanded.SequenceEqual(shape)) source = source.Expand(expanded[..^eventDims]);
            if (needed > eventDims) source = new Independent(source, needed - eventDims);
            int dims = Math.Max(chain.Codomain.EventDims, eventDims + chain.Codomain.EventDims - needed);
            return new Plan(source, chain, forward[..^dims], forward[^dims..]);
        }

        /// <summary>The plan, if the values of the base fit the transforms.</summary>
        public Plan Checked(Distribution given)
        {
            DomainCheck.Require(given.Support, given, () => zeros([.. Base.BatchShape, .. Base.EventShape], Base.DType, Base.Device), Chain.Parts);
            return this;
        }
    }
}
