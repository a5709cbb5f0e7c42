"""Values, gradients and condition numbers of functions of a few numbers, by central differences at many digits."""
import mpmath as mp

DIGITS = 70
STEP = mp.mpf(10) ** -15
# What a parameter of 0 is compared with; 1 if None. Set it to min where all inputs have one unit.
UNIT = None
OPPOSITE = {"cdf": "survival", "survival": "cdf"}


def derivatives(function, inputs):
    """function maps a list of numbers to {name: value}. Returns {name: (value, gradient, scale of the value, scales of the gradient)}.

    The scale of f is |f| + sum |x_i df/dx_i|: relative errors of the size e in the inputs and in the result change the result by about e times the scale.
    """
    n = len(inputs)
    unit = UNIT(abs(x) for x in inputs if x != 0) if UNIT else 1
    steps = [abs(x if x != 0 else unit) * STEP for x in inputs]

    def at(*moves):
        moved = list(inputs)
        for i, sign in moves:
            moved[i] += sign * steps[i]
        return function(moved)

    center = at()
    up, down = [at((i, 1)) for i in range(n)], [at((i, -1)) for i in range(n)]
    both = {(i, j): (at((i, 1), (j, 1)), at((i, -1), (j, -1))) for i in range(n) for j in range(i)}
    result = {}
    for name, value in center.items():
        if not mp.isfinite(value):
            result[name] = (value, None, None, None)
            continue
        # The slopes of the larger tail are those of the smaller one, whose digits are not lost beside 1.
        is_larger = name in OPPOSITE and OPPOSITE[name] in center and value > 0.5
        source, sign = (OPPOSITE[name], -1) if is_larger else (name, 1)
        middle = center[source]
        slopes = [sign * difference(up[i][source], middle, down[i][source]) / (2 * steps[i]) for i in range(n)]
        curves = [[mp.mpf(0)] * n for _ in range(n)]
        for i in range(n):
            curves[i][i] = (up[i][source] - 2 * middle + down[i][source]) / steps[i] ** 2
            for j in range(i):
                plus, minus = both[i, j]
                mixed = plus[source] - up[i][source] - up[j][source] + 2 * middle - down[i][source] - down[j][source] + minus[source]
                curves[i][j] = curves[j][i] = mixed / (2 * steps[i] * steps[j])
        if not all(mp.isfinite(s) for s in slopes) or not all(mp.isfinite(c) for row in curves for c in row):
            result[name] = (value, None, abs(value), None)
            continue
        scale = abs(value) + mp.fsum(abs(x * s) for x, s in zip(inputs, slopes))
        scales = [abs(slopes[i]) + mp.fsum(abs(inputs[j] * curves[i][j]) for j in range(n)) for i in range(n)]
        result[name] = (value, slopes, scale, scales)
    return result


def difference(up, middle, down):
    """up - down; 0 where that is the rounding of a function which is even there."""
    return up - down if abs(up - down) > mp.mpf(10) ** -30 * abs(up - middle) else mp.mpf(0)


def log(x):
    return mp.log(x) if x > 0 else -mp.inf


def tails(cdf, survival):
    """Both tails and their logarithms, each from the smaller of the two."""
    logs = (log(cdf), log(survival))
    if cdf > 0.5:
        logs = (mp.log1p(-survival), logs[1])
    if survival > 0.5:
        logs = (logs[0], mp.log1p(-cdf))
    return {"cdf": cdf, "survival": survival, "logCdf": logs[0], "logSurvival": logs[1]}


def quantile_near(distribution, x, p):
    """Newton's steps from a root that belongs to parameters almost the same."""
    for _ in range(3):
        cdf, survival = distribution.cdf(x), distribution.sf(x)
        error = cdf - p if cdf < 0.5 else (1 - p) - survival
        x -= error / mp.exp(distribution.lp(x))
    return x


def quantile_from(distribution, guess, p):
    """Newton's method in log x on the logarithm of the smaller tail, from a guess; None where it does not get there."""
    x = mp.mpf(guess)
    lower = p < mp.mpf("0.5")
    target = mp.log(p if lower else 1 - p)
    for _ in range(40):
        if not distribution.low < x < distribution.high:
            return None
        tail = distribution.cdf(x) if lower else distribution.sf(x)
        if tail <= 0:
            return None
        step = (mp.log(tail) - target) * tail / (mp.exp(distribution.lp(x)) * x) * (1 if lower else -1)
        step = max(min(step, mp.mpf(2)), -mp.mpf(2))
        x *= mp.exp(-step)
        if abs(step) < mp.mpf(10) ** -45:
            return x
    return None
