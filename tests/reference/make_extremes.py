"""Writes tests/ReparamPS.Core.Tests/Data/extremes.json.gz: kinds at parameters beyond those of Data/edges, near the smallest or largest number of the type. The form is that of make_edges.py."""
import functools

import mpmath as mp
from mpmath.calculus.quadrature import GaussLegendre

import edge_engine as engine
import edge_kinds
import make_edges
from discrete import NegativeBinomial
from edge_kinds import Kind

TINY, SMALL, LOW = 1e-300, 2e-38, 1.2e-38
STEPS = [-1e10, -40.0, -3.0, -0.3, 0.4, 6.0, 1e3, 1e25]


def scaled(loc, scale):
    return [scale * z for z in STEPS if loc == 0] + [loc - 3.0, loc + 3.0, loc + 1e4]


def positive(points):
    return [x for x in points if x > 0]


@functools.lru_cache(None)
def rule():
    """Nodes and weights of Gauss and Legendre on [-1, 1]."""
    return GaussLegendre(mp.mp).calc_nodes(5, 240)


class FewStops(NegativeBinomial):
    """A count below 1 and large log-odds: the entropy by Euler and Maclaurin from START on, with the asymptotic series of the log-gammas."""
    START = 80

    def __init__(self, TotalCount, Logits):
        self.r, self.logit = mp.mpf(TotalCount), mp.mpf(Logits)
        self.logq, self.logp = -self.logit - mp.log1p(mp.exp(-self.logit)), -mp.log1p(mp.exp(-self.logit))
        # (-1)^(n+1) (B_{n+1}(1) - B_{n+1}(r)) / (n (n + 1))
        self.series = [(-1) ** (n + 1) * (mp.bernpoly(n + 1, 1) - mp.bernpoly(n + 1, self.r)) / (n * (n + 1)) for n in range(1, 40)]

    def quotient(self, x):
        """log of Gamma(x + 1) / Gamma(x + r)."""
        if x < 400:
            return mp.loggamma(x + 1) - mp.loggamma(x + self.r)
        return (1 - self.r) * mp.log(x) + mp.fsum(c / x ** (n + 1) for n, c in enumerate(self.series))

    def term(self, x):
        log = -self.quotient(x) - mp.loggamma(self.r) + self.r * self.logq + x * self.logp
        return -mp.exp(log) * log

    def ent(self):
        with mp.workdps(60):
            start, end = mp.mpf(self.START), self.logit + 6
            total = mp.fsum(self.term(mp.mpf(x)) for x in range(self.START)) + self.term(start) / 2
            for k, derivative in enumerate(self.derivatives(start)):
                if k % 2 == 1:
                    total -= mp.bernoulli(k + 1) / (k + 1) * derivative
            # Between 1e60 and the range of the gamma, the terms are those of a power.
            low, high = mp.log(start) + 136, self.logit - 140
            return total + self.integral(mp.log(start), low) + self.power_part(low, high) + self.integral(high, end)

    def integral(self, low, high):
        pieces = int(mp.ceil((high - low) / 8))
        width = (high - low) / pieces
        return mp.fsum(w * self.in_log(low + (i + (1 + x) / 2) * width) for i in range(pieces) for x, w in rule()) * width / 2

    def derivatives(self, x):
        """The Taylor coefficients of the terms at x, by the trapezoidal rule over a circle."""
        n, radius = 256, mp.mpf(self.START) / 8
        values = [self.complex_term(x + radius * mp.expjpi(mp.mpf(2 * i) / n)) for i in range(n)]
        return [mp.re(mp.fsum(v * mp.expjpi(-mp.mpf(2 * i * k) / n) for i, v in enumerate(values))) / n / radius ** k for k in range(24)]

    def complex_term(self, z):
        log = -mp.loggamma(z + 1) + mp.loggamma(z + self.r) - mp.loggamma(self.r) + self.r * self.logq + z * self.logp
        return -mp.exp(log) * log

    def in_log(self, t):
        x = mp.exp(t)
        return self.term(x) * x

    def power_part(self, low, high):
        """The integral over log x of -m log m x, where m = exp(c) x^(r - 1) up to 1e-64."""
        r, c = self.r, -mp.loggamma(self.r) + self.r * self.logq
        primitive = lambda t: -mp.exp(c + r * t) * ((c + (r - 1) * t) / r - (r - 1) / r ** 2)
        return primitive(high) - primitive(low)


def kinds():
    """Kinds with settings that Data/edges lacks."""
    yield Kind("Cauchy", ("Loc", "Scale"), [(0.0, TINY), (0.0, SMALL), (1.0, TINY)], scaled)
    yield Kind("HalfCauchy", ("Scale",), [(TINY,), (SMALL,)], lambda s: positive(scaled(0.0, s)))
    yield Kind("StudentT", ("Df", "Loc", "Scale"), [(df, 0.0, s) for df in (0.01, 0.5, 1.0, 4.0) for s in (TINY, SMALL)], lambda n, m, s: scaled(m, s), quantiles=False)
    yield Kind("GeneralizedPareto", ("Loc", "Scale", "Concentration"), [(0.0, s, c) for s in (TINY, SMALL) for c in (0.2, 3.0, -0.5)],
               lambda m, s, c: [x for x in positive(scaled(m, s)) if 1 + c * x / s > 0])
    pairs = [(TINY, TINY), (TINY, 1e-301), (1e-301, TINY), (TINY, 1e-200), (1e-170, 1e-170), (1e-160, 3.0), (TINY, 1e8), (2.5, TINY), (1e-20, 1e-140)]
    yield Kind("Beta", ("Concentration1", "Concentration0"), pairs, lambda a, b: [], quantiles=False, moments=("mean", "ent"))
    yield Kind("FisherSnedecor", ("Df1", "Df2"), pairs, lambda a, b: [], quantiles=False, moments=("ent",))
    temperatures = [TINY, LOW, SMALL]
    for names, values in (("Probs", [0.3, 0.9]), ("Logits", [0.0, -5.0])):
        settings = [(t, v) for t in temperatures for v in values]
        yield Kind("LogitRelaxedBernoulli", ("Temperature", names), settings, lambda t, v: [z / t for z in (-2.0, -0.01, 0.01, 1.0)] + [0.5])
        yield Kind("RelaxedBernoulli", ("Temperature", names), settings, lambda t, v: [1e-30, 0.1, 0.5, 0.75, 1 - 2.0 ** -20], moments=(), quantiles=False)
    wide = [(-1.6e38, 1.7e38), (3.3e38, 1.2e38), (-1.6e308, 1.7e308), (1.7e308, 1.2e308)]
    points = lambda m, s: [m - (2.5 if m > 0 else -1.9) * s, m, 0.5 * m]
    for name in ("Normal", "Laplace", "Cauchy", "Logistic", "Gumbel"):
        yield Kind(name, ("Loc", "Scale"), wide, points, quantiles=False, moments=())


def count_kinds():
    few = [(r, t) for r in (1e-16, 1e-8, 1e-3, 0.01, 0.05) for t in (605.0, 705.0, 750.0)] + [(1e-3, 2e4), (1e-8, 1e9), (1e-5, 1e5)]
    yield Kind("NegativeBinomial", ("TotalCount", "Logits"), few, lambda r, t: [], cls=FewStops, tails=False, quantiles=False, moments=("ent",))


def simplex_kinds():
    weights = {"Probs": [0.2, 0.3, 0.5], "Logits": [0.5, -1.0, 2.0]}
    points = [[0.2, 0.3, 0.5], [1e-6, 0.25, 0.749999]]
    for name, values in weights.items():
        yield edge_kinds.Vector("RelaxedOneHotCategorical", ("Temperature", name), [((t, values), points) for t in (TINY, LOW, SMALL)],
                                lambda t, v, name=name: edge_kinds.multivariate.RelaxedOneHotCategorical(t, **{name: v}), moments=())


def main():
    mp.mp.dps = engine.DIGITS
    # Numbers up to the largest, of which a difference overflows.
    make_edges.LARGEST = {dtype: 2 * value for dtype, value in make_edges.LARGEST.items()}
    tables = {}
    for kind in (*kinds(), *simplex_kinds(), *count_kinds()):
        table = tables.setdefault(kind.name, make_edges.Table(kind.name))
        # Beside a value of 3, a step of 1e-315 takes many digits.
        engine.UNIT, digits = (min, 420) if "Scale" in kind.names else (None, engine.DIGITS)
        with mp.workdps(digits):
            (make_edges.vector_rows if isinstance(kind, edge_kinds.Vector) else make_edges.univariate_rows)(kind, table)
        print(kind.name, flush=True)
    make_edges.write(make_edges.TARGET.parent / "extremes.json.gz", [group for table in tables.values() for group in table.content()])


if __name__ == "__main__":
    main()
