"""KL(P || Q) within a kind, in closed form, of mpmath numbers."""
import mpmath as mp

L, D = mp.loggamma, mp.digamma


def beta(a, b, c, d):
    log_beta = lambda x, y: L(x) + L(y) - L(x + y)
    return log_beta(c, d) - log_beta(a, b) + (a - c) * D(a) + (b - d) * D(b) + (c - a + d - b) * D(a + b)


def gamma(a, r, b, s):
    return b * mp.log(r / s) + L(b) - L(a) + (a - b) * D(a) + (s - r) * a / r


def normal(m, s, n, t):
    return mp.log(t / s) + (s * s + (m - n) ** 2) / (2 * t * t) - mp.mpf(1) / 2


def cauchy(m, s, n, t):
    return mp.log(((s + t) ** 2 + (m - n) ** 2) / (4 * s * t))


def laplace(m, s, n, t):
    d = abs(m - n)
    return mp.log(t / s) + (s * mp.exp(-d / s) + d) / t - 1


def gumbel(m, s, n, t):
    r, shift = s / t, (m - n) / t
    return -mp.log(r) + shift + mp.euler * (r - 1) + mp.exp(L(1 + r) - shift) - 1


def weibull(s, k, t, l):
    return mp.log(k / l) + l * mp.log(t / s) - (1 - l / k) * mp.euler + mp.exp(L(l / k + 1) + l * mp.log(s / t)) - 1


def pareto(s, a, t, b):
    return mp.inf if s < t else b * mp.log(s / t) - mp.log(b / a) + b / a - 1


def tilted(t, u):
    """Densities t exp(t x) / (exp(t) - 1)."""
    with mp.workdps(mp.mp.dps + 40):
        norm = lambda v: mp.log(v / mp.expm1(v)) if v != 0 else mp.mpf(0)
        mean = 1 / -mp.expm1(-t) - 1 / t if t != 0 else mp.mpf(1) / 2
        return norm(t) - norm(u) + (t - u) * mean


def binary(p, q):
    (p1, p0), (q1, q0) = p, q
    log = lambda x, rest: mp.log1p(-rest) if rest < x else mp.log(x)
    return p1 * (log(p1, p0) - log(q1, q0)) + p0 * (log(p0, p1) - log(q0, q1))


def poisson(r, s):
    return r * mp.log(r / s) - r + s


def dirichlet(a, b):
    return L(mp.fsum(a)) - L(mp.fsum(b)) + mp.fsum(L(y) - L(x) + (x - y) * (D(x) - D(mp.fsum(a))) for x, y in zip(a, b))


def categories(p, q):
    return mp.fsum(x * mp.log(x / y) for x, y in zip(p, q))
