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


def uniform(a, b, c, d):
    return mp.inf if a < c or b > d else mp.log((d - c) / (b - a))


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


def normals(m, s, n, t):
    """In the plane; a covariance is (xx, xy, yy)."""
    (a, b, c), (d, e, f) = s, t
    det, other, (x, y) = a * c - b * b, d * f - e * e, [v - w for v, w in zip(n, m)]
    trace, distance = (f * a - 2 * e * b + d * c) / other, (f * x * x - 2 * e * x * y + d * y * y) / other
    return (trace + distance - 2 + mp.log(other / det)) / 2


def wisharts(n, s, m, t):
    """Of 2 x 2 matrices; a scale matrix is (xx, xy, yy)."""
    (a, b, c), (d, e, f) = s, t
    det, other, half = a * c - b * b, d * f - e * e, mp.mpf(1) / 2
    trace = (f * a - 2 * e * b + d * c) / other
    gammas = L(m / 2) + L(m / 2 - half) - L(n / 2) - L(n / 2 - half)
    return m / 2 * mp.log(other / det) + n / 2 * (trace - 2) + gammas + (n - m) / 2 * (D(n / 2) + D(n / 2 - half))
