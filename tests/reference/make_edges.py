"""Writes tests/ReparamPS.Core.Tests/Data/edges/*.json.gz: the catalogue at the edges of its parameters, in both floating types. See the README beside this file.

Each file is one kind: a list of groups, each with its parameters' names and shapes, a member, the type, and columns of numbers. Per row: inputs (the parameters, then
the value, the probability or the other distribution's parameters), the truth, its scale, and the gradient in every parameter with its scales.
"""
import gzip
import json
import math
import multiprocessing
import pathlib
import sys

import mpmath as mp

import edge_composed
import edge_kinds
import edge_engine as engine

TARGET = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "edges"
MOMENTS = {"mean": "mean", "var": "variance", "ent": "entropy"}
LARGEST = {"float64": 1.7976931348623157e308, "float32": 3.4028234663852886e38}
SMALLEST = {"float64": 2.2250738585072014e-308, "float32": 1.1754943508222875e-38}


def rounded(value, dtype):
    import struct
    if isinstance(value, (list, tuple)):
        return [rounded(v, dtype) for v in value]
    return float(value) if dtype == "float64" else struct.unpack("f", struct.pack("f", value))[0]


def fits(value, dtype):
    return all(v == 0 or SMALLEST[dtype] <= abs(v) <= LARGEST[dtype] / 2 for v in edge_kinds.numbers([value]))


def number(value, digits=17):
    value = float(value)
    return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN") if not math.isfinite(value) else float(f"{value:.{digits}g}")


class Table:
    """Rows by member and type."""

    def __init__(self, kind):
        self.kind, self.groups, self.form = kind, {}, ""
        # Whether the first parameter is a whole number, which has no gradient.
        self.fixed = kind in ("Binomial", "Multinomial")

    def add(self, names, shapes, dtype, member, inputs, result, count, skip=()):
        value, slopes, scale, scales = result
        # A point that rounded to an end of the support.
        if member == "logProb" and math.isnan(value):
            return
        key = (tuple(names), json.dumps(shapes), dtype, member, self.form)
        digits = 17 if dtype == "float64" else 10
        row = [[number(v, 17 if dtype == "float64" else 9) for v in inputs], number(value, digits), number(scale, 3) if scale is not None else 0.0]
        # A quantile far from the rest has lost what a slope adds to it.
        if slopes is not None and not set(names) <= set(skip) and not (member == "icdf" and any(v == 0 for v in slopes)):
            width = count // 2 if member == "kl" else count
            row += [[None if self.fixed and i % width == 0 else number(v, digits) for i, v in enumerate(slopes[:count])], [number(v, 3) for v in scales[:count]]]
        self.groups.setdefault(key, []).append(row)

    def content(self):
        return [{"kind": self.kind, **({"form": form} if form else {}), "names": list(names), "shapes": json.loads(shapes), "dtype": dtype, "member": member, "rows": rows}
                for (names, shapes, dtype, member, form), rows in self.groups.items()]

    def save(self):
        TARGET.mkdir(parents=True, exist_ok=True)
        write(TARGET / f"{self.kind}.json.gz", self.content())
        return sum(len(rows) for rows in self.groups.values())


def write(path, groups):
    lines = "[\n" + ",\n".join(json.dumps(group, separators=(",", ":")) for group in groups) + "\n]\n"
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(lines.encode())


def univariate_rows(kind, table):
    count = len(kind.names)
    shapes = [[] for _ in kind.names]
    for dtype in ("float64", "float32"):
        for setting in dict.fromkeys(tuple(rounded(s, dtype)) for s in map(list, kind.settings) if fits(list(s), dtype)):
            exact = [mp.mpf(v) for v in setting]
            try:
                if kind.make(exact) is None:
                    continue
            except (ValueError, ZeroDivisionError):
                continue
            add = lambda member, inputs, result: table.add(kind.names, shapes, dtype, member, inputs, result, count, kind.fixed if len(kind.fixed) == count else ())
            # Not at a bound or a kink, where there is no slope.
            points = [v for v in dict.fromkeys(rounded(v, dtype) for v in kind.points(*setting) if fits(v, dtype))
                      if not (kind.name in ("Uniform", "LogUniform", "TruncatedNormal", "TanhNormal", "Laplace", "Pareto") and v in setting)]
            for x in points:
                for member, result in at_point(kind, exact, mp.mpf(x)).items():
                    add(member, [*setting, x], result)
            if kind.quantiles:
                for p in dict.fromkeys(rounded(p, dtype) for p in edge_kinds.PROBABILITIES):
                    result = quantile(kind, exact, mp.mpf(p), dtype)
                    if result is not None:
                        add("icdf", [*setting, p], result)
            for moment in kind.moments:
                value = getattr(kind.make(exact), moment)()
                if value is not None:
                    add(MOMENTS[moment], list(setting), engine.derivatives(lambda v: {"m": getattr(kind.make(v), moment)()}, exact)["m"] if mp.isfinite(value) else (value, None, None, None))
            for factor in (1.25, 1 + 2.0 ** -10) if kind.divergence else ():
                other = neighbour(kind, setting, factor, dtype)
                if other is None:
                    continue
                both = [*exact, *map(mp.mpf, other)]
                result = engine.derivatives(lambda v: {"m": kind.divergence(*v[:count], *v[count:])}, both)["m"]
                table.add(kind.names, shapes, dtype, "kl", [*setting, *other], result, 2 * count)


def at_point(kind, exact, x):
    free = exact if kind.discrete else [*exact, x]

    def members(inputs):
        d = kind.make(inputs[:len(exact)])
        at = int(x) if kind.discrete else inputs[-1]
        result = {"logProb": d.lp(at)}
        if kind.tails:
            result.update(engine.tails(d.cdf(at), d.sf(at)))
        return result

    return engine.derivatives(members, free)


def quantile(kind, exact, p, dtype):
    d = kind.make(exact)
    if kind.discrete:
        value = d.ppf(p)
        if value is None:
            return None
        below, at = (d.cdf(int(value) - 1) if value >= 1 else mp.mpf(0)), d.cdf(int(value))
        noise = mp.mpf(10) ** (-10 if dtype == "float64" else -5)
        # Where a step of the CDF is that close to the probability, rounding decides.
        near = min(abs(at - p), abs(p - below))
        if near < noise * min(p, 1 - p) * 100 or at - below < noise:
            return (value, None, abs(value) + abs(p / max(at - below, mp.mpf(10) ** -300)), None)
        return (value, None, mp.mpf(0), None)
    try:
        guess = edge_kinds.GUESSES[kind.name](*map(float, exact), float(p)) if kind.name in edge_kinds.GUESSES else None
        if kind.name == "VonMises":
            root = mp.mpf(edge_kinds.circular_guess(*map(float, exact), float(p)))
            for _ in range(3):
                root = engine.quantile_near(d, root, p)
        else:
            root = d.ppf(p) if guess is None else engine.quantile_from(d, guess, p) if 1e-300 < guess < 1e300 else None
    except (ArithmeticError, ValueError):
        return None
    if root is None:
        return None
    if not mp.isfinite(root):
        return (root, None, None, None)

    def solve(inputs):
        moved = kind.make(inputs[:-1])
        if type(moved).ppf is not edge_kinds.univariate.Univariate.ppf and kind.name not in ("Beta", "StudentT", "VonMises"):
            return {"m": moved.ppf(inputs[-1])}
        return {"m": engine.quantile_near(moved, root, inputs[-1])}

    return engine.derivatives(solve, [*exact, p])["m"]


def neighbour(kind, setting, factor, dtype):
    """Every parameter a little larger; probabilities by their odds, and a Low or High outward."""
    def move(name, value):
        if name == "Probs":
            return value * factor / (1 - value + value * factor)
        if name == "Logits":
            return value * factor + 0.01
        if name in kind.fixed:
            return value
        if kind.name == "Pareto" and name == "Scale":
            return value / factor
        if kind.name == "Uniform":
            return value + (factor - 1) * (setting[1] / 2 - setting[0] / 2) * (1 if name == "High" else -1)
        return value * factor + (0.1 * (factor - 1) * setting[1] if name == "Loc" else 0)

    other = [rounded(move(name, value), dtype) for name, value in zip(kind.names, setting)]
    return other if fits(other, dtype) and all(v < 1 for n, v in zip(kind.names, other) if n == "Probs") else None


def vector_rows(kind, table):
    table.form = kind.form
    for dtype in ("float64", "float32"):
        for parameters, points in kind.settings:
            if not fits(edge_kinds.numbers(parameters), dtype):
                continue
            parameters = rounded(parameters, dtype)
            shapes = [edge_kinds.shape_of(p) for p in parameters]
            flat = edge_kinds.numbers(parameters)
            exact, count = [mp.mpf(v) for v in flat], len(flat)

            def build(values):
                values = list(values)
                return kind.build(*[edge_kinds.shaped(values, shape) for shape in shapes])

            add = lambda member, inputs, result, n=count: table.add(kind.names, shapes, dtype, member, inputs, result, n, kind.names if set(kind.fixed) & {"CovarianceMatrix", "PrecisionMatrix"} else ())
            for point in points:
                if not fits(edge_kinds.numbers(point), dtype):
                    continue
                point = rounded(point, dtype)
                shape, x = edge_kinds.shape_of(point), [mp.mpf(v) for v in edge_kinds.numbers(point)]

                def members(v):
                    d, at = build(v[:count]), edge_kinds.shaped(list(v[count:]), shape)
                    return {"logProb": d.lp(at), **(engine.tails(d.cdf(at), d.sf(at)) if kind.tails else {})}

                for member, result in engine.derivatives(members, [*exact, *x]).items():
                    add(member, [*flat, *edge_kinds.numbers(point)], result)
            for p in dict.fromkeys(rounded(p, dtype) for p in edge_kinds.PROBABILITIES) if kind.quantiles else ():
                whole = build(exact)
                root = whole.ppf(mp.mpf(p))
                # Between the parts of a mixture the CDF is flat, and its inverse is lost.
                if SMALLEST[dtype] < abs(root) < LARGEST[dtype] and mp.exp(whole.lp(root)) * abs(root) > 1e-3 * min(p, 1 - p):
                    add("icdf", [*flat, p], engine.derivatives(lambda v: {"m": quantile_of(kind, build(v[:count]), root, v[count])}, [*exact, mp.mpf(p)])["m"])
            for moment in kind.moments:
                values = getattr(build(exact), moment)()
                if values is None:
                    continue
                if not isinstance(values, list):
                    add(MOMENTS[moment], flat, engine.derivatives(lambda v: {"m": getattr(build(v), moment)()}, exact)["m"])
                    continue
                # One member per element of a vector or matrix.
                elements = engine.derivatives(lambda v: dict(enumerate(edge_kinds.numbers(getattr(build(v), moment)()))), exact)
                for i, result in elements.items():
                    add(f"{MOMENTS[moment]}:{i}", flat, result)
            for factor in (1.25, 1 + 2.0 ** -10) if kind.divergence else ():
                # Unevenly, so that it is another distribution.
                other = [rounded(v * (1 + (factor - 1) * (0.2 + i)) + 1e-3 * (factor - 1) * (kind.names[0] == "Logits") * i, dtype) for i, v in enumerate(flat)]
                if kind.name == "VonMisesFisher":
                    other = [*(rounded(v, dtype) for v in ([0.8, 0.0, 0.6] if factor > 1.1 else flat[:3])), rounded(flat[3] * factor, dtype)]
                if not fits(other, dtype):
                    continue
                def divergence(v):
                    first, second = list(v[:count]), list(v[count:])
                    return {"m": kind.divergence([edge_kinds.shaped(first, s) for s in shapes], [edge_kinds.shaped(second, s) for s in shapes])}
                add("kl", [*flat, *other], engine.derivatives(divergence, [*exact, *map(mp.mpf, other)])["m"], 2 * count)


def quantile_of(kind, distribution, root, p):
    return distribution.ppf(p) if kind.name == "TransformedDistribution" else engine.quantile_near(distribution, root, p)


def make(name):
    mp.mp.dps = engine.DIGITS
    table = Table(name)
    for kind in (*edge_kinds.univariate_kinds(), *edge_kinds.discrete_kinds()):
        if kind.name == name:
            univariate_rows(kind, table)
    for kind in (*edge_kinds.vector_kinds(), *edge_composed.all_kinds()):
        if kind.name == name:
            vector_rows(kind, table)
    return name, table.save()


def attempt(name):
    try:
        return make(name)
    except Exception:
        import traceback
        return name, traceback.format_exc()


def main(only):
    every = [*edge_kinds.univariate_kinds(), *edge_kinds.discrete_kinds(), *edge_kinds.vector_kinds(), *edge_composed.all_kinds()]
    names = [name for name in dict.fromkeys(kind.name for kind in every) if not only or name in only]
    with multiprocessing.Pool(2) as pool:
        for name, rows in pool.imap_unordered(attempt, names, chunksize=1):
            print(name, rows, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
