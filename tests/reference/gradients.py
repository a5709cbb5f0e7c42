"""Reference values for gradient checks and quasi-Monte Carlo points: verdicts of PyTorch's gradcheck and gradgradcheck, and SciPy's Sobol points.

    /usr/bin/python3 tests/reference/gradients.py tests/ReparamPS.Core.Tests/Data/gradients
"""
import csv
import sys
import warnings

import numpy as np
import torch
from scipy.stats import qmc

warnings.filterwarnings("ignore")
CASES = {
    "tanh": (lambda x: x.tanh(), [0.1, -0.7, 2.0]),
    "cube": (lambda x: x.pow(3), [1.0, -2.0, 3.0]),
    "exp of a large number": (lambda x: x.exp(), [20.0, 0.0]),
    "softmax": (lambda x: x.softmax(0), [0.1, 0.5, -1.0]),
    "product": (lambda x: x.prod(), [1.5, -0.5, 2.0]),
    "norm": (lambda x: x.norm(), [3.0, 4.0]),
    "relu away from its kink": (lambda x: x.relu(), [-1.0, 0.5]),
    "relu at its kink": (lambda x: x.relu(), [-1.0, 0.0]),
    "relu beside its kink": (lambda x: x.relu(), [5e-7, 1.0]),
    "abs at its kink": (lambda x: x.abs(), [0.0, 1.0]),
    "root at 0": (lambda x: x.sqrt(), [0.0, 4.0]),
    "floor": (lambda x: x.floor(), [0.5, 1.5]),
    "floor at its jump": (lambda x: x.floor(), [1.0]),
    "detached": (lambda x: x.detach().square(), [1.0, 2.0]),
    "one factor detached": (lambda x: x * x.detach(), [1.0, 2.0]),
    "gradient off by a thousandth": (lambda x: x.square() + 5e-4 * (x.square() - x.square().detach()), [1.0, 2.0]),
    "gradient off by a hundredth": (lambda x: x.square() + 1e-2 * (x.square() - x.square().detach()), [1.0, 2.0]),
    "constant": (lambda x: 0 * x + 3, [1.0]),
    "gradient without a second one": (lambda x: (2 * x.detach() * (x - x.detach()) + x.detach().square()), [1.0, 3.0]),
}


def verdict(check, function, values):
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    try:
        torch.manual_seed(0)
        return check(function, (x,), raise_exception=False)
    except (RuntimeError, ValueError):
        return False
    except TypeError:
        return ""


def main(folder):
    with open(f"{folder}/gradcheck.csv", "w", newline="") as file:
        file.write(f"# verdicts of torch.autograd.gradcheck and gradgradcheck of PyTorch {torch.__version__}, by tests/reference/gradients.py\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "input", "gradcheck", "gradgradcheck"])
        for name, (function, values) in CASES.items():
            writer.writerow([name, " ".join(map(repr, values)), verdict(torch.autograd.gradcheck, function, values), verdict(torch.autograd.gradgradcheck, function, values)])
    points = qmc.Sobol(512, scramble=False).random(64)
    with open(f"{folder}/sobol.csv", "w", newline="") as file:
        file.write("# points 0, 1, 2, 3, 5, 21 and 63 of SciPy's unscrambled Sobol sequence in a few dimensions, by tests/reference/gradients.py\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dimension", "point", "value"])
        for dimension in [0, 1, 2, 3, 10, 77, 200, 511]:
            for point in [0, 1, 2, 3, 5, 21, 63]:
                writer.writerow([dimension, point, repr(float(points[point, dimension]))])


if __name__ == "__main__":
    main(*sys.argv[1:])
