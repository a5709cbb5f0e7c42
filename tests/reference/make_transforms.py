"""Writes tests/ReparamPS.Core.Tests/Data/transforms/transforms.json: see the README beside this file."""
import json
import pathlib
import warnings

import mpmath as mp
import torch
from torch.distributions import constraints, transforms

from crosscheck import snake, twin
from make_reference import plain

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)
mp.mp.dps = 40
TARGET = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "transforms"


class PositiveDefiniteTransform(transforms.Transform):
    """PyTorch has it from 2.0 on, made like this."""
    domain, codomain, bijective = constraints.independent(constraints.real, 2), constraints.positive_definite, False

    def _call(self, x):
        lower = transforms.LowerCholeskyTransform()(x)
        return lower @ lower.mT

    def _inverse(self, y):
        return transforms.LowerCholeskyTransform().inv(torch.linalg.cholesky(y))


def build(spec):
    given = {}
    for key, v in spec.items():
        if key in ("Parts", "Transforms"):
            given["parts" if key == "Parts" else "tseq"] = [build(part) for part in v]
        elif key == "BaseTransform":
            given["base_transform"] = build(v)
        elif key == "Distribution":
            given["distribution"] = twin(v["distribution"], v["parameters"])
        elif key not in ("transform", "Inverse"):
            # With a tensor without dimensions PyTorch forgets to count an affine map's elements.
            given[snake(key)] = torch.tensor(v) if isinstance(v, list) and key not in ("InShape", "OutShape", "Lengths") else v
    name = spec["transform"] + "Transform"
    made = PositiveDefiniteTransform() if name == "PositiveDefiniteTransform" else getattr(transforms, name)(**given)
    return made.inv if spec.get("Inverse") else made


# The elementwise ones at 40 digits.
EXACT = {
    "Exp": (mp.exp, lambda x: x), "Sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: -mp.log1p(mp.exp(-x)) - mp.log1p(mp.exp(x))),
    "Tanh": (mp.tanh, lambda x: -2 * mp.log(mp.cosh(x))), "Softplus": (lambda x: mp.log1p(mp.exp(x)), lambda x: -mp.log1p(mp.exp(-x))),
}
LINE = [-30.0, -5.0, -1.0, -1e-3, 0.0, 0.5, 3.0, 12.0]
VECTORS = [[0.5, -1.0, 2.0], [0.0, 0.0, 0.0], [-4.0, 3.0, 0.25]]
MATRICES = [[[0.5, -1.0], [2.0, 0.25]], [[-1.0, 3.0], [0.0, 1.5]]]
POINTS = [[0.125, 0.5, 0.75], [0.9, 0.01, 0.3]]


def t(name, **parameters):
    return {"transform": name, **parameters}


SIGMOID, EXP, TANH, SIMPLEX = t("Sigmoid"), t("Exp"), t("Tanh"), t("StickBreaking")
DOUBLE = t("Affine", Loc=1.0, Scale=2.0)
# Name, transform, inputs, values outside the domain, values outside the codomain.
CASES = [
    ("exp", EXP, LINE, [float("nan")], [0.0, -1.0]), ("exp of a matrix", EXP, MATRICES, [], []), ("sigmoid", SIGMOID, LINE, [float("nan")], [-0.5, 1.5]),
    ("tanh", TANH, [-5.0, -1.0, -1e-3, 0.0, 0.5, 3.0], [float("nan")], [-1.5, 1.5]), ("softplus", t("Softplus"), LINE, [float("nan")], [0.0, -1.0]),
    ("abs", t("Abs"), LINE, [float("nan")], [-1.0]), ("square", t("Power", Exponent=2.0), [0.001, 0.5, 1.0, 7.0], [-1.0, 0.0], [-1.0, 0.0]),
    ("reciprocal root", t("Power", Exponent=-0.5), [[0.001], [0.5], [7.0]], [-1.0], [-1.0]), ("powers", t("Power", Exponent=[2.0, -1.0, 0.25]), POINTS, [], []),
    ("scalar affine", t("Affine", Loc=0.5, Scale=-3.0), LINE, [], []), ("affine that widens", t("Affine", Loc=[0.5, -1.0, 2.0], Scale=[[2.0], [-0.25]]), [[0.5, -1.0, 2.0]], [], []),
    ("affine of vectors", t("Affine", Loc=[0.5, -1.0, 2.0], Scale=[2.0, -0.25, 1.0], EventDim=1), VECTORS, [], []), ("affine of matrices", t("Affine", Loc=1.0, Scale=2.0, EventDim=2), MATRICES, [], []),
    ("softmax", t("Softmax"), VECTORS, [], [[0.5, 0.6], [-0.5, 1.5]]), ("stick-breaking", SIMPLEX, VECTORS, [], [[0.5, 0.6], [-0.5, 1.5]]), ("stick-breaking of one", SIMPLEX, [0.75], [], []),
    ("stick-breaking of a batch of matrices", SIMPLEX, [[[0.5], [1.0]], [[-1.0], [2.0]]], [], []), ("lower Cholesky", t("LowerCholesky"), MATRICES, [], [[[1.0, 0.5], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]]]),
    ("positive definite", t("PositiveDefinite"), MATRICES, [], [[[1.0, 2.0], [2.0, 1.0]]]), ("positive definite of three", t("PositiveDefinite"), [[0.5, 9.0, 9.0], [1.0, -0.5, 9.0], [0.25, -2.0, 0.75]], [], []),
    ("correlation", t("CorrCholesky"), VECTORS, [], [[[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [0.8, -0.6]]]), ("correlation of two", t("CorrCholesky"), [[0.75], [-2.0]], [], []),
    ("correlation of four", t("CorrCholesky"), [0.5, -1.0, 2.0, 0.25, -0.125, 1.5], [], []),
    ("reshape", t("Reshape", InShape=[2, 3], OutShape=[3, 2]), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [], []), ("flatten", t("Reshape", InShape=[2, 2], OutShape=[4]), MATRICES, [], []),
    ("CDF of a normal", t("CumulativeDistribution", Distribution={"distribution": "Normal", "parameters": {"Loc": 0.5, "Scale": 2.0}}), [-6.0, -1.0, 0.0, 0.5, 4.0], [], [-0.5, 1.5]),
    ("CDFs of exponentials", t("CumulativeDistribution", Distribution={"distribution": "Exponential", "parameters": {"Rate": [0.5, 1.0, 4.0]}}), POINTS, [-1.0], [-0.5, 1.5]),
    ("independent exp", t("Independent", BaseTransform=EXP, ReinterpretedBatchNdims=1), VECTORS, [], [[1.0, -1.0]]),
    ("independent stick-breaking", t("Independent", BaseTransform=SIMPLEX, ReinterpretedBatchNdims=1), VECTORS, [], []),
    ("independent power of matrices", t("Independent", BaseTransform=t("Power", Exponent=2.0), ReinterpretedBatchNdims=2), [POINTS], [], []),
    ("chain", t("Compose", Parts=[t("Affine", Loc=0.5, Scale=0.25), TANH, EXP]), [-3.0, -1.0, 0.0, 0.5, 4.0], [], [-1.0]), ("identity", t("Compose", Parts=[]), VECTORS, [], []),
    ("chain that turns", t("Compose", Parts=[SIGMOID, t("Affine", Loc=1.0, Scale=-2.0)]), [-3.0, -1.0, 0.0, 0.5, 4.0], [], []),
    ("chain into the simplex", t("Compose", Parts=[t("Affine", Loc=0.5, Scale=[0.25, 2.0, 1.0]), SIMPLEX]), VECTORS, [], []),
    ("chain through a reshape", t("Compose", Parts=[EXP, t("Reshape", InShape=[4], OutShape=[2, 2]), DOUBLE]), [[0.5, -1.0, 2.0, 0.25], [1.0, 0.0, -0.5, 1.5]], [], []),
    ("chain of chains", t("Compose", Parts=[t("Compose", Parts=[EXP, DOUBLE]), t("Power", Exponent=2.0), t("Exp", Inverse=True)]), [-3.0, 0.0, 0.5], [], []),
    ("inverse exp", t("Exp", Inverse=True), [0.001, 0.5, 1.0, 7.0], [0.0, -1.0], []), ("inverse sigmoid", t("Sigmoid", Inverse=True), [0.001, 0.5, 0.875], [1.5], []),
    ("inverse stick-breaking", t("StickBreaking", Inverse=True), [[0.2, 0.3, 0.5], [0.01, 0.9, 0.09]], [[0.5, 0.6]], []),
    ("inverse chain", t("Compose", Parts=[DOUBLE, EXP], Inverse=True), [0.001, 0.5, 1.0, 7.0], [-1.0], []),
    ("cat of elements", t("Cat", Transforms=[EXP, DOUBLE, SIGMOID], Dim=-1), VECTORS, [], []), ("cat of pieces", t("Cat", Transforms=[EXP, TANH], Dim=-1, Lengths=[2, 1]), VECTORS, [], []),
    ("cat of rows", t("Cat", Transforms=[t("Affine", Loc=0.0, Scale=3.0, EventDim=1), t("Affine", Loc=1.0, Scale=[1.0, -2.0, 4.0], EventDim=1)], Dim=0, Lengths=[1, 2]), VECTORS, [], []),
    ("stack of elements", t("Stack", Transforms=[EXP, DOUBLE, SIGMOID], Dim=-1), VECTORS, [], []), ("stack of rows", t("Stack", Transforms=[EXP, DOUBLE, TANH], Dim=0), VECTORS, [], []),
    ("stack of vectors", t("Stack", Transforms=[t("Independent", BaseTransform=EXP, ReinterpretedBatchNdims=1), t("Affine", Loc=1.0, Scale=2.0, EventDim=1)], Dim=-2), [[[0.5, -1.0, 2.0], [1.0, 0.0, 3.0]]], [], []),
]
# Shapes that are tried forwards and backwards.
SHAPES = [[], [1], [3], [4], [2, 2], [2, 3], [3, 2], [5, 3], [5, 1, 4], [2, 2, 2], [4, 2, 3], [0, 3], [6], [3, 3], [7, 4, 4]]


def tried(method):
    rows = []
    for shape in SHAPES:
        try:
            rows.append([shape, list(method(torch.Size(shape)))])
        except (ValueError, RuntimeError, IndexError):
            rows.append([shape, None])
    return rows


def attempt(call):
    try:
        return call()
    except (NotImplementedError, RuntimeError, ValueError, AttributeError, TypeError):
        return None


def case(name, spec, x, outside, outside_codomain):
    made, x = build(spec), torch.tensor(x)
    y = made(x)
    jacobian = attempt(lambda: made.log_abs_det_jacobian(x, y))
    row = {"name": name, "transform": spec, "x": plain(x.tolist()), "y": plain(y.tolist()), "inverse": plain(made.inv(y).tolist())}
    # PyTorch stacks the determinants of vectors in a wrong place.
    if jacobian is not None and name != "stack of vectors":
        row["logAbsDetJacobian"] = plain(jacobian.tolist())
    if spec["transform"] in EXACT and not spec.get("Inverse"):
        for key, function, theirs in (("y", EXACT[spec["transform"]][0], y), ("logAbsDetJacobian", EXACT[spec["transform"]][1], jacobian)):
            ours = torch.tensor([float(function(mp.mpf(v))) for v in x.flatten().tolist()]).reshape(x.shape)
            if not torch.allclose(ours, theirs, rtol=1e-9, atol=0):
                row["note"] = f"{key}: PyTorch loses digits"
                print(name, key, ours, theirs)
            row[key] = plain(ours.tolist())
    row["bijective"] = bool(made.bijective)
    sign = attempt(lambda: made.sign)
    # PyTorch 1.13 takes every power to rise.
    if sign is not None and spec["transform"] != "Power":
        row["sign"] = plain(torch.as_tensor(sign, dtype=torch.float64).tolist())
    # PyTorch's Stack and Cat contradict themselves there, and its CDF forgets to broadcast.
    if spec["transform"] not in ("Stack", "Cat"):
        row.update(domainEventDims=made.domain.event_dim, codomainEventDims=made.codomain.event_dim)
        if spec["transform"] != "CumulativeDistribution":
            row.update(forwardShapes=tried(made.forward_shape), inverseShapes=tried(made.inverse_shape))
    assert not outside or not made.domain.check(torch.tensor(outside)).any(), name
    return {**row, "outsideDomain": plain(outside), "outsideCodomain": plain(outside_codomain)}


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    with open(TARGET / "transforms.json", "w") as file:
        file.write("[\n" + ",\n".join("  " + json.dumps(case(*row)) for row in CASES) + "\n]\n")


if __name__ == "__main__":
    main()
