"""The pairs and their parameters: for each kind a list of parameters as P and one as Q, used in step; more for some pairs."""
import torch

PYTORCH = sorted({(p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY} - {("ExponentialFamily", "ExponentialFamily")}
                 # by the rule of the exponential family, or of transforms, or of a derived class
                 | {("Wishart", "Wishart"), ("LogNormal", "LogNormal"), ("LogisticNormal", "LogisticNormal"), ("HalfCauchy", "HalfCauchy"), ("Chi2", "Chi2"), ("Chi2", "Gamma"), ("Gamma", "Chi2"),
                    ("Chi2", "Exponential"), ("Chi2", "Normal"), ("OneHotCategoricalStraightThrough", "OneHotCategorical"), ("OneHotCategoricalStraightThrough", "OneHotCategoricalStraightThrough")})
# Closed forms that PyTorch has not.
MORE = [("InverseGamma", "InverseGamma"), ("Weibull", "Weibull"), ("VonMisesFisher", "VonMisesFisher")]
PAIRS = PYTORCH + MORE

# One scalar, one far from it, one batch against a scalar, and two batches that broadcast.
P = {
    "Normal": [dict(Loc=0.5, Scale=1.5), dict(Loc=-3.0, Scale=0.2), dict(Loc=[0.0, 2.0], Scale=[1.0, 0.3]), dict(Loc=[[0.1], [-0.7]], Scale=0.9)],
    "LogNormal": [dict(Loc=0.5, Scale=1.5), dict(Loc=-3.0, Scale=0.2), dict(Loc=[0.0, 2.0], Scale=[1.0, 0.3]), dict(Loc=[[0.1], [-0.7]], Scale=0.9)],
    "Laplace": [dict(Loc=0.5, Scale=1.5), dict(Loc=-3.0, Scale=0.2), dict(Loc=[0.0, 2.0], Scale=[1.0, 0.3]), dict(Loc=[[0.1], [-0.7]], Scale=0.9)],
    "Gumbel": [dict(Loc=0.5, Scale=1.5), dict(Loc=-3.0, Scale=0.2), dict(Loc=[0.0, 2.0], Scale=[1.0, 0.3]), dict(Loc=[[0.1], [-0.7]], Scale=0.9)],
    "Cauchy": [dict(Loc=0.5, Scale=1.5), dict(Loc=-3.0, Scale=0.2), dict(Loc=[0.0, 2.0], Scale=[1.0, 30.0]), dict(Loc=[[0.1], [-0.7]], Scale=0.9)],
    "HalfNormal": [dict(Scale=1.5), dict(Scale=0.02), dict(Scale=[1.0, 0.3]), dict(Scale=[[0.9], [20.0]])],
    "HalfCauchy": [dict(Scale=1.5), dict(Scale=0.02), dict(Scale=[1.0, 0.3]), dict(Scale=[[0.9], [20.0]])],
    "Uniform": [dict(Low=0.125, High=0.75), dict(Low=0.0, High=1.0), dict(Low=[0.25, 0.5], High=0.875), dict(Low=[[0.5], [1.5]], High=3.0)],
    "Exponential": [dict(Rate=1.5), dict(Rate=0.02), dict(Rate=[1.0, 7.0]), dict(Rate=[[0.4], [2.0]])],
    "Gamma": [dict(Concentration=2.5, Rate=1.5), dict(Concentration=0.3, Rate=4.0), dict(Concentration=[1.0, 40.0], Rate=[0.5, 20.0]), dict(Concentration=[[3.0], [0.7]], Rate=2.0)],
    "InverseGamma": [dict(Concentration=2.5, Rate=1.5), dict(Concentration=0.5, Rate=4.0), dict(Concentration=[1.0, 40.0], Rate=[0.5, 20.0])],
    "Chi2": [dict(Df=5.0), dict(Df=0.8), dict(Df=[2.0, 30.0])],
    "Beta": [dict(Concentration1=2.0, Concentration0=3.5), dict(Concentration1=0.5, Concentration0=0.7), dict(Concentration1=[1.0, 20.0], Concentration0=[4.0, 8.0]),
             dict(Concentration1=[[1.5], [3.0]], Concentration0=2.5)],
    "ContinuousBernoulli": [dict(Probs=0.3), dict(Logits=3.0), dict(Probs=[0.125, 0.9]), dict(Logits=[[-1.0], [8.0]])],
    "Pareto": [dict(Scale=1.5, Alpha=3.5), dict(Scale=0.3, Alpha=8.0), dict(Scale=[1.0, 2.5], Alpha=[4.0, 3.0]), dict(Scale=[[1.25], [3.0]], Alpha=2.75)],
    "Weibull": [dict(Scale=1.5, Concentration=2.0), dict(Scale=0.3, Concentration=0.7), dict(Scale=[1.0, 4.0], Concentration=[3.0, 1.0])],
    "Bernoulli": [dict(Probs=0.3), dict(Logits=4.0), dict(Probs=[0.0, 1.0, 0.5]), dict(Logits=[[-1.0], [2.0]])],
    "Binomial": [dict(TotalCount=7.0, Probs=0.3), dict(TotalCount=3.0, Logits=4.0), dict(TotalCount=[2.0, 20.0], Probs=[0.5, 0.9])],
    "Geometric": [dict(Probs=0.3), dict(Logits=3.0), dict(Probs=[0.05, 0.9]), dict(Logits=[[-1.0], [2.0]])],
    "Poisson": [dict(Rate=3.5), dict(Rate=0.01), dict(Rate=[1.0, 60.0]), dict(Rate=[[4.0], [0.5]])],
    "Categorical": [dict(Probs=[0.2, 0.3, 0.5]), dict(Logits=[1.0, -3.0, 0.5, 0.0]), dict(Probs=[[0.5, 0.0, 0.5], [0.1, 0.1, 0.8]]), dict(Logits=[[[0.0, 1.0]], [[2.0, -2.0]]])],
    "Dirichlet": [dict(Concentration=[1.0, 2.0, 3.0]), dict(Concentration=[0.5, 0.7, 4.0, 1.5]), dict(Concentration=[[2.0, 5.0], [0.6, 9.0]])],
    "LogisticNormal": [dict(Loc=[0.5, -1.0], Scale=[1.0, 0.3]), dict(Loc=[0.0], Scale=[2.0]), dict(Loc=[[0.1, 0.2], [1.0, -1.0]], Scale=[0.5, 2.0])],
    "MultivariateNormal": [dict(Loc=[0.5, -1.0], CovarianceMatrix=[[1.0, 0.4], [0.4, 2.0]]), dict(Loc=[0.0, 1.0, 2.0], ScaleTril=[[1.0, 0.0, 0.0], [0.5, 0.2, 0.0], [-1.0, 0.3, 2.0]]),
                           dict(Loc=[[0.0, 0.0], [1.0, -2.0]], PrecisionMatrix=[[2.0, 0.5], [0.5, 1.0]]),
                           dict(Loc=[0.25, 0.5], ScaleTril=[[[[1.0, 0.0], [0.5, 2.0]]], [[[3.0, 0.0], [-1.0, 0.5]]]])],
    "LowRankMultivariateNormal": [dict(Loc=[0.5, -1.0], CovFactor=[[1.0], [0.5]], CovDiag=[1.0, 2.0]), dict(Loc=[0.0, 1.0, 2.0], CovFactor=[[1.0, 0.0], [0.5, 0.2], [-1.0, 0.3]], CovDiag=[0.1, 0.2, 0.3]),
                                  dict(Loc=[[0.0, 0.0], [1.0, -2.0]], CovFactor=[[[1.0], [0.3]], [[-2.0], [1.0]]], CovDiag=[[0.5, 1.0], [2.0, 0.25]]),
                                  dict(Loc=[[[0.25, 0.5]], [[0.0, 1.0]]], CovFactor=[[2.0], [1.0]], CovDiag=[0.5, 1.5])],
    "Wishart": [dict(Df=3.0, CovarianceMatrix=[[1.0, 0.4], [0.4, 2.0]]), dict(Df=5.5, ScaleTril=[[1.0, 0.0, 0.0], [0.5, 0.25, 0.0], [-1.0, 0.25, 2.0]]),
                dict(Df=[4.0, 12.0], PrecisionMatrix=[[2.0, 0.5], [0.5, 1.0]])],
    "VonMisesFisher": [dict(MeanDirection=[0.6, 0.0, 0.8], Concentration=2.0), dict(MeanDirection=[1.0, 0.0, 0.0, 0.0, 0.0], Concentration=20.0),
                       dict(MeanDirection=[[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], Concentration=[0.25, 8.0])],
}
Q = {
    "Normal": [dict(Loc=-0.25, Scale=2.0), dict(Loc=-2.5, Scale=0.5), dict(Loc=0.4, Scale=1.25), dict(Loc=[0.5, 0.0, 1.0], Scale=[2.0, 1.0, 4.0])],
    "Uniform": [dict(Low=-0.5, High=2.0), dict(Low=0.0, High=1.0), dict(Low=0.25, High=4.0), dict(Low=[0.0, -2.0, 0.5], High=[9.0, 4.0, 2.0])],
    "Exponential": [dict(Rate=0.8), dict(Rate=4.0), dict(Rate=0.1), dict(Rate=[1.0, 2.0, 0.5])],
    "Gamma": [dict(Concentration=1.25, Rate=0.75), dict(Concentration=0.4, Rate=2.0), dict(Concentration=3.0, Rate=1.5), dict(Concentration=[1.0, 2.0, 6.5], Rate=[1.0, 2.0, 0.5])],
    "InverseGamma": [dict(Concentration=1.25, Rate=0.75), dict(Concentration=0.4, Rate=2.0), dict(Concentration=3.0, Rate=1.5)],
    "Chi2": [dict(Df=3.0), dict(Df=1.5), dict(Df=7.0)],
    "Beta": [dict(Concentration1=1.5, Concentration0=2.5), dict(Concentration1=0.8, Concentration0=0.6), dict(Concentration1=3.0, Concentration0=1.0),
             dict(Concentration1=[1.0, 2.0, 0.5], Concentration0=[1.0, 5.0, 0.5])],
    "ContinuousBernoulli": [dict(Probs=0.6), dict(Logits=-2.0), dict(Probs=0.2), dict(Logits=[0.0, 1.0, -6.0])],
    "Pareto": [dict(Scale=1.0, Alpha=2.5), dict(Scale=0.2, Alpha=0.5), dict(Scale=1.5, Alpha=1.0), dict(Scale=[0.5, 1.25, 1.0], Alpha=[1.0, 2.0, 4.0])],
    "Weibull": [dict(Scale=2.5, Concentration=1.5), dict(Scale=0.5, Concentration=1.0), dict(Scale=2.0, Concentration=0.5)],
    "HalfNormal": [dict(Scale=2.5), dict(Scale=0.01), dict(Scale=0.5), dict(Scale=[1.0, 2.0, 3.0])],
    "HalfCauchy": [dict(Scale=2.5), dict(Scale=0.01), dict(Scale=0.5), dict(Scale=[1.0, 2.0, 3.0])],
    "Bernoulli": [dict(Probs=0.6), dict(Logits=-2.0), dict(Probs=0.5), dict(Logits=[0.0, 1.0, -6.0])],
    "Binomial": [dict(TotalCount=7.0, Probs=0.6), dict(TotalCount=3.0, Logits=-2.0), dict(TotalCount=[2.0, 20.0], Probs=0.25)],
    "Geometric": [dict(Probs=0.6), dict(Logits=-2.0), dict(Probs=0.5), dict(Logits=[0.0, 1.0, -6.0])],
    "Poisson": [dict(Rate=2.0), dict(Rate=0.2), dict(Rate=30.0), dict(Rate=[1.0, 2.0, 3.0])],
    "Categorical": [dict(Probs=[0.6, 0.3, 0.1]), dict(Logits=[0.0, -1.0, 2.5, 1.0]), dict(Probs=[0.25, 0.25, 0.5]), dict(Logits=[[0.0, 0.0], [1.0, -1.0], [3.0, 0.0]])],
    "Dirichlet": [dict(Concentration=[2.0, 2.0, 2.0]), dict(Concentration=[1.0, 1.0, 1.0, 0.5]), dict(Concentration=[3.0, 1.0])],
    "LogisticNormal": [dict(Loc=[0.0, 0.5], Scale=[0.5, 2.0]), dict(Loc=[1.0], Scale=[0.7]), dict(Loc=[0.0, 0.0], Scale=[1.0, 1.0])],
    "MultivariateNormal": [dict(Loc=[0.0, 1.0], CovarianceMatrix=[[2.0, -0.5], [-0.5, 1.0]]), dict(Loc=[1.0, 0.0, -2.0], PrecisionMatrix=[[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 3.0]]),
                           dict(Loc=[0.5, 0.5], ScaleTril=[[1.0, 0.0], [0.5, 2.0]]), dict(Loc=[[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]], CovarianceMatrix=[[1.0, 0.25], [0.25, 0.5]])],
    "LowRankMultivariateNormal": [dict(Loc=[0.0, 1.0], CovFactor=[[-0.5], [2.0]], CovDiag=[0.5, 1.0]), dict(Loc=[1.0, 0.0, -2.0], CovFactor=[[0.5], [2.0], [1.0]], CovDiag=[1.0, 0.5, 0.25]),
                                  dict(Loc=[0.5, 0.5], CovFactor=[[1.0, 0.5], [0.25, 2.0]], CovDiag=[1.0, 3.0]),
                                  dict(Loc=[[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]], CovFactor=[[1.0], [0.5]], CovDiag=[1.0, 0.5])],
    "Wishart": [dict(Df=5.0, CovarianceMatrix=[[2.0, -0.5], [-0.5, 1.0]]), dict(Df=4.0, CovarianceMatrix=[[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 3.0]]),
                dict(Df=6.0, ScaleTril=[[1.0, 0.0], [0.5, 2.0]])],
    "VonMisesFisher": [dict(MeanDirection=[0.0, 0.6, 0.8], Concentration=5.0), dict(MeanDirection=[0.0, 0.0, 0.0, 0.6, -0.8], Concentration=3.0), dict(MeanDirection=[0.0, 0.6, 0.8], Concentration=0.5)],
}
for same, other in (("LogNormal", "Normal"), ("Laplace", "Normal"), ("Gumbel", "Normal"), ("Cauchy", "Normal")):
    Q[same] = Q[other]
for table in (P, Q):
    table["OneHotCategorical"] = table["OneHotCategoricalStraightThrough"] = table["Categorical"]


def part(name, parameters):
    return {"distribution": name, "parameters": parameters}


def independent(base_p, p, base_q, q, dims):
    return {"BaseDistribution": part(base_p, p), "ReinterpretedBatchNdims": dims}, {"BaseDistribution": part(base_q, q), "ReinterpretedBatchNdims": dims}


def transformed(base_p, p, base_q, q, transforms):
    return {"BaseDistribution": part(base_p, p), "Transforms": transforms}, {"BaseDistribution": part(base_q, q), "Transforms": transforms}


# Besides those above: supports and tails that decide whether a divergence is finite; parameters near each other; wholes that rules take apart.
EXTRA = {
    ("Normal", "Normal"): [(dict(Loc=1.0, Scale=2.0), dict(Loc=1.0, Scale=2.0)), (dict(Loc=1.0, Scale=2.0), dict(Loc=1.0009765625, Scale=2.0)), (dict(Loc=50.0, Scale=1e-3), dict(Loc=-50.0, Scale=1e3))],
    ("Uniform", "Uniform"): [(dict(Low=0.0, High=1.0), dict(Low=[0.0, -1.0, 0.25, 0.0, 2.0], High=[1.0, 1.0, 1.0, 0.75, 3.0]))],
    ("Beta", "Uniform"): [(dict(Concentration1=2.0, Concentration0=3.0), dict(Low=[0.0, 0.25, -1.0, 0.0], High=[1.0, 1.0, 1.0, 0.75]))],
    ("ContinuousBernoulli", "Uniform"): [(dict(Probs=0.3), dict(Low=[0.0, 0.25, -1.0, 0.0, -1.0], High=[1.0, 1.0, 1.0, 0.75, 2.0]))],
    ("Uniform", "Beta"): [(dict(Low=[-0.5, 0.5, 0.0], High=[0.5, 1.5, 1.0]), dict(Concentration1=2.0, Concentration0=3.0))],
    ("Uniform", "ContinuousBernoulli"): [(dict(Low=[-0.5, 0.5, 0.0, 0.25], High=[0.5, 1.5, 0.5, 1.0]), dict(Probs=0.3))],
    ("Uniform", "Exponential"): [(dict(Low=[-0.5, 0.0], High=2.0), dict(Rate=1.5))], ("Uniform", "Gamma"): [(dict(Low=[-0.5, 0.0], High=2.0), dict(Concentration=2.5, Rate=1.5))],
    ("Uniform", "Pareto"): [(dict(Low=[0.5, 1.0, 3.0], High=4.0), dict(Scale=1.0, Alpha=2.0))], ("Pareto", "Pareto"): [(dict(Scale=[0.5, 1.0, 2.0], Alpha=3.0), dict(Scale=1.0, Alpha=2.0))],
    ("Pareto", "Exponential"): [(dict(Scale=1.5, Alpha=[0.5, 1.0, 1.5]), dict(Rate=0.8))], ("Pareto", "Gamma"): [(dict(Scale=1.5, Alpha=[0.5, 1.0, 1.5]), dict(Concentration=2.0, Rate=0.8))],
    ("Pareto", "Normal"): [(dict(Scale=1.5, Alpha=[1.0, 2.0, 2.5]), dict(Loc=0.5, Scale=3.0))],
    ("Bernoulli", "Bernoulli"): [(dict(Probs=[0.0, 0.0, 1.0, 1.0, 0.5, 0.5]), dict(Probs=[0.0, 1.0, 0.0, 1.0, 0.0, 1.0])), (dict(Logits=[40.0, -40.0]), dict(Logits=[-40.0, 30.0]))],
    ("Bernoulli", "Poisson"): [(dict(Probs=[0.0, 1.0, 0.0, 0.5]), dict(Rate=[2.0, 2.0, 0.0, 0.0]))],
    ("Binomial", "Binomial"): [(dict(TotalCount=[5.0, 7.0], Probs=0.3), dict(TotalCount=[7.0, 5.0], Probs=0.6)), (dict(TotalCount=4.0, Probs=[0.0, 1.0, 0.5]), dict(TotalCount=4.0, Probs=[0.25, 0.25, 1.0]))],
    ("Geometric", "Geometric"): [(dict(Probs=[1.0, 0.5]), dict(Probs=[0.5, 1.0]))],
    ("Poisson", "Poisson"): [(dict(Rate=[0.0, 0.0, 2.0]), dict(Rate=[2.0, 0.0, 0.0]))],
    ("Poisson", "Bernoulli"): [(dict(Rate=0.0), dict(Probs=0.25))], ("Poisson", "Binomial"): [(dict(Rate=0.0), dict(TotalCount=3.0, Probs=0.25))],
    ("Categorical", "Categorical"): [(dict(Probs=[[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]), dict(Probs=[0.25, 0.75, 0.0]))],
    ("Dirichlet", "Dirichlet"): [(dict(Concentration=[100.0, 200.0, 300.0]), dict(Concentration=[101.0, 199.0, 305.0]))],
    ("Gumbel", "Gumbel"): [(dict(Loc=0.0, Scale=2.0), dict(Loc=5.0, Scale=0.5))],
    ("Gamma", "Gamma"): [(dict(Concentration=1e4, Rate=1e4), dict(Concentration=1.1e4, Rate=1e4))],
    ("Beta", "Beta"): [(dict(Concentration1=500.0, Concentration0=700.0), dict(Concentration1=480.0, Concentration0=720.0))],
    ("VonMisesFisher", "VonMisesFisher"): [(dict(MeanDirection=[0.6, 0.8, 0.0], Concentration=500.0), dict(MeanDirection=[0.6, 0.8, 0.0], Concentration=450.0))],
    ("Independent", "Independent"): [
        independent("Normal", dict(Loc=[0.0, 1.0, -1.0], Scale=1.5), "Normal", dict(Loc=0.5, Scale=[1.0, 2.0, 3.0]), 1),
        independent("Gamma", dict(Concentration=[[2.0, 3.0], [0.5, 9.0]], Rate=1.5), "Exponential", dict(Rate=[0.25, 3.0]), 1),
        independent("Bernoulli", dict(Probs=[[0.25, 0.5, 0.75], [0.1, 0.2, 0.3]]), "Bernoulli", dict(Probs=[[0.5, 0.5, 0.5], [0.9, 0.8, 0.7]]), 2),
        independent("Dirichlet", dict(Concentration=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "Dirichlet", dict(Concentration=[[2.0, 2.0, 2.0], [1.0, 1.0, 9.0]]), 1),
        independent("Normal", dict(Loc=[0.0, 1.0], Scale=1.0), "Uniform", dict(Low=[-9.0, -8.0], High=9.0), 1),
    ],
    ("TransformedDistribution", "TransformedDistribution"): [
        transformed("Normal", dict(Loc=0.5, Scale=1.5), "Normal", dict(Loc=-0.25, Scale=2.0), [{"transform": "Exp"}]),
        transformed("Uniform", dict(Low=[0.0, 0.25], High=1.0), "Beta", dict(Concentration1=2.0, Concentration0=3.0), [{"transform": "Affine", "Loc": 1.0, "Scale": -2.0}, {"transform": "Tanh"}]),
        transformed("Laplace", dict(Loc=[0.5, 1.0], Scale=1.5), "Laplace", dict(Loc=0.0, Scale=[1.0, 2.0]), [{"transform": "Sigmoid"}, {"transform": "Power", "Exponent": 2.0}]),
        transformed("MultivariateNormal", dict(Loc=[0.5, -1.0], CovarianceMatrix=[[1.0, 0.4], [0.4, 2.0]]), "MultivariateNormal", dict(Loc=[0.0, 1.0], CovarianceMatrix=[[2.0, -0.5], [-0.5, 1.0]]),
                    [{"transform": "StickBreaking"}]),
    ],
}
EXTRA["OneHotCategorical", "OneHotCategorical"] = EXTRA["Categorical", "Categorical"]
# Where PyTorch 1.13 is wrong.
WRONG = {
    ("ContinuousBernoulli", "Uniform"): "PyTorch gives infinity where a bound of Q is that of P's support, and a finite value where Q ends inside it on the other side",
    ("Uniform", "ContinuousBernoulli"): "PyTorch gives infinity where a bound of P is that of Q's support",
    ("Uniform", "Beta"): "PyTorch gives NaN from 0 log 0 at a bound of Q's support", ("Uniform", "Gamma"): "PyTorch gives NaN from 0 log 0 at a bound of Q's support",
    ("Bernoulli", "Poisson"): "PyTorch gives NaN from 0 log 0, or cancels digits", ("Binomial", "Binomial"): "PyTorch has no value where Q counts further, and gives NaN at probabilities of 0 and 1",
    ("Geometric", "Geometric"): "PyTorch clamps probabilities of 0 and 1", ("Bernoulli", "Bernoulli"): "PyTorch clamps probabilities of 0 and 1, and logits with them",
    ("Poisson", "Poisson"): "PyTorch gives NaN from 0 log 0", ("Poisson", "Bernoulli"): "PyTorch gives infinity even for a rate of 0, where P is 0 for certain",
    ("Poisson", "Binomial"): "PyTorch gives infinity even for a rate of 0, where P is 0 for certain",
    ("TransformedDistribution", "TransformedDistribution"): "PyTorch gives NaN from 0 log 0 at a bound of the support of Q's base",
    ("Wishart", "Wishart"): "PyTorch sums a batch of degrees of freedom as if it were part of the event", ("Weibull", "Weibull"): "PyTorch has it for equal scales and concentrations only",
}


def settings(p_name, q_name):
    """Pairs of parameters."""
    return [*zip(P.get(p_name, []), Q.get(q_name, [])), *EXTRA.get((p_name, q_name), [])]
