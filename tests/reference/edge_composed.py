"""Categories and distributions that are made of others, for make_edges.py: their settings and points, and the moments of vectors that edge_kinds.py lacks."""
import math

import mpmath as mp

import edge_divergences as kl
import edge_kinds
import multivariate
import univariate

STEPS = (-30.0, -3.0, 0.2, 5.0, 40.0)
GAMMA_POINTS = (1e-8, 0.3, 1.0, 5.0, 300.0)


class Composed(edge_kinds.Vector):
    """form says what a kind is made of; its values are numbers with tails and quantiles, unless it is a vector."""

    def __init__(self, name, form, names, settings, make, moments=("mean", "var"), tails=True, quantiles=True):
        super().__init__(name, names, settings, make, moments=moments)
        self.form, self.tails, self.quantiles = form, tails, quantiles


class Categorical(edge_kinds.Weighted):
    def lp(self, x):
        return mp.log(self.w[int(mp.nint(x))])

    def cdf(self, x):
        return mp.fsum(self.w[:int(mp.nint(x)) + 1])

    def sf(self, x):
        return mp.fsum(self.w[int(mp.nint(x)) + 1:])


def described(name, **parameters):
    return {"distribution": name, "parameters": parameters}


def mixture(weights, component, **parameters):
    return multivariate.MixtureSameFamily(described("Categorical", **weights), described(component, **parameters))


def transformed(base, transform, **parameters):
    return multivariate.TransformedDistribution(described(base, **parameters), [transform])


def categories():
    weights = [[0.2, 0.3, 0.5], [1e-8, 1.0, 1e4], [1e-12, 1e-12, 1e-12], [1e12, 1.0, 5e11], [1e-30, 1.0, 1.0]]
    logits = [[0.5, -1.0, 2.0], [0.0, 80.0, -80.0], [1e4, 1e4 + 1, 0.0], [1e8, -1e8, 1e8 - 8]]
    for name, values in (("Probs", weights), ("Logits", logits)):
        normal = lambda p, name=name: multivariate.weights_of({name: p})
        kind = Composed("Categorical", "", (name,), [((v,), [0.0, 1.0, 2.0]) for v in values], lambda v, name=name: Categorical(**{name: v}), moments=("ent",), quantiles=False)
        kind.divergence = lambda a, b, normal=normal: kl.categories(normal(a[0]), normal(b[0]))
        yield kind


def mixtures():
    normals = [([0.3, 0.7], [0.0, 1.0], [1.0, 2.0]), ([1e-8, 1.0], [-50.0, 3.0], [1e-3, 1.0]), ([1.0, 1e4], [0.0, 1e3], [1e3, 1e-1]),
               ([0.5, 0.5], [-1e3, 1e3], [1.0, 100.0]), ([1e-30, 1.0], [0.0, 10.0], [1.0, 1.0])]
    normals += [([1e12, 1.0], [0.0, 1e8], [1e-8, 1e8]), ([0.2, 0.8], [1e12, -1e12], [1.0, 1e12]), ([1e-12, 1e12], [-1e-8, 1e-8], [1e-8, 1e-8])]
    at = lambda m, s: sorted({a + b * z for a, b in zip(m, s) for z in STEPS if a + b * z != 0})
    yield Composed("MixtureSameFamily", "Normal", ("Probs", "Loc", "Scale"), [((p, m, s), at(m, s)) for p, m, s in normals],
                   lambda p, m, s: mixture({"Probs": p}, "Normal", Loc=m, Scale=s))
    gammas = [([0.5, -1.0], [2.5, 0.5], [1.0, 3.0]), ([0.0, 80.0], [1e-4, 1e4], [1.0, 1e4]), ([-300.0, 0.0], [0.5, 3.7], [1e-8, 1.0]), ([0.0, 1.0], [1e8, 1.0], [1e8, 1e-4])]
    yield Composed("MixtureSameFamily", "Gamma", ("Logits", "Concentration", "Rate"), [((w, a, b), GAMMA_POINTS) for w, a, b in gammas],
                   lambda w, a, b: mixture({"Logits": w}, "Gamma", Concentration=a, Rate=b), quantiles=False)


def transforms():
    locs = [(0.0, 1.0), (0.0, 1e-8), (1.0, 1e-4), (-3.0, 5.0), (40.0, 0.5), (0.5, 20.0), (0.0, 1e12)]
    maps = {"Exp": lambda x: math.exp(x) if abs(x) < 80 else 0.0, "Tanh": math.tanh, "Sigmoid": lambda x: 1 / (1 + math.exp(-x)) if abs(x) < 80 else 0.0}
    for form, forward in maps.items():
        inside = lambda y, form=form: y > 0 if form == "Exp" else 0 < abs(y) < 1 and (form == "Tanh" or y > 0)
        at = lambda m, s, f=forward, i=inside: sorted({f(m + s * z) for z in (-6.0, -1.0, 0.3, 2.0, 9.0) if i(f(m + s * z))} | {0.25, 0.75})
        kind = Composed("TransformedDistribution", form, ("Loc", "Scale"), [((m, s), at(m, s)) for m, s in locs],
                        lambda m, s, form=form: transformed("Normal", {"transform": form}, Loc=m, Scale=s), moments=())
        kind.divergence = (lambda p, q: kl.normal(*p, *q)) if form == "Exp" else None
        yield kind
    shapes = [(2.5, 1.0), (1e-4, 1e-4), (1e4, 1e8), (1e8, 1e8), (0.5, 1e-8)]
    at = lambda a, r: [2.0 - 3.0 * a / r * z for z in (1e-8, 0.5, 1.0, 1.25, 30.0)]
    yield Composed("TransformedDistribution", "Affine", ("Concentration", "Rate"), [((a, r), at(a, r)) for a, r in shapes], AffineGamma, moments=("mean", "var", "ent"), quantiles=False)


class AffineGamma(multivariate.TransformedDistribution):
    """2 − 3 X of a gamma X."""

    def __init__(self, a, r):
        super().__init__(described("Gamma", Concentration=a, Rate=r), [{"transform": "Affine", "Loc": 2, "Scale": -3}])

    def mean(self):
        return 2 - 3 * self.base.mean()

    def var(self):
        return 9 * self.base.var()

    def ent(self):
        return self.base.ent() + mp.log(3)


def products():
    normals = [([0.5, -1.0, 2.0], [1.0, 0.5, 3.0]), ([1e8, 0.0, -1e-8], [1e-8, 1e8, 1.0]), ([0.0, 1e12, 1.0], [1e12, 1.0, 1e-4])]
    at = lambda m, s: [[a + b * z for a, b, z in zip(m, s, row)] for row in ((0.3, -1.0, 2.0), (-30.0, 5.0, 40.0))]
    kind = Composed("Independent", "Normal", ("Loc", "Scale"), [((m, s), at(m, s)) for m, s in normals],
                    lambda m, s: multivariate.Independent(described("Normal", Loc=m, Scale=s), 1), moments=("mean", "var", "ent"), tails=False, quantiles=False)
    kind.divergence = lambda p, q: mp.fsum(map(kl.normal, *p, *q))
    yield kind
    gammas = [([2.5, 0.5], [1.0, 3.0]), ([1e-4, 1e8], [1e4, 1e8]), ([1e12, 1.0], [1e12, 1e-8])]
    yield Composed("Independent", "Gamma", ("Concentration", "Rate"), [((a, r), [[x / y * z for x, y, z in zip(a, r, row)] for row in ((0.5, 1.25), (1.0, 30.0))]) for a, r in gammas],
                   lambda a, r: multivariate.Independent(described("Gamma", Concentration=a, Rate=r), 1), moments=("mean", "var", "ent"), tails=False, quantiles=False)


def all_kinds():
    yield from categories()
    yield from mixtures()
    yield from transforms()
    yield from products()
