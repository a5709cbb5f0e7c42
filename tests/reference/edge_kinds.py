"""The kinds of the catalogue over log-spaced parameters: settings, points and divergences for make_edges.py."""
import math

import mpmath as mp
from scipy import special

import discrete
import edge_divergences as kl
import multivariate
import univariate

PROBABILITIES = [1e-12, 1e-3, 0.2, 0.5, 0.9, 1 - 2.0 ** -20]
SHAPES = [1e-8, 1e-4, 1e-2, 0.5, 1.0, 3.7, 100.0, 1e4, 1e8, 1e12]
PROBS = [1e-12, 1e-8, 1e-4, 0.3, 0.5, 0.9, 1 - 2.0 ** -10, 1 - 2.0 ** -20]
LOGITS = [0.0, 1e-8, -1e-4, 0.5, -5.0, 30.0, -80.0, 600.0, -1e4, 1e8, -1e12]
LOC_SCALE = [(0.0, 1.0), (0.0, 1e-8), (1.0, 1e-4), (-3.0, 1e4), (1e8, 1.0), (-1e8, 1e8), (1e12, 1e10), (2.0, 1e12), (0.5, 0.25)]
STEPS = [-600.0, -38.0, -6.0, -1.0, -0.01, 0.3, 2.0, 9.0, 50.0, 800.0]


def crossed(first, second, stride=3, extra=()):
    """A spread of pairs: every value of either list comes up several times."""
    pairs = [(a, second[(i * stride + k * 4) % len(second)]) for i, a in enumerate(first) for k in range(3)]
    return list(dict.fromkeys([*pairs, *extra]))


SAME = [(1e-8, 1e-8), (1.0, 1.0), (1e4, 1e4), (1e8, 1e8), (1e12, 1e12), (1e12, 3.7), (1e8, 1e4), (1e-4, 1e8)]
PAIRS = crossed(SHAPES, SHAPES, extra=SAME)


# Where the search for a quantile begins, from SciPy.
GUESSES = {
    "Gamma": lambda a, r, p: special.gammaincinv(a, p) / r,
    "Chi2": lambda a, p: 2 * special.gammaincinv(a / 2, p),
    "InverseGamma": lambda a, r, p: r / special.gammainccinv(a, p),
    "Beta": lambda a, b, p: special.betaincinv(a, b, p),
    "FisherSnedecor": lambda a, b, p: special.fdtri(a, b, p),
}


def circular_guess(loc, concentration, p):
    """By the normal limit at large concentrations, and SciPy's quantile else."""
    from scipy import stats
    if concentration > 200:
        return loc + stats.norm.ppf(p) / math.sqrt(concentration)
    return loc + float(stats.vonmises.ppf(p, concentration))


class Kind:
    """One way to give a kind's parameters. points(parameters) are values inside the support; neighbour is what KL is measured to."""

    def __init__(self, name, names, settings, points, cls=None, divergence=None, tails=True, quantiles=True, moments=("mean", "var", "ent"), shapes=None, fixed=()):
        self.name, self.names, self.settings, self.points = name, names, settings, points
        self.cls = cls or getattr(univariate, name, None) or getattr(discrete, name)
        self.divergence, self.tails, self.quantiles, self.moments = divergence, tails, quantiles, moments
        self.fixed = fixed
        self.discrete = getattr(self.cls, "discrete", False)

    def make(self, values):
        return self.cls(**dict(zip(self.names, values)))


def by_steps(loc, scale):
    return [loc + scale * z for z in STEPS]


def around(mean, deviation, extra=()):
    values = [mean + deviation * z for z in (-30.0, -5.0, -1.0, 0.0, 0.6, 4.0, 40.0)] + list(extra)
    return sorted({v for v in values if v > 0 and math.isfinite(v)})


def gamma_points(a, rate):
    extra = [1e-30 / rate, 1e-8 / rate, 0.5 / rate, 20.0 / rate, 300.0 / rate]
    return around(a / rate, math.sqrt(a) / rate, extra)


def inverse_gamma_points(a, rate):
    return [1 / x for x in gamma_points(a, 1.0 / rate) if x > 1e-37] if rate < 1e20 else []


def unit_points(a, b):
    mean, deviation = a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
    values = around(mean, deviation, [1e-300, 1e-30, 1e-8, 0.01, 0.5, 0.99, 1 - 2.0 ** -20])
    return [v for v in values if v < 1]


def ratio_points(d1, d2):
    return sorted({1e-30, 1e-6, 0.5, 1.0, 3.0, 1e6, 1e30, *around(1.0, math.sqrt(2 / d1 + 2 / d2))})


def student_points(df, loc, scale):
    return [loc + scale * z for z in (-1e10, -40.0, -3.0, -1e-3, 0.4, 6.0, 1e3, 1e25)]


def counts(mean, deviation, last=math.inf):
    values = {0.0, 1.0, 2.0, *(float(round(mean + deviation * z)) for z in (-8, -2, -0.5, 0, 1, 3, 12))}
    return sorted(v for v in values if 0 <= v <= last and v < 1e17)


def squashed_points(loc, scale, low, high):
    sigmoid = lambda x: 1 / (1 + math.exp(-2 * x)) if abs(x) < 300 else float(x > 0)
    shares = [1e-6, 0.01, 0.3, 0.5, 0.75, 1 - 2.0 ** -10, *(sigmoid(loc + scale * z) for z in (-6.0, -1.0, 0.3, 2.0))]
    return [v for v in (low + (high - low) * u for u in sorted(set(shares))) if low + 1e-6 * (high - low) <= v <= high - 1e-6 * (high - low)]


class WideTanhNormal(univariate.TanhNormal):
    """With an entropy by quadrature that also sees the bend of log(1 - tanh² x) at 0 beside a large scale."""

    def ent(self):
        parts = {self.Loc + self.Scale * i for i in range(-18, 19, 2)}
        parts |= {mp.mpf(v) for v in (-60, -20, -6, -2, 0, 2, 6, 20, 60) if abs(v - self.Loc) < 18 * self.Scale}
        return univariate.Normal.ent(self) + mp.quad(lambda x: mp.exp(univariate.Normal.lp(self, x)) * self.log_slope_at(x), sorted(parts))


def binary(Probs=None, Logits=None):
    return discrete.odds(Probs, Logits)


def probability(value, is_logit):
    if not is_logit:
        return float(value)
    return 1 / (1 + math.exp(-value)) if abs(value) < 700 else float(value > 0)


def univariate_kinds():
    location = lambda m, s: by_steps(m, s)
    positive = [1e-8, 1e-3, 1.0, 250.0, 1e8, 1e12]
    scaled = lambda s: [s * z for z in (1e-20, 1e-4, 0.3, 1.0, 5.0, 37.0, 600.0)]
    yield Kind("Normal", ("Loc", "Scale"), LOC_SCALE, location, divergence=kl.normal)
    yield Kind("Laplace", ("Loc", "Scale"), LOC_SCALE, location, divergence=kl.laplace)
    yield Kind("Cauchy", ("Loc", "Scale"), LOC_SCALE, location, divergence=kl.cauchy)
    yield Kind("Logistic", ("Loc", "Scale"), LOC_SCALE, location)
    yield Kind("Gumbel", ("Loc", "Scale"), LOC_SCALE, lambda m, s: [m + s * z for z in (-30.0, -5.0, -1.0, -0.01, 0.3, 2.0, 9.0, 50.0, 600.0)], divergence=kl.gumbel)
    yield Kind("LogNormal", ("Loc", "Scale"), [(0.0, 1.0), (0.0, 1e-8), (1.0, 1e-4), (-3.0, 5.0), (40.0, 0.5), (0.5, 20.0), (-30.0, 1e-2), (2.0, 1e12)],
               lambda m, s: [math.exp(m + s * z) for z in STEPS if abs(m + s * z) < 80] or [1e-30, 0.5, 1e20], divergence=kl.normal)
    yield Kind("Uniform", ("Low", "High"), [(0.0, 1.0), (-1e-8, 1e-8), (0.0, 1e12), (-1e12, 1e12), (1e8, 1e8 + 64.0), (-3e38, 3e38), (1.0, 1.0 + 2.0 ** -15), (-5.0, 1e-3)],
               lambda a, b: [a + (b / 2 - a / 2) * 2 * u for u in (1e-6, 0.01, 0.3, 0.5, 0.77, 1 - 2.0 ** -10)], divergence=kl.uniform)
    yield Kind("LogUniform", ("Low", "High"), [(1e-8, 1e12), (1e-20, 1e20), (1.0, 1.0 + 2.0 ** -15), (1e-30, 1e-29), (1e10, 1e12), (0.5, 0.75), (1e-37, 1e37), (1.0, 1e30)],
               lambda a, b: [math.exp(math.log(a) + u * (math.log(b) - math.log(a))) for u in (1e-3, 0.1, 0.5, 0.8, 0.999)])
    yield Kind("Exponential", ("Rate",), [(r,) for r in SHAPES], lambda r: [x / r for x in (1e-20, 1e-5, 0.3, 1.0, 20.0, 700.0)],
               divergence=lambda r, s: mp.log(r / s) + s / r - 1)
    yield Kind("HalfNormal", ("Scale",), [(s,) for s in positive], scaled, divergence=lambda s, t: kl.normal(0, s, 0, t))
    yield Kind("HalfCauchy", ("Scale",), [(s,) for s in positive], scaled, divergence=lambda s, t: kl.cauchy(0, s, 0, t))
    yield Kind("Gamma", ("Concentration", "Rate"), crossed(SHAPES, [1.0, 1e-4, 1e8], extra=[(1e12, 1e12), (1e-8, 1e-8)]), gamma_points, divergence=kl.gamma)
    yield Kind("InverseGamma", ("Concentration", "Rate"), crossed(SHAPES, [1.0, 1e-4, 1e8]), inverse_gamma_points, divergence=kl.gamma)
    yield Kind("Chi2", ("Df",), [(a,) for a in SHAPES], lambda a: gamma_points(a / 2, 0.5), divergence=lambda a, b: kl.gamma(a / 2, mp.mpf(1), b / 2, mp.mpf(1)))
    yield Kind("Beta", ("Concentration1", "Concentration0"), PAIRS, unit_points, divergence=kl.beta)
    yield Kind("FisherSnedecor", ("Df1", "Df2"), PAIRS, ratio_points)
    yield Kind("StudentT", ("Df", "Loc", "Scale"), [(a, m, s) for a in SHAPES for m, s in ((0.0, 1.0), (3.0, 1e4))], student_points)
    yield Kind("Kumaraswamy", ("Concentration1", "Concentration0"), PAIRS, lambda a, b: [x for x in (1e-30, 1e-8, 1e-3, 0.1, 0.5, 0.9, 1 - 2.0 ** -20) if abs(a * math.log(x)) < 1e7])
    yield Kind("Pareto", ("Scale", "Alpha"), crossed([1e-8, 1.0, 1e6], SHAPES), lambda s, a: [s * x for x in (1 + 2.0 ** -15, 1.5, 30.0, 1e8, 1e25)], divergence=kl.pareto)
    yield Kind("GeneralizedPareto", ("Loc", "Scale", "Concentration"), [(0.0, 1.0, c) for c in (1e-8, 1e-4, 0.2, 0.45, 3.0, 100.0, -1e-8, -0.01, -0.3, -2.0, -50.0)] + [(5.0, 1e-4, 0.2), (-1.0, 1e8, 0.1)],
               lambda m, s, c: [m + s * z for z in (1e-8, 1e-3, 0.4, 2.0, 30.0, 1e6) if c * z > -0.999])
    yield Kind("Weibull", ("Scale", "Concentration"), crossed([1.0, 1e-8, 1e8], SHAPES), lambda s, k: [s * x for x in (1e-6, 0.01, 0.5, 0.999, 1.25, 40.0, 1e4) if abs(k * math.log(x)) < 2000] + [s * math.exp(z / k) for z in (-3.0, -0.2, 1.0, 4.0) if k > 1e3],
               divergence=kl.weibull)
    yield Kind("VonMises", ("Loc", "Concentration"), [(0.5, k) for k in SHAPES] + [(0.0, 20.0), (-2.0, 700.0)],
               lambda m, k: [m + z for z in (-3.0, -1.0, -0.01, 0.3, 2.5)] + [m + z / math.sqrt(k) for z in (-6.0, -0.5, 2.0, 12.0) if k > 10])
    yield Kind("ContinuousBernoulli", ("Probs",), [(p,) for p in PROBS], lambda p: [1e-30, 1e-4, 0.3, 0.5, 0.999], cls=univariate.ContinuousBernoulli,
               divergence=lambda p, q: kl.tilted(mp.log(p) - mp.log1p(-p), mp.log(q) - mp.log1p(-q)))
    yield Kind("ContinuousBernoulli", ("Logits",), [(t,) for t in LOGITS], lambda t: [1e-30, 1e-4, 0.3, 0.5, 0.999], divergence=kl.tilted)
    yield Kind("TruncatedNormal", ("Loc", "Scale", "Low", "High"),
               [(0.0, 1.0, -1.0, 2.0), (0.0, 1.0, 30.0, 31.0), (0.0, 1e4, 1.0, 1.5), (0.0, 1e-4, -1.0, 1.0), (5.0, 1.0, -40.0, -30.0), (0.0, 1e12, -1.0, 1.0), (1e8, 10.0, 0.0, 1e8), (0.0, 1.0, -1e8, 1e8)],
               lambda m, s, a, b: [a + (b - a) * u for u in (1e-3, 0.25, 0.5, 0.8, 0.998)])
    yield Kind("TanhNormal", ("Loc", "Scale", "Low", "High"),
               [(0.0, 1.0, -1.0, 1.0), (0.5, 0.8, -1.0, 2.0), (0.5, 1e-4, -1.0, 2.0), (0.25, 1e-8, -1.0, 1.0), (3.0, 5.0, -1e8, 1e8), (40.0, 0.5, 0.0, 1.0), (-20.0, 20.0, 0.0, 1e12), (0.0, 1e12, -1.0, 1.0),
                (1e4, 1e8, -3.0, 1e-8), (0.3, 0.9, -1e-8, 1e-8), (0.0, 1.0, 1e8, 1e8 + 64.0), (-1e-8, 3.7, -1e12, 1e12), (1e12, 1e4, 0.0, 2.0)], squashed_points, cls=WideTanhNormal, moments=("ent",))
    for names, values in (("Probs", PROBS), ("Logits", LOGITS)):
        settings = crossed([1e-8, 1e-3, 0.5, 2.0, 100.0, 1e6], values, stride=1)
        yield Kind("LogitRelaxedBernoulli", ("Temperature", names), settings, lambda t, v: [z / t for z in (-600.0, -20.0, -1.0, 0.01, 3.0, 90.0) if abs(z / t) < 1e30])
        yield Kind("RelaxedBernoulli", ("Temperature", names), settings, lambda t, v: [1e-30, 1e-6, 0.1, 0.5, 0.75, 1 - 2.0 ** -20], moments=())


def discrete_kinds():
    for name, values in (("Probs", PROBS), ("Logits", LOGITS)):
        is_logit = name == "Logits"
        p_of = lambda v, is_logit=is_logit: probability(v, is_logit)
        odds_of = (lambda v: binary(Logits=v)) if is_logit else (lambda v: binary(Probs=v))
        yield Kind("Bernoulli", (name,), [(v,) for v in values], lambda v: [0.0, 1.0], divergence=lambda v, w, o=odds_of: kl.binary(o(v), o(w)))
        small = [v for v in values if not is_logit or v > -600]
        yield Kind("Geometric", (name,), [(v,) for v in small], lambda v, p_of=p_of: counts(1 / p_of(v) - 1, 1 / p_of(v)),
                   divergence=lambda v, w, o=odds_of: kl.binary(o(v), o(w)) / o(v)[0])
        totals = [1.0, 10.0, 500.0, 1e4, 1e6, 1e9, 1e12]
        near = [v for v in values if not is_logit or abs(v) < 100]
        mean = lambda n, v, p_of=p_of: (n * p_of(v), math.sqrt(n * p_of(v) * (1 - p_of(v))))
        yield Kind("Binomial", ("TotalCount", name), crossed(totals, near), lambda n, v, mean=mean: counts(*mean(n, v), last=n), fixed=("TotalCount",),
                   cls=WholeBinomial, divergence=lambda n, v, m, w, o=odds_of: n * kl.binary(o(v), o(w)))
        spread = lambda r, v, p_of=p_of: (r * p_of(v) / (1 - p_of(v) + 1e-300), math.sqrt(r * p_of(v)) / (1 - p_of(v) + 1e-300))
        reach = [v for v in near if p_of(v) < 1 - 1e-9]
        yield Kind("NegativeBinomial", ("TotalCount", name), crossed(SHAPES, reach), lambda r, v, s=spread: counts(*s(r, v)), cls=SummedNegativeBinomial)
    yield Kind("Poisson", ("Rate",), [(r,) for r in SHAPES], lambda r: counts(r, math.sqrt(r)), cls=SummedPoisson, divergence=kl.poisson)


class WholeBinomial(discrete.Binomial):
    """With counts too large for a sum over them."""

    def __init__(self, TotalCount, Probs=None, Logits=None):
        super().__init__(TotalCount, Probs, Logits)
        self.n = mp.mpf(TotalCount)
        self.last = int(mp.nint(self.n))

    def ent(self):
        return super_entropy(self) if self.last <= 2000 else None


class SummedPoisson(discrete.Poisson):
    """With the entropy as a sum, and at large rates by its series in 1 / rate."""

    def ent(self):
        rate = self.rate
        if rate > 1e7:
            return (mp.log(2 * mp.pi * rate) + 1) / 2 - 1 / (12 * rate) - 1 / (24 * rate ** 2) - 19 / (360 * rate ** 3)
        return lattice_entropy(self, rate, mp.sqrt(rate))


class SummedNegativeBinomial(discrete.NegativeBinomial):
    """With the entropy as a sum where it has few terms."""

    def ent(self):
        return lattice_entropy(self, self.mean(), mp.sqrt(self.var())) if self.var() < 100 else None


def lattice_entropy(d, mean, deviation):
    """Term by term until nothing is left of 60 digits."""
    total, k = mp.mpf(0), 0
    while True:
        log = d.lp(k)
        total -= mp.exp(log) * log
        k += 1
        if k > mean + 5 * deviation and mp.exp(log) * (1 + abs(log)) * (1 + deviation) < mp.mpf(10) ** -60:
            return total


def super_entropy(d):
    return -mp.fsum(mp.exp(d.lp(k)) * d.lp(k) for k in range(d.last + 1))


class Vector:
    """A kind with vectors: inputs are the parameters' numbers one after the other, then the value's."""
    form, tails, quantiles = "", False, False

    def __init__(self, name, names, settings, make, divergence=None, moments=("mean", "var", "ent"), fixed=()):
        self.name, self.names, self.settings, self.build, self.divergence, self.moments, self.fixed = name, names, settings, make, divergence, moments, fixed


def numbers(value):
    return [v for part in value for v in numbers(part)] if isinstance(value, (list, tuple)) else [value]


def shape_of(value):
    return [len(value), *shape_of(value[0])] if isinstance(value, (list, tuple)) else []


def shaped(flat, shape):
    if not shape:
        return flat.pop(0)
    return [shaped(flat, shape[1:]) for _ in range(shape[0])]


class LooseMultinomial(multivariate.Multinomial):
    def __init__(self, TotalCount, **parameters):
        self.n, self.w = mp.mpf(TotalCount), multivariate.weights_of(parameters)

    def ent(self):
        """By all counts; None where there are too many."""
        if self.n > 10:
            return None
        whole = int(mp.nint(self.n))
        counts = [(i, j, whole - i - j) for i in range(whole + 1) for j in range(whole + 1 - i)]
        return -mp.fsum(mp.exp(self.lp(c)) * self.lp(c) for c in counts)


class Weighted:
    """One-hot values by a sum, so that they can move."""

    def __init__(self, **parameters):
        self.w = multivariate.weights_of(parameters)

    def lp(self, x):
        return mp.fsum(v * mp.log(w) for v, w in zip(x, self.w) if v != 0)

    def mean(self):
        return self.w

    def var(self):
        return [w * (1 - w) for w in self.w]

    def ent(self):
        return multivariate.entropy_of(self.w)


def lower(matrix):
    """What is above the diagonal plays no part."""
    return [[v if j <= i else mp.mpf(0) for j, v in enumerate(row)] for i, row in enumerate(matrix)]


def square(tril):
    """The covariance of a lower triangle of size 2."""
    (a, _), (b, c) = tril
    return a * a, a * b, b * b + c * c


def factored(factor, diagonal):
    (f, ), (g, ) = factor
    return f * f + diagonal[0], f * g, g * g + diagonal[1]


def vector_kinds():
    simplex = [[0.2, 0.3, 0.5], [1e-6, 0.25, 0.749999], [0.01, 0.98, 0.01]]
    dirichlet = [[a, b, c] for a, b, c in [(1e-8, 1e-8, 1e-8), (1e-4, 1.0, 100.0), (1.0, 1.0, 1.0), (3.7, 1e4, 0.5), (1e4, 2e4, 5e3), (1e8, 1.0, 1e8), (1e12, 2e12, 3e12), (1e12, 1e-8, 1.0), (1e8, 1e12, 50.0)]]
    yield Vector("Dirichlet", ("Concentration",), [((a,), [*simplex, [v / sum(a) for v in a]]) for a in dirichlet], lambda Concentration: multivariate.Dirichlet(Concentration),
                 divergence=lambda a, b: kl.dirichlet(a[0], b[0]))
    weights = [[0.2, 0.3, 0.5], [1e-8, 1.0, 1e4], [1e-12, 1e-12, 1e-12], [1e12, 1.0, 5e11]]
    logits = [[0.5, -1.0, 2.0], [0.0, 80.0, -80.0], [1e4, 1e4 + 1, 0.0], [1e8, -1e8, 1e8 - 8]]
    units = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    for name, values in (("Probs", weights), ("Logits", logits)):
        normal = lambda p, name=name: multivariate.weights_of({name: p})
        make = lambda cls, name=name: lambda v: cls(**{name: v})
        for kind in ("OneHotCategorical", "OneHotCategoricalStraightThrough"):
            yield Vector(kind, (name,), [((v,), units) for v in values], make(Weighted), divergence=lambda a, b, normal=normal: kl.categories(normal(a[0]), normal(b[0])))
        totals = [3.0, 1e4, 1e8, 1e12]
        cases = [((n, v), [[n, 0.0, 0.0], [math.floor(n / 3), math.floor(n / 3), n - 2 * math.floor(n / 3)]]) for n, v in zip(totals, values)]
        yield Vector("Multinomial", ("TotalCount", name), cases, lambda n, v, name=name: LooseMultinomial(n, **{name: v}), fixed=("TotalCount",))
        temperatures = [1e-4, 0.5, 3.0, 1e6]
        yield Vector("RelaxedOneHotCategorical", ("Temperature", name), [((t, v), simplex) for t in temperatures for v in values[:3]],
                     lambda t, v, name=name: multivariate.RelaxedOneHotCategorical(t, **{name: v}), moments=())
        yield Vector("ExpRelaxedCategorical", ("Temperature", name), [((t, v), [[math.log(x) for x in row] for row in simplex]) for t in temperatures for v in values[:3]],
                     lambda t, v, name=name: multivariate.ExpRelaxedCategorical(t, **{name: v}), moments=())
    trils = [[[1.0, 0.0], [0.5, 2.0]], [[1e-8, 0.0], [1e-4, 1e8]], [[1e6, 0.0], [-3e6, 1e6]], [[1e-6, 0.0], [0.0, 1e12]]]
    locs = [[0.5, -1.0], [1e8, 0.0], [-1e-8, 1e4], [0.0, 0.0]]
    at = lambda m, l: [[m[0] + l[0][0] * z[0], m[1] + l[1][0] * z[0] + l[1][1] * z[1]] for z in ((0.3, -1.0), (5.0, 2.0), (-30.0, 40.0))]
    yield Vector("MultivariateNormal", ("Loc", "ScaleTril"), [((m, l), at(m, l)) for m, l in zip(locs, trils)], lambda m, l: multivariate.MultivariateNormal(Loc=m, ScaleTril=lower(l)),
                 divergence=lambda p, q: kl.normals(p[0], square(p[1]), q[0], square(q[1])))
    covs = [[[1.0, 0.4], [0.4, 2.0]], [[1e-8, 0.0], [0.0, 1e8]], [[1e12, 2e11], [2e11, 1e12]], [[1.0, 0.99], [0.99, 1.0]]]
    root = lambda c: [[math.sqrt(c[0][0]), 0.0], [c[1][0] / math.sqrt(c[0][0]), math.sqrt(c[1][1] - c[1][0] ** 2 / c[0][0])]]
    for name in ("CovarianceMatrix", "PrecisionMatrix"):
        cases = [((m, c), at(m, root(c) if name[0] == "C" else [[1 / math.sqrt(c[0][0]), 0.0], [0.0, 1 / math.sqrt(c[1][1])]])) for m, c in zip(locs, covs)]
        yield Vector("MultivariateNormal", ("Loc", name), cases, lambda m, c, name=name: multivariate.MultivariateNormal(**{"Loc": m, name: c}), fixed=(name,))
    factors = [([0.5, -1.0], [[1.0], [0.5]], [1.0, 2.0]), ([0.0, 0.0], [[1e4], [-1e4]], [1e-2, 1e-2]), ([1e8, 0.0], [[1e-4], [1e4]], [1e-8, 1e8]), ([0.0, 1.0], [[0.0], [1e-8]], [1e12, 1e-12])]
    yield Vector("LowRankMultivariateNormal", ("Loc", "CovFactor", "CovDiag"), [((m, f, d), [[m[0] + math.sqrt(d[0]) * z, m[1] - math.sqrt(d[1]) * 2 * z] for z in (0.1, 1.0, -5.0)]) for m, f, d in factors],
                 lambda m, f, d: multivariate.LowRankMultivariateNormal(Loc=m, CovFactor=f, CovDiag=d),
                 divergence=lambda p, q: kl.normals(p[0], factored(*p[1:]), q[0], factored(*q[1:])))
    stretched = [(1.5, trils[0]), (3.7, trils[1]), (1e4, trils[0]), (1e8, trils[2]), (1e12, trils[0]), (1.0 + 2.0 ** -20, trils[0])]
    def positive(df, l):
        base = [[l[0][0] ** 2, l[0][0] * l[1][0]], [l[0][0] * l[1][0], l[1][0] ** 2 + l[1][1] ** 2]]
        return [[[v * df * s for v in row] for row in base] for s in (1.0, 0.5, 1 + 1 / math.sqrt(df))]
    yield Vector("Wishart", ("Df", "ScaleTril"), [((n, l), positive(n, l)) for n, l in stretched], lambda n, l: multivariate.Wishart(Df=n, ScaleTril=lower(l)),
                 divergence=lambda p, q: kl.wisharts(p[0], square(p[1]), q[0], square(q[1])))
    lkj = [[[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [-0.28, 0.0, 0.96]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.8, 0.0, 0.6]]]
    yield Vector("LKJCholesky", ("Concentration",), [((c,), lkj) for c in SHAPES], lambda c: Correlations(3, c), moments=("mean", "var"))
    directions = [[0.6, 0.0, 0.8], [0.0, 1.0, 0.0], [-0.6, 0.0, -0.8]]
    yield Vector("VonMisesFisher", ("MeanDirection", "Concentration"), [(([0.6, 0.0, 0.8], k), directions) for k in SHAPES], lambda m, k: Fisher(m, k), divergence=lambda p, q: Fisher(*p).divergence(Fisher(*q)))
    yield Vector("LogisticNormal", ("Loc", "Scale"), [((m, s), simplex) for m, s in (([0.0, 0.0], [1.0, 1.0]), ([40.0, -40.0], [1e-2, 50.0]), ([1e4, 0.0], [1e-4, 1e8]), ([0.0, 3.0], [1e12, 1e-8]))],
                 lambda m, s: multivariate.LogisticNormal(m, s), moments=(), divergence=lambda p, q: mp.fsum(map(kl.normal, *p, *q)))


class Correlations(multivariate.LKJCholesky):
    """Row k of the factor: the squares before the diagonal sum to a Beta(k / 2, η + (d − 1 − k) / 2), in a direction that is uniform."""

    def diagonal(self, k):
        a, b = mp.mpf(k) / 2, self.eta + mp.mpf(self.d - 1 - k) / 2
        return mp.exp(mp.loggamma(b + mp.mpf(1) / 2) + mp.loggamma(a + b) - mp.loggamma(b) - mp.loggamma(a + b + mp.mpf(1) / 2)), a, b

    def mean(self):
        return [[mp.mpf(1) if i == j == 0 else self.diagonal(i)[0] if i == j else mp.mpf(0) for j in range(self.d)] for i in range(self.d)]

    def var(self):
        rows = []
        for i in range(self.d):
            mean, a, b = self.diagonal(i) if i else (mp.mpf(1), mp.mpf(0), mp.mpf(1))
            rows.append([b / (a + b) - mean ** 2 if i == j else a / (a + b) / i if j < i else mp.mpf(0) for j in range(self.d)])
        return rows


class Fisher:
    """The sphere's von Mises-Fisher distribution, in closed form; only the direction of the mean counts."""

    def __init__(self, m, k):
        length = mp.sqrt(mp.fsum(v * v for v in m))
        self.mu, self.k = [v / length for v in m], k

    def log_norm(self):
        return mp.log(self.k) - mp.log(2 * mp.pi) - mp.log(-mp.expm1(-2 * self.k))

    def lp(self, x):
        return self.log_norm() - self.k * mp.fsum((v - m) ** 2 for v, m in zip(x, self.mu)) / 2

    def divergence(self, other):
        with mp.workdps(mp.mp.dps + 60):
            length, cosine = mp.coth(self.k) - 1 / self.k, mp.fsum(v * w for v, w in zip(self.mu, other.mu))
            return self.log_norm() - other.log_norm() - self.k * (1 - length) + other.k * (1 - length * cosine)

    def mean(self):
        with mp.workdps(mp.mp.dps + 60):
            return [(mp.coth(self.k) - 1 / self.k) * m for m in self.mu]

    def var(self):
        with mp.workdps(mp.mp.dps + 60):
            a = mp.coth(self.k) - 1 / self.k
            return [a / self.k + (1 - 3 * a / self.k - a * a) * m * m for m in self.mu]

    def ent(self):
        with mp.workdps(mp.mp.dps + 60):
            height = 1 - mp.coth(self.k) + 1 / self.k
            return -self.log_norm() + self.k * height
