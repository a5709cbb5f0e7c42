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
            if (shape.Length < needed) throw TooFewDimensions(source, transforms, shape, needed);
            long[] forward = chain.ForwardShape(shape), expanded = chain.InverseShape(forward);
            if (!expanded.SequenceEqual(shape)) source = source.Expand(expanded[..^eventDims]);
            if (needed > eventDims) source = new Independent(source, needed - eventDims);
            int dims = Math.Max(chain.Codomain.EventDims, eventDims + chain.Codomain.EventDims - needed);
            return new Plan(source, chain, forward[..^dims], forward[^dims..]);
        }

        private static ShapeMismatchException TooFewDimensions(Distribution source, IReadOnlyList<Transform> transforms, long[] shape, int needed)
        {
            string names = string.Join(", ", transforms.Select(transform => transform.Name)), needing = transforms.Count == 1 ? $"{names} needs" : $"The transforms {names} need";
            string draws = shape.Length == 0 ? "are single numbers" : $"have the shape {TensorShapes.Format(shape)}";
            string example = needed switch { 1 => ", as in (New-NormalDistribution (0, 0) 1)", 2 => ", as in (New-NormalDistribution ((0, 0), (0, 0)) 1)", _ => "" };
            string advice = needed == 1 ? "a batch" : $"a batch, so that its draws have {TensorShapes.Dimensions(needed)}";
            return new ShapeMismatchException($"{needing} {(needed == 1 ? "vectors" : $"values with at least {TensorShapes.Dimensions(needed)}")}, but draws of {source.Name} {draws}. Give BaseDistribution {advice}{example}.", nameof(source));
        }

        /// <summary>The plan, if the values of the base fit the transforms.</summary>
        public Plan Checked(Distribution given)
        {
            DomainCheck.Require(given.Support, given, () => zeros([.. Base.BatchShape, .. Base.EventShape], Base.DType, Base.Device), Chain.Parts);
            return this;
        }
    }
}
