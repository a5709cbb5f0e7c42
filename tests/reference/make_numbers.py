"""Adds to tests/ReparamPS.Cmdlets.Tests/Data/numbers.jsonl further cases of the kinds in it: PowerShell expressions with the right value, by mpmath at 50 digits."""
import json
import pathlib

import mpmath as mp

mp.mp.dps = 50
TARGET = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Cmdlets.Tests" / "Data" / "numbers.jsonl"
L = mp.loggamma


def log_beta(a, b):
    return L(a) + L(b) - L(a + b)


def kl_gamma(a, r, b, s):
    return b * mp.log(mp.mpf(r) / s) + L(b) - L(a) + (a - b) * mp.digamma(a) + (mp.mpf(s) - r) * a / r


def lattice_entropy(log_mass, last):
    return -mp.fsum(mp.exp(log_mass(k)) * log_mass(k) for k in range(last))


CASES = [
    ("(Measure-KLDivergence (New-GammaDistribution 1e12 1) (New-GammaDistribution 1.25e12 1.25)).Value", kl_gamma(mp.mpf(10) ** 12, 1, mp.mpf(125) * 10 ** 10, mp.mpf("1.25")), 1e-9, "KL of Gamma at large concentrations"),
    ("(New-BetaDistribution 1e12 1e12).LogProb((New-Tensor 0.5)).item()", 2 * (mp.mpf(10) ** 12 - 1) * mp.log(mp.mpf("0.5")) - log_beta(mp.mpf(10) ** 12, mp.mpf(10) ** 12), 1e-9, "log-density of Beta at large concentrations"),
    ("(New-GumbelDistribution 0 1 -DType float32).LogSurvival((New-Tensor 200 -DType float32)).item()", -200, 1e-6, "log survival far up, in float32"),
    ("(New-KumaraswamyDistribution 100 2).LogCdf((New-Tensor 1e-9)).item()", mp.log(2) + 100 * mp.log(mp.mpf("1e-9")), 1e-9, "log CDF far down"),
    ("(New-PoissonDistribution 1e17).Icdf((New-Tensor 0.5)).item()", mp.mpf(10) ** 17, 1e-12, "quantiles of counts beyond 2^53"),
    ("(New-BinomialDistribution 5 0.5).Icdf((New-Tensor 0.5)).item()", 2, 1e-12, "a probability that the CDF reaches exactly"),
    ("(New-TransformedDistribution (New-NormalDistribution 0 5 -DType float32) (New-DistributionTransform Tanh)).LogProb((New-Tensor (-1.0) -DType float32)).item()", -mp.inf, 1e-9, "a squashed normal at an end"),
    ("(New-TransformedDistribution (New-LaplaceDistribution 0 0.5) (New-DistributionTransform Tanh)).LogProb((New-Tensor 1.0)).item()", -mp.log(4), 1e-9, "a squashed Laplace at an end, whose limit is finite"),
    ("(New-ContinuousBernoulliDistribution -Logits 1e38).Entropy.item()", 1 - mp.log(mp.mpf(10) ** 38), 1e-9, "entropy at large logits"),
    ("(New-LogitRelaxedBernoulliDistribution 1 -Probs 1e-12 -DType float32).Mean.item()", mp.log(mp.mpf("1e-12")), 1e-6, "small probabilities of a relaxed kind"),
    ("(New-LogUniformDistribution 1e-200 1e200).Icdf((New-Tensor 0.75)).item()", mp.mpf(10) ** 100, 1e-9, "High / Low overflows"),
    ("(New-VonMisesDistribution 0 1e12).Entropy.item()", mp.log(2 * mp.pi * mp.e / mp.mpf(10) ** 12) / 2, 1e-9, "entropy of von Mises at large concentrations"),
    ("$r = New-Tensor 2 -RequiresGrad; $p = New-Tensor 1e-8; (New-FisherSnedecorDistribution $r 1e12).LogProb((New-Tensor 3)).backward(); $r.grad.item()",
     mp.diff(lambda d: d / 2 * mp.log(d / mp.mpf(10) ** 12) + (d / 2 - 1) * mp.log(3) - (d + mp.mpf(10) ** 12) / 2 * mp.log1p(3 * d / mp.mpf(10) ** 12) - log_beta(d / 2, mp.mpf(10) ** 12 / 2), 2), 1e-8, "a gradient of F at large degrees of freedom"),
    ("$w = New-Tensor 0.0, 1.0 -RequiresGrad; (New-MixtureSameFamilyDistribution (New-CategoricalDistribution $w) (New-NormalDistribution (0, 1) (1, 1))).LogProb((New-Tensor 0)).backward(); $w.grad[0].item()",
     mp.exp(mp.mpf("0.5")) - 1, 1e-9, "the gradient in a mixture weight of 0"),
    ("(New-BetaDistribution 1e14 1e14).LogCdf((New-Tensor 0.4999999)).item()", None, 1e-9, "a tail of a beta with large parameters"),
    ("(New-BetaDistribution 2 1e-12).Survival((New-Tensor 0.3)).item()", None, 1e-9, "tiny second parameters"),
    ("(Measure-Entropy (New-NegativeBinomialDistribution 4.5 0.4)).Value",
     lattice_entropy(lambda k: L(mp.mpf("4.5") + k) - L(mp.mpf("4.5")) - L(k + 1) + mp.mpf("4.5") * mp.log(mp.mpf("0.6")) + k * mp.log(mp.mpf("0.4")), 400), 1e-9, "entropy of NegativeBinomial"),
    ("(Measure-Entropy (New-PoissonDistribution 1e6)).Value", mp.log(2 * mp.pi * mp.e * 10 ** 6) / 2 - mp.mpf(1) / (12 * 10 ** 6) - mp.mpf(1) / (24 * mp.mpf(10) ** 12), 1e-11, "entropy of Poisson at a large rate"),
    ("(New-WeibullDistribution 2 3).Cdf((New-Tensor ([double]::NaN))).item()", mp.nan, 1e-9, "the CDF of a missing value"),
]


def main():
    from tails import beta_tails
    big = mp.mpf(10) ** 14
    cases = {c[0]: list(c) for c in CASES}
    x = mp.mpf(0.4999999)
    cases["(New-BetaDistribution 1e14 1e14).LogCdf((New-Tensor 0.4999999)).item()"][1] = mp.log(beta_tails(big, big, x, 1 - x)[0])
    tiny, x = mp.mpf(1e-12), mp.mpf(0.3)
    cases["(New-BetaDistribution 2 1e-12).Survival((New-Tensor 0.3)).item()"][1] = beta_tails(mp.mpf(2), tiny, x, 1 - x)[1]
    known = [line for line in TARGET.read_text().splitlines() if json.loads(line)["ps"] not in cases]
    for ps, truth, rtol, why in cases.values():
        value = float(truth)
        text = "nan" if value != value else "-inf" if value == float("-inf") else value
        known.append(json.dumps({"ps": ps, "truth": text, "rtol": rtol, "atol": 0.0, "why": why}))
    TARGET.write_text("\n".join(known) + "\n")


if __name__ == "__main__":
    main()
