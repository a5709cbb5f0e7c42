using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>What a number should have been.</summary>
internal sealed record EdgeMiss(EdgeGroup Group, EdgeRow Row, string What, double Actual, double Expected, double Allowed)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Group} at ({string.Join(", ", Row.Inputs)}): {What} is {Actual:R}, not {Expected:R}; off by {Math.Abs(Actual - Expected):E1}, allowed {Allowed:E1}");
}

/// <summary>
/// Compares a group with the truth: 1e-9 relative in float64 and 8 units in the last place in float32, each times the condition number, which the scales hold. In both types,
/// a slope may also be off by 8 float64 units in the last place of the value over the parameter's size, since no more of the value is known.
/// </summary>
internal static class EdgeComparison
{
    private const double DoubleTolerance = 1e-9;
    private const double SingleTolerance = 8 * 1.1920928955078125e-07;

    /// <summary>The numbers that are compared, and those that are wrong.</summary>
    public static (int Count, IReadOnlyList<EdgeMiss> Misses) Compare(EdgeGroup group)
    {
        List<EdgeMiss> misses = [];
        int count = 0;
        foreach ((EdgeRow row, double value, double[]? slopes) in Evaluate(group))
        {
            Check("the value", value, row.Value, row.Scale);
            for (int i = 0; row.Slopes is not null && i < row.Slopes.Length; i++)
            {
                // Nothing is asked of the slopes of a value beyond the type's range.
                if (double.IsNaN(row.Slopes[i]) || Math.Abs(row.Value) > Large(group.IsSingle)) continue;
                Check(string.Create(CultureInfo.InvariantCulture, $"slope {i}"), slopes is null ? double.NaN : slopes[i], row.Slopes[i], row.SlopeScales![i], Unseen(row, i));
            }

            void Check(string what, double actual, double expected, double scale, double unseen = 0)
            {
                count++;
                double allowed = Allowed(group.IsSingle, expected, scale) + unseen;
                if (!Agrees(group.IsSingle, actual, expected, allowed)) misses.Add(new EdgeMiss(group, row, what, actual, expected, allowed));
            }
        }
        return (count, misses);
    }

    private static double Allowed(bool isSingle, double expected, double scale)
    {
        double tolerance = isSingle ? SingleTolerance : DoubleTolerance, tiny = TorchTypes.Tiny(isSingle ? ScalarType.Float32 : ScalarType.Float64);
        return tolerance * scale + TorchTypes.Epsilon(isSingle ? ScalarType.Float32 : ScalarType.Float64) * Math.Abs(expected) + tiny;
    }

    private static double Unseen(EdgeRow row, int input)
    {
        double size = Math.Abs(row.Inputs[input]) is var own and > 0 ? own : row.Inputs.Max(Math.Abs);
        return 8 * TorchTypes.Epsilon(ScalarType.Float64) * Math.Abs(row.Value) / Math.Max(size, double.Epsilon);
    }

    private static double Large(bool isSingle) => (isSingle ? float.MaxValue : double.MaxValue) / 4;

    private static bool Agrees(bool isSingle, double actual, double expected, double allowed)
    {
        double large = Large(isSingle);
        if (double.IsNaN(expected)) return double.IsNaN(actual);
        if (Math.Abs(expected) > large) return !double.IsNaN(actual) && Math.Sign(actual) == Math.Sign(expected) && Math.Abs(actual) > large;
        return Math.Abs(actual - expected) <= allowed;
    }

    private static IEnumerable<(EdgeRow Row, double Value, double[]? Slopes)> Evaluate(EdgeGroup group)
    {
        using var scope = NewDisposeScope();
        ScalarType dtype = group.IsSingle ? ScalarType.Float32 : ScalarType.Float64;
        int offset = 0;
        bool hasSlopes = group.Rows.Any(row => row.Slopes is not null);
        List<Tensor> leaves = [];
        Distribution first = Make();
        Distribution? second = group.Member == "kl" ? Make() : null;
        Tensor result = second is not null ? KullbackLeibler.Divergence(first, second) : Call(group.Member, first, Rest(first));
        if (hasSlopes && result.requires_grad) TorchSharp.torch.autograd.backward([result.sum()]);
        double[] values = ManagedValues.ToDoubles(result.detach());
        double[][] gradients = [.. leaves.Select(leaf => leaf.grad is { } grad ? ManagedValues.ToDoubles(grad) : new double[leaf.numel()])];
        for (int i = 0; i < group.Rows.Count; i++)
            yield return (group.Rows[i], values[i], hasSlopes ? [.. gradients.SelectMany(gradient => gradient.Skip(i * gradient.Length / group.Rows.Count).Take(gradient.Length / group.Rows.Count))] : null);

        Distribution Make()
        {
            var given = new Dictionary<string, object>();
            for (int k = 0; k < group.Names.Count; k++)
            {
                Tensor leaf = Columns(offset, group.Shapes[k]);
                if (hasSlopes) leaf.requires_grad_();
                leaves.Add(leaf);
                given[group.Names[k]] = leaf;
                offset += (int)TensorShapes.Count(group.Shapes[k]);
            }
            if (group.Kind == "LKJCholesky") given["Dim"] = 3L;
            return EdgeCompositions.Create(group, given);
        }

        Tensor Rest(Distribution distribution) => Columns(offset, distribution.EventShape);

        Tensor Columns(int start, long[] shape)
        {
            int width = (int)TensorShapes.Count(shape);
            if (start + width > group.Rows[0].Inputs.Length) return empty(0);
            return tensor(group.Rows.SelectMany(row => row.Inputs.Skip(start).Take(width)).ToArray()).reshape([group.Rows.Count, .. shape]).to(dtype);
        }
    }

    private static Tensor Call(string member, Distribution distribution, Tensor value) => member switch
    {
        "logProb" => distribution.LogProb(value),
        "cdf" => distribution.Cdf(value),
        "logCdf" => distribution.LogCdf(value),
        "survival" => distribution.Survival(value),
        "logSurvival" => distribution.LogSurvival(value),
        "icdf" => distribution.Icdf(value),
        "mean" => distribution.Mean,
        "variance" => distribution.Variance,
        "entropy" => distribution.Entropy,
        // One element of a vector or matrix.
        _ when member.Split(':') is [var moment, var element] => Call(moment, distribution, value).flatten(1).select(1, int.Parse(element, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentOutOfRangeException(nameof(member), member, null),
    };
}
