"""Univariate discrete distributions at 50 digits."""
import mpmath as mp

from special import INF, beta_i, gamma_p

ONE = mp.mpf(1)


def odds(Probs, Logits):
    """The probabilities of a 1 and of a 0, each with all its digits."""
    if Probs is not None:
        return mp.mpf(Probs), 1 - mp.mpf(Probs)
    t = mp.mpf(Logits)
    if abs(t) == INF:
        return mp.mpf(t > 0), mp.mpf(t < 0)
    return 1 / (1 + mp.exp(-t)), 1 / (1 + mp.exp(t))


def log(x):
    return mp.log(x) if x > 0 else -INF


def xlogy(x, y):
    return mp.mpf(0) if x == 0 else x * log(y)


def xlog(x, p, q):
    """x log p for p + q = 1, from the smaller of the two."""
    return mp.mpf(0) if x == 0 else x * (mp.log1p(-q) if q < p else log(p))


class Discrete:
    discrete = True
    optional = ()
    first, last = 0, INF

    def sf(self, k):
        return 1 - self.cdf(k)

    def ppf(self, p):
        """The smallest k whose CDF reaches p, by doubling and bisection; None where p all but equals a step of the CDF."""
        low, high = self.first - 1, self.first
        while self.cdf(high) < p:
            if high >= self.last:
                return mp.mpf(self.last)
            low, high = high, min(2 * high + 1, self.last)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.cdf(middle) < p else (low, middle)
        near = min(abs(self.cdf(high) - p), abs(self.cdf(low) - p) if low >= self.first else ONE)
        return mp.mpf(high) if near > mp.mpf(10) ** -13 * min(p, 1 - p) and (near > 1e-15 or p < 1e-3) else None


class Bernoulli(Discrete):
    last = 1
    def __init__(self, Probs=None, Logits=None): self.p, self.q = odds(Probs, Logits)
    def lp(self, k): return xlog(1, self.p, self.q) if k == 1 else xlog(1, self.q, self.p)
    def cdf(self, k): return self.q if k < 1 else ONE
    def sf(self, k): return self.p if k < 1 else mp.mpf(0)
    def mean(self): return self.p
    def var(self): return self.p * self.q
    def ent(self): return -xlog(self.p, self.p, self.q) - xlog(self.q, self.q, self.p)


class Binomial(Discrete):
    def __init__(self, TotalCount, Probs=None, Logits=None):
        self.p, self.q = odds(Probs, Logits)
        self.n = int(TotalCount)
        self.last = self.n
    def lp(self, k):
        n, k = mp.mpf(self.n), mp.mpf(k)
        return mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1) + xlog(k, self.p, self.q) + xlog(n - k, self.q, self.p)
    def both(self, k):
        if k >= self.n:
            return ONE, mp.mpf(0)
        return beta_i(mp.mpf(self.n - k), mp.mpf(k + 1), self.q, self.p)
    def cdf(self, k): return self.both(k)[0]
    def sf(self, k): return self.both(k)[1]
    def mean(self): return self.n * self.p
    def var(self): return self.n * self.p * self.q
    def ent(self): return -mp.fsum(mp.exp(self.lp(k)) * self.lp(k) for k in range(self.n + 1) if self.lp(k) != -INF)


class NegativeBinomial(Discrete):
    optional = ("entropy",)
    def __init__(self, TotalCount, Probs=None, Logits=None):
        self.p, self.q = odds(Probs, Logits)
        self.r = mp.mpf(TotalCount)
    def lp(self, k): return mp.loggamma(self.r + k) - mp.loggamma(mp.mpf(k + 1)) - mp.loggamma(self.r) + xlog(self.r, self.q, self.p) + xlog(mp.mpf(k), self.p, self.q)
    def cdf(self, k): return beta_i(self.r, mp.mpf(k + 1), self.q, self.p)[0]
    def sf(self, k): return beta_i(self.r, mp.mpf(k + 1), self.q, self.p)[1]
    def mean(self): return self.r * self.p / self.q
    def var(self): return self.r * self.p / self.q ** 2


class Geometric(Discrete):
    def __init__(self, Probs=None, Logits=None): self.p, self.q = odds(Probs, Logits)
    def lp(self, k): return xlog(mp.mpf(k), self.q, self.p) + xlog(1, self.p, self.q)
    def sf(self, k): return mp.exp(xlog(mp.mpf(k + 1), self.q, self.p)) if self.q > 0 else mp.mpf(0)
    def cdf(self, k): return -mp.expm1(xlog(mp.mpf(k + 1), self.q, self.p)) if self.q > 0 else ONE
    def mean(self): return self.q / self.p
    def var(self): return self.q / self.p ** 2
    def ent(self): return -(xlog(self.p, self.p, self.q) + xlog(self.q, self.q, self.p)) / self.p


class Poisson(Discrete):
    optional = ("entropy",)
    def __init__(self, Rate): self.rate = mp.mpf(Rate)
    def lp(self, k): return xlogy(mp.mpf(k), self.rate) - self.rate - mp.loggamma(mp.mpf(k + 1))
    def cdf(self, k): return gamma_p(mp.mpf(k + 1), self.rate)[1]
    def sf(self, k): return gamma_p(mp.mpf(k + 1), self.rate)[0]
    def mean(self): return self.rate
    def var(self): return self.rate


class Categorical(Discrete):
    """Mean and variance don't exist (PyTorch has NaN); the CDF is that of the index."""
    optional = ("mean", "variance", "cdf", "logCdf", "survival", "quantile")

    def __init__(self, Probs=None, Logits=None):
        given = [mp.mpf(v) for v in (Probs if Probs is not None else Logits)]
        weights = given if Probs is not None else [mp.exp(v) if v != -INF else mp.mpf(0) for v in given]
        total = mp.fsum(weights)
        self.weights = [w / total for w in weights]
        self.last = len(weights) - 1
    def lp(self, k): return log(self.weights[k])
    def cdf(self, k): return mp.fsum(self.weights[:k + 1])
    def sf(self, k): return mp.fsum(self.weights[k + 1:])
    def mean(self): return None
    def var(self): return None
    def ent(self): return -mp.fsum(xlogy(w, w) for w in self.weights)
