using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

// How the public members evaluate the formulas that a class overrides: in which precision, over which shape, and with what outside the support.
public abstract partial class Distribution
{
    // Noise, a temporary and the draws are in memory together.
    private const double CopiesOfDraws = 3;

    private Tensor DrawFrom(long[] sampleShape, RandomSource? random)
    {
        if (sampleShape.Any(size => size < 0)) throw new ShapeMismatchException($"The sizes of a sample shape must be at least 0; got {TensorShapes.Format(sampleShape)}.", nameof(sampleShape));
        RequireTensors();
        using var own = random is null ? new RandomSource(null, Device) : null;
        long[] shape = [.. sampleShape, .. batchShape, .. EventShape];
        MemoryLimit.Check(CopiesOfDraws * TensorShapes.RealCount(shape), DType == ScalarType.Float64 ? sizeof(double) : sizeof(float));
        using var scope = NewDisposeScope();
        return Fresh(Draw(shape, random ?? own!)).MoveToOuterDisposeScope();
    }

    // A tensor that the caller has disposed of would fail without the parameter's name.
    private void RequireTensors()
    {
        foreach (DistributionParameter parameter in Parameters)
        {
            if (parameter.Value.IsInvalid) throw new InvalidOperationException($"The tensor given as {parameter.Name} of {Name} has been disposed. Create the distribution again, and do not dispose its tensors while it is used.");
        }
    }

    // Except for draws, a float32 distribution computes in float64 and rounds once: float32 has too few digits for tails, quantiles and differences.
    private Distribution InDouble() => To(Device, ScalarType.Float64);

    private Tensor OverBatch(Func<Distribution, Tensor> compute, long[] eventShape)
    {
        RequireTensors();
        using var scope = NewDisposeScope();
        Tensor result = DType == ScalarType.Float32 ? compute(InDouble()).to(DType) : compute(this);
        return Fresh(TensorShapes.ExpandTo(result, [.. batchShape, .. eventShape])).MoveToOuterDisposeScope();
    }

    private Tensor AtValue(Tensor value, Func<Distribution, Tensor, Tensor> compute, SlopeLimits limits, Constraint? ends = null, bool isInDouble = true)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireTensors();
        if (!TensorShapes.TryBroadcast(value.shape, [.. batchShape, .. EventShape], out long[] full))
        {
            throw new ShapeMismatchException(
                $"Numbers of shape {TensorShapes.Format(value.shape)} do not broadcast with the batch shape {TensorShapes.Format(batchShape)}{(EventShape.Length > 0 ? $" and the event shape {TensorShapes.Format(EventShape)}" : "")}. {(EventShape.Length == 0 && batchShape is [var count] ? $"Give one number, or {count} numbers, one per distribution." : TensorShapes.BroadcastRule)}",
                nameof(value));
        }
        using var scope = NewDisposeScope();
        Tensor given = value.dtype == DType ? value : value.to(DType);
        long[] batch = full[..^EventShape.Length];
        Tensor Evaluate(Distribution self, Tensor at) => SteepRows.Compute(self, at, batch, ends ?? self.Support, compute, limits);
        Tensor result = isInDouble && DType == ScalarType.Float32 ? Evaluate(InDouble(), given.to(ScalarType.Float64)).to(DType) : Evaluate(this, given);
        return Fresh(TensorShapes.ExpandTo(result, batch), value).MoveToOuterDisposeScope();
    }

    // As in PyTorch, values broadcast over the batch only: a number that is spread over an event would get a density that nobody asked for.
    private Tensor OfEvents(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.shape.TakeLast(EventShape.Length).SequenceEqual(EventShape)) return value;
        string given = TensorShapes.Said(value.shape);
        string advice = ReferenceEquals(Type.Support, Constraints.Constraints.OneHot) ? " For the index of a category, use Categorical." : "";
        throw new ShapeMismatchException($"A value of {Name} must have the shape {TensorShapes.Format(EventShape)}, and several values a shape that ends with it; got {given}.{advice}", nameof(value));
    }

    private static Tensor LogProbSlope(Distribution at, Tensor result, Tensor slope, bool isInInput) => slope;

    // Where a probability has reached 0 or 1 far out, 0 · ∞ is left of its slope.
    private static Tensor TailSlope(Distribution at, Tensor result, Tensor slope, bool isInInput) => slope.masked_fill(slope.isnan() & ((result == 0) | (result == 1)), 0);

    private static Tensor LogTailSlope(Distribution at, Tensor result, Tensor slope, bool isInInput) => slope.masked_fill(slope.isnan() & (result == 0), 0);

    // A quantile moves by the reciprocal of the density, and an end that no parameter moves stays.
    private static Tensor QuantileSlope(Distribution at, Tensor result, Tensor slope, bool isInInput)
    {
        if (isInInput) return TensorChoice.Where(slope.isnan(), (-at.LogProb(result)).exp(), slope);
        return at.Support.DependsOnParameters ? slope : slope.masked_fill(slope.isnan() & result.isfinite(), 0);
    }

    // The caller disposes the result, so it must not be a tensor that is in use elsewhere.
    private Tensor Fresh(Tensor result, Tensor? value = null) =>
        ReferenceEquals(result, value) || Parameters.Any(parameter => ReferenceEquals(parameter.Value, result)) ? result.alias() : result;

    // Outside the support, and where its logarithm is −∞, a tail is flat, but the formula's derivatives can be NaN there. The formula gets other values instead.
    private Tensor Flattened(Tensor value, Func<Tensor, Tensor> compute)
    {
        Tensor result = compute(value), isNaN = value.ne(value);
        if (TensorQuestions.Any(isNaN)) result = TensorChoice.Where(isNaN, double.NaN, result);
        if (!result.requires_grad || !TensorQuestions.HasValues(result)) return result;
        Constraint support = Support;
        Tensor isFlat = (result == double.NegativeInfinity) | value.isinf();
        if (!support.IsDiscrete) isFlat |= ~(IsInside(support, value) | value.isnan());
        return TensorQuestions.Any(isFlat) ? where(isFlat, result.detach(), compute(where(isFlat, support.InteriorPoint(value), value))) : result;
    }

    /// <summary>Whether a parameter moves the smallest or the largest draw.</summary>
    internal virtual bool HasMovingEnds => Support.DependsOnParameters;

    // At probabilities 0 and 1, the quantile is the smallest or the largest draw. If no parameter moves it, the slopes are 0, but the formula's can be NaN.
    private Tensor IcdfToEnds(Tensor probability)
    {
        if (is_grad_enabled() && probability.requires_grad && HasLogProb && !Support.IsDiscrete) return IcdfFromEnds(probability);
        Tensor result = ComputeIcdf(probability);
        if (!result.requires_grad || probability.requires_grad || HasMovingEnds || !TensorQuestions.HasValues(result)) return result;
        Tensor isEnd = (probability == 0) | (probability == 1);
        return TensorQuestions.Any(isEnd) ? where(isEnd, result.detach(), ComputeIcdf(where(isEnd, 0.5, probability))) : result;
    }

    // Where a probability is 0 or 1, a formula can leave its slope 0. The quantile moves by the reciprocal of the density at the end.
    private Tensor IcdfFromEnds(Tensor probability)
    {
        Tensor isEnd = (probability == 0) | (probability == 1);
        if (!TensorQuestions.Any(isEnd)) return ComputeIcdf(probability);
        Tensor result = ComputeIcdf(TensorChoice.Where(isEnd, probability.detach(), probability)), slope;
        using (no_grad()) slope = (-LogProb(result.detach())).exp();
        Tensor ends = TensorChoice.Where(isEnd, probability, 0).expand_as(result), isInfinite = slope == double.PositiveInfinity;
        return LogProducts.InfiniteSlope(result + (ends - ends.detach()) * slope.nan_to_num(0, 0, 0), ends, isInfinite);
    }

    // A float32 probability stands for those that are rounded to it: a CDF reaches it if it does as a float32.
    private static Tensor LeastRoundedTo(Tensor probability)
    {
        using var noGrad = no_grad();
        Tensor single = probability.to(ScalarType.Float32), before = single.nextafter(zeros_like(single)).to(probability.dtype);
        return TensorChoice.Where((probability > 0) & (probability < 1), (before + probability) / 2, probability);
    }

    // At bounds that do not depend on parameters, the function is as flat as outside.
    private static Tensor IsInside(Constraint support, Tensor value) => support.DependsOnParameters
        ? support.Check(value)
        : support.Check(value.nextafter(full_like(value, double.NegativeInfinity))) & support.Check(value.nextafter(full_like(value, double.PositiveInfinity)));

    private Tensor LogProbInside(Tensor value) => Type.IsLogProbInDouble && DType == ScalarType.Float32
        ? InDouble().ComputeLogProb(value.to(ScalarType.Float64)).to(DType)
        : ComputeLogProb(value);

    // Values outside the support are replaced before the formula is evaluated. It would yield NaN there, and where() propagates NaN gradients.
    private Tensor ComputeLogProbAnywhere(Tensor value)
    {
        Constraint support = Support;
        if (support.IsMetBy(value)) return LogProbInside(value);
        Tensor inside = support.Check(value);
        Tensor mask = inside;
        for (int i = 0; i < support.EventDims; i++) mask = mask.unsqueeze(-1);
        Tensor result = LogProbInside(TensorChoice.Where(mask, value, support.InteriorPoint(value)));
        Tensor isNaN = value.isnan();
        for (int i = 0; i < support.EventDims; i++) isNaN = isNaN.any(-1);
        for (int i = support.EventDims; i < EventShape.Length; i++) (inside, isNaN) = (inside.all(-1), isNaN.any(-1));
        Tensor outside = TensorChoice.Where(isNaN, result.new_full([], double.NaN), result.new_full([], double.NegativeInfinity));
        return TensorChoice.Where(inside, result, outside);
    }
}
