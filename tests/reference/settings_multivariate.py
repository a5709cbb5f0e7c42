"""Parameter settings and points for distributions of vectors and matrices, and for those made of others."""
import math

INF = float("inf")
COV2 = [[1.0, 0.4], [0.4, 2.0]]
COV3 = [[2.0, -0.5, 0.3], [-0.5, 1.0, 0.1], [0.3, 0.1, 0.5]]
TRIL3 = [[1.0, 0.0, 0.0], [0.5, 0.2, 0.0], [-3.0, 1.0, 4.0]]
NEAR_SINGULAR = [[1.0, 0.999999], [0.999999, 1.0]]
POINTS1 = [[-2.0], [-0.1], [0.0], [0.5], [3.0], [40.0]]
POINTS2 = [[0.0, 0.0], [1.0, -1.0], [0.5, 3.0], [-10.0, 8.0], [1e-8, 2.0], [37.0, -37.0]]
POINTS3 = [[0.0, 0.0, 0.0], [1.0, -1.0, 2.0], [0.5, 3.0, -0.25], [-10.0, 8.0, 1.0], [1e-8, 2.0, 0.1], [37.0, -37.0, 5.0]]
ROOT = math.sqrt(0.5)


def simplex(*rows):
    """The last number is what is left to 1."""
    return [[*row, 1.0 - math.fsum(row)] for row in rows]


SIMPLEX2 = simplex([0.5], [0.1], [0.9], [1e-6], [0.75], [0.3])
SIMPLEX3 = simplex([0.2, 0.3], [1 / 3, 1 / 3], [0.01, 0.98], [1e-8, 0.5], [0.7, 0.2], [0.05, 0.15])
SIMPLEX4 = simplex([0.25, 0.25, 0.25], [0.1, 0.2, 0.3], [0.01, 0.01, 0.97], [1e-5, 0.5, 0.25], [0.6, 0.2, 0.1], [0.4, 0.3, 0.2])
SPREAD3 = [[0.0, 0.0, 0.0], [1.0, -1.0, 2.0], [-0.5, -2.5, -1e-3], [-30.0, 0.5, 1.0], [-2.0, -1.0, -0.7], [100.0, -100.0, 0.0]]


def one_hot(n):
    return [[float(i == j) for j in range(n)] for i in range(n)]


def directions(d):
    rows = [[float(i == 0) for i in range(d)], [-float(i == 0) for i in range(d)], [float(i == d - 1) for i in range(d)]]
    rows.append([0.6, 0.8] + [0.0] * (d - 2))
    rows.append([0.0] * (d - 2) + [-0.8, 0.6])
    rows.append([ROOT] + [0.0] * (d - 2) + [-ROOT])
    return rows


def lkj_points(d):
    """Cholesky factors with rows of unit length."""
    rows = []
    for r in (0.0, 0.3, -0.5, 0.9, 0.05, -0.8):
        factor = [[0.0] * d for _ in range(d)]
        for i in range(d):
            left = 1.0
            for j in range(i):
                factor[i][j] = r * math.sqrt(left) * (1 if j % 2 == 0 else -0.5)
                left -= factor[i][j] ** 2
            factor[i][i] = math.sqrt(left)
        rows.append(factor)
    return rows


SPD1 = [[[0.5]], [[1.0]], [[3.0]], [[1e-3]], [[20.0]], [[7.5]]]
SPD2 = [[[1.0, 0.0], [0.0, 1.0]], [[2.0, 0.5], [0.5, 1.0]], [[10.0, -3.0], [-3.0, 1.5]], [[0.01, 0.0], [0.0, 5.0]], [[4.0, 3.9], [3.9, 4.0]], [[30.0, 10.0], [10.0, 40.0]]]
SPD3 = [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], COV3, [[5.0, 1.0, 0.5], [1.0, 4.0, -1.0], [0.5, -1.0, 3.0]], [[0.1, 0.05, 0.0], [0.05, 0.2, 0.01], [0.0, 0.01, 9.0]],
        [[20.0, 5.0, -4.0], [5.0, 10.0, 2.0], [-4.0, 2.0, 30.0]], [[1.0, 0.9, 0.8], [0.9, 1.0, 0.9], [0.8, 0.9, 1.0]]]

CATEGORIES = [{"Probs": [0.2, 0.3, 0.5]}, {"Logits": [0.5, -1.0, 2.0, 0.0]}, {"Logits": [0.0, -INF, 1.0]}, {"Probs": [0.0, 1.0, 0.0]}, {"Probs": [1e-12, 0.25, 3.75, 1.0]}]
CATEGORY_POINTS = [one_hot(len(next(iter(c.values())))) for c in CATEGORIES]

RELAXED = [{"Temperature": 0.5, "Probs": [0.2, 0.3, 0.5]}, {"Temperature": 2.0, "Logits": [0.5, -1.0, 2.0]}, {"Temperature": 0.1, "Probs": [0.01, 0.01, 0.98]},
           {"Temperature": 10.0, "Logits": [-20.0, 0.0, 3.0]}, {"Temperature": 1.0, "Probs": [1.0, 1.0, 1.0]}]


def dist(name, **parameters):
    return {"distribution": name, "parameters": parameters}


VECTORS = {
    "MultivariateNormal": [({"Loc": [0.5, -1.0], "CovarianceMatrix": COV2}, POINTS2), ({"Loc": [0.5, -1.0, 2.0], "PrecisionMatrix": COV3}, POINTS3),
                           ({"Loc": [0.0, 0.0, 0.0], "ScaleTril": TRIL3}, POINTS3), ({"Loc": [0.0], "CovarianceMatrix": [[4.0]]}, POINTS1),
                           ({"Loc": [1.0, 1.0], "CovarianceMatrix": NEAR_SINGULAR}, POINTS2), ({"Loc": [1.0, -1.0], "ScaleTril": [[1e-3, 0.0], [5e3, 1e4]]}, POINTS2)],
    "LowRankMultivariateNormal": [({"Loc": [0.5, -1.0], "CovFactor": [[1.0], [0.5]], "CovDiag": [1.0, 2.0]}, POINTS2),
                                  ({"Loc": [0.5, -1.0, 2.0], "CovFactor": [[1.0, 0.0], [0.5, -2.0], [0.1, 0.3]], "CovDiag": [0.1, 0.2, 0.3]}, POINTS3),
                                  ({"Loc": [0.0], "CovFactor": [[2.0]], "CovDiag": [0.5]}, POINTS1), ({"Loc": [1.0, 1.0], "CovFactor": [[1.0], [1.0]], "CovDiag": [1e-4, 1e-4]}, POINTS2),
                                  ({"Loc": [0.0, 0.0, 0.0], "CovFactor": [[1e-3], [10.0], [1.0]], "CovDiag": [1.0, 1e3, 1e-2]}, POINTS3)],
    "Dirichlet": [({"Concentration": [1.0, 2.0, 3.0]}, SIMPLEX3), ({"Concentration": [0.5, 0.5]}, SIMPLEX2), ({"Concentration": [1e-3, 1e-3, 1e-3]}, SIMPLEX3),
                  ({"Concentration": [1e3, 2e3, 0.1, 5.0]}, SIMPLEX4), ({"Concentration": [1.0, 1.0, 1.0]}, SIMPLEX3), ({"Concentration": [1e5, 3e5, 7e5]}, SIMPLEX3)],
    "LogisticNormal": [({"Loc": [0.0], "Scale": [1.0]}, SIMPLEX2), ({"Loc": [0.5, -1.0], "Scale": [1.0, 0.3]}, SIMPLEX3), ({"Loc": [2.0, 0.0, -2.0], "Scale": [0.1, 1.0, 10.0]}, SIMPLEX4),
                       ({"Loc": [0.0, 0.0], "Scale": [5.0, 5.0]}, SIMPLEX3), ({"Loc": [-4.0], "Scale": [0.25]}, SIMPLEX2)],
    "Wishart": [({"Df": 3.0, "CovarianceMatrix": COV2}, SPD2), ({"Df": 5.5, "PrecisionMatrix": COV3}, SPD3), ({"Df": 2.5, "ScaleTril": TRIL3}, SPD3),
                ({"Df": 1.5, "CovarianceMatrix": [[2.0]]}, SPD1), ({"Df": 1000.0, "CovarianceMatrix": COV2}, SPD2)],
    "LKJCholesky": [({"Dim": 3, "Concentration": 1.5}, lkj_points(3)), ({"Dim": 2, "Concentration": 1.0}, lkj_points(2)), ({"Dim": 5, "Concentration": 0.3}, lkj_points(5)),
                    ({"Dim": 4, "Concentration": 50.0}, lkj_points(4)), ({"Dim": 8, "Concentration": 1.0}, lkj_points(8))],
    "VonMisesFisher": [({"MeanDirection": [1.0, 0.0, 0.0], "Concentration": 2.0}, directions(3)), ({"MeanDirection": [0.6, 0.8], "Concentration": 0.5}, directions(2)),
                       ({"MeanDirection": [0.6, 0.8, 0.0, 0.0, 0.0], "Concentration": 2.0}, directions(5)), ({"MeanDirection": [0.0, 0.0, 1.0], "Concentration": 1e3}, directions(3)),
                       ({"MeanDirection": [0.0, 0.6, 0.8], "Concentration": 1e-3}, directions(3)), ({"MeanDirection": [0.6, 0.8] + [0.0] * 18, "Concentration": 30.0}, directions(20)),
                       ({"MeanDirection": [0.6, 0.8, 0.0, 0.0], "Concentration": 1e4}, directions(4))],
    "OneHotCategorical": list(zip(CATEGORIES, CATEGORY_POINTS)),
    "OneHotCategoricalStraightThrough": list(zip(CATEGORIES, CATEGORY_POINTS)),
    "Multinomial": [({"TotalCount": 3, "Probs": [0.2, 0.3, 0.5]}, [[3.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 2.0, 1.0], [0.0, 0.0, 3.0], [2.0, 0.0, 1.0], [1.0, 2.0, 0.0]]),
                    ({"TotalCount": 1, "Logits": [0.5, -1.0, 2.0, 0.0]}, one_hot(4)), ({"TotalCount": 4, "Probs": [0.0, 1.0]}, [[0.0, 4.0], [1.0, 3.0], [4.0, 0.0]]),
                    ({"TotalCount": 20, "Probs": [1.0, 2.0]}, [[20.0, 0.0], [10.0, 10.0], [7.0, 13.0], [0.0, 20.0], [1.0, 19.0], [5.0, 15.0]]),
                    ({"TotalCount": 10, "Logits": [0.0, -30.0, 1.0]}, [[4.0, 0.0, 6.0], [0.0, 10.0, 0.0], [10.0, 0.0, 0.0], [3.0, 1.0, 6.0], [5.0, 0.0, 5.0], [0.0, 0.0, 10.0]])],
    "ExpRelaxedCategorical": [(row, SPREAD3) for row in RELAXED],
    "RelaxedOneHotCategorical": [(row, SIMPLEX3) for row in RELAXED],
    "Independent": [({"BaseDistribution": dist("Normal", Loc=[0.0, 1.0, -2.0], Scale=[1.0, 0.5, 3.0]), "ReinterpretedBatchNdims": 1}, POINTS3),
                    ({"BaseDistribution": dist("Gamma", Concentration=[0.5, 2.0], Rate=[1.0, 3.0]), "ReinterpretedBatchNdims": 1}, [[0.5, 0.5], [1e-5, 2.0], [3.0, 0.1], [10.0, 10.0], [1.0, 1.0], [0.2, 4.0]]),
                    ({"BaseDistribution": dist("Laplace", Loc=[0.0, 0.0], Scale=[1.0, 2.0]), "ReinterpretedBatchNdims": 1}, POINTS2),
                    ({"BaseDistribution": dist("Beta", Concentration1=[0.5, 2.0], Concentration0=[0.5, 7.0]), "ReinterpretedBatchNdims": 1}, [[0.5, 0.5], [1e-5, 0.2], [0.3, 0.1], [0.99, 0.9], [0.25, 0.75], [0.2, 0.4]]),
                    ({"BaseDistribution": dist("Cauchy", Loc=[0.0, 0.0, 5.0], Scale=[1.0, 2.0, 3.0]), "ReinterpretedBatchNdims": 1}, POINTS3)],
}

MIXED = {
    "MixtureSameFamily": [
        ({"MixtureDistribution": dist("Categorical", Probs=[0.3, 0.7]), "ComponentDistribution": dist("Normal", Loc=[-1.0, 2.0], Scale=[0.5, 1.5])}, [-20.0, 20.0], []),
        ({"MixtureDistribution": dist("Categorical", Logits=[0.0, 1.0, -2.0]), "ComponentDistribution": dist("Gamma", Concentration=[0.5, 2.0, 30.0], Rate=[1.0, 1.0, 2.0])}, [1e-10], [-1.0]),
        ({"MixtureDistribution": dist("Categorical", Probs=[0.5, 0.0, 0.5]), "ComponentDistribution": dist("Normal", Loc=[-4.0, 0.0, 4.0], Scale=[1.0, 1.0, 0.5])}, [0.0], []),
        ({"MixtureDistribution": dist("Categorical", Probs=[1e-6, 1.0]), "ComponentDistribution": dist("Laplace", Loc=[50.0, 0.0], Scale=[0.01, 1.0])}, [50.0], []),
        ({"MixtureDistribution": dist("Categorical", Probs=[1.0]), "ComponentDistribution": dist("Beta", Concentration1=[2.0], Concentration0=[3.0])}, [], [])],
    "TransformedDistribution": [
        ({"BaseDistribution": dist("Normal", Loc=0.5, Scale=1.5), "Transforms": [{"transform": "Exp"}]}, [], []),
        ({"BaseDistribution": dist("Normal", Loc=0.0, Scale=1.0), "Transforms": [{"transform": "Affine", "Loc": 1.0, "Scale": -2.0}]}, [], []),
        ({"BaseDistribution": dist("Gumbel", Loc=0.0, Scale=1.0), "Transforms": [{"transform": "Affine", "Loc": 0.0, "Scale": -0.5}, {"transform": "Exp"}]}, [], []),
        ({"BaseDistribution": dist("Normal", Loc=0.3, Scale=0.8), "Transforms": [{"transform": "Sigmoid"}, {"transform": "Affine", "Loc": -1.0, "Scale": 2.0}]}, [], []),
        ({"BaseDistribution": dist("Laplace", Loc=0.0, Scale=0.5), "Transforms": [{"transform": "Tanh"}]}, [], [])],
}

# How a sample's gradient is judged where there is no CDF: samplers without rejection by finite differences with the noise kept, the others by expectations.
GRADIENT_CHECK = {
    **dict.fromkeys(["MultivariateNormal", "LowRankMultivariateNormal", "LogisticNormal", "ExpRelaxedCategorical", "RelaxedOneHotCategorical"], "frozenNoise"),
    **dict.fromkeys(["Dirichlet", "Wishart", "VonMisesFisher", "LKJCholesky"], "expectation"),
    "Independent": ["frozenNoise", "expectation", "frozenNoise", "expectation", "frozenNoise"],
}
