using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>The logarithm of the logistic function, on the meta device too, for which libtorch has no kernel.</summary>
internal static class LogSigmoid
{
    /// <summary>log(1 / (1 + exp(−x))).</summary>
    public static Tensor Of(Tensor x) => x.device_type == DeviceType.META ? x.sigmoid().log() : nn.functional.logsigmoid(x);
}
