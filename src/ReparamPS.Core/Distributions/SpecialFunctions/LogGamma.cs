using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Logarithms of Gamma(concentration, 1) draws that would underflow themselves.</summary>
internal static class LogGamma
{
    // Above it the native draw and its gradient are accurate; below it the CDF is x^a / Γ(a + 1) to the last digit.
    private static double Floor(ScalarType dtype) => TorchTypes.Tiny(dtype) * 1e6;

    /// <summary>Whether a draw underflows or nearly does.</summary>
    public static bool Underflows(Tensor draws)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return TensorQuestions.Min(draws) < Floor(draws.dtype);
    }

    /// <summary>
    /// The logarithms of native draws. A draw below the floor is drawn again from its conditional distribution: given that X is below c, F(x) = (x / c)^a, so
    /// log X = log c + log(u) / a, with the implicit gradient d log x / da = (ψ(a + 1) − log x) / a.
    /// </summary>
    /// <param name="draws">Draws from <see cref="RandomSource.StandardGamma"/>.</param>
    /// <param name="concentration">The concentrations of the draws, in the same shape.</param>
    /// <param name="random">The random stream for the new draws.</param>
    public static Tensor Of(Tensor draws, Tensor concentration, RandomSource random)
    {
        double floor = Floor(draws.dtype);
        Tensor low = draws < floor;
        Tensor fixedConcentration = concentration.detach();
        Tensor tail = Math.Log(floor) + random.OpenUniform(draws.shape, draws.dtype).log() / fixedConcentration;
        if (concentration.requires_grad)
        {
            double largest = TorchTypes.Largest(draws.dtype);
            Tensor slope = (((fixedConcentration + 1).digamma() - tail) / fixedConcentration).clamp(-largest, largest);
            tail += slope * (concentration - fixedConcentration);
        }
        return TensorChoice.Where(low, tail, draws.masked_fill(low, 1).log());
    }
}
