using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Functions that libtorch lacks on the meta device.</summary>
internal static class TensorFunctions
{
    // libtorch's reductions of many rows this short take many times as long as the elementwise operations around them.
    private const long ShortRow = 8, ManyNumbers = 4096;

    private static bool HasShortRows(Tensor x) => x.dim() > 1 && x.shape[^1] is > 0 and <= ShortRow && x.numel() >= ManyNumbers && HostMemory.Holds(x) && x.is_floating_point();

    /// <summary>The sum over the last dimension.</summary>
    public static Tensor SumLast(Tensor x) => HasShortRows(x) ? x.matmul(ones(x.shape[^1], x.dtype, x.device)) : x.sum(-1);

    /// <summary>log Σ exp(x) over the last dimension.</summary>
    public static Tensor LogSumExp(Tensor x)
    {
        if (x.device_type == DeviceType.META) return x.exp().sum(-1).log();
        return LogSumExpOfFinite(x) ?? x.logsumexp(-1);
    }

    /// <summary>log Σ exp(x) over a short last dimension of many rows whose largest elements are finite; null for others.</summary>
    public static Tensor? LogSumExpOfFinite(Tensor x) => Scaled(x) is var (below, top) ? SumLast(below.exp()).log() + top.squeeze(-1) : null;

    /// <summary>The sum of the logarithms of the softmax, over the last dimension.</summary>
    public static Tensor SumOfLogSoftmax(Tensor x) =>
        Scaled(x) is var (below, _) ? SumLast(below) - x.shape[^1] * SumLast(below.exp()).log() : special.log_softmax(x, -1).sum(-1);

    // For short rows: the largest elements, and the rows minus these. Null for long rows, and if a largest element is infinite.
    private static (Tensor Below, Tensor Top)? Scaled(Tensor x)
    {
        if (!HasShortRows(x)) return null;
        Tensor top = x.detach().amax([-1], keepdim: true);
        return TensorQuestions.AreSurelyBetween(top, double.MinValue, double.MaxValue) ? (x - top, top) : null;
    }

    /// <summary>A log-probability above it has lost digits, since it was computed as a difference.</summary>
    public const double NearlyCertain = -1e-7;

    /// <summary>The logarithms of the softmax over the last dimension; that of a category that is nearly certain comes from the rest, so that it keeps its digits.</summary>
    public static Tensor LogSoftmax(Tensor x)
    {
        Tensor log = special.log_softmax(x, -1), isCertain = log > NearlyCertain;
        if (!TensorQuestions.MayAny(isCertain)) return log;
        Tensor top = x.masked_fill(~isCertain, 0).sum(-1, keepdim: true), isLeftOut = isCertain | ~isCertain.any(-1, keepdim: true);
        return TensorChoice.Where(isCertain, 0 - (x - top).masked_fill(isLeftOut, double.NegativeInfinity).exp().sum(-1, keepdim: true).log1p(), log);
    }

    /// <summary>1 − p for probabilities that sum to 1 over the last dimension; that of a large one is the sum of the others, which keeps its digits.</summary>
    public static Tensor Complement(Tensor probabilities)
    {
        Tensor isLarge = probabilities > 0.5;
        return TensorChoice.Where(isLarge, probabilities.masked_fill(isLarge, 0).sum(-1, keepdim: true), 1 - probabilities);
    }

    /// <summary>The logistic function, whose derivative keeps its digits also close to 1.</summary>
    public static Tensor Sigmoid(Tensor x) => TensorChoice.Where(x > 0, 1 - (-x).sigmoid(), x.sigmoid());

    /// <summary>The sum of each element and all after it along the last dimension, computed from the end, so that small remainders keep their digits.</summary>
    public static Tensor SuffixSums(Tensor x) => x.device_type == DeviceType.META ? x.cumsum(-1) : x.flip(-1).cumsum(-1).flip(-1);

    /// <summary>A difference with 0 instead of NaN for ∞ − ∞.</summary>
    public static Tensor WithoutNaN(Tensor x) => x.device_type == DeviceType.META ? x : x.nan_to_num(0);

    /// <summary>The solution of a triangular system.</summary>
    public static Tensor SolveTriangular(Tensor matrix, Tensor right, bool upper, bool left) => matrix.device_type == DeviceType.META
        ? left ? matrix.matmul(right) : right.matmul(matrix)
        : linalg.solve_triangular(matrix, right, upper, left);

    /// <summary>The logarithm of the logistic function, log(1 / (1 + exp(−x))).</summary>
    public static Tensor LogSigmoid(Tensor x) => x.device_type == DeviceType.META ? x.sigmoid().log() : nn.functional.logsigmoid(x);

    /// <summary>The logarithm of the slope of tanh, log(1 − tanh² x) = 2 (log 2 − x − softplus(−2x)), in the form that is symmetric in x and keeps its digits in both tails.</summary>
    public static Tensor LogTanhSlope(Tensor x) => 2 * Math.Log(2) + LogSigmoid(2 * x) + LogSigmoid(-2 * x);
}
