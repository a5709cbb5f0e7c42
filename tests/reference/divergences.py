"""Writes tests/ReparamPS.Core.Tests/Data/divergences.json: KL(P || Q) in float64 by PyTorch 1.13, for every pair that it registers.

Run: /usr/bin/python3 tests/reference/divergences.py
Left out are places where PyTorch is wrong: the bounds of ContinuousBernoulli against Uniform, where touching 0 or 1 counts as reaching beyond.
"""
import json
import math
import pathlib

import torch
import torch.distributions as td

torch.set_default_dtype(torch.float64)
TARGET = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "divergences.json"
COV = [[1.0, 0.4], [0.4, 2.0]]

# Two settings each: P takes both, Q takes both.
SETTINGS = {
    "Bernoulli": [dict(probs=0.3), dict(logits=1.5)],
    "Beta": [dict(concentration1=2.0, concentration0=3.0), dict(concentration1=0.5, concentration0=7.0)],
    "Binomial": [dict(total_count=10.0, probs=0.3), dict(total_count=10.0, probs=0.8)],
    "Categorical": [dict(probs=[0.2, 0.3, 0.5]), dict(logits=[0.5, -1.0, 2.0])],
    "Cauchy": [dict(loc=0.5, scale=1.5), dict(loc=-2.0, scale=0.3)],
    "ContinuousBernoulli": [dict(probs=0.3), dict(probs=0.9)],
    "Dirichlet": [dict(concentration=[1.0, 2.0, 3.0]), dict(concentration=[0.3, 0.7, 5.0])],
    "Exponential": [dict(rate=1.5), dict(rate=0.2)],
    "Gamma": [dict(concentration=2.5, rate=1.5), dict(concentration=0.4, rate=3.0)],
    "Geometric": [dict(probs=0.3), dict(probs=0.8)],
    "Gumbel": [dict(loc=0.5, scale=1.5), dict(loc=-1.0, scale=0.7)],
    "HalfNormal": [dict(scale=1.5), dict(scale=0.4)],
    "Laplace": [dict(loc=0.5, scale=1.5), dict(loc=-1.0, scale=0.4)],
    "LowRankMultivariateNormal": [dict(loc=[0.5, -1.0], cov_factor=[[1.0], [0.5]], cov_diag=[1.0, 2.0]),
                                  dict(loc=[0.0, 1.0], cov_factor=[[0.3, -2.0], [0.1, 0.4]], cov_diag=[0.5, 0.7])],
    "LogNormal": [dict(loc=0.5, scale=1.5), dict(loc=-1.0, scale=0.4)],
    "MultivariateNormal": [dict(loc=[0.5, -1.0], covariance_matrix=COV), dict(loc=[0.0, 2.0], precision_matrix=COV)],
    "Normal": [dict(loc=0.5, scale=1.5), dict(loc=-1.0, scale=0.4)],
    "OneHotCategorical": [dict(probs=[0.2, 0.3, 0.5]), dict(logits=[0.5, -1.0, 2.0])],
    "Pareto": [dict(scale=0.5, alpha=3.0), dict(scale=1.5, alpha=2.5)],
    "Poisson": [dict(rate=2.5), dict(rate=0.3)],
    "Uniform": [dict(low=0.2, high=0.8), dict(low=-0.5, high=2.0)],
    "Wishart": [dict(df=4.5, covariance_matrix=COV), dict(df=3.0, scale_tril=[[1.0, 0.0], [0.5, 0.2]])],
    "Chi2": [dict(df=3.0), dict(df=8.5)],
}
BY_RULE = [("LogNormal", "LogNormal"), ("Wishart", "Wishart"), ("Chi2", "Chi2"), ("Chi2", "Gamma"), ("Gamma", "Chi2")]


def pascal(name):
    return "".join(part.capitalize() for part in name.split("_"))


def main():
    kinds = {getattr(td, name): name for name in SETTINGS}
    registered = {(kinds[p], kinds[q]) for p, q in td.kl._KL_REGISTRY if p in kinds and q in kinds}
    rows = []
    for p, q in sorted(registered.union(BY_RULE)):
        for first in SETTINGS[p]:
            for second in SETTINGS[q]:
                one, other = (getattr(td, name)(**{k: torch.tensor(v) for k, v in given.items()}, validate_args=False) for name, given in ((p, first), (q, second)))
                value = float(td.kl_divergence(one, other))
                rows.append({"p": p, "pParameters": {pascal(k): v for k, v in first.items()}, "q": q, "qParameters": {pascal(k): v for k, v in second.items()},
                             "value": "Infinity" if math.isinf(value) else value})
    TARGET.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    print(len(registered), "pairs,", len(rows), "rows")


if __name__ == "__main__":
    main()
