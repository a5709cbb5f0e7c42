"""Compares the reference files with PyTorch and SciPy, and prints where they are apart by more than 1e-9."""
import json
import math
import pathlib
import warnings

import numpy as np
import scipy.stats as st
import torch

from make_reference import one_line_rows

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
DATA = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "reference"
SNAKE = {"Df1": "df1", "Df2": "df2", "TotalCount": "total_count", "Concentration1": "concentration1", "Concentration0": "concentration0"}

SCIPY = {
    "Normal": lambda Loc, Scale: st.norm(Loc, Scale), "LogNormal": lambda Loc, Scale: st.lognorm(Scale, scale=math.exp(Loc)),
    "Uniform": lambda Low, High: st.uniform(Low, High - Low), "LogUniform": lambda Low, High: st.loguniform(Low, High),
    "Exponential": lambda Rate: st.expon(scale=1 / Rate),
    "Laplace": lambda Loc, Scale: st.laplace(Loc, Scale), "Cauchy": lambda Loc, Scale: st.cauchy(Loc, Scale),
    "Gumbel": lambda Loc, Scale: st.gumbel_r(Loc, Scale), "Logistic": lambda Loc, Scale: st.logistic(Loc, Scale),
    "Gamma": lambda Concentration, Rate: st.gamma(Concentration, scale=1 / Rate),
    "InverseGamma": lambda Concentration, Rate: st.invgamma(Concentration, scale=Rate),
    "Beta": lambda Concentration1, Concentration0: st.beta(Concentration1, Concentration0), "Chi2": lambda Df: st.chi2(Df),
    "StudentT": lambda Df, Loc, Scale: st.t(Df, Loc, Scale), "FisherSnedecor": lambda Df1, Df2: st.f(Df1, Df2),
    "HalfNormal": lambda Scale: st.halfnorm(scale=Scale), "HalfCauchy": lambda Scale: st.halfcauchy(scale=Scale),
    "Pareto": lambda Scale, Alpha: st.pareto(Alpha, scale=Scale),
    "GeneralizedPareto": lambda Loc, Scale, Concentration: st.genpareto(Concentration, Loc, Scale),
    "Weibull": lambda Scale, Concentration: st.weibull_min(Concentration, scale=Scale),
    "VonMises": lambda Loc, Concentration: st.vonmises(Concentration, Loc),
    "TruncatedNormal": lambda Loc, Scale, Low, High: st.truncnorm((Low - Loc) / Scale, (High - Loc) / Scale, Loc, Scale),
    "Bernoulli": lambda Probs: st.bernoulli(Probs), "Binomial": lambda TotalCount, Probs: st.binom(TotalCount, Probs),
    "NegativeBinomial": lambda TotalCount, Probs: st.nbinom(TotalCount, 1 - Probs), "Geometric": lambda Probs: st.geom(Probs, loc=-1),
    "Poisson": lambda Rate: st.poisson(Rate),
}


def value(x):
    if isinstance(x, dict):
        return {k: value(v) for k, v in x.items()}
    if isinstance(x, list):
        return [value(v) for v in x]
    return x if isinstance(x, int) or isinstance(x, str) and x not in ("NaN", "Infinity", "-Infinity") else float(x)


def snake(name):
    return SNAKE.get(name, "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_"))


def tanh_normal(Loc, Scale, Low, High, **options):
    """PyTorch has no class of this name."""
    td = torch.distributions
    return td.TransformedDistribution(td.Normal(Loc, Scale), [td.TanhTransform(), td.AffineTransform((High + Low) / 2, (High - Low) / 2)], **options)


def twin(name, parameters):
    """PyTorch's distribution."""
    given = {}
    for key, v in parameters.items():
        if isinstance(v, dict):
            given[snake(key)] = twin(v["distribution"], v["parameters"])
        elif key == "Transforms":
            given["transforms"] = [getattr(torch.distributions, t["transform"] + "Transform")(**{snake(k): v for k, v in t.items() if k != "transform"}) for t in v]
        else:
            given[snake(key)] = v if isinstance(v, int) else torch.tensor(v)
    if name == "TanhNormal":
        return tanh_normal(**{key: torch.tensor(v) for key, v in parameters.items()}, validate_args=False)
    if name == "Independent":
        return torch.distributions.Independent(given["base_distribution"], given["reinterpreted_batch_ndims"])
    return getattr(torch.distributions, name)(**given, validate_args=False)


def far(a, b):
    if math.isnan(a) or math.isnan(b):
        return 0 if math.isnan(a) and math.isnan(b) else math.inf
    if a == b:
        return 0
    return abs(a - b) / max(abs(b), 1e-300)


def scipy_values(d, setting, is_discrete):
    x = np.array([value(p["value"]) for p in setting["points"]])
    yield "logProb", (d.logpmf(x) if is_discrete else d.logpdf(x)), [value(p["logProb"]) for p in setting["points"]]
    for ours, theirs in (("cdf", "cdf"), ("logCdf", "logcdf"), ("survival", "sf")):
        yield ours, getattr(d, theirs)(x), [value(p[ours]) for p in setting["points"]]
    q = [value(p["probability"]) for p in setting["quantiles"]]
    yield "quantile", d.ppf(q), [value(p["value"]) for p in setting["quantiles"]]
    for key, get in (("mean", d.mean), ("variance", d.var), ("entropy", d.entropy)):
        if key in setting:
            yield key, [float(get())], [value(setting[key])]


def torch_values(d, setting):
    x = torch.tensor([value(p["value"]) for p in setting["points"]])
    tests = [("logProb", lambda: d.log_prob(x), [value(p["logProb"]) for p in setting["points"]]),
             ("cdf", lambda: d.cdf(x) if "cdf" in setting["points"][0] else x[:0], [value(p.get("cdf", 0)) for p in setting["points"]])]
    for key, get in (("mean", lambda: d.mean), ("variance", lambda: d.variance), ("entropy", lambda: d.entropy())):
        if key in setting:
            tests.append((key, get, np.array(value(setting[key])).ravel()))
    for key, get, truth in tests:
        try:
            yield key, get().reshape(-1).tolist(), truth
        except NotImplementedError:
            pass


def compare(name, setting):
    """(source, property, relative distance, their value, the truth) of the worst value of each property."""
    parameters = {k: value(v) for k, v in setting["parameters"].items()}
    found = []
    if name in SCIPY and "Logits" not in parameters:
        frozen = SCIPY[name](**parameters)
        found += [("SciPy", *v) for v in scipy_values(frozen, setting, hasattr(frozen.dist, "pmf"))]
    if hasattr(torch.distributions, name):
        try:
            found += [("PyTorch", *v) for v in torch_values(twin(name, parameters), setting)]
        except (RuntimeError, ValueError, TypeError) as error:
            print(name, setting["parameters"], "PyTorch:", str(error)[:100])
    for source, key, theirs, truth in found:
        pairs = [(t, r) for t, r in zip(theirs, truth) if not abs(t - r) < 1e-14 or key in ("cdf", "survival", "variance")]
        worst = max(pairs, key=lambda pair: far(*pair), default=None)
        if worst and far(*worst) > 1e-9:
            yield source, key, far(*worst), *worst


def main():
    """Prints the distances, and notes the largest of each kind in the file."""
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text())
        largest = {}
        for i, setting in enumerate(content["settings"]):
            for source, key, distance, theirs, truth in compare(content["distribution"], setting):
                print(f"{content['distribution']} {i} {source} {key}: {theirs!r} truth {truth!r} ({distance:.1e})")
                if distance > largest.get((source, key), ("", -1))[1]:
                    largest[source, key] = (f"{source}'s {key} is {theirs!r} where mpmath has {truth!r} (setting {i}, relative distance {distance:.1e})", distance)
        content["notes"] = [text for text, _ in largest.values()]
        path.write_text(one_line_rows({"distribution": content.pop("distribution"), "notes": content.pop("notes"), **content}))


if __name__ == "__main__":
    main()
