using ReparamPS.Distributions;
using ReparamPS.Inference.Models;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

/// <summary>Models whose posteriors are known.</summary>
internal static class Models
{
    private static readonly double[] Effects = [28, 8, -3, 7, -1, 1, 18, 12], Errors = [15, 10, 16, 11, 9, 11, 10, 18];

    /// <summary>A fixed normal prior.</summary>
    public static ParameterDefinition NormalPrior(string name, double loc, double scale) => new(name, new Normal(tensor(loc), tensor(scale)));

    /// <summary>A normal target with mean 0, variances 1 and a correlation.</summary>
    public static BayesianModel Correlated(double correlation) => new(
        [new ParameterDefinition("X", new MultivariateNormal(zeros(2, ScalarType.Float64), covarianceMatrix: tensor(new[,] { { 1, correlation }, { correlation, 1 } })))]);

    /// <summary>Neal's funnel with one child: v ~ N(0, 3), y ~ N(0, exp(v / 2)).</summary>
    public static BayesianModel Funnel(bool isCentred = true) => isCentred
        ? new([NormalPrior("V", 0, 3), new ParameterDefinition("Y", null, given => new Normal(zeros_like(given["V"]), (0.5 * given["V"]).exp()))])
        : new([NormalPrior("V", 0, 3), NormalPrior("Z", 0, 1)]);

    /// <summary>A bent normal distribution: a ~ N(0, 1), b ~ N(a², 0.3).</summary>
    public static BayesianModel Banana() => new([NormalPrior("A", 0, 1), new ParameterDefinition("B", null, given => new Normal(given["A"].square(), tensor(0.3)))]);

    /// <summary>A rate with the prior Gamma(2, 1) and one count of 3, whose posterior is Gamma(5, 2).</summary>
    public static BayesianModel Rate() => new([new ParameterDefinition("A", new Gamma(tensor(2.0), tensor(1.0)))], given => new Poisson(given["A"]).LogProb(tensor(3.0)));

    /// <summary>Eight schools (Rubin 1981).</summary>
    public static BayesianModel EightSchools(bool isCentred)
    {
        Tensor y = tensor(Effects), sigma = tensor(Errors);
        ParameterDefinition mu = NormalPrior("Mu", 0, 5), tau = new("Tau", new HalfCauchy(tensor(5.0)));
        if (isCentred)
        {
            return new BayesianModel(
                [mu, tau, new ParameterDefinition("Theta", null, given => new Normal(given["Mu"].unsqueeze(-1), given["Tau"].unsqueeze(-1)).Expand(given["Mu"].shape[0], 8))],
                given => new Normal(given["Theta"], sigma).LogProb(y));
        }
        return new BayesianModel(
            [mu, tau, new ParameterDefinition("Eta", new Normal(zeros(8, ScalarType.Float64), ones(8, ScalarType.Float64)))],
            given => new Normal(given["Mu"].unsqueeze(-1) + given["Tau"].unsqueeze(-1) * given["Eta"], sigma).LogProb(y));
    }

    /// <summary>A logistic regression on Bliss's beetles (1935): dead of exposed at eight doses, one row for each beetle.</summary>
    public static BayesianModel Beetles()
    {
        double[] doses = [1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839];
        int[] exposed = [59, 60, 62, 56, 63, 59, 62, 60], dead = [6, 13, 18, 28, 52, 53, 61, 60];
        double mean = doses.Average(), spread = Math.Sqrt(doses.Average(dose => (dose - mean) * (dose - mean)));
        List<double> x = [], y = [];
        for (int i = 0; i < doses.Length; i++)
        {
            for (int n = 0; n < exposed[i]; n++)
            {
                x.Add((doses[i] - mean) / spread);
                y.Add(n < dead[i] ? 1 : 0);
            }
        }
        return new RegressionData([.. y], ["Dose"], [x.ToArray()], RegressionLikelihood.BernoulliLogit).ToModel();
    }
}
