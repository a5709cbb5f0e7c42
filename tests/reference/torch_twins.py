"""Adds to the reference files what PyTorch says of shapes, and draws with their gradients where the algorithm is the same."""
import json
import warnings

import torch

import exceptions
from crosscheck import DATA, twin
from make_reference import one_line_rows, plain

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
td = torch.distributions

# Each parameter's event shape in the example below, and a value that is allowed; Integer parameters are plain ints.
ONE = {
    "Normal": dict(Loc=0.5, Scale=1.5), "LogNormal": dict(Loc=0.5, Scale=0.5), "Uniform": dict(Low=-1.0, High=2.0), "Exponential": dict(Rate=1.5),
    "Laplace": dict(Loc=0.5, Scale=1.5), "Cauchy": dict(Loc=0.5, Scale=1.5), "Gumbel": dict(Loc=0.5, Scale=1.5), "Gamma": dict(Concentration=2.5, Rate=1.5),
    "Beta": dict(Concentration1=2.0, Concentration0=3.0), "Chi2": dict(Df=5.0), "StudentT": dict(Df=5.0, Loc=0.5, Scale=1.5), "FisherSnedecor": dict(Df1=5.0, Df2=9.0),
    "HalfNormal": dict(Scale=1.5), "HalfCauchy": dict(Scale=1.5), "Kumaraswamy": dict(Concentration1=2.0, Concentration0=3.0), "Pareto": dict(Scale=1.5, Alpha=3.0),
    "Weibull": dict(Scale=1.5, Concentration=2.0), "VonMises": dict(Loc=0.5, Concentration=2.0), "ContinuousBernoulli": dict(Probs=0.3),
    "MultivariateNormal": dict(Loc=[0.5, -1.0], CovarianceMatrix=[[1.0, 0.4], [0.4, 2.0]]), "LowRankMultivariateNormal": dict(Loc=[0.5, -1.0], CovFactor=[[1.0], [0.5]], CovDiag=[1.0, 2.0]),
    "Dirichlet": dict(Concentration=[1.0, 2.0, 3.0]), "LogisticNormal": dict(Loc=[0.5, -1.0], Scale=[1.0, 0.3]), "Wishart": dict(Df=3.0, CovarianceMatrix=[[1.0, 0.4], [0.4, 2.0]]),
    "LKJCholesky": dict(Dim=3, Concentration=1.5), "Bernoulli": dict(Probs=0.3), "Binomial": dict(TotalCount=5.0, Probs=0.3), "NegativeBinomial": dict(TotalCount=5.0, Probs=0.3),
    "Geometric": dict(Probs=0.3), "Poisson": dict(Rate=3.5), "Categorical": dict(Probs=[0.2, 0.3, 0.5]), "OneHotCategorical": dict(Probs=[0.2, 0.3, 0.5]),
    "OneHotCategoricalStraightThrough": dict(Probs=[0.2, 0.3, 0.5]), "Multinomial": dict(TotalCount=4, Probs=[0.2, 0.3, 0.5]), "RelaxedBernoulli": dict(Temperature=0.5, Probs=0.3),
    "RelaxedOneHotCategorical": dict(Temperature=0.5, Probs=[0.2, 0.3, 0.5]),
}
# PyTorch 1.13 lets only a scalar temperature go with these.
SCALAR_ONLY = {"RelaxedBernoulli": "Temperature", "RelaxedOneHotCategorical": "Temperature"}
# No such class in PyTorch 1.13 (or not one with these parameters): the batch is the broadcast of all parameters, the event that of the first.
BY_RULE = {
    "Logistic": dict(Loc=0.5, Scale=1.5), "LogUniform": dict(Low=0.5, High=4.0), "InverseGamma": dict(Concentration=2.5, Rate=1.5), "TruncatedNormal": dict(Loc=0.5, Scale=1.5, Low=-1.0, High=2.0),
    "TanhNormal": dict(Loc=0.5, Scale=0.8, Low=-1.0, High=2.0),
    "GeneralizedPareto": dict(Loc=0.5, Scale=1.5, Concentration=0.2), "VonMisesFisher": dict(MeanDirection=[0.6, 0.0, 0.8], Concentration=2.0),
    "LogitRelaxedBernoulli": dict(Temperature=0.5, Probs=0.3), "ExpRelaxedCategorical": dict(Temperature=0.5, Probs=[0.2, 0.3, 0.5]),
}
EVENT = {"VonMisesFisher": [3], "ExpRelaxedCategorical": [3]}
NAN, INF = float("nan"), float("inf")
POSITIVE, UNIT, COUNT = [0.0, -1.0, NAN], [-0.1, 1.1, NAN], [-1.0, 0.5, NAN]
CHANCES = [[-0.1, 0.6, 0.5], [0.0, 0.0, 0.0], [NAN, 0.5, 0.5]]
MATRIX = [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.5], [0.0, 1.0]], [[NAN, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]]]
TRIL = [[[1.0, 0.5], [0.0, 1.0]], [[0.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [0.5, -1.0]], [[NAN, 0.0], [0.5, 1.0]]]
# What PyTorch refuses for each parameter, one changed at a time in the example. (It has no such classes for some; there the same sets.)
INVALID = {
    **dict.fromkeys(["Normal", "LogNormal", "Laplace", "Cauchy", "Gumbel", "Logistic"], {"Loc": [NAN], "Scale": POSITIVE}),
    "Uniform": {"Low": [NAN, 2.0, 3.0], "High": [NAN, -1.0, -2.0]}, "Exponential": {"Rate": POSITIVE}, "Poisson": {"Rate": [-1.0, NAN]},
    "LogUniform": {"Low": [NAN, 0.0, -1.0, 4.0, 5.0], "High": [NAN, 0.5, 0.1, -1.0]},
    **dict.fromkeys(["Gamma", "InverseGamma"], {"Concentration": POSITIVE, "Rate": POSITIVE}), "Chi2": {"Df": POSITIVE},
    **dict.fromkeys(["Beta", "Kumaraswamy"], {"Concentration1": POSITIVE, "Concentration0": POSITIVE}), "StudentT": {"Df": POSITIVE, "Loc": [NAN], "Scale": POSITIVE},
    "FisherSnedecor": {"Df1": POSITIVE, "Df2": POSITIVE}, **dict.fromkeys(["HalfNormal", "HalfCauchy"], {"Scale": POSITIVE}), "Pareto": {"Scale": POSITIVE, "Alpha": POSITIVE},
    "GeneralizedPareto": {"Loc": [NAN], "Scale": POSITIVE, "Concentration": [NAN]}, "Weibull": {"Scale": POSITIVE, "Concentration": POSITIVE},
    "VonMises": {"Loc": [NAN], "Concentration": POSITIVE}, **dict.fromkeys(["ContinuousBernoulli", "Bernoulli"], {"Probs": UNIT, "Logits": [NAN]}),
    "TruncatedNormal": {"Loc": [NAN], "Scale": POSITIVE, "Low": [NAN, 2.0, 3.0], "High": [NAN, -1.0, -2.0]},
    "TanhNormal": {"Loc": [NAN], "Scale": POSITIVE, "Low": [NAN, -INF, 2.0, 3.0], "High": [NAN, INF, -1.0, -2.0]},
    **dict.fromkeys(["RelaxedBernoulli", "LogitRelaxedBernoulli"], {"Temperature": POSITIVE, "Probs": UNIT, "Logits": [NAN]}),
    "Binomial": {"TotalCount": COUNT, "Probs": UNIT, "Logits": [NAN]}, "NegativeBinomial": {"TotalCount": [-1.0, NAN], "Probs": [-0.1, 1.0, 1.1, NAN], "Logits": [NAN]},
    "Geometric": {"Probs": UNIT + [0.0], "Logits": [NAN]},
    **dict.fromkeys(["Categorical", "OneHotCategorical", "OneHotCategoricalStraightThrough", "Multinomial"], {"Probs": CHANCES, "Logits": [[NAN, 0.0, 1.0]]}),
    **dict.fromkeys(["RelaxedOneHotCategorical", "ExpRelaxedCategorical"], {"Temperature": POSITIVE, "Probs": CHANCES, "Logits": [[NAN, 0.0, 1.0]]}),
    "MultivariateNormal": {"Loc": [[NAN, 0.0]], "CovarianceMatrix": MATRIX, "PrecisionMatrix": MATRIX, "ScaleTril": TRIL},
    "LowRankMultivariateNormal": {"Loc": [[NAN, 0.0]], "CovFactor": [[[NAN], [1.0]]], "CovDiag": [[0.0, 1.0], [-1.0, 1.0], [NAN, 1.0]]},
    "Dirichlet": {"Concentration": [[0.0, 1.0, 1.0], [-1.0, 1.0, 1.0], [NAN, 1.0, 1.0]]}, "LogisticNormal": {"Loc": [[NAN, 0.0]], "Scale": [[0.0, 1.0], [-1.0, 1.0], [NAN, 1.0]]},
    "Wishart": {"Df": [NAN, 1.0, 0.5, -1.0], "CovarianceMatrix": MATRIX, "PrecisionMatrix": MATRIX, "ScaleTril": TRIL}, "LKJCholesky": {"Concentration": POSITIVE},
    "VonMisesFisher": {"MeanDirection": [[0.0, 0.0, 0.0], [NAN, 0.0, 1.0]], "Concentration": POSITIVE},
}
# Of a group exactly one is given.
GROUPS = [{"Probs", "Logits"}, {"CovarianceMatrix", "PrecisionMatrix", "ScaleTril"}]
BATCHES = [[], [2], [2, 3], [0], [2, 0]]


def batched(value, batch):
    t = torch.tensor(value)
    return t.expand([*batch, *t.shape])


def shape_row(name, batches, sample_shape, expand):
    given = {k: v if isinstance(v, int) else batched(v, b) for (k, v), b in zip(ONE[name].items(), batches)}
    d = build(name, given)
    draws = d.sample(sample_shape)
    row = {"parameters": {k: list(v.shape) if torch.is_tensor(v) else v for k, v in given.items()}, "batchShape": list(d.batch_shape), "eventShape": list(d.event_shape),
           "sampleShape": sample_shape, "draws": list(draws.shape), "logProb": list(d.log_prob(draws).shape)}
    wider = d.expand(expand + list(d.batch_shape)) if name != "LKJCholesky" or expand else d
    row["expandTo"] = list(wider.batch_shape)
    row["expandedDraws"] = list(wider.sample(sample_shape).shape)
    return row


def rule_row(name, batches, sample_shape, expand, event=None):
    given = {k: v if isinstance(v, int) else batched(v, b) for (k, v), b in zip({**ONE, **BY_RULE}[name].items(), batches)}
    batch, event = list(torch.broadcast_shapes(*(tuple(b) for b in batches))), EVENT.get(name, []) if event is None else event
    return {"parameters": {k: list(v.shape) if torch.is_tensor(v) else v for k, v in given.items()}, "batchShape": batch, "eventShape": event, "sampleShape": sample_shape,
            "draws": sample_shape + batch + event, "logProb": sample_shape + batch, "expandTo": expand + batch, "expandedDraws": sample_shape + expand + batch + event}


def build(name, given):
    from crosscheck import snake, tanh_normal
    if name == "TanhNormal":
        return tanh_normal(**given)
    return getattr(td, name)(**{snake(k): v for k, v in given.items()})


def shapes(name, example, make_row):
    tensors = [k for k, v in example.items() if not isinstance(v, int)]
    scalar = SCALAR_ONLY.get(name)
    rows = []

    def add(batch_of, sample_shape, expand):
        batches = [[] if k == scalar else batch_of(tensors.index(k)) if k in tensors else [] for k in example]
        try:
            rows.append(make_row(name, batches, sample_shape, expand))
        except (RuntimeError, IndexError):
            if 0 not in (*sample_shape, *(size for b in batches for size in b)):
                raise
            # PyTorch's own code fails on some empty batches: there the rule says what the shapes are.
            rows.append(rule_row(name, batches, sample_shape, expand, rows[0]["eventShape"]))

    for batch in BATCHES:
        add(lambda i: batch, [], [2])
        add(lambda i: batch, [4, 1], [])
    add(lambda i: [2], [0], [3, 1])
    if len(tensors) - (scalar is not None) > 1:
        add(lambda i: [2, 1] if i == 0 else [3], [5], [4])
        add(lambda i: [] if i == 0 else [3], [2, 2], [2])
        add(lambda i: [3] if i == 0 else [], [], [2])
        add(lambda i: [0] if i == 0 else [1], [2], [2])
    return rows


# Where our core promises PyTorch's own stream and formula on the CPU.
SAME = {
    "Normal": [dict(Loc=[0.5, -2.0], Scale=[1.5, 0.1])], "LogNormal": [dict(Loc=[0.5, -2.0], Scale=[1.5, 0.1])], "Uniform": [dict(Low=[-1.0, 0.0], High=[2.0, 1e3])],
    "Exponential": [dict(Rate=[1.5, 1e-3])], "Laplace": [dict(Loc=[0.5, -2.0], Scale=[1.5, 0.1])], "Cauchy": [dict(Loc=[0.5, -2.0], Scale=[1.5, 0.1])],
    "Gumbel": [dict(Loc=[0.5, -2.0], Scale=[1.5, 0.1])], "Gamma": [dict(Concentration=[0.3, 1.0, 7.5, 200.0], Rate=[1.0, 2.0, 0.5, 1.0])], "Chi2": [dict(Df=[0.5, 9.0])],
    "HalfNormal": [dict(Scale=[1.5, 0.1])], "HalfCauchy": [dict(Scale=[1.5, 0.1])], "Pareto": [dict(Scale=[1.5, 0.1], Alpha=[3.0, 0.7])],
    "Weibull": [dict(Scale=[1.5, 0.1], Concentration=[2.0, 0.5])], "Kumaraswamy": [dict(Concentration1=[2.0, 0.5], Concentration0=[3.0, 0.5])],
    "MultivariateNormal": [dict(Loc=[0.5, -1.0], CovarianceMatrix=[[1.0, 0.4], [0.4, 2.0]]), dict(Loc=[0.5, -1.0], ScaleTril=[[1.0, 0.0], [0.5, 0.2]]),
                           dict(Loc=[0.5, -1.0], PrecisionMatrix=[[1.0, 0.4], [0.4, 2.0]])],
    "LowRankMultivariateNormal": [dict(Loc=[0.5, -1.0, 2.0], CovFactor=[[1.0, 0.0], [0.5, -2.0], [0.1, 0.3]], CovDiag=[0.1, 0.2, 0.3])],
    "RelaxedBernoulli": [dict(Temperature=0.5, Probs=[0.3, 0.9]), dict(Temperature=2.0, Logits=[1.0, -3.0])],
    "RelaxedOneHotCategorical": [dict(Temperature=0.5, Probs=[0.2, 0.3, 0.5]), dict(Temperature=2.0, Logits=[1.0, -3.0])],
    "TanhNormal": [dict(Loc=[0.5, -2.0], Scale=[0.8, 0.1], Low=[-1.0, 0.0], High=[2.0, 1.0])],
    "LogisticNormal": [dict(Loc=[0.5, -1.0], Scale=[1.0, 0.3])], "Bernoulli": [dict(Probs=[0.3, 0.9])], "Poisson": [dict(Rate=[3.5, 0.1, 50.0])],
}


def invalid_row(example, parameter, value):
    group = next((g for g in GROUPS if parameter in g), {parameter})
    return {"parameter": parameter, "parameters": {**{k: v for k, v in example.items() if k not in group}, parameter: value}}


def draws(name, parameters, seed, sample_shape):
    leaves = {k: torch.tensor(v, requires_grad=True) for k, v in parameters.items()}
    d = build(name, leaves)
    torch.manual_seed(seed)
    z = d.rsample(sample_shape) if d.has_rsample else d.sample(sample_shape)
    row = {"parameters": parameters, "seed": seed, "sampleShape": sample_shape, "values": z.reshape(-1).tolist()}
    if d.has_rsample:
        weights = torch.arange(1, z.numel() + 1, dtype=z.dtype).reshape(z.shape) / z.numel()
        (z * weights).sum().backward()
        row["gradients"] = {k: v.grad.reshape(-1).tolist() for k, v in leaves.items()}
    return plain(row)


def main():
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text())
        name = content["distribution"]
        for table, make_row in ((ONE, shape_row), (BY_RULE, rule_row)):
            if name in table:
                content["example"] = table[name]
                content["shapes"] = shapes(name, table[name], make_row)
        if name in INVALID:
            content["invalid"] = [plain(invalid_row(content["example"], parameter, value)) for parameter, values in INVALID[name].items() for value in values]
        if name in SAME:
            content["samples"] = [draws(name, p, seed, shape) for p in SAME[name] for seed, shape in ((0, []), (42, [3]), (2**40 + 7, [2, 2]), (123, [10]))]
        exceptions.apply(content)
        path.write_text(one_line_rows(content))


if __name__ == "__main__":
    main()
