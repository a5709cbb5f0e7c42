using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The lower Cholesky factor of a covariance that is given as such, by its inverse, or by the factor itself.</summary>
internal static class CovarianceFactor
{
    /// <summary>The factor of a matrix that was given under a parameter's name.</summary>
    public static Tensor Of(string name, Tensor matrix) => name switch
    {
        "ScaleTril" => matrix,
        "CovarianceMatrix" => linalg.cholesky(matrix),
        _ => BatchedMatrix.CholeskyOfInverse(matrix),
    };
}
