using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Functions that libtorch lacks on the meta device.</summary>
internal static class TensorFunctions
{
    /// <summary>log Σ exp(x) over the last dimension.</summary>
    public static Tensor LogSumExp(Tensor x) => x.device_type == DeviceType.META ? x.exp().sum(-1).log() : x.logsumexp(-1);

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
