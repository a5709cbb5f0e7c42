using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference.Models;

/// <summary>
/// Log-densities of the most frequent fixed priors in unconstrained coordinates, with their derivatives by hand: they cost a small part of what tensors and a graph would.
/// Other priors go through automatic differentiation.
/// </summary>
internal sealed class PriorKernel
{
    private readonly Kind kind;
    private readonly double[] first, second;
    private readonly int offset;
    private readonly double constant;
    private double[] scratch = [];

    private PriorKernel(Kind kind, int offset, double[] first, double[] second, Func<double, double, double> constant)
    {
        (this.kind, this.offset, this.first, this.second) = (kind, offset, first, second);
        this.constant = first.Zip(second, constant).Sum();
    }

    private enum Kind
    {
        Normal,
        Gamma,
        Beta,
        HalfNormal,
        HalfCauchy,
    }

    /// <summary>The kernel of a parameter's prior; null if there is none.</summary>
    public static PriorKernel? For(ModelParameter parameter)
    {
        if (parameter.FixedPrior is not { } prior) return null;
        while (prior is Independent many) prior = many.BaseDistribution;
        double[] Of(Tensor value)
        {
            using var scope = NewDisposeScope();
            return ManagedValues.ToDoubles(value.expand(prior.BatchShape));
        }
        PriorKernel Made(Kind kind, Tensor first, Tensor second, Func<double, double, double> constant) => new(kind, parameter.Offset, Of(first), Of(second), constant);
        switch (prior)
        {
            case Normal normal: return Made(Kind.Normal, normal.Loc, normal.Scale, (_, scale) => -GammaFunctions.HalfLogTwoPi - Math.Log(scale));
            case LogNormal normal: return Made(Kind.Normal, normal.Loc, normal.Scale, (_, scale) => -GammaFunctions.HalfLogTwoPi - Math.Log(scale));
            case Gamma gamma: return Made(Kind.Gamma, gamma.Concentration, gamma.Rate, (shape, rate) => shape * Math.Log(rate) - GammaFunctions.LogGamma(shape));
            // At the rounded probability of a large coordinate, 1 − p has no digits.
            case Beta beta: return Made(Kind.Beta, beta.Concentration1, beta.Concentration0, (one, zero) => -LogBeta(one, zero));
            case HalfNormal half: return Made(Kind.HalfNormal, half.Scale, half.Scale, (scale, _) => Math.Log(2) - GammaFunctions.HalfLogTwoPi - Math.Log(scale));
            case HalfCauchy half: return Made(Kind.HalfCauchy, half.Scale, half.Scale, (scale, _) => Math.Log(2 / Math.PI) - Math.Log(scale));
            default: return null;
        }
    }

    /// <summary>Adds the log-density to values, and its derivatives to gradients.</summary>
    /// <param name="points">The coordinates of all parameters, coordinate by coordinate.</param>
    /// <param name="values">One for each point.</param>
    /// <param name="gradients">Laid out as the points; empty to leave them out.</param>
    public void Add(ReadOnlySpan<double> points, Span<double> values, Span<double> gradients)
    {
        int count = values.Length;
        if (scratch.Length != count) scratch = new double[count];
        TensorPrimitives.Add(values, constant, values);
        for (int i = 0; i < first.Length; i++)
        {
            int start = (offset + i) * count;
            Add(i, points.Slice(start, count), values, gradients.IsEmpty ? [] : gradients.Slice(start, count));
        }
    }

    private void Add(int i, ReadOnlySpan<double> at, Span<double> values, Span<double> slopes)
    {
        Span<double> work = scratch;
        switch (kind)
        {
            case Kind.Normal:
                // −z²/2 with the slope −z / scale.
                TensorPrimitives.Subtract(at, first[i], work);
                TensorPrimitives.Divide(work, second[i], work);
                if (!slopes.IsEmpty) TensorPrimitives.MultiplyAdd(work, -1 / second[i], slopes, slopes);
                TensorPrimitives.Multiply(work, work, work);
                TensorPrimitives.MultiplyAdd(work, -0.5, values, values);
                return;
            case Kind.Gamma:
                // α u − β exp(u).
                TensorPrimitives.MultiplyAdd(at, first[i], values, values);
                TensorPrimitives.Exp(at, work);
                TensorPrimitives.MultiplyAdd(work, -second[i], values, values);
                if (slopes.IsEmpty) return;
                TensorPrimitives.MultiplyAdd(work, -second[i], slopes, slopes);
                TensorPrimitives.Add(slopes, first[i], slopes);
                return;
            case Kind.Beta:
                // α log σ(u) + β log σ(−u) with the slope α − (α + β) σ(u).
                for (int s = 0; s < at.Length; s++)
                {
                    double small = Math.Exp(-Math.Abs(at[s])), rest = GammaFunctions.Log1p(small), low = small / (1 + small), high = 1 / (1 + small);
                    values[s] -= first[i] * (Math.Max(-at[s], 0) + rest) + second[i] * (Math.Max(at[s], 0) + rest);
                    if (!slopes.IsEmpty) slopes[s] += at[s] > 0 ? first[i] * low - second[i] * high : first[i] * high - second[i] * low;
                }
                return;
            case Kind.HalfNormal:
                // u − r/2 with r = exp(2 (u − log s)).
                Ratio(i, at, work);
                TensorPrimitives.Add(values, at, values);
                TensorPrimitives.MultiplyAdd(work, -0.5, values, values);
                if (!slopes.IsEmpty) AddRatioSlope(work, slopes);
                return;
            default:
                // u − log(1 + r) with the slope 1 − 2 r / (1 + r).
                Ratio(i, at, work);
                TensorPrimitives.Add(values, at, values);
                for (int s = 0; s < work.Length; s++) values[s] -= double.IsInfinity(work[s]) ? 2 * (at[s] - Math.Log(first[i])) : GammaFunctions.Log1p(work[s]);
                if (slopes.IsEmpty) return;
                for (int s = 0; s < work.Length; s++) slopes[s] += double.IsInfinity(work[s]) ? -1 : 1 - 2 * work[s] / (1 + work[s]);
                return;
        }
    }

    private static double LogBeta(double a, double b)
    {
        using var scope = NewDisposeScope();
        return BetaMath.LogBeta(tensor(a), tensor(b)).item<double>();
    }

    private void Ratio(int i, ReadOnlySpan<double> at, Span<double> work)
    {
        TensorPrimitives.Subtract(at, Math.Log(first[i]), work);
        TensorPrimitives.Multiply(work, 2.0, work);
        TensorPrimitives.Exp<double>(work, work);
    }

    private static void AddRatioSlope(ReadOnlySpan<double> work, Span<double> slopes)
    {
        TensorPrimitives.Subtract(slopes, work, slopes);
        TensorPrimitives.Add(slopes, 1.0, slopes);
    }
}
