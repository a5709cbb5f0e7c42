"""The incomplete gamma and beta functions at any parameters: power series, and Gauss-Legendre quadrature of log-concave densities by MPFR, where mpmath is too slow."""
import functools

import gmpy2
import mpmath as mp
from gmpy2 import mpfr

BITS = 280
NODES = 40
DROP = 20
FAR = 100


def to_mpfr(x):
    sign, mantissa, exponent, _ = mp.mpf(x)._mpf_
    return gmpy2.mul_2exp(mpfr(-int(mantissa) if sign else int(mantissa)), exponent) if exponent >= 0 else gmpy2.div_2exp(mpfr(-int(mantissa) if sign else int(mantissa)), -exponent)


def to_mpf(x):
    if x == 0:
        return mp.mpf(0)
    mantissa, exponent = x.as_mantissa_exp()
    return mp.ldexp(mp.mpf(int(mantissa)), int(exponent))


@functools.lru_cache(None)
def rule():
    """Nodes and weights on [-1, 1]."""
    with mp.workdps(110):
        nodes = []
        for k in range(1, NODES // 2 + 1):
            x = mp.cos(mp.pi * (k - mp.mpf(1) / 4) / (NODES + mp.mpf(1) / 2))
            for _ in range(9):
                p, q = mp.mpf(1), mp.mpf(0)
                for n in range(NODES):
                    p, q = ((2 * n + 1) * x * p - n * q) / (n + 1), p
                slope = NODES * (x * p - q) / (x * x - 1)
                x -= p / slope
            weight = to_mpfr(2 / ((1 - x * x) * slope * slope))
            nodes += [(to_mpfr(x), weight), (to_mpfr(-x), weight)]
        return nodes


def tail_mass(log_density, slope, start, direction):
    """The integral of exp(log_density) from start outward, where it falls; cut into pieces in each of which it falls by the same factor."""
    top = log_density(start)
    small = mpfr(10) ** -8
    curvature = abs(slope(start + direction * small) - slope(start)) / small / (2 * DROP)
    step = direction / max(abs(slope(start)) / DROP, gmpy2.sqrt(curvature) + mpfr(10) ** -30)
    total, t = mpfr(0), start
    for level in range(DROP, FAR + 1, DROP):
        u = t + step
        for _ in range(60):
            change = (log_density(u) - top + level) / slope(u)
            following = u - change
            if (following - t) * direction <= 0:
                following = (t + u) / 2
            done = abs(following - u) < abs(u - t) / 1000
            u = following
            if done:
                break
        half, middle = (u - t) / 2, (t + u) / 2
        total += abs(half) * gmpy2.fsum([w * gmpy2.exp(log_density(middle + half * x) - top) for x, w in rule()])
        step, t = u - t, u
    return mp.exp(to_mpf(top)) * to_mpf(total)


def gamma_tails(a, x):
    """P(a, x) and Q(a, x) for large a, in t = log(x / a)."""
    with gmpy2.local_context(gmpy2.context(), precision=BITS):
        t, constant, a = to_mpfr(mp.log(x / a)), to_mpfr(a * mp.log(a) - a - mp.loggamma(a)), to_mpfr(a)
        part = tail_mass(lambda s: -a * (gmpy2.expm1(s) - s) + constant, lambda s: -a * gmpy2.expm1(s), t, 1 if t > 0 else -1)
    return (1 - part, part) if t > 0 else (part, 1 - part)


def beta_series(a, b, x):
    """I(x; a, b) by its power series at x, whose terms change sign: with digits enough for what cancels."""
    guard = int(float(b * x) * 0.9) + 20
    with mp.workdps(mp.mp.dps + guard):
        total, term, n = mp.mpf(1) / a, mp.mpf(1), 0
        while term != 0:
            n += 1
            term *= (n - b) * x / n
            part = term / (a + n)
            total += part
            if abs(part) < mp.eps * abs(total) and n > b * x:
                break
        return mp.exp(a * mp.log(x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)) * total


def beta_tails(a, b, x, y):
    """I(x; a, b) and its complement, y = 1 - x."""
    if b * x <= 60 and x < 0.9:
        lower = beta_series(a, b, x)
        return lower, 1 - lower
    if a * y <= 60 and y < 0.9:
        upper = beta_series(b, a, y)
        return 1 - upper, upper
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    with gmpy2.local_context(gmpy2.context(), precision=BITS):
        t, log_beta, a, b = to_mpfr(mp.log(x) - mp.log(y)), to_mpfr(log_beta), to_mpfr(a), to_mpfr(b)

        def log_density(s):
            fall = gmpy2.log1p(gmpy2.exp(-abs(s)))
            return -a * fall - b * (fall + s) - log_beta if s > 0 else -a * (fall - s) - b * fall - log_beta

        def slope(s):
            return a / (1 + gmpy2.exp(s)) - b / (1 + gmpy2.exp(-s))

        up = slope(t) < 0
        part = tail_mass(log_density, slope, t, 1 if up else -1)
    return (1 - part, part) if up else (part, 1 - part)


def von_mises_tail(k, start):
    """The integral of exp(-2 k sin(t / 2)^2) from start >= 0 to pi."""
    if start >= mp.pi:
        return mp.mpf(0)
    scale = -2 * k * mp.sin(start / 2) ** 2
    with gmpy2.local_context(gmpy2.context(), precision=BITS):
        left, end, kappa, base = to_mpfr(start), to_mpfr(mp.pi), to_mpfr(k), to_mpfr(scale)
        total = mpfr(0)
        while left < end:
            # Falls by about the same factor in each piece.
            slope = kappa * gmpy2.sin(left) / 16
            right = min(left + 1 / (slope + gmpy2.sqrt(kappa) / 4 + mpfr(1) / 2), end)
            half, middle = (right - left) / 2, (left + right) / 2
            part = half * gmpy2.fsum([w * gmpy2.exp(-2 * kappa * gmpy2.sin((middle + half * x) / 2) ** 2 - base) for x, w in rule()])
            total += part
            left = right
            if part < total * mpfr(10) ** -45:
                break
    return mp.exp(scale) * to_mpf(total)
