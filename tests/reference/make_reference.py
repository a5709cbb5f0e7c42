"""Writes tests/ReparamPS.Core.Tests/Data/reference/*.json: see the README beside this file."""
import json
import math
import pathlib
import sys

import mpmath as mp

import discrete
import multivariate
import settings
import settings_multivariate
import univariate

TARGET = pathlib.Path(__file__).resolve().parents[1] / "ReparamPS.Core.Tests" / "Data" / "reference"
PROBABILITIES = [1e-12, 1e-3, 0.1, 0.5, 0.75, 0.999, 1 - 1e-12]
POINT_PROBABILITIES = [1e-10, 1e-3, 0.07, 0.5, 0.8, 0.99, 1 - 1e-10]


def number(value):
    """A JSON value: the nearest double; infinities and NaN as text."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return number(value) if isinstance(value, (float, mp.mpf)) else value


def log(x):
    return mp.log(x) if x > 0 else -mp.inf


def univariate_rows(cls, parameters, extra):
    d = cls(**parameters)
    row = {"parameters": plain(parameters), "batchShape": [], "eventShape": []}
    for name, key in (("mean", "mean"), ("var", "variance"), ("ent", "entropy")):
        moment = getattr(d, name, None)
        value = moment() if moment else None
        if value is not None:
            row[key] = number(value)
    is_discrete = getattr(d, "discrete", False)
    values = [(int(v) if is_discrete else float(v)) for v in extra]
    if is_discrete:
        values += range(d.first, int(min(d.last, 5)) + 1)
    quantiles = []
    for p in sorted({*PROBABILITIES, *POINT_PROBABILITIES}):
        x = d.ppf(mp.mpf(p))
        if x is None:
            continue
        rounded = float(x)
        if p in PROBABILITIES and not 0 < abs(rounded) < 1e-300 and not math.isinf(rounded):
            quantiles.append({"probability": p, "value": number(x)})
        if p in POINT_PROBABILITIES and d.low_point() < rounded < d.high_point() if not is_discrete else p in POINT_PROBABILITIES:
            values.append(int(x) if is_discrete else rounded)
    points = []
    for v in sorted(set(values)):
        x = v if is_discrete else mp.mpf(v)
        cdf, sf = d.cdf(x), d.sf(x)
        points.append({"value": float(v), "logProb": number(d.lp(x)), "cdf": number(cdf), "logCdf": number(log(cdf)), "survival": number(sf)})
    row["points"], row["quantiles"] = points, quantiles
    return row


def vector_rows(cls, parameters, points):
    d = cls(**parameters)
    row = {"parameters": plain(parameters), "batchShape": [], "eventShape": shape(points[0])}
    for name, key in (("mean", "mean"), ("var", "variance"), ("ent", "entropy")):
        if hasattr(d, name):
            row[key] = plain(getattr(d, name)())
    row["points"] = [{"value": point, "logProb": number(d.lp(point))} for point in points]
    row["quantiles"] = []
    return row


def shape(value):
    return [len(value), *shape(value[0])] if isinstance(value, list) else []


def write(name, content):
    TARGET.mkdir(parents=True, exist_ok=True)
    with open(TARGET / f"{name}.json", "w") as file:
        file.write(one_line_rows(content))


def one_line_rows(content):
    """Indented down to the settings, one line for each point, so that a changed value is one changed line."""
    def dump(value, depth, key=""):
        pad = "  " * depth
        if isinstance(value, dict) and key not in ("shapes", "invalid", "samples") and any(isinstance(v, (dict, list)) for v in value.values()) and depth < 4:
            inner = ",\n".join(f"{pad}  {json.dumps(k)}: {dump(v, depth + 1, k)}" for k, v in value.items())
            return "{\n" + inner + "\n" + pad + "}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "[\n" + ",\n".join(f"{pad}  {dump(v, depth + 1, key)}" for v in value) + "\n" + pad + "]"
        return json.dumps(value)
    return dump(content, 0) + "\n"


def main(only):
    for module, table in ((univariate, settings.CONTINUOUS), (discrete, settings.DISCRETE)):
        for name, (rows, extra, outside) in table.items():
            if only and name not in only:
                continue
            cls = getattr(module, name)
            content = {"distribution": name, "optional": list(cls.optional), "outside": outside or [],
                       "settings": [univariate_rows(cls, row, extra.get(i, [])) for i, row in enumerate(rows)]}
            write(name, content)
            print(name, sum(len(s["points"]) for s in content["settings"]), flush=True)
    for table, rows_of in ((settings_multivariate.VECTORS, vector_rows), (settings_multivariate.MIXED, univariate_rows)):
        for name, rows in table.items():
            if only and name not in only:
                continue
            cls = getattr(multivariate, name)
            content = {"distribution": name, "optional": list(cls.optional), "outside": [], "settings": [rows_of(cls, *row[:2]) for row in rows]}
            check = settings_multivariate.GRADIENT_CHECK.get(name)
            for i, setting in enumerate(content["settings"] if check else []):
                setting["gradientCheck"] = check if isinstance(check, str) else check[i]
            write(name, content)
            print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
