"""Distributions of vectors and matrices, and those made of others, at 50 digits."""
import itertools
import math

import mpmath as mp

import univariate
from special import INF, ncdf

ONE = mp.mpf(1)
vec = lambda values: [mp.mpf(v) for v in values]


def log(x):
    return mp.log(x) if x > 0 else -INF


def weights_of(parameters):
    """Normalised probabilities from Probs or Logits."""
    if "Probs" in parameters:
        given = vec(parameters["Probs"])
    else:
        given = [mp.exp(mp.mpf(v)) if v != -math.inf else mp.mpf(0) for v in parameters["Logits"]]
    total = mp.fsum(given)
    return [w / total for w in given]


def entropy_of(weights):
    return -mp.fsum(w * mp.log(w) for w in weights if w > 0)


def log_det(matrix):
    factor = mp.cholesky(matrix)
    return 2 * mp.fsum(mp.log(factor[i, i]) for i in range(matrix.rows))


def multi_loggamma(a, p):
    return mp.mpf(p * (p - 1)) / 4 * mp.log(mp.pi) + mp.fsum(mp.loggamma(a - mp.mpf(i) / 2) for i in range(p))


def covariance_of(parameters):
    if "CovarianceMatrix" in parameters:
        return mp.matrix(parameters["CovarianceMatrix"])
    if "PrecisionMatrix" in parameters:
        return mp.inverse(mp.matrix(parameters["PrecisionMatrix"]))
    if "ScaleTril" in parameters:
        factor = mp.matrix(parameters["ScaleTril"])
        return factor * factor.T
    factor = mp.matrix(parameters["CovFactor"])
    return factor * factor.T + mp.diag(vec(parameters["CovDiag"]))


class MultivariateNormal:
    """Also the low-rank one: the covariance says all."""
    optional = ()

    def __init__(self, **parameters):
        self.loc, self.cov = mp.matrix(parameters["Loc"]), covariance_of(parameters)
        self.d = len(parameters["Loc"])
        self.precision = mp.inverse(self.cov)

    def lp(self, x):
        diff = mp.matrix(x) - self.loc
        return -(diff.T * self.precision * diff)[0] / 2 - log_det(self.cov) / 2 - mp.mpf(self.d) / 2 * mp.log(2 * mp.pi)

    def mean(self): return list(self.loc)
    def var(self): return [self.cov[i, i] for i in range(self.d)]
    def ent(self): return mp.mpf(self.d) / 2 * (1 + mp.log(2 * mp.pi)) + log_det(self.cov) / 2


class LowRankMultivariateNormal(MultivariateNormal):
    pass


class Dirichlet:
    optional = ()
    def __init__(self, Concentration):
        self.a = vec(Concentration)
        self.total = mp.fsum(self.a)
    def lp(self, x):
        return mp.fsum((a - 1) * mp.log(mp.mpf(v)) - mp.loggamma(a) for a, v in zip(self.a, x) ) + mp.loggamma(self.total)
    def mean(self): return [a / self.total for a in self.a]
    def var(self): return [a * (self.total - a) / (self.total ** 2 * (self.total + 1)) for a in self.a]
    def ent(self):
        k = len(self.a)
        return (mp.fsum(mp.loggamma(a) - (a - 1) * mp.digamma(a) for a in self.a) - mp.loggamma(self.total)
                - (k - self.total) * mp.digamma(self.total))


class LogisticNormal:
    """PyTorch's: stick-breaking on a factorised normal."""
    optional = ("mean", "variance", "entropy")
    def __init__(self, Loc, Scale): self.loc, self.scale = vec(Loc), vec(Scale)
    def lp(self, y):
        y = vec(y)
        total, rest, k = mp.mpf(0), ONE, len(self.loc)
        for i in range(k):
            before = rest
            rest -= y[i]
            x = mp.log(y[i]) - mp.log(rest) + mp.log(k - i)
            total += univariate.Normal(Loc=self.loc[i], Scale=self.scale[i]).lp(x)
            total -= mp.log(y[i]) + mp.log(rest) - mp.log(before)
        return total


class Wishart:
    optional = ()
    def __init__(self, **parameters):
        self.n, self.v = mp.mpf(parameters["Df"]), covariance_of(parameters)
        self.p = self.v.rows
    def lp(self, x):
        n, p, x = self.n, self.p, mp.matrix(x)
        trace = mp.fsum((mp.inverse(self.v) * x)[i, i] for i in range(p))
        return ((n - p - 1) / 2 * log_det(x) - trace / 2 - n * p / 2 * mp.log(2) - n / 2 * log_det(self.v) - multi_loggamma(n / 2, p))
    def mean(self): return (self.n * self.v).tolist()
    def var(self): return [[self.n * (self.v[i, j] ** 2 + self.v[i, i] * self.v[j, j]) for j in range(self.p)] for i in range(self.p)]
    def ent(self):
        n, p = self.n, self.p
        multi_digamma = mp.fsum(mp.digamma(n / 2 - mp.mpf(i) / 2) for i in range(p))
        return (mp.mpf(p + 1) / 2 * log_det(self.v) + mp.mpf(p * (p + 1)) / 2 * mp.log(2) + multi_loggamma(n / 2, p)
                - (n - p - 1) / 2 * multi_digamma + n * p / 2)


class LKJCholesky:
    optional = ("mean", "variance", "entropy")
    def __init__(self, Dim, Concentration): self.d, self.eta = int(Dim), mp.mpf(Concentration)
    def lp(self, x):
        d, eta = self.d, self.eta
        kernel = mp.fsum((2 * (eta - 1) + d - i) * mp.log(mp.mpf(x[i - 1][i - 1])) for i in range(2, d + 1))
        alpha = eta + mp.mpf(d - 1) / 2
        return kernel - mp.mpf(d - 1) / 2 * mp.log(mp.pi) - multi_loggamma(alpha - ONE / 2, d - 1) + (d - 1) * mp.loggamma(alpha)


class VonMisesFisher:
    optional = ("entropy", "variance")
    def __init__(self, MeanDirection, Concentration):
        self.mu, self.k = vec(MeanDirection), mp.mpf(Concentration)
        self.d = len(self.mu)
        nu = mp.mpf(self.d) / 2
        self.bessel = mp.besseli(nu - 1, self.k)
        self.a = mp.besseli(nu, self.k) / self.bessel
        self.log_norm = (nu - 1) * mp.log(self.k) - nu * mp.log(2 * mp.pi) - mp.log(self.bessel)
    def lp(self, x): return self.log_norm + self.k * mp.fsum(m * mp.mpf(v) for m, v in zip(self.mu, x))
    def mean(self): return [self.a * m for m in self.mu]
    def var(self): return [self.a / self.k + (1 - self.d * self.a / self.k - self.a ** 2) * m * m for m in self.mu]
    def ent(self): return -self.log_norm - self.k * self.a


class OneHotCategorical:
    optional = ()
    def __init__(self, **parameters): self.w = weights_of(parameters)
    def lp(self, x): return log(self.w[list(x).index(1)])
    def mean(self): return self.w
    def var(self): return [w * (1 - w) for w in self.w]
    def ent(self): return entropy_of(self.w)


class OneHotCategoricalStraightThrough(OneHotCategorical):
    pass


class Multinomial:
    optional = ("entropy",)
    def __init__(self, TotalCount, **parameters): self.n, self.w = int(TotalCount), weights_of(parameters)
    def lp(self, x):
        if any(k > 0 and w == 0 for k, w in zip(x, self.w)):
            return -INF
        return mp.loggamma(self.n + 1) + mp.fsum(k * mp.log(w) - mp.loggamma(mp.mpf(k) + 1) for k, w in zip(x, self.w) if w > 0)
    def mean(self): return [self.n * w for w in self.w]
    def var(self): return [self.n * w * (1 - w) for w in self.w]
    def ent(self):
        counts = (c for c in itertools.product(range(self.n + 1), repeat=len(self.w)) if sum(c) == self.n)
        return -mp.fsum(mp.exp(l) * l for l in map(self.lp, counts) if l != -INF)


class ExpRelaxedCategorical:
    optional = ("mean", "variance", "entropy")
    def __init__(self, Temperature, **parameters): self.t, self.logits = mp.mpf(Temperature), [log(w) for w in weights_of(parameters)]
    def lp(self, y):
        k = len(self.logits)
        scores = [l - self.t * v for l, v in zip(self.logits, vec(y))]
        return mp.loggamma(k) + (k - 1) * mp.log(self.t) + mp.fsum(scores) - k * mp.log(mp.fsum(mp.exp(s) for s in scores))


class RelaxedOneHotCategorical(ExpRelaxedCategorical):
    def lp(self, x):
        y = [mp.log(mp.mpf(v)) for v in x]
        return super().lp(y) - mp.fsum(y)


def make(description, index=None):
    """A univariate distribution from its description; index picks one of a batch."""
    pick = lambda v: v[index] if isinstance(v, list) else v
    return getattr(univariate, description["distribution"])(**{k: pick(v) for k, v in description["parameters"].items()})


class Independent:
    optional = ()
    def __init__(self, BaseDistribution, ReinterpretedBatchNdims):
        size = len(next(v for v in BaseDistribution["parameters"].values() if isinstance(v, list)))
        self.parts = [make(BaseDistribution, i) for i in range(size)]
    def lp(self, x): return mp.fsum(p.lp(mp.mpf(v)) for p, v in zip(self.parts, x))
    def mean(self): return [p.mean() for p in self.parts]
    def var(self): return [p.var() for p in self.parts]
    def ent(self): return mp.fsum(p.ent() for p in self.parts)


class MixtureSameFamily:
    optional = ("entropy",)
    def __init__(self, MixtureDistribution, ComponentDistribution):
        self.w = weights_of(MixtureDistribution["parameters"])
        self.parts = [make(ComponentDistribution, i) for i in range(len(self.w))]
    def blend(self, get): return mp.fsum(w * get(p) for w, p in zip(self.w, self.parts) if w > 0)
    def lp(self, x): return mp.log(self.blend(lambda p: mp.exp(p.lp(x))))
    def cdf(self, x): return self.blend(lambda p: p.cdf(x))
    def sf(self, x): return self.blend(lambda p: p.sf(x))
    def mean(self): return self.blend(lambda p: p.mean())
    def var(self): return self.blend(lambda p: p.var() + p.mean() ** 2) - self.mean() ** 2
    def low_point(self): return self.parts[0].low
    def high_point(self): return self.parts[0].high
    def ppf(self, p):
        """Bisection between the components' quantiles."""
        ends = [part.ppf(p) for w, part in zip(self.w, self.parts) if w > 0]
        a, b = min(ends), max(ends)
        lower = p < ONE / 2
        above = (lambda x: self.cdf(x) > p) if lower else (lambda x: self.sf(x) < 1 - p)
        for _ in range(250):
            m = (a + b) / 2
            a, b = (a, m) if above(m) else (m, b)
        return (a + b) / 2


MAPS = {
    "Exp": lambda t: (mp.exp, mp.log, lambda x: x, 1),
    "Affine": lambda t: (lambda x: t["Loc"] + t["Scale"] * x, lambda y: (y - t["Loc"]) / t["Scale"], lambda x: mp.log(abs(mp.mpf(t["Scale"]))), 1 if t["Scale"] > 0 else -1),
    "Sigmoid": lambda t: (lambda x: 1 / (1 + mp.exp(-x)), lambda y: mp.log(y) - mp.log1p(-y), lambda x: -mp.log1p(mp.exp(-x)) - mp.log1p(mp.exp(x)), 1),
    "Tanh": lambda t: (mp.tanh, mp.atanh, lambda x: -2 * mp.log(mp.cosh(x)), 1),
}


class TransformedDistribution:
    optional = ("mean", "variance", "entropy")
    def __init__(self, BaseDistribution, Transforms):
        self.base = make(BaseDistribution)
        self.maps = [MAPS[t["transform"]](t) for t in Transforms]
        self.sign = math.prod(m[3] for m in self.maps)
    def back(self, y):
        x, jacobian = y, mp.mpf(0)
        for forward, inverse, log_slope, _ in reversed(self.maps):
            x = inverse(x)
            jacobian += log_slope(x)
        return x, jacobian
    def lp(self, y):
        x, jacobian = self.back(y)
        return self.base.lp(x) - jacobian
    def cdf(self, y): return self.base.cdf(self.back(y)[0]) if self.sign > 0 else self.base.sf(self.back(y)[0])
    def sf(self, y): return self.base.sf(self.back(y)[0]) if self.sign > 0 else self.base.cdf(self.back(y)[0])
    def ppf(self, p):
        x = self.base.ppf(p if self.sign > 0 else 1 - p)
        for forward, *_ in self.maps:
            x = forward(x)
        return x
    def low_point(self): return -INF
    def high_point(self): return INF
