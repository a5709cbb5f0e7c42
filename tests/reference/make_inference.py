"""Reference values of Bayesian models: ../ReparamPS.Core.Tests/Data/inference/models.json.

Linear Gaussian model: closed form. Logistic and Poisson regression: trapezoidal rule on a grid of both coefficients, which converges exponentially for such integrands.
Eight schools: all but log tau integrated in closed form, the rest by the trapezoidal rule. k-hat: an implementation of Vehtari et al. 2024 of its own, in NumPy.

    python3 make_inference.py
"""
import json
import pathlib

import numpy as np
from scipy.special import gammaln, logsumexp

OUT = pathlib.Path(__file__).parent.parent / "ReparamPS.Core.Tests" / "Data" / "inference" / "models.json"
LOG2PI = np.log(2 * np.pi)


def normal_log(x, mean, sd):
    return -0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * LOG2PI


def linear():
    design = np.array([[1, -1.2, 0.3], [1, -0.4, 1.1], [1, 0.1, -0.7], [1, 0.5, 0.2], [1, 0.9, -1.5], [1, 1.6, 0.8]])
    y = np.array([0.2, 1.3, 0.4, 1.9, 0.7, 3.1])
    noise, prior = 0.7, 2.5
    precision = design.T @ design / noise**2 + np.eye(3) / prior**2
    covariance = np.linalg.inv(precision)
    mean = covariance @ design.T @ y / noise**2
    marginal = noise**2 * np.eye(6) + prior**2 * design @ design.T
    evidence = -0.5 * (y @ np.linalg.solve(marginal, y) + np.linalg.slogdet(marginal)[1] + 6 * LOG2PI)
    gap = 0.5 * (np.log(np.diag(precision)).sum() - np.linalg.slogdet(precision)[1])
    return dict(predictors=design[:, 1:].T.tolist(), response=y.tolist(), noiseScale=noise, mean=mean.tolist(), covariance=covariance.tolist(),
                meanFieldVariance=(1 / np.diag(precision)).tolist(), logEvidence=evidence, meanFieldGap=gap)


def two_coefficients(log_joint, low, high, points=1201):
    """Moments over a grid of intercept and slope."""
    a, b = np.linspace(low[0], high[0], points), np.linspace(low[1], high[1], points)
    logs = np.array([log_joint(x, b) for x in a])
    cell = np.log(a[1] - a[0]) + np.log(b[1] - b[0])
    total = logsumexp(logs)
    weights = np.exp(logs - total)
    means = [(weights.sum(1) * a).sum(), (weights.sum(0) * b).sum()]
    spreads = [np.sqrt((weights.sum(1) * (a - means[0]) ** 2).sum()), np.sqrt((weights.sum(0) * (b - means[1]) ** 2).sum())]
    return dict(logEvidence=total + cell, mean=means, standardDeviation=spreads)


def beetles():
    dose = np.array([1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839])
    exposed, dead = np.array([59, 60, 62, 56, 63, 59, 62, 60.0]), np.array([6, 13, 18, 28, 52, 53, 61, 60.0])
    x = (dose - dose.mean()) / dose.std()

    def log_joint(a, b):
        eta = a + b[:, None] * x
        return (dead * eta - exposed * np.logaddexp(0, eta)).sum(1) + normal_log(a, 0, 2.5) + normal_log(b, 0, 2.5)

    return two_coefficients(log_joint, (-0.6, 0.8), (2.2, 4.2))


def counts():
    x, y = np.array([-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5]), np.array([0, 1, 1, 3, 2, 6, 9.0])

    def log_joint(a, b):
        eta = a + b[:, None] * x
        return (y * eta - np.exp(eta) - gammaln(y + 1)).sum(1) + normal_log(a, 0, 2.5) + normal_log(b, 0, 2.5)

    return dict(predictor=x.tolist(), response=y.tolist(), **two_coefficients(log_joint, (-2.5, -2), (3.5, 4)))


def eight_schools():
    y, s = np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
    grid = np.linspace(-30, 12, 42001)
    tau = np.exp(grid)[:, None]
    spread = np.sqrt(s**2 + tau**2)
    # y given mu is N(mu, spread^2); mu ~ N(0, 5^2) is integrated in closed form.
    precision = 1 / 25 + (1 / spread**2).sum(1)
    mean = (y / spread**2).sum(1) / precision
    logs = normal_log(y, 0, spread).sum(1) - 0.5 * np.log(25 * precision) + 0.5 * precision * mean**2
    logs += np.log(2 / (5 * np.pi)) - np.log1p((tau[:, 0] / 5) ** 2) + grid
    total = logsumexp(logs)
    w = np.exp(logs - total)
    theta = [(w * ((y[i] * tau[:, 0] ** 2 + mean * s[i] ** 2) / (tau[:, 0] ** 2 + s[i] ** 2))).sum() for i in range(8)]
    return dict(logEvidence=total + np.log(grid[1] - grid[0]), mu=(w * mean).sum(), logTau=(w * grid).sum(), theta=theta)


def k_hat(ratios):
    count = len(ratios)
    tail = int(np.ceil(min(count / 5, 3 * np.sqrt(count))))
    x = np.sort(ratios) - ratios.max()
    excess = np.exp(x[-tail:]) - np.exp(x[-tail - 1])
    points = 30 + int(np.sqrt(tail))
    theta = 1 / excess[-1] + (1 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))) / (3 * excess[int(tail / 4 + 0.5) - 1])
    k = np.log1p(-theta[:, None] * excess).mean(1)
    profile = tail * (np.log(-theta / k) - k - 1)
    weight = np.exp(profile - logsumexp(profile))
    k = np.log1p(-(weight * theta).sum() * excess).mean()
    return (tail * k + 5) / (tail + 10)


def pareto():
    rng = np.random.default_rng(7)
    rows = [dict(ratios=np.round(ratios, 12).tolist(), kHat=k_hat(np.round(ratios, 12))) for ratios in (rng.standard_normal(300), rng.standard_t(3, 400), -np.log(rng.uniform(size=500)))]
    return rows


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    values = dict(source="tests/reference/make_inference.py", linear=linear(), beetles=beetles(), counts=counts(), eightSchools=eight_schools(), pareto=pareto())
    OUT.write_text(json.dumps(values, indent=1) + "\n")
    print({k: v for k, v in values.items() if k not in ("pareto", "source")})


main()
