"""Univariate continuous distributions at 50 digits: log-density, CDF, survival, moments, entropy; quantiles by Newton's method."""
import mpmath as mp

from tails import von_mises_tail
from special import INF, beta_i, gamma_p, ncdf, normal_between, nppf, phi

ONE = mp.mpf(1)
NAN = mp.nan


class Univariate:
    """The base: parameters become attributes, quantiles come from the CDF."""
    low, high = -INF, INF
    optional = ()

    def __init__(self, **parameters):
        for name, value in parameters.items():
            setattr(self, name, mp.mpf(value))

    def sf(self, x):
        return 1 - self.cdf(x)

    def mean(self):
        return NAN

    def var(self):
        return NAN

    def to_line(self, x):
        if self.low != -INF and self.high != INF:
            return mp.log(x - self.low) - mp.log(self.high - x)
        return mp.log(x - self.low) if self.low != -INF else x

    def from_line(self, t):
        if self.low != -INF and self.high != INF:
            return (self.low + self.high * mp.exp(t)) / (1 + mp.exp(t)) if t < 0 else (self.low * mp.exp(-t) + self.high) / (1 + mp.exp(-t))
        return self.low + mp.exp(t) if self.low != -INF else t

    def log_slope(self, x):
        if self.low != -INF and self.high != INF:
            return mp.log(x - self.low) + mp.log(self.high - x) - mp.log(self.high - self.low)
        return mp.log(x - self.low) if self.low != -INF else mp.mpf(0)

    def start(self):
        return 0

    def low_point(self):
        return self.low

    def high_point(self):
        return self.high

    def ppf(self, p):
        """Newton's method on log F (log S above the median), over the support mapped to the whole line, kept in a bracket."""
        lower = p < mp.mpf("0.5")
        target = mp.log(p if lower else 1 - p)
        bottom, top = -INF, INF
        t = mp.mpf(self.start())
        for _ in range(2000):
            x = self.from_line(t)
            tail = self.cdf(x) if lower else self.sf(x)
            if tail <= 0:
                g = -INF
            else:
                g = mp.log(tail) - target
            below = g < 0 if lower else g > 0
            bottom, top = (t, top) if below else (bottom, t)
            step = INF
            if g != -INF:
                if g == 0:
                    return x
                step = g / mp.exp(self.lp(x) + self.log_slope(x) - mp.log(tail)) * (1 if lower else -1)
                if abs(step) < mp.mpf(10) ** -40 * max(abs(t), ONE):
                    return self.from_line(t - step)
            reach = max(abs(t), 4)
            candidate = t - step if abs(step) != INF else NAN
            if not (bottom < candidate < top) or abs(step) > 8 * reach:
                if bottom != -INF and top != INF:
                    candidate = (bottom + top) / 2
                else:
                    candidate = t + reach if below else t - reach
            t = candidate
        raise ArithmeticError(f"quantile {type(self).__name__} {vars(self)} {p}")


class Normal(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x): return -self.z(x) ** 2 / 2 - mp.log(self.Scale) - mp.log(2 * mp.pi) / 2
    def cdf(self, x): return ncdf(self.z(x))
    def sf(self, x): return ncdf(-self.z(x))
    def ppf(self, p): return self.Loc + self.Scale * nppf(p)
    def mean(self): return self.Loc
    def var(self): return self.Scale ** 2
    def ent(self): return mp.log(2 * mp.pi * mp.e) / 2 + mp.log(self.Scale)


class LogNormal(Normal):
    low = mp.mpf(0)
    def lp(self, x): return Normal.lp(self, mp.log(x)) - mp.log(x)
    def cdf(self, x): return Normal.cdf(self, mp.log(x))
    def sf(self, x): return Normal.sf(self, mp.log(x))
    def ppf(self, p): return mp.exp(Normal.ppf(self, p))
    def mean(self): return mp.exp(self.Loc + self.Scale ** 2 / 2)
    def var(self): return mp.expm1(self.Scale ** 2) * mp.exp(2 * self.Loc + self.Scale ** 2)
    def ent(self): return Normal.ent(self) + self.Loc


class Uniform(Univariate):
    def lp(self, x): return -mp.log(self.High - self.Low)
    def cdf(self, x): return (x - self.Low) / (self.High - self.Low)
    def sf(self, x): return (self.High - x) / (self.High - self.Low)
    def ppf(self, p): return self.Low + p * (self.High - self.Low)
    def mean(self): return (self.High + self.Low) / 2
    def var(self): return (self.High - self.Low) ** 2 / 12
    def ent(self): return mp.log(self.High - self.Low)


class Exponential(Univariate):
    low = mp.mpf(0)
    def lp(self, x): return mp.log(self.Rate) - self.Rate * x
    def cdf(self, x): return -mp.expm1(-self.Rate * x)
    def sf(self, x): return mp.exp(-self.Rate * x)
    def ppf(self, p): return -mp.log1p(-p) / self.Rate
    def mean(self): return 1 / self.Rate
    def var(self): return 1 / self.Rate ** 2
    def ent(self): return 1 - mp.log(self.Rate)


class Laplace(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x): return -mp.log(2 * self.Scale) - abs(self.z(x))
    def cdf(self, x): return mp.exp(self.z(x)) / 2 if self.z(x) < 0 else 1 - mp.exp(-self.z(x)) / 2
    def sf(self, x): return mp.exp(-self.z(x)) / 2 if self.z(x) > 0 else 1 - mp.exp(self.z(x)) / 2
    def ppf(self, p): return self.Loc + self.Scale * (mp.log(2 * p) if p < ONE / 2 else -mp.log(2 * (1 - p)))
    def mean(self): return self.Loc
    def var(self): return 2 * self.Scale ** 2
    def ent(self): return 1 + mp.log(2 * self.Scale)


class Cauchy(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x): return -mp.log(mp.pi) - mp.log(self.Scale) - mp.log1p(self.z(x) ** 2)
    def cdf(self, x): return mp.atan2(1, -self.z(x)) / mp.pi
    def sf(self, x): return mp.atan2(1, self.z(x)) / mp.pi
    def ppf(self, p): return self.Loc - self.Scale * mp.cot(mp.pi * p) if p != ONE / 2 else self.Loc
    def var(self): return INF
    def ent(self): return mp.log(4 * mp.pi) + mp.log(self.Scale)


class Gumbel(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x): return -self.z(x) - mp.exp(-self.z(x)) - mp.log(self.Scale)
    def cdf(self, x): return mp.exp(-mp.exp(-self.z(x)))
    def sf(self, x): return -mp.expm1(-mp.exp(-self.z(x)))
    def ppf(self, p): return self.Loc - self.Scale * mp.log(-mp.log(p))
    def mean(self): return self.Loc + self.Scale * mp.euler
    def var(self): return (mp.pi * self.Scale) ** 2 / 6
    def ent(self): return mp.log(self.Scale) + 1 + mp.euler


class Logistic(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x): return -abs(self.z(x)) - mp.log(self.Scale) - 2 * mp.log1p(mp.exp(-abs(self.z(x))))
    def cdf(self, x): return 1 / (1 + mp.exp(-self.z(x)))
    def sf(self, x): return 1 / (1 + mp.exp(self.z(x)))
    def ppf(self, p): return self.Loc + self.Scale * (mp.log(p) - mp.log(1 - p))
    def mean(self): return self.Loc
    def var(self): return (mp.pi * self.Scale) ** 2 / 3
    def ent(self): return mp.log(self.Scale) + 2


class Gamma(Univariate):
    low = mp.mpf(0)
    def lp(self, x):
        return self.Concentration * mp.log(self.Rate) + (self.Concentration - 1) * mp.log(x) - self.Rate * x - mp.loggamma(self.Concentration)
    def cdf(self, x): return gamma_p(self.Concentration, self.Rate * x)[0]
    def sf(self, x): return gamma_p(self.Concentration, self.Rate * x)[1]
    def start(self): return mp.log(self.Concentration / self.Rate) if self.Concentration > 1 else -1 / self.Concentration - mp.log(self.Rate)
    def mean(self): return self.Concentration / self.Rate
    def var(self): return self.Concentration / self.Rate ** 2
    def ent(self):
        a = self.Concentration
        return a - mp.log(self.Rate) + mp.loggamma(a) + (1 - a) * mp.digamma(a)


class Chi2(Gamma):
    def __init__(self, Df): super().__init__(Concentration=mp.mpf(Df) / 2, Rate=ONE / 2)


class InverseGamma(Univariate):
    low = mp.mpf(0)
    def lp(self, x):
        a, b = self.Concentration, self.Rate
        return a * mp.log(b) - mp.loggamma(a) - (a + 1) * mp.log(x) - b / x
    def cdf(self, x): return gamma_p(self.Concentration, self.Rate / x)[1]
    def sf(self, x): return gamma_p(self.Concentration, self.Rate / x)[0]
    def start(self): return mp.log(self.Rate / self.Concentration) if self.Concentration > 1 else 1 / self.Concentration
    def mean(self): return self.Rate / (self.Concentration - 1) if self.Concentration > 1 else INF
    def var(self):
        a = self.Concentration
        return self.Rate ** 2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF
    def ent(self):
        a = self.Concentration
        return a + mp.log(self.Rate) + mp.loggamma(a) - (1 + a) * mp.digamma(a)


class Beta(Univariate):
    low, high = mp.mpf(0), ONE
    def lp(self, x):
        a, b = self.Concentration1, self.Concentration0
        return (a - 1) * mp.log(x) + (b - 1) * mp.log1p(-x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b)
    def cdf(self, x): return beta_i(self.Concentration1, self.Concentration0, x)[0]
    def sf(self, x): return beta_i(self.Concentration1, self.Concentration0, x)[1]
    def start(self): return min(mp.log(self.Concentration1 / self.Concentration0), 0)
    def ppf(self, p):
        # The variable is the distance to the nearer end: 1 - x can be far below 1e-50.
        if p <= self.cdf(ONE / 2):
            return super().ppf(p)
        return 1 - Univariate.ppf(Beta(Concentration1=self.Concentration0, Concentration0=self.Concentration1), 1 - p)
    def mean(self): return self.Concentration1 / (self.Concentration1 + self.Concentration0)
    def var(self):
        a, b = self.Concentration1, self.Concentration0
        return a * b / ((a + b) ** 2 * (a + b + 1))
    def ent(self):
        a, b = self.Concentration1, self.Concentration0
        log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
        return log_beta - (a - 1) * mp.digamma(a) - (b - 1) * mp.digamma(b) + (a + b - 2) * mp.digamma(a + b)


class StudentT(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x):
        n = self.Df
        log_norm = mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2) - mp.log(n * mp.pi) / 2 - mp.log(self.Scale)
        return log_norm - (n + 1) / 2 * mp.log1p(self.z(x) ** 2 / n)
    def tail(self, z):
        n, w = self.Df, z * z
        return beta_i(n / 2, ONE / 2, n / (n + w), w / (n + w))[0] / 2
    def cdf(self, x): return self.tail(self.z(x)) if self.z(x) < 0 else 1 - self.tail(self.z(x))
    def sf(self, x): return self.tail(self.z(x)) if self.z(x) > 0 else 1 - self.tail(self.z(x))
    def ppf(self, p):
        if p == ONE / 2:
            return self.Loc
        # The tail is solved in log(-z), where it is almost a straight line.
        q = min(p, 1 - p)
        target, t = mp.log(q), mp.mpf(0)
        bottom, top = -INF, INF
        for _ in range(500):
            z = mp.exp(t)
            tail = self.tail(z)
            g = mp.log(tail) - target
            bottom, top = (t, top) if g > 0 else (bottom, t)
            density = mp.exp(self.lp(self.Loc + self.Scale * z) + mp.log(self.Scale))
            step = -g * tail / (density * z)
            if abs(step) < mp.mpf(10) ** -42:
                return self.Loc + self.Scale * mp.exp(t - step) * (-1 if p < ONE / 2 else 1)
            candidate = t - step
            if not bottom < candidate < top:
                candidate = (bottom + top) / 2 if INF not in (-bottom, top) else t + (2 if g > 0 else -2)
            t = candidate
        raise ArithmeticError("StudentT quantile")
    def mean(self): return self.Loc if self.Df > 1 else NAN
    def var(self): return self.Scale ** 2 * self.Df / (self.Df - 2) if self.Df > 2 else INF if self.Df > 1 else NAN
    def ent(self):
        n = self.Df
        log_beta = mp.loggamma(n / 2) + mp.loggamma(ONE / 2) - mp.loggamma((n + 1) / 2)
        return (n + 1) / 2 * (mp.digamma((n + 1) / 2) - mp.digamma(n / 2)) + mp.log(n) / 2 + log_beta + mp.log(self.Scale)


class FisherSnedecor(Univariate):
    low = mp.mpf(0)
    optional = ("entropy",)
    def lp(self, x):
        m, n = self.Df1 / 2, self.Df2 / 2
        log_beta = mp.loggamma(m) + mp.loggamma(n) - mp.loggamma(m + n)
        return m * mp.log(m / n) + (m - 1) * mp.log(x) - (m + n) * mp.log1p(m / n * x) - log_beta
    def both(self, x):
        w = self.Df1 * x
        return beta_i(self.Df1 / 2, self.Df2 / 2, w / (w + self.Df2), self.Df2 / (w + self.Df2))
    def cdf(self, x): return self.both(x)[0]
    def sf(self, x): return self.both(x)[1]
    def mean(self): return self.Df2 / (self.Df2 - 2) if self.Df2 > 2 else None
    def var(self):
        m, n = self.Df1, self.Df2
        return 2 * n ** 2 * (m + n - 2) / (m * (n - 2) ** 2 * (n - 4)) if n > 4 else None
    def ent(self):
        m, n = self.Df1 / 2, self.Df2 / 2
        log_beta = mp.loggamma(m) + mp.loggamma(n) - mp.loggamma(m + n)
        return mp.log(n / m) + log_beta + (1 - m) * mp.digamma(m) - (1 + n) * mp.digamma(n) + (m + n) * mp.digamma(m + n)


class HalfNormal(Univariate):
    low = mp.mpf(0)
    def lp(self, x): return mp.log(2 / mp.pi) / 2 - mp.log(self.Scale) - (x / self.Scale) ** 2 / 2
    def cdf(self, x): return mp.erf(x / self.Scale / mp.sqrt(2))
    def sf(self, x): return mp.erfc(x / self.Scale / mp.sqrt(2))
    def ppf(self, p): return -self.Scale * nppf((1 - p) / 2)
    def mean(self): return self.Scale * mp.sqrt(2 / mp.pi)
    def var(self): return self.Scale ** 2 * (1 - 2 / mp.pi)
    def ent(self): return mp.log(mp.pi * self.Scale ** 2 / 2) / 2 + ONE / 2


class HalfCauchy(Univariate):
    low = mp.mpf(0)
    def lp(self, x): return mp.log(2 / mp.pi) - mp.log(self.Scale) - mp.log1p((x / self.Scale) ** 2)
    def cdf(self, x): return 2 / mp.pi * mp.atan(x / self.Scale)
    def sf(self, x): return 2 / mp.pi * mp.atan2(self.Scale, x)
    def ppf(self, p): return self.Scale * mp.tan(mp.pi * p / 2)
    def mean(self): return INF
    def var(self): return INF
    def ent(self): return mp.log(2 * mp.pi * self.Scale)


class Kumaraswamy(Univariate):
    low, high = mp.mpf(0), ONE
    def lp(self, x):
        a, b = self.Concentration1, self.Concentration0
        return mp.log(a) + mp.log(b) + (a - 1) * mp.log(x) + (b - 1) * mp.log(-mp.expm1(a * mp.log(x)))
    def sf(self, x): return mp.exp(self.Concentration0 * mp.log(-mp.expm1(self.Concentration1 * mp.log(x))))
    def cdf(self, x): return -mp.expm1(self.Concentration0 * mp.log1p(-mp.power(x, self.Concentration1)))
    def ppf(self, p): return mp.exp(mp.log(-mp.expm1(mp.log1p(-p) / self.Concentration0)) / self.Concentration1)
    def moment(self, n): return self.Concentration0 * mp.beta(1 + n / self.Concentration1, self.Concentration0)
    def mean(self): return self.moment(1)
    def var(self):
        with mp.workdps(100):
            return self.moment(mp.mpf(2)) - self.moment(ONE) ** 2
    def ent(self):
        a, b = self.Concentration1, self.Concentration0
        return (1 - 1 / b) + (1 - 1 / a) * (mp.digamma(b + 1) + mp.euler) - mp.log(a) - mp.log(b)


class Pareto(Univariate):
    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.low = self.Scale
    def lp(self, x): return mp.log(self.Alpha) + self.Alpha * mp.log(self.Scale) - (self.Alpha + 1) * mp.log(x)
    def sf(self, x): return (self.Scale / x) ** self.Alpha
    def cdf(self, x): return -mp.expm1(self.Alpha * mp.log(self.Scale / x))
    def ppf(self, p): return self.Scale * mp.exp(-mp.log1p(-p) / self.Alpha)
    def mean(self): return self.Alpha * self.Scale / (self.Alpha - 1) if self.Alpha > 1 else INF
    def var(self):
        a = self.Alpha
        return self.Scale ** 2 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF
    def ent(self): return mp.log(self.Scale / self.Alpha) + 1 + 1 / self.Alpha


class GeneralizedPareto(Univariate):
    def z(self, x): return (x - self.Loc) / self.Scale
    def log_sf(self, x):
        c = self.Concentration
        return -mp.log1p(c * self.z(x)) / c if c != 0 else -self.z(x)
    def lp(self, x): return (1 + self.Concentration) * self.log_sf(x) - mp.log(self.Scale)
    def sf(self, x): return mp.exp(self.log_sf(x))
    def cdf(self, x): return -mp.expm1(self.log_sf(x))
    def ppf(self, p):
        c = self.Concentration
        return self.Loc + self.Scale * (mp.expm1(-c * mp.log1p(-p)) / c if c != 0 else -mp.log1p(-p))
    def mean(self): return self.Loc + self.Scale / (1 - self.Concentration) if self.Concentration < 1 else INF
    def var(self):
        c = self.Concentration
        return self.Scale ** 2 / ((1 - c) ** 2 * (1 - 2 * c)) if c < ONE / 2 else INF
    def ent(self): return mp.log(self.Scale) + self.Concentration + 1


class Weibull(Univariate):
    low = mp.mpf(0)
    def log_sf(self, x): return -(x / self.Scale) ** self.Concentration
    def lp(self, x):
        k = self.Concentration
        return mp.log(k / self.Scale) + (k - 1) * mp.log(x / self.Scale) + self.log_sf(x)
    def sf(self, x): return mp.exp(self.log_sf(x))
    def cdf(self, x): return -mp.expm1(self.log_sf(x))
    def ppf(self, p): return self.Scale * mp.exp(mp.log(-mp.log1p(-p)) / self.Concentration)
    def mean(self): return self.Scale * mp.gamma(1 + 1 / self.Concentration)
    def var(self): return self.Scale ** 2 * (mp.gamma(1 + 2 / self.Concentration) - mp.gamma(1 + 1 / self.Concentration) ** 2)
    def ent(self): return mp.euler * (1 - 1 / self.Concentration) + mp.log(self.Scale / self.Concentration) + 1


class VonMises(Univariate):
    """The CDF counts from Loc - pi, as SciPy's does; the variance is the circular one, as PyTorch's is."""
    optional = ("entropy",)
    low, high = -mp.pi, mp.pi

    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.low, self.high = self.Loc - mp.pi, self.Loc + mp.pi
        self.log_scaled = mp.log(mp.besseli(0, self.Concentration)) - self.Concentration

    def lp(self, x):
        return -2 * self.Concentration * mp.sin((x - self.Loc) / 2) ** 2 - mp.log(2 * mp.pi) - self.log_scaled

    def tail(self, d):
        return von_mises_tail(self.Concentration, d) / mp.exp(self.log_scaled) / (2 * mp.pi)

    def cdf(self, x):
        d = x - self.Loc
        return self.tail(-d) if d < 0 else 1 - self.tail(d)

    def sf(self, x):
        d = x - self.Loc
        return self.tail(d) if d > 0 else 1 - self.tail(-d)

    def ppf(self, p):
        if p == ONE / 2:
            return self.Loc
        if p > ONE / 2:
            return 2 * self.Loc - self.ppf(1 - p)
        a, b = -mp.pi, mp.mpf(0)
        if self.Concentration > 50:
            a = max(-mp.pi, -20 / mp.sqrt(self.Concentration))
        for _ in range(14):
            m = (a + b) / 2
            a, b = (m, b) if self.cdf(self.Loc + m) < p else (a, m)
        x = (a + b) / 2
        for _ in range(60):
            tail = self.cdf(self.Loc + x)
            step = mp.log(tail / p) * tail / mp.exp(self.lp(self.Loc + x))
            x = max(x - step, (x - mp.pi) / 2)
            if abs(step) < mp.mpf(10) ** -35:
                return self.Loc + x
        raise ArithmeticError("VonMises quantile")

    def ratio(self): return mp.besseli(1, self.Concentration) / mp.besseli(0, self.Concentration)
    def mean(self): return self.Loc
    def var(self): return 1 - self.ratio()
    def ent(self): return mp.log(2 * mp.pi) + self.log_scaled + self.Concentration * (1 - self.ratio())


class ContinuousBernoulli(Univariate):
    """Density t exp(t x) / (exp(t) - 1) on [0, 1], t the logit."""
    low, high = mp.mpf(0), ONE

    def __init__(self, Probs=None, Logits=None):
        self.t = mp.log(mp.mpf(Probs)) - mp.log1p(-mp.mpf(Probs)) if Probs is not None else mp.mpf(Logits)

    def log_norm(self): return mp.log(self.t / mp.expm1(self.t)) if self.t != 0 else mp.mpf(0)
    def lp(self, x): return self.log_norm() + self.t * x
    def cdf(self, x): return mp.expm1(self.t * x) / mp.expm1(self.t) if self.t != 0 else x
    def sf(self, x): return mp.expm1(-self.t * (1 - x)) / mp.expm1(-self.t) if self.t != 0 else 1 - x
    def ppf(self, p): return mp.log1p(p * mp.expm1(self.t)) / self.t if self.t != 0 else p
    def mean(self):
        with mp.workdps(120):
            return 1 / -mp.expm1(-self.t) - 1 / self.t if self.t != 0 else ONE / 2
    def var(self):
        with mp.workdps(120):
            return 1 / self.t ** 2 - mp.exp(self.t) / mp.expm1(self.t) ** 2 if self.t != 0 else ONE / 12
    def ent(self): return -self.log_norm() - self.t * self.mean()


class TruncatedNormal(Univariate):
    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.a, self.b = (self.Low - self.Loc) / self.Scale, (self.High - self.Loc) / self.Scale
        self.mass = normal_between(self.a, self.b)
        self.low, self.high = self.Low, self.High
    def z(self, x): return (x - self.Loc) / self.Scale
    def lp(self, x): return -self.z(x) ** 2 / 2 - mp.log(2 * mp.pi) / 2 - mp.log(self.Scale) - mp.log(self.mass)
    def cdf(self, x): return normal_between(self.a, self.z(x)) / self.mass
    def sf(self, x): return normal_between(self.z(x), self.b) / self.mass
    def ppf(self, p):
        # In the mirrored tail, so that the normal quantile is asked for a small number.
        if self.a > 0:
            return self.Loc - self.Scale * nppf(ncdf(-self.b) + (1 - p) * self.mass)
        return self.Loc + self.Scale * nppf(ncdf(self.a) + p * self.mass)
    def edge(self, z): return z * phi(z) if abs(z) != INF else mp.mpf(0)
    def shift(self): return (phi(self.a) - phi(self.b)) / self.mass
    def mean(self): return self.Loc + self.Scale * self.shift()
    def var(self):
        return self.Scale ** 2 * (1 + (self.edge(self.a) - self.edge(self.b)) / self.mass - self.shift() ** 2)
    def ent(self):
        return mp.log(2 * mp.pi * mp.e) / 2 + mp.log(self.Scale) + mp.log(self.mass) + (self.edge(self.a) - self.edge(self.b)) / self.mass / 2


class TanhNormal(Normal):
    """Low + (High - Low) (1 + tanh x) / 2 with x normal."""
    optional = ("mean", "variance")
    mean = var = None

    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.low, self.high = self.Low, self.High

    def x(self, value): return (mp.log(value - self.Low) - mp.log(self.High - value)) / 2
    def log_slope_at(self, x): return mp.log((self.High - self.Low) / 2) + 2 * (mp.log(2) - x - mp.log1p(mp.exp(-2 * x)))
    def lp(self, value): return Normal.lp(self, self.x(value)) - self.log_slope_at(self.x(value))
    def cdf(self, value): return Normal.cdf(self, self.x(value))
    def sf(self, value): return Normal.sf(self, self.x(value))
    def ppf(self, p): return self.Low + (self.High - self.Low) / (1 + mp.exp(-2 * Normal.ppf(self, p)))

    def ent(self):
        parts = sorted({self.Loc + self.Scale * i for i in range(-16, 17, 2)} | {mp.mpf(0)})
        return Normal.ent(self) + mp.quad(lambda x: mp.exp(Normal.lp(self, x)) * self.log_slope_at(x), parts)


class LogitRelaxedBernoulli(Univariate):
    """(Logits + L) / Temperature with L standard logistic."""
    optional = ("mean", "variance", "entropy")

    def __init__(self, Temperature, Probs=None, Logits=None):
        self.Temperature = mp.mpf(Temperature)
        self.Logits = mp.log(mp.mpf(Probs)) - mp.log1p(-mp.mpf(Probs)) if Probs is not None else mp.mpf(Logits)

    def d(self, y): return self.Temperature * y - self.Logits
    def lp(self, y): return mp.log(self.Temperature) - abs(self.d(y)) - 2 * mp.log1p(mp.exp(-abs(self.d(y))))
    def cdf(self, y): return 1 / (1 + mp.exp(-self.d(y)))
    def sf(self, y): return 1 / (1 + mp.exp(self.d(y)))
    def ppf(self, p): return (self.Logits + mp.log(p) - mp.log(1 - p)) / self.Temperature
    def mean(self): return self.Logits / self.Temperature
    def var(self): return mp.pi ** 2 / 3 / self.Temperature ** 2
    def ent(self): return 2 - mp.log(self.Temperature)


class RelaxedBernoulli(LogitRelaxedBernoulli):
    low, high = mp.mpf(0), ONE
    mean = var = ent = None
    def y(self, x): return mp.log(x) - mp.log1p(-x)
    def lp(self, x): return super().lp(self.y(x)) - mp.log(x) - mp.log1p(-x)
    def cdf(self, x): return super().cdf(self.y(x))
    def sf(self, x): return super().sf(self.y(x))
    def ppf(self, p): return 1 / (1 + mp.exp(-super().ppf(p)))


class LogUniform(Univariate):
    def log_ratio(self): return mp.log(self.High / self.Low)
    def lp(self, x): return -mp.log(x) - mp.log(self.log_ratio())
    def cdf(self, x): return mp.log(x / self.Low) / self.log_ratio()
    def sf(self, x): return mp.log(self.High / x) / self.log_ratio()
    def ppf(self, p): return self.Low * mp.exp(p * self.log_ratio())
    def mean(self): return (self.High - self.Low) / self.log_ratio()
    def var(self): return (self.High ** 2 - self.Low ** 2) / (2 * self.log_ratio()) - self.mean() ** 2
    def ent(self): return mp.log(self.Low * self.High) / 2 + mp.log(self.log_ratio())
