"""KL divergences at 40 digits and more, from the definition: expectations by quadrature or by sums over the densities of univariate.py and discrete.py; of vectors by their own closed forms."""
import mpmath as mp

import discrete
import multivariate
import univariate

CONTINUOUS = {"Normal", "LogNormal", "Uniform", "Exponential", "Laplace", "Cauchy", "Gumbel", "Gamma", "InverseGamma", "Beta", "Chi2", "HalfNormal", "HalfCauchy", "Pareto", "Weibull",
              "ContinuousBernoulli"}
# The supports, as functions of the parameters.
UNIT, POSITIVE, REAL = (lambda d: (0, 1)), (lambda d: (0, mp.inf)), (lambda d: (-mp.inf, mp.inf))
SUPPORT = {"Beta": UNIT, "ContinuousBernoulli": UNIT, "Uniform": lambda d: (d.Low, d.High), "Pareto": lambda d: (d.Scale, mp.inf),
           **dict.fromkeys(["Exponential", "Gamma", "Chi2", "InverseGamma", "LogNormal", "Weibull", "HalfNormal", "HalfCauchy"], POSITIVE)}


def divergence(p_name, p, q_name, q):
    # Near 1 the digits of 1 - x are needed.
    mp.mp.dps = 60 if p_name in ("Beta", "Dirichlet", "Uniform", "ContinuousBernoulli") else 40
    if p_name in CONTINUOUS:
        return continuous(p_name, p, q_name, q)
    if p_name in ("Bernoulli", "Binomial", "Geometric", "Poisson", "Categorical"):
        return counted(p_name, p, q_name, q)
    return VECTORS[p_name](p, q)


def continuous(p_name, p, q_name, q):
    first, second = getattr(univariate, p_name)(**p), getattr(univariate, q_name)(**q)
    (low, high), (other_low, other_high) = (SUPPORT.get(name, REAL)(d) for name, d in ((p_name, first), (q_name, second)))
    if low < other_low or high > other_high or tail_is_too_heavy(p_name, first, q_name):
        return mp.inf
    kinks = [second.Loc] if q_name == "Laplace" else []
    return expect(p_name, p, first, lambda x: first.lp(x) - second.lp(x), kinks)


def tail_is_too_heavy(p_name, first, q_name):
    """Whether E_p[-log q] diverges though q is positive wherever p is."""
    if p_name == "Pareto":
        return first.Alpha <= {"Normal": 2, "Exponential": 1, "Gamma": 1}.get(q_name, 0)
    return False


def expect(p_name, p, d, f, kinks):
    """E[f(x)], integrated where the density falls off at least exponentially on both sides."""
    x_of, slope, nodes = COORDINATES[p_name](d, {k: mp.mpf(v) for k, v in p.items()})
    inner = [t for t in (root(x_of, kink, nodes[0], nodes[-1]) for kink in kinks) if t is not None]
    points = sorted({*map(mp.mpf, nodes), *inner})

    def integrand(t):
        x = x_of(t)
        log_density = d.lp(x)
        return mp.exp(log_density) * slope(t, x) * f(x) if log_density > -mp.mpf(10) ** 6 else mp.mpf(0)
    total, error = mp.quad(integrand, points, error=True, maxdegree=6)
    mass = mp.quad(lambda t: mp.exp(d.lp(x_of(t))) * slope(t, x_of(t)), points, maxdegree=6)
    assert abs(mass - 1) < 1e-17, (p_name, p, mass)
    assert error < 1e-15 * max(abs(total), mp.mpf("1e-3")), (p_name, p, total, error)
    return total


def root(x_of, x, low, high):
    if not x_of(low) < x < x_of(high):
        return None
    for _ in range(200):
        middle = (low + high) / mp.mpf(2)
        low, high = (middle, high) if x_of(middle) < x else (low, middle)
    return low


def shifted(nodes):
    return lambda d, p: (lambda t: p["Loc"] + p["Scale"] * t, lambda t, x: p["Scale"], nodes)


def exponential(nodes_of):
    """x = exp(t)."""
    return lambda d, p: (mp.exp, lambda t, x: x, nodes_of(p))


def between(low, high, nodes):
    """x = low + (high - low) / (1 + exp(-t))."""
    return lambda t: low + (high - low) / (1 + mp.exp(-t)), lambda t, x: (high - low) / (1 + mp.exp(-t)) / (1 + mp.exp(t)), nodes


def half_cauchy(d, p):
    return lambda t: p["Scale"] * mp.exp(t), lambda t, x: x, [-100, -10, 0, 10, 100]


COORDINATES = {
    "Normal": shifted([-14, -6, -2, 0, 2, 6, 14]), "Laplace": shifted([-60, -20, -6, 0, 6, 20, 60]), "Gumbel": shifted([-5, -2, 0, 4, 20, 100]),
    # x - Loc = Scale sinh(t)
    "Cauchy": lambda d, p: (lambda t: p["Loc"] + p["Scale"] * mp.sinh(t), lambda t, x: p["Scale"] * mp.cosh(t), [-110, -30, -8, 0, 8, 30, 110]),
    "HalfCauchy": half_cauchy, "HalfNormal": lambda d, p: (lambda t: p["Scale"] * t, lambda t, x: p["Scale"], [0, 2, 6, 14]),
    "Uniform": lambda d, p: between(p["Low"], p["High"], [-60, -20, -6, 0, 6, 20, 60]), "ContinuousBernoulli": lambda d, p: between(0, 1, [-60, -20, -6, 0, 6, 20, 60]),
    "Beta": lambda d, p: between(0, 1, beta_nodes(p["Concentration1"], p["Concentration0"])),
    "Gamma": exponential(lambda p: gamma_nodes(p["Concentration"], p["Rate"])), "Exponential": exponential(lambda p: gamma_nodes(mp.mpf(1), p["Rate"])),
    "Chi2": exponential(lambda p: gamma_nodes(p["Df"] / 2, mp.mpf("0.5"))),
    "InverseGamma": exponential(lambda p: sorted(-t for t in gamma_nodes(p["Concentration"], p["Rate"]))),
    "LogNormal": exponential(lambda p: [p["Loc"] + p["Scale"] * t for t in (-14, -6, -2, 0, 2, 6, 14)]),
    "Weibull": lambda d, p: (lambda t: p["Scale"] * mp.exp(t / p["Concentration"]), lambda t, x: x / p["Concentration"], [-100, -10, -2, 0, 2, mp.log(110)]),
    "Pareto": lambda d, p: (lambda t: p["Scale"] * mp.exp(t), lambda t, x: x, [0, 1, 4, 16, 64, 256, 512]),
}


def gamma_nodes(shape, rate):
    """For log x."""
    mode, width = mp.log(shape / rate), 1 / mp.sqrt(shape)
    return [mode - 60 * width - 100 / shape, mode - 12 * width, mode - 4 * width, mode - width, mode, mode + width, mode + 3 * width, mode + mp.log(1 + 25 * width) + mp.log(1 + 110 / (1 + shape))]


def beta_nodes(a, b):
    middle = mp.log(a / b)
    left, right = 50 / a + 10, 50 / b + 10
    return [middle - left, middle - left / 8, middle - 2, middle, middle + 2, middle + right / 8, middle + right]


def counted(p_name, p, q_name, q):
    first, second = getattr(discrete, p_name)(**p), getattr(discrete, q_name)(**q)
    if p_name == "Poisson" and q_name in ("Bernoulli", "Binomial") and first.rate > 0:
        return mp.inf
    last = len(p.get("Probs", p.get("Logits"))) - 1 if p_name == "Categorical" else first.last
    total, k, mass = mp.mpf(0), 0, mp.mpf(0)
    while k <= last and mass < 1 - mp.mpf(10) ** -36:
        log = first.lp(k)
        if log > -mp.inf:
            other = second.lp(k) if k <= getattr(second, "last", mp.inf) else -mp.inf
            if other == -mp.inf:
                return mp.inf
            total += mp.exp(log) * (log - other)
            mass += mp.exp(log)
        k += 1
    return total


def matrix(parameters):
    for key, of in (("CovarianceMatrix", lambda m: m), ("PrecisionMatrix", lambda m: m ** -1), ("ScaleTril", lambda m: m * m.T)):
        if key in parameters:
            return of(mp.matrix(parameters[key]))
    factor = mp.matrix(parameters["CovFactor"])
    return factor * factor.T + mp.diag(list(map(mp.mpf, parameters["CovDiag"])))


def trace(m):
    return sum(m[i, i] for i in range(m.rows))


def normals(p, q):
    s, t = matrix(p), matrix(q)
    d = mp.matrix(q["Loc"]) - mp.matrix(p["Loc"])
    inverse = t ** -1
    return (mp.log(mp.det(t)) - mp.log(mp.det(s)) + trace(inverse * s) + (d.T * inverse * d)[0] - s.rows) / 2


def dirichlets(p, q):
    """The fractions of the stick that are broken off are independent Betas."""
    a, b = p["Concentration"], q["Concentration"]
    return sum(divergence("Beta", {"Concentration1": a[i], "Concentration0": sum(map(mp.mpf, a[i + 1:]))}, "Beta", {"Concentration1": b[i], "Concentration0": sum(map(mp.mpf, b[i + 1:]))})
               for i in range(len(a) - 1))


def wisharts(p, q):
    """E_p[log p - log q] with E[log|X|] and E[X] of Bartlett's decomposition."""
    s, t = matrix(p), matrix(q)
    n, m, size = mp.mpf(p["Df"]), mp.mpf(q["Df"]), s.rows

    def log_normalizer(df, scale):
        return df * size / 2 * mp.log(2) + df / 2 * mp.log(mp.det(scale)) + mp.mpf(size * (size - 1)) / 4 * mp.log(mp.pi) + sum(mp.loggamma((df - i) / 2) for i in range(size))
    log_det = sum(mp.digamma((n - i) / 2) for i in range(size)) + size * mp.log(2) + mp.log(mp.det(s))
    return (n - m) / 2 * log_det - n * size / 2 + n * trace(t ** -1 * s) / 2 - log_normalizer(n, s) + log_normalizer(m, t)


def von_mises_fishers(p, q):
    """By quadrature over the height along the mean direction."""
    mu, nu = ([mp.mpf(v) / mp.norm(mp.matrix(d["MeanDirection"])) for v in d["MeanDirection"]] for d in (p, q))
    kappa, other, power = mp.mpf(p["Concentration"]), mp.mpf(q["Concentration"]), mp.mpf(len(mu) - 3) / 2
    def integral(c, f): return mp.quad(lambda w: f(w) * mp.exp(c * (w - 1)) * (1 - w * w) ** power, [-1, 0, mp.mpf("0.9"), 1])
    mass, other_mass = integral(kappa, lambda w: 1), integral(other, lambda w: 1)
    height = integral(kappa, lambda w: w) / mass
    cosine = sum(a * b for a, b in zip(mu, nu))
    return kappa * (height - 1) - mp.log(mass) - other * (height * cosine - 1) + mp.log(other_mass)


def logistic_normals(p, q):
    return sum(divergence("Normal", {"Loc": a, "Scale": s}, "Normal", {"Loc": b, "Scale": t}) for a, s, b, t in zip(p["Loc"], p["Scale"], q["Loc"], q["Scale"]))


def one_hots(p, q):
    return counted("Categorical", p, "Categorical", q)


VECTORS = {"MultivariateNormal": normals, "LowRankMultivariateNormal": normals, "Dirichlet": dirichlets, "Wishart": wisharts, "VonMisesFisher": von_mises_fishers,
           "LogisticNormal": logistic_normals, "OneHotCategorical": one_hots, "OneHotCategoricalStraightThrough": one_hots}
