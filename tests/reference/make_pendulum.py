"""The best mean return of the pendulum by dynamic programming: what a policy can reach.

Finite-horizon value iteration with bilinear interpolation on grids of (theta, speed); then the greedy policy of these values acts from the 750 starts that Measure-PolicyReturn uses
(points 1 to 750 of a Sobol sequence). The greedy policy's return is really reached, so it is a lower bound of the best; finer grids raise it.

    python3 make_pendulum.py 400 320 41
"""
import sys

import numpy as np

ANGLES, SPEEDS, TORQUES = (int(each) for each in sys.argv[1:4]) if len(sys.argv) > 3 else (400, 320, 41)
HORIZON = 200


def step(theta, speed, torque):
    faster = np.clip(speed + (15 * np.sin(theta) + 3 * torque) * 0.05, -8, 8)
    return theta + faster * 0.05, faster


def wrap(theta):
    return (theta + np.pi) % (2 * np.pi) - np.pi


def cost(theta, speed, torque):
    return wrap(theta) ** 2 + 0.1 * speed ** 2 + 0.001 * torque ** 2


def place(theta, speed):
    x = (theta + np.pi) / (2 * np.pi) * ANGLES
    low = np.floor(x)
    y = np.clip((speed + 8) / 16 * (SPEEDS - 1), 0, SPEEDS - 1)
    below = np.minimum(np.floor(y), SPEEDS - 2)
    first = low.astype(np.int64) % ANGLES * SPEEDS + below.astype(np.int64)
    second = (low.astype(np.int64) + 1) % ANGLES * SPEEDS + below.astype(np.int64)
    return first.astype(np.int32), second.astype(np.int32), (x - low).astype(np.float32), (y - below).astype(np.float32)


def value(table, where):
    first, second, x, y = where
    at_first = table[first] * (1 - y) + table[first + 1] * y
    at_second = table[second] * (1 - y) + table[second + 1] * y
    return at_first * (1 - x) + at_second * x


def sobol(count):
    rows = np.zeros((2, 32), dtype=np.uint64)
    rows[0] = [1 << (31 - k) for k in range(32)]
    rows[1, 0] = 1 << 31
    for k in range(1, 32):
        rows[1, k] = rows[1, k - 1] ^ (rows[1, k - 1] >> np.uint64(1))
    state, points = np.zeros(2, dtype=np.uint64), []
    for index in range(count):
        points.append((state.astype(float) + 0.5) / 2 ** 32)
        state = state ^ rows[:, ((~index) & (index + 1)).bit_length() - 1]
    return np.array(points)


torques = np.linspace(-2, 2, TORQUES)
theta, speed = np.meshgrid(-np.pi + 2 * np.pi * np.arange(ANGLES) / ANGLES, np.linspace(-8, 8, SPEEDS), indexing="ij")
theta, speed = theta.ravel(), speed.ravel()
places = [place(*step(theta, speed, torque)) for torque in torques]
costs = cost(theta, speed, 0).astype(np.float32)
tables = [np.zeros(ANGLES * SPEEDS, dtype=np.float32)]
for _ in range(HORIZON):
    best = None
    for torque, where in zip(torques, places):
        found = value(tables[-1], where) + np.float32(0.001 * torque ** 2)
        best = found if best is None else np.minimum(best, found)
    tables.append(costs + best)
starts = sobol(751)[1:]
theta, speed = starts[:, 0] * 2 * np.pi - np.pi, starts[:, 1] * 2 - 1
print(f"value of the grid: {-value(tables[-1], place(theta, speed)).mean():.3f}")
total = np.zeros(len(theta))
for t in range(HORIZON):
    after = tables[HORIZON - t - 1]
    options = np.stack([value(after, place(*step(theta, speed, torque))) + 0.001 * torque ** 2 for torque in torques])
    torque = torques[options.argmin(0)]
    total += cost(theta, speed, torque)
    theta, speed = step(theta, speed, torque)
print(f"greedy policy: mean {-total.mean():.3f}, standard deviation {total.std(ddof=1):.2f}, worst {-total.max():.1f}")
