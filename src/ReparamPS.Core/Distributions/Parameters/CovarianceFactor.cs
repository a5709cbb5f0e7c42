using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The lower Cholesky factor of a covariance that is given directly, by its inverse, or by the factor itself.</summary>
internal static class CovarianceFactor
{
    /// <summary>Computes the factor from a matrix, whose parameter name says what it is.</summary>
    public static Tensor Of(string name, Tensor matrix) => name switch
    {
        // What is above the diagonal has no effect, in gradients either.
        "ScaleTril" => matrix.tril(),
        "CovarianceMatrix" => linalg.cholesky(matrix),
        _ => BatchedMatrix.CholeskyOfInverse(matrix),
    };
}
