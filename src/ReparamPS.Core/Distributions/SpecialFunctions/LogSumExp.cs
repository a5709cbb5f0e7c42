using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>log Σ exp over the last dimension, on the meta device too, for which libtorch has no kernel.</summary>
internal static class LogSumExp
{
    /// <summary>log Σ exp(x).</summary>
    public static Tensor Of(Tensor x) => x.device_type == DeviceType.META ? x.exp().sum(-1).log() : x.logsumexp(-1);
}
