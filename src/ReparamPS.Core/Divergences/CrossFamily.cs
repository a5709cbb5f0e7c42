using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences between different families: the expectation under p of each term of log q.</summary>
internal sealed class CrossFamily : DivergenceFamily
{
    public CrossFamily()
    {
        AddCross<Bernoulli, Poisson>((p, q) => q.Rate - LogProducts.TimesLog(p.Mean, q.Rate));

        AddCross<Beta, ContinuousBernoulli>((p, q) => -q.LogProb(p.Mean));
        Add<Uniform, ContinuousBernoulli>((p, q) => InfiniteWhere((p.Low < 0) | (p.High > 1), -q.LogProb(p.Mean.clamp(0, 1)) - p.Entropy));

        AddCross<Beta, Exponential>(ToExponential);
        AddCross<ContinuousBernoulli, Exponential>(ToExponential);
        AddCross<Gamma, Exponential>(ToExponential);
        AddCross<Pareto, Exponential>(ToExponential);
        Add<Uniform, Exponential>((p, q) => InfiniteWhere(p.Low < 0, ToExponential(p, q) - p.Entropy));

        AddCross<Beta, Gamma>((p, q) => ToGamma(p, MeanLog(p), q));
        AddCross<Exponential, Gamma>((p, q) => ToGamma(p, MeanLog(p), q));
        AddCross<Pareto, Gamma>((p, q) => ToGamma(p, MeanLog(p), q));
        Add<Uniform, Gamma>((p, q) => InfiniteWhere(p.Low < 0, ToGamma(p, MeanLog(p), q) - p.Entropy));

        AddCross<Beta, Normal>(ToNormal);
        AddCross<ContinuousBernoulli, Normal>(ToNormal);
        AddCross<Exponential, Normal>(ToNormal);
        AddCross<Gamma, Normal>(ToNormal);
        AddCross<Gumbel, Normal>(ToNormal);
        AddCross<Laplace, Normal>(ToNormal);
        AddCross<Pareto, Normal>(ToNormal);
        AddCross<Uniform, Normal>(ToNormal);

        AddCross<Exponential, Gumbel>((p, q) => ToGumbel(p, -(1 / (p.Rate * q.Scale)).log1p(), q));
        AddCross<Gamma, Gumbel>((p, q) => ToGumbel(p, -p.Concentration * (1 / (p.Rate * q.Scale)).log1p(), q));
        AddCross<Normal, Gumbel>((p, q) => ToGumbel(p, -p.Loc / q.Scale + 0.5 * (p.Scale / q.Scale).square(), q));
        AddCross<Uniform, Gumbel>((p, q) => ToGumbel(p, MeanExponential(p, q.Scale), q));

        AddCross<Normal, Laplace>(ToLaplace);

        Add<Beta, Uniform>((p, q) => InfiniteWhere((q.Low > 0) | (q.High < 1), (q.High - q.Low).log() - p.Entropy));
        Add<ContinuousBernoulli, Uniform>((p, q) => InfiniteWhere((q.Low > 0) | (q.High < 1), (q.High - q.Low).log() - p.Entropy));
        Add<Uniform, Beta>(UniformToBeta);
        Add<Uniform, Pareto>((p, q) => InfiniteWhere(p.Low < q.Scale, (q.Alpha + 1) * MeanLog(p) - q.Alpha.log() - q.Alpha * q.Scale.log() - p.Entropy));
    }

    private static Tensor ToExponential(Distribution p, Exponential q) => q.Rate * p.Mean - q.Rate.log();

    private static Tensor ToGamma(Distribution p, Tensor meanLog, Gamma q) =>
        q.Concentration.lgamma() - q.Concentration * q.Rate.log() - (q.Concentration - 1) * meanLog + q.Rate * p.Mean;

    private static Tensor ToNormal(Distribution p, Normal q) =>
        0.5 * StandardNormal.LogTwoPi + q.Scale.log() + (p.Variance + (p.Mean - q.Loc).square()) / (2 * q.Scale.square());

    // logMean is log E[exp(−x / Scale)].
    private static Tensor ToGumbel(Distribution p, Tensor logMean, Gumbel q) =>
        q.Scale.log() + (p.Mean - q.Loc) / q.Scale + (q.Loc / q.Scale + logMean).exp();

    private static Tensor ToLaplace(Normal p, Laplace q)
    {
        Tensor distance = p.Loc - q.Loc, standard = distance / p.Scale;
        Tensor mean = Math.Sqrt(2 / Math.PI) * p.Scale * (-0.5 * standard.square()).exp() + distance * (standard * Math.Sqrt(0.5)).erf();
        return (2 * q.Scale).log() + mean / q.Scale;
    }

    private static Tensor UniformToBeta(Uniform p, Beta q)
    {
        Tensor meanLogComplement = MeanLog(1 - p.High, 1 - p.Low);
        Tensor cross = BetaMath.LogBeta(q.Concentration1, q.Concentration0) - (q.Concentration1 - 1) * MeanLog(p) - (q.Concentration0 - 1) * meanLogComplement;
        return InfiniteWhere((p.Low < 0) | (p.High > 1), cross - p.Entropy);
    }

    private static Tensor MeanLog(Beta p) => p.Concentration1.digamma() - (p.Concentration1 + p.Concentration0).digamma();

    private static Tensor MeanLog(Exponential p) => -GammaFunctions.Euler - p.Rate.log();

    private static Tensor MeanLog(Pareto p) => p.Scale.log() + p.Alpha.reciprocal();

    private static Tensor MeanLog(Uniform p) => MeanLog(p.Low, p.High);

    private static Tensor MeanLog(Tensor low, Tensor high) => (TimesLogOfItself(high) - TimesLogOfItself(low)) / (high - low) - 1;

    private static Tensor TimesLogOfItself(Tensor x) => -special.entr(x.clamp(min: 0));

    // (s / w) (exp(−low / s) − exp(−high / s)), w the width.
    private static Tensor MeanExponential(Uniform p, Tensor scale)
    {
        Tensor width = (p.High - p.Low) / scale;
        return (-(-width).expm1() / width).log() - p.Low / scale;
    }
}
