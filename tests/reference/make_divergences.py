"""Writes tests/ReparamPS.Core.Tests/Data/divergences/*.json, one file for each P: see the README beside this file."""
import itertools
import json
import pathlib
import sys
import warnings

import mpmath as mp
import numpy as np
import torch

import divergence_settings as table
import expectations
from crosscheck import snake, twin
from make_reference import plain

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
TARGET = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "divergences"
# How many trailing dimensions of a parameter are one value.
EVENT = {("Categorical", "*"): 1, ("OneHotCategorical", "*"): 1, ("OneHotCategoricalStraightThrough", "*"): 1, ("Dirichlet", "*"): 1, ("LogisticNormal", "*"): 1, ("MultivariateNormal", "Loc"): 1,
         ("MultivariateNormal", "*"): 2, ("LowRankMultivariateNormal", "CovFactor"): 2, ("LowRankMultivariateNormal", "*"): 1,
         ("Wishart", "Df"): 0, ("Wishart", "*"): 2, ("VonMisesFisher", "MeanDirection"): 1}


def event_dims(name, parameter):
    return EVENT.get((name, parameter), EVENT.get((name, "*"), 0))


def batch_of(name, parameters):
    arrays = [(np.array(v, dtype=float), event_dims(name, k)) for k, v in parameters.items()]
    return np.broadcast_shapes(*(a.shape[:a.ndim - dims] for a, dims in arrays))


def element(name, parameters, batch, index):
    """The parameters of one element of a batch, as plain numbers and lists."""
    one = {}
    for key, value in parameters.items():
        array, dims = np.array(value, dtype=float), event_dims(name, key)
        one[key] = np.broadcast_to(array, (*batch, *array.shape[array.ndim - dims:]))[index].tolist()
    return one


def nested(values, shape):
    return np.array(values, dtype=object).reshape(shape).tolist() if shape else values[0]


def exact(p_name, p, q_name, q):
    if p_name == "Independent":
        return sum_last(exact_batch(p["BaseDistribution"], q["BaseDistribution"]), p["ReinterpretedBatchNdims"])
    if p_name == "TransformedDistribution":
        return exact_batch(p["BaseDistribution"], q["BaseDistribution"])
    batch = np.broadcast_shapes(batch_of(p_name, p), batch_of(q_name, q))
    values = [expectations.divergence(p_name, element(p_name, p, batch, i), q_name, element(q_name, q, batch, i)) for i in itertools.product(*map(range, batch))]
    return np.array(values, dtype=object).reshape(batch)


def exact_batch(p, q):
    return exact(p["distribution"], p["parameters"], q["distribution"], q["parameters"])


def sum_last(values, dims):
    return np.array(values.reshape(*values.shape[:values.ndim - dims], -1).sum(-1), dtype=object)


def leaves(parameters, prefix=""):
    """The tensors among the parameters, by path."""
    found = {}
    for key, value in parameters.items():
        if isinstance(value, dict):
            found.update(leaves(value["parameters"], prefix + key + "."))
        elif key not in ("Transforms", "ReinterpretedBatchNdims"):
            found[prefix + key] = torch.tensor(value, requires_grad=True)
    return found


def with_leaves(name, parameters, tensors, prefix=""):
    if name in ("Independent", "TransformedDistribution"):
        base = parameters["BaseDistribution"]
        inner = with_leaves(base["distribution"], base["parameters"], tensors, prefix + "BaseDistribution.")
        if name == "Independent":
            return torch.distributions.Independent(inner, parameters["ReinterpretedBatchNdims"])
        return torch.distributions.TransformedDistribution(inner, twin("TransformedDistribution", {"BaseDistribution": base, "Transforms": parameters["Transforms"]}).transforms)
    return getattr(torch.distributions, name)(**{snake(k): tensors[prefix + k] for k in parameters}, validate_args=False)


def gradients(p_name, p, q_name, q):
    """PyTorch's derivatives of the sum of the divergences, by path; those it has not are left out."""
    p_leaves, q_leaves = leaves(p), leaves(q)
    value = torch.distributions.kl_divergence(with_leaves(p_name, p, p_leaves), with_leaves(q_name, q, q_leaves)).sum()
    result = {}
    for side, tensors in (("p", p_leaves), ("q", q_leaves)):
        for path, tensor in tensors.items():
            grad = torch.autograd.grad(value, tensor, retain_graph=True, allow_unused=True)[0]
            if grad is not None and not (p_name == "Wishart" and side == "p"):
                result.setdefault(side, {})[path] = plain(grad.tolist())
    return result


def row(p_name, p, q_name, q):
    values = exact(p_name, p, q_name, q)
    result = {"p": plain(p), "q": plain(q), "batchShape": list(values.shape), "kl": plain(nested([mp.mpf(v) for v in values.flat], values.shape))}
    note = "PyTorch has no value"
    try:
        theirs = torch.distributions.kl_divergence(twin(p_name, p).expand(values.shape), twin(q_name, q).expand(values.shape)).broadcast_to(values.shape)
    except (NotImplementedError, AttributeError, ValueError) as error:
        return {**result, "note": table.WRONG.get((p_name, q_name)) or note}, str(error).split("\n")[0]
    worst = max((distance(float(a), float(b)) for a, b in zip(theirs.flatten(), values.flat)), default=0.0)
    if worst > 1e-9:
        result["note"] = table.WRONG.get((p_name, q_name)) or "PyTorch cancels digits"
        result["pytorch"] = plain(theirs.tolist())
    return result, worst


def distance(theirs, ours):
    if theirs == ours:
        return 0.0
    return abs(theirs - ours) / max(abs(ours), 1e-300) if np.isfinite(theirs) and np.isfinite(ours) else np.inf


def main(only):
    TARGET.mkdir(parents=True, exist_ok=True)
    for p_name, others in itertools.groupby(sorted(table.PAIRS), key=lambda pair: pair[0]):
        if only and p_name not in only:
            continue
        pairs = []
        for _, q_name in others:
            rows = []
            for p, q in table.settings(p_name, q_name):
                made, worst = row(p_name, p, q_name, q)
                if isinstance(worst, str) or worst > 1e-9:
                    print(p_name, q_name, p, q, made["kl"], made.get("pytorch"), worst, flush=True)
                rows.append(made)
            pair = {"q": q_name, "settings": rows}
            if (p_name, q_name) in table.PYTORCH and "pytorch" not in rows[0] and np.isfinite(np.array(rows[0]["kl"], dtype=float)).all():
                pair["gradients"] = gradients(p_name, *[table.settings(p_name, q_name)[0][0]], q_name, table.settings(p_name, q_name)[0][1])
            pairs.append(pair)
        with open(TARGET / f"{p_name}.json", "w") as file:
            file.write(text({"p": p_name, "pairs": pairs}))
        print(p_name, len(pairs), flush=True)


def text(content):
    """One line for each setting."""
    lines = []
    for pair in content["pairs"]:
        rows = ",\n".join("        " + json.dumps(setting) for setting in pair["settings"])
        gradient = f',\n      "gradients": {json.dumps(pair["gradients"])}' if "gradients" in pair else ""
        lines.append(f'    {{\n      "q": {json.dumps(pair["q"])},\n      "settings": [\n{rows}\n      ]{gradient}\n    }}')
    return f'{{\n  "p": {json.dumps(content["p"])},\n  "pairs": [\n' + ",\n".join(lines) + "\n  ]\n}\n"


if __name__ == "__main__":
    main(sys.argv[1:])
