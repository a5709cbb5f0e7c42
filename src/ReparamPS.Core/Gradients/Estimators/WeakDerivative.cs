using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>
/// The derivative of a density in one parameter as Factor · (p⁺ − p⁻), with draws of both densities that share their noise if possible
/// (Mohamed, Rosca, Figurnov, Mnih 2020, arXiv:1906.10652, section 6).
/// </summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Factor">The factor of the difference; broadcasts with the draws.</param>
/// <param name="Plus">Draws of p⁺.</param>
/// <param name="Minus">Draws of p⁻.</param>
internal sealed record WeakDerivative(string Parameter, Tensor Factor, Tensor Plus, Tensor Minus)
{
    /// <summary>A list of the parameters and distributions that have such derivatives, as text.</summary>
    public const string Known = "Normal, LogNormal and Laplace (Loc, Scale), Exponential (Rate), Gamma (Concentration, Rate), Poisson (Rate) and Bernoulli (Probs)";

    /// <summary>Whether a discrete distribution has such derivatives.</summary>
    public static bool HasDiscrete(Distribution distribution) => distribution is Poisson || (distribution is Bernoulli bernoulli && HasProbs(bernoulli));

    private static bool HasProbs(Bernoulli bernoulli) => bernoulli.Parameters[0].Name == nameof(bernoulli.Probs);

    /// <summary>The derivatives in all parameters; null if there are none.</summary>
    /// <param name="distribution">The distribution.</param>
    /// <param name="drawn">Draws of it.</param>
    /// <param name="random">The source of additional noise.</param>
    public static IReadOnlyList<WeakDerivative>? Of(Distribution distribution, Tensor drawn, RandomSource random)
    {
        long[] shape = drawn.shape;
        ScalarType dtype = distribution.DType;
        Tensor Exponential() => random.Exponential(shape, dtype);
        Tensor Sign() => where(random.Uniform(shape, dtype) < 0.5, ones(1, dtype, distribution.Device), -ones(1, dtype, distribution.Device));
        switch (distribution)
        {
            case Normal normal:
                return OfNormal(normal.Loc.detach(), normal.Scale.detach());
            case LogNormal logNormal:
                return [.. OfNormal(logNormal.Loc.detach(), logNormal.Scale.detach()).Select(each => each with { Plus = each.Plus.exp(), Minus = each.Minus.exp() })];
            case Laplace laplace:
                Tensor centre = laplace.Loc.detach(), width = laplace.Scale.detach(), away = width * Exponential(), signed = Sign() * Exponential();
                // |z − Loc| / Scale has the density x e⁻ˣ instead of e⁻ˣ.
                return
                [
                    new("Loc", 1 / (2 * width), centre + away, centre - away),
                    new("Scale", 1 / width, centre + width * (signed + signed.sign() * Exponential()), centre + width * signed),
                ];
            case Exponential exponential:
                return [new("Rate", 1 / exponential.Rate.detach(), drawn, drawn + Exponential() / exponential.Rate.detach())];
            case Gamma gamma:
                Tensor concentration = gamma.Concentration.detach(), rate = gamma.Rate.detach();
                (Tensor above, Tensor below) = GammaWeakDerivative.Quantiles(concentration, random.OpenUniform(shape, dtype));
                return
                [
                    new("Concentration", GammaWeakDerivative.Mass(concentration), above / rate, below / rate),
                    new("Rate", concentration / rate, drawn, drawn + Exponential() / rate),
                ];
            case Poisson poisson:
                return [new("Rate", ones_like(poisson.Rate), drawn + 1, drawn)];
            case Bernoulli bernoulli when HasProbs(bernoulli):
                return [new("Probs", ones_like(bernoulli.Probs), ones_like(drawn), zeros_like(drawn))];
            default:
                return null;
        }

        IReadOnlyList<WeakDerivative> OfNormal(Tensor loc, Tensor scale)
        {
            Tensor rayleigh = (2 * Exponential()).sqrt();
            // A Maxwell variable of random sign, times a uniform one, is normal.
            Tensor maxwell = Sign() * (random.Normal(shape, dtype).square() + 2 * Exponential()).sqrt();
            return
            [
                new("Loc", 1 / (scale * Math.Sqrt(2 * Math.PI)), loc + scale * rayleigh, loc - scale * rayleigh),
                new("Scale", 1 / scale, loc + scale * maxwell, loc + scale * maxwell * random.Uniform(shape, dtype)),
            ];
        }
    }
}
