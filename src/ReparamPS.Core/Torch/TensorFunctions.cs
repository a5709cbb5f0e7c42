using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Functions for which libtorch has no kernel on the meta device.</summary>
internal static class TensorFunctions
{
    /// <summary>log Σ exp(x) over the last dimension.</summary>
    public static Tensor LogSumExp(Tensor x) => x.device_type == DeviceType.META ? x.exp().sum(-1).log() : x.logsumexp(-1);

    /// <summary>The logarithm of the logistic function, log(1 / (1 + exp(−x))).</summary>
    public static Tensor LogSigmoid(Tensor x) => x.device_type == DeviceType.META ? x.sigmoid().log() : nn.functional.logsigmoid(x);
}
