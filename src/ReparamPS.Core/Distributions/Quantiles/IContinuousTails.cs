using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>The functions that the search for a quantile needs: the CDF, the logarithms of both tails, and the density.</summary>
internal interface IContinuousTails
{
    /// <summary>Whether the density is the CDF's slope without doubt; a user's own may not be.</summary>
    bool IsDensityExact => true;

    /// <summary>F(value).</summary>
    Tensor Cdf(Tensor value);

    /// <summary>1 − F(value).</summary>
    Tensor Survival(Tensor value);

    /// <summary>log F(value).</summary>
    Tensor LogCdf(Tensor value);

    /// <summary>log(1 − F(value)).</summary>
    Tensor LogSurvival(Tensor value);

    /// <summary>log F(value) or log(1 − F(value)).</summary>
    /// <param name="value">The value.</param>
    /// <param name="isLower">Whether it is the former, for each element.</param>
    Tensor LogTail(Tensor value, Tensor isLower) => TensorChoice.Where(isLower, LogCdf(value), LogSurvival(value));

    /// <summary>The logarithm of the density.</summary>
    Tensor LogProb(Tensor value);
}
