"""Parameter settings, extra points and points outside the support, for each univariate distribution."""

INF = float("inf")


def rows(names, *values):
    return [dict(zip(names, v if isinstance(v, tuple) else (v,))) for v in values]


LOC_SCALE = rows(("Loc", "Scale"), (0.0, 1.0), (1.5, 2.5), (-3.0, 0.01), (1e3, 1e-3), (0.25, 1e4), (-2e-5, 1e-6))

CONTINUOUS = {
    "Normal": (LOC_SCALE, {0: [-37.0, -20.0, 20.0, 37.0, 1e-10]}, []),
    "LogNormal": (rows(("Loc", "Scale"), (0.0, 1.0), (1.5, 0.5), (-2.0, 2.5), (10.0, 0.01), (0.3, 5.0)), {0: [1e-15, 1e15]}, [-1.0]),
    "Uniform": (rows(("Low", "High"), (0.0, 1.0), (-1.0, 3.5), (1e6, 1e6 + 0.5), (-1e-9, 1e-9), (-1e8, 1e8)), {}, None),
    "LogUniform": (rows(("Low", "High"), (0.01, 10.0), (1.0, 2.0), (1e-100, 1e100), (1e-6, 1e-3), (5.0, 5.001)), {}, [-1.0, 0.0]),
    "Exponential": (rows(("Rate",), 1.0, 0.5, 1e-6, 1e6, 25.0), {0: [1e-20, 700.0]}, [-1.0]),
    "Laplace": (LOC_SCALE, {0: [-700.0, -40.0, 40.0, 700.0]}, []),
    "Cauchy": (LOC_SCALE, {0: [-1e200, -1e8, 1e8, 1e200]}, []),
    "Gumbel": (LOC_SCALE, {0: [-6.0, 40.0, 700.0]}, []),
    "Logistic": (LOC_SCALE, {0: [-700.0, -40.0, 40.0, 700.0]}, []),
    "Gamma": (rows(("Concentration", "Rate"), (2.5, 1.5), (1.0, 1.0), (1e-3, 1.0), (0.1, 3.0), (50.0, 0.01), (1e3, 10.0), (1e6, 1e3)),
              {0: [1e-30, 1e-8, 60.0, 400.0], 2: [1e-200, 1e-50, 1e-5, 0.5, 2.0, 30.0]}, [-1.0]),
    "InverseGamma": (rows(("Concentration", "Rate"), (2.5, 1.5), (1.0, 1.0), (0.05, 2.0), (10.0, 3.0), (1e3, 1e3)), {0: [1e-2, 1e8]}, [-1.0]),
    "Beta": (rows(("Concentration1", "Concentration0"), (2.0, 3.0), (0.5, 0.5), (1e-3, 1e-3), (1e-3, 1e3), (1e3, 1e-3), (1e3, 1e3), (1.0, 1.0), (0.01, 5.0), (200.0, 2.5)),
             {0: [1e-12, 1e-300, 1 - 1e-12], 2: [1e-300, 1e-100, 1e-12, 0.25, 0.5, 0.75, 1 - 1e-12], 3: [1e-300, 1e-10, 1e-4, 0.01],
              4: [0.5, 0.9, 0.99, 1 - 1e-6]}, [-0.5, 1.5]),
    "Chi2": (rows(("Df",), 1.0, 2.0, 5.0, 0.01, 1e3, 1e6), {2: [1e-20, 1500.0], 3: [1e-5, 0.5]}, [-1.0]),
    "StudentT": (rows(("Df", "Loc", "Scale"), (3.0, 0.0, 1.0), (0.5, 1.0, 2.0), (1.0, 0.0, 1.0), (2.0, -1.0, 0.1), (30.0, 2.0, 3.0), (1e3, 0.0, 1.0), (1e6, 0.0, 1.0)),
                 {0: [-1e20, -1e4, 1e-8, 1e-3, 1e4], 5: [-37.0, -10.0, 37.0], 6: [-20.0]}, []),
    "FisherSnedecor": (rows(("Df1", "Df2"), (3.0, 7.0), (1.0, 1.0), (2.0, 4.0), (0.5, 10.0), (100.0, 50.0), (1e3, 1e3), (5.0, 1e6)), {0: [1e-20, 1e10]}, [-1.0]),
    "HalfNormal": (rows(("Scale",), 1.0, 2.5, 1e-6, 1e4, 0.3), {0: [1e-20, 20.0, 37.0]}, [-1.0]),
    "HalfCauchy": (rows(("Scale",), 1.0, 2.5, 1e-6, 1e4, 0.3), {0: [1e-20, 1e20, 1e200]}, [-1.0]),
    "Kumaraswamy": (rows(("Concentration1", "Concentration0"), (2.0, 3.0), (0.5, 0.5), (1.0, 1.0), (0.05, 20.0), (50.0, 0.1), (100.0, 100.0)), {0: [1e-12, 1e-100], 4: [0.5, 0.9]}, [-0.5, 1.5]),
    "Pareto": (rows(("Scale", "Alpha"), (1.0, 3.0), (2.5, 1.0), (0.1, 0.3), (1e3, 50.0), (1.0, 2.0), (1e-6, 1.5)), {0: [1e6, 1e100]}, [0.0]),
    "GeneralizedPareto": (rows(("Loc", "Scale", "Concentration"), (0.0, 1.0, 0.2), (1.0, 2.0, -0.3), (0.0, 1.0, 0.0), (-1.0, 0.5, 0.7), (0.0, 3.0, 1.5), (0.0, 1.0, 1e-9), (0.0, 1.0, -1.0)),
                          {0: [1e-20, 1e10]}, [-5.0]),
    "Weibull": (rows(("Scale", "Concentration"), (1.0, 1.5), (2.5, 1.0), (0.5, 0.2), (1e3, 20.0), (1.0, 3.5)), {0: [1e-20, 30.0]}, [-1.0]),
    "VonMises": (rows(("Loc", "Concentration"), (0.0, 1.0), (0.0, 1e-3), (0.5, 4.0), (0.0, 20.0), (-1.0, 100.0), (0.0, 600.0), (0.0, 1e4)), {0: [-3.14, 3.0]}, []),
    "ContinuousBernoulli": (rows(("Probs",), 0.3, 0.5, 0.9, 1e-4, 0.4995, 1 - 1e-6) + rows(("Logits",), 1.5, -3.0, 1e-5, 40.0), {0: [0.0, 1.0, 1e-20]}, [-0.5, 1.5]),
    "TruncatedNormal": (rows(("Loc", "Scale", "Low", "High"), (0.0, 1.0, -1.0, 2.0), (1.0, 2.0, -INF, 0.0), (0.0, 1.0, 10.0, 12.0), (0.0, 1.0, 35.0, INF), (0.0, 1.0, -INF, -20.0),
                             (0.0, 1.0, -40.0, -38.0), (0.5, 1e3, 0.0, 1.0), (0.0, 1.0, -30.0, 40.0), (2.0, 0.1, 3.5, 3.6), (0.0, 1.0, 100.0, 101.0)), {}, None),
    "LogitRelaxedBernoulli": ([{"Temperature": 0.5, "Probs": 0.3}, {"Temperature": 2.0, "Probs": 0.99}, {"Temperature": 0.1, "Logits": 1.0},
                               {"Temperature": 10.0, "Logits": -20.0}, {"Temperature": 1.0, "Logits": 0.0}], {0: [-300.0, 300.0]}, []),
    "RelaxedBernoulli": ([{"Temperature": 0.5, "Probs": 0.3}, {"Temperature": 2.0, "Probs": 0.99}, {"Temperature": 0.1, "Logits": 1.0},
                          {"Temperature": 10.0, "Logits": -20.0}, {"Temperature": 1.0, "Logits": 0.0}], {0: [1e-100, 1e-12, 1 - 1e-12], 2: [0.25, 0.75]}, [-0.5, 1.5]),
}

DISCRETE = {
    "Bernoulli": (rows(("Probs",), 0.3, 0.0, 1.0, 1e-12, 0.999) + rows(("Logits",), -2.0, 40.0, -800.0), {}, [0.5, 2.0]),
    "Binomial": ([{"TotalCount": 10.0, "Probs": 0.3}, {"TotalCount": 10.0, "Probs": 0.0}, {"TotalCount": 10.0, "Probs": 1.0}, {"TotalCount": 1.0, "Probs": 0.5},
                  {"TotalCount": 1000.0, "Probs": 0.01}, {"TotalCount": 100.0, "Probs": 1 - 1e-9}, {"TotalCount": 25.0, "Logits": -1.5}, {"TotalCount": 7.0, "Logits": 50.0},
                  {"TotalCount": 40.0, "Logits": 700.0}], {0: range(0, 11), 1: [0, 1, 10], 2: [0, 9, 10], 7: [0, 7]}, [0.5, -1.0]),
    "NegativeBinomial": ([{"TotalCount": 5.0, "Probs": 0.4}, {"TotalCount": 0.5, "Probs": 0.9}, {"TotalCount": 3.0, "Probs": 1e-9}, {"TotalCount": 100.0, "Probs": 0.99},
                          {"TotalCount": 2.5, "Logits": -1.0}, {"TotalCount": 10.0, "Logits": 3.0}, {"TotalCount": 4.0, "Probs": 0.0}], {0: [0, 1, 2, 50], 6: [0, 1]}, [0.5, -1.0]),
    "Geometric": (rows(("Probs",), 0.3, 0.9, 1e-6, 1.0, 0.5) + rows(("Logits",), -2.0, 5.0, -30.0), {0: [0, 1, 2, 100], 3: [0]}, [0.5, -1.0]),
    "Poisson": (rows(("Rate",), 3.5, 0.01, 1.0, 100.0, 1e6, 0.0), {0: [0, 1, 2, 60], 5: [0, 1]}, [0.5, -1.0]),
    "Categorical": ([{"Probs": [0.2, 0.3, 0.5]}, {"Logits": [0.5, -1.0, 2.0, 0.0]}, {"Logits": [0.0, -INF, 1.0]}, {"Probs": [0.0, 1.0, 0.0]},
                     {"Probs": [1e-12, 0.25, 3.75, 1.0]}, {"Logits": [800.0, 0.0, -800.0]}], {}, [0.5, -1.0, 9.0]),
}
