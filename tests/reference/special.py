"""Functions at 50 digits that mpmath has not in the form needed here."""
import mpmath as mp

from tails import beta_tails, gamma_tails

mp.mp.dps = 50
INF = mp.inf


def gamma_p(a, x):
    """The regularized lower incomplete gamma function and its complement."""
    if x <= 0:
        return mp.mpf(0), mp.mpf(1)
    if x > mp.mpf(10) ** 30 * (1 + a):
        return mp.mpf(1), mp.mpf(0)
    if a > 2000:
        return gamma_tails(a, x)
    if x < a + 1 or x < 30:
        # 30 digits more: the complement may be as small as a exp(-x).
        with mp.workdps(mp.mp.dps + 30):
            lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * power_series(lambda n: x / (a + n))
            return lower, 1 - lower
    upper = upper_gamma(a, x)
    return 1 - upper, upper


def power_series(ratio):
    """1 + r(1) + r(1) r(2) + ..., for positive ratios that fall below 1."""
    total = term = mp.mpf(1)
    n = 1
    while True:
        term *= ratio(n)
        total += term
        if term < total * mp.eps and ratio(n) < mp.mpf("0.999999"):
            return total
        n += 1


def upper_gamma(a, x):
    """Q(a, x) for x >= a + 1, x >= 30: Legendre's continued fraction (modified Lentz)."""
    b = x + 1 - a
    c = mp.mpf(10) ** 300
    d = 1 / b
    h = d
    i = 1
    while True:
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < mp.eps * 10:
            break
        i += 1
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a)) * h


def beta_i(a, b, x, complement=None):
    """The regularized incomplete beta function and its complement; complement is 1 - x where that is known better."""
    y = 1 - x if complement is None else complement
    if x <= 0:
        return mp.mpf(0), mp.mpf(1)
    if y <= 0:
        return mp.mpf(1), mp.mpf(0)
    if max(a, b) > 2000 or min(a, b) < 1e-3:
        return beta_tails(a, b, x, y)

    def series(p, q, u, v):
        # u^p v^q / (p B(p, q)) * 2F1(p + q, 1; p + 1; u): all terms are positive.
        front = mp.exp(p * mp.log(u) + q * mp.log(v) - mp.log(p) - mp.loggamma(p) - mp.loggamma(q) + mp.loggamma(p + q))
        return front * power_series(lambda n: (p + q + n - 1) / (p + n) * u) if u < mp.mpf("0.995") else front * mp.hyp2f1(p + q, 1, p + 1, u)

    if x < a / (a + b):
        lower = series(a, b, x, y)
        return lower, 1 - lower
    upper = series(b, a, y, x)
    return 1 - upper, upper


def phi(z):
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) if abs(z) != INF else mp.mpf(0)


def ncdf(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2 if abs(z) != INF else mp.mpf(z > 0)


def normal_between(a, b):
    """P(a < Z < b) for a standard normal, without cancellation between numbers close to 1."""
    return ncdf(-a) - ncdf(-b) if a > 0 else ncdf(b) - ncdf(a)


def nppf(p):
    """The standard normal quantile."""
    if p > mp.mpf("0.5"):
        return -nppf(1 - p)
    z = -mp.sqrt(-2 * mp.log(p)) if p < mp.mpf("0.1") else mp.mpf(-0.5)
    for _ in range(100):
        step = (mp.log(ncdf(z)) - mp.log(p)) * ncdf(z) / phi(z)
        z -= step
        if abs(step) < mp.mpf(10) ** -45:
            return z
    raise ArithmeticError("normal quantile")
