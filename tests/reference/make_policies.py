"""References for control problems and policies: Data/policies.json.

- Linear-quadratic costs: the states and actions of all steps are one linear map of (x0, noise), so J is a trace; its gradient by complex steps.
- Optimal gains: SciPy's solve_discrete_are with sqrt(gamma) A and sqrt(gamma) B.
- Log-densities of u = bound tanh(x), x ~ N(mean, scale^2): mpmath at 60 digits.
- Pendulum: the cost of a fixed linear policy from fixed starts, in plain Python. The best mean return, by make_pendulum.py, is noted beside it.
"""
import json
import math
from pathlib import Path

import mpmath
import numpy as np
import scipy
from scipy.linalg import solve_discrete_are

mpmath.mp.dps = 60


def cost(a, b, q, r, k, sigma, horizon, gamma, start, process):
    n, m = b.shape
    width = n + horizon * (m + n)
    covariance = np.zeros((width, width), dtype=complex)
    covariance[:n, :n] = start
    for t in range(horizon):
        at = n + t * (m + n)
        covariance[at:at + m, at:at + m] = np.diag(sigma ** 2)
        covariance[at + m:at + m + n, at + m:at + m + n] = np.diag(np.asarray(process, dtype=complex) ** 2)
    state = np.zeros((n, width), dtype=complex)
    state[:, :n] = np.eye(n)
    total = 0
    for t in range(horizon):
        at = n + t * (m + n)
        action = -k @ state
        action[:, at:at + m] += np.eye(m)
        total = total + gamma ** t * (np.trace(state.T @ q @ state @ covariance) + np.trace(action.T @ r @ action @ covariance))
        state = a @ state + b @ action
        state[:, at + m:at + m + n] += np.eye(n)
    return total


def lqr(name, a, b, q, r, k, sigma, horizon=50, gamma=1.0, start=None, process=None):
    a, b, q, r, k = (np.array(each, dtype=float) for each in (a, b, q, r, k))
    sigma = np.array(sigma, dtype=float)
    n = len(a)
    start = np.eye(n) if start is None else np.array(start, dtype=float)
    process = np.zeros(n) if process is None else np.array(process, dtype=float)
    given = (q.tolist(), r.tolist())
    step = 1e-30
    gradient = []
    for index in np.ndindex(k.shape):
        moved = k.astype(complex)
        moved[index] += 1j * step
        gradient.append(cost(a, b, q, r, moved, sigma.astype(complex), horizon, gamma, start, process).imag / step)
    for index in range(len(sigma)):
        moved = sigma.astype(complex)
        moved[index] += 1j * step
        gradient.append(cost(a, b, q, r, k.astype(complex), moved, horizon, gamma, start, process).imag / step)
    root = math.sqrt(gamma)
    q, r = (q + q.T) / 2, (r + r.T) / 2  # only the symmetric parts count
    p = solve_discrete_are(root * a, root * b, q, r)
    best = np.linalg.solve(r + gamma * b.T @ p @ b, gamma * b.T @ p @ a)
    return {
        "name": name, "a": a.tolist(), "b": b.tolist(), "q": given[0], "r": given[1], "gain": k.tolist(), "scale": sigma.tolist(), "horizon": horizon, "discount": gamma,
        "process": process.tolist(), "cost": cost(a, b, q, r, k.astype(complex), sigma.astype(complex), horizon, gamma, start, process).real, "gradient": gradient,
        "optimalGain": best.tolist(), "entropyVariance": [0.2 / (2 * each) for each in np.diag(r + gamma * b.T @ p @ b)],
    }


def tanh_normal(mean, scale, x, bound):
    mean, scale, x, bound = (mpmath.mpf(each) for each in (mean, scale, x, bound))
    normal = -((x - mean) / scale) ** 2 / 2 - mpmath.log(scale) - mpmath.log(2 * mpmath.pi) / 2
    return float(normal - mpmath.log(bound) - mpmath.log(mpmath.sech(x) ** 2))


def wrap(angle):
    return (angle + math.pi) % (2 * math.pi) - math.pi


def pendulum(gain, theta, speed):
    total = 0.0
    for _ in range(200):
        action = -(gain[0] * math.cos(theta) + gain[1] * math.sin(theta) + gain[2] * speed)
        torque = min(max(action, -2.0), 2.0)
        total += wrap(theta) ** 2 + 0.1 * speed ** 2 + 0.001 * torque ** 2
        speed = min(max(speed + (15 * math.sin(theta) + 3 * torque) * 0.05, -8.0), 8.0)
        theta += speed * 0.05
    return total


PAIR = dict(a=[[1, 0.1], [0, 1]], b=[[0], [0.1]], q=[[1, 0], [0, 1]], r=[[0.1]])
THREE = dict(a=[[0.9, 0.2, 0.0], [-0.1, 0.8, 0.1], [0.0, 0.3, 0.7]], b=[[1, 0], [0.5, 0.2], [0, 1]], q=[[2, 0.3, 0], [0.1, 1, 0], [0, 0, 0.5]], r=[[1, 0.2], [0, 0.5]])
rows = {
    "madeBy": f"make_policies.py with NumPy {np.__version__}, SciPy {scipy.__version__}, mpmath {mpmath.__version__}",
    "lqr": [
        lqr("double integrator", **PAIR, k=[[1, 1]], sigma=[0.5]),
        lqr("double integrator, discounted", **PAIR, k=[[1, 1]], sigma=[0.5], gamma=0.99),
        lqr("double integrator with process noise", **PAIR, k=[[2, 1.5]], sigma=[0.2], horizon=20, process=[0.1, 0.3]),
        lqr("scalar", a=[[1]], b=[[1]], q=[[1]], r=[[1]], k=[[0.5]], sigma=[0.3], horizon=10),
        lqr("three states, two actions", **THREE, k=[[0.3, 0.1, 0], [0, 0.2, 0.4]], sigma=[0.4, 0.2], horizon=12, gamma=0.95),
    ],
    "tanhNormal": [
        {"mean": mean, "scale": scale, "x": x, "bound": bound, "logProb": tanh_normal(mean, scale, x, bound)}
        for mean, scale, x, bound in [(0, 1, 0, 1), (0.3, 0.5, -0.7, 2), (0, 1, 5, 1), (-1, 2, -12.5, 1), (10, 1, 40, 2), (0, 3, -300, 1), (0, 1, 1e-9, 1)]
    ],
    "pendulum": [
        {"gain": gain, "theta": theta, "speed": speed, "cost": pendulum(gain, theta, speed)}
        for gain in [[0, 4, 1], [0.5, 0, -0.3], [0, 0, 0]]
        for theta, speed in [(0.1, 0.2), (-3.0, 0.9), (3.14, -1.0), (1.5, 0.0)]
    ],
}
target = Path(__file__).parent.parent / "ReparamPS.Core.Tests/Data/policies.json"
target.write_text(json.dumps(rows, separators=(",", ":")).replace('{"name"', '\n{"name"').replace('{"mean"', '\n{"mean"').replace('{"gain":[0', '\n{"gain":[0') + "\n")
