"""Incomplete gamma and beta functions, in logarithms and with derivatives in their parameters, by mpmath at 120 digits.

Run with Debian's python3 (mpmath): python3 tests/reference/make_special.py
Writes tests/ReparamPS.Core.Tests/Data/special/incomplete-gamma.csv and incomplete-beta.csv.
"""
from pathlib import Path

from mpmath import betainc, gammainc, inf, log, mp, mpf

mp.dps = 120
STEP = mpf(10) ** -40
FOLDER = Path(__file__).parents[1] / "ReparamPS.Core.Tests" / "Data" / "special"
LEAST = mpf(10) ** -75


def slope(function, at):
    return (function(at + STEP) - function(at - STEP)) / (2 * STEP)


def gamma_rows():
    for a in (0.001, 0.03, 0.5, 1.0, 2.5, 13.0, 39.0, 41.0, 150.0, 1000.0):
        for factor in (1e-20, 1e-3, 0.1, 0.3, 0.66, 0.9, 1.0, 1.05, 1.36, 2.0, 5.0):
            a, x = mpf(a), mpf(float(a * factor))
            lower = lambda s: gammainc(s, 0, x, regularized=True)
            upper = lambda s: gammainc(s, x, inf, regularized=True)
            if min(lower(a), upper(a)) > LEAST:
                yield a, x, log(lower(a)), log(upper(a)), slope(lower, a)


def beta_rows():
    for a in (0.001, 0.5, 1.0, 2.0, 7.0, 30.0, 500.0):
        for b in (0.001, 0.5, 3.0, 40.0, 300.0):
            for x in (1e-10, 1e-3, 0.02, 0.2, 0.5, 0.8, 0.97, 0.9999):
                a, b, x = mpf(a), mpf(b), mpf(x)
                lower = lambda p, q: betainc(p, q, 0, x, regularized=True)
                upper = betainc(b, a, 0, 1 - x, regularized=True)
                if min(lower(a, b), upper) > LEAST:
                    yield a, b, x, log(lower(a, b)), log(upper), slope(lambda p: lower(p, b), a), slope(lambda q: lower(a, q), b)


def write(name, header, rows):
    lines = [",".join([*(repr(float(v)) for v in row)]) for row in rows]
    (FOLDER / name).write_text("\n".join([header, *lines]) + "\n")


write("incomplete-gamma.csv", "a,x,logP,logQ,dPda", gamma_rows())
write("incomplete-beta.csv", "a,b,x,logLower,logUpper,dLowerDa,dLowerDb", beta_rows())
