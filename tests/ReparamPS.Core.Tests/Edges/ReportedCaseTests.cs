using System.Globalization;
using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>Inputs from public bug reports of PyTorch, TensorFlow Probability and SciPy, and others like them. Expected values are from mpmath at 60 digits.</summary>
public sealed class ReportedCaseTests
{
    public static TheoryData<string, string, string, double, double> Cases() => new()
    {
        { "Normal", "Loc=0;Scale=1", "logCdf", -6, -20.736768949974706 },
        { "Normal", "Loc=-1.7e308;Scale=1.7e308", "survival", 8.5e307, 0.066807201268858066 },
        { "Laplace", "Loc=-1.7e308;Scale=1.7e308", "survival", 8.5e307, 0.11156508007421491 },
        { "Logistic", "Loc=-1.7e308;Scale=1.7e308", "logSurvival", 8.5e307, -1.7014132779827524 },
        { "Cauchy", "Loc=-1.7e308;Scale=1.7e308", "survival", 8.5e307, 0.18716704181099882 },
        { "Gumbel", "Loc=-1.7e308;Scale=1.7e308", "survival", 8.5e307, 0.19998928699564641 },
        { "Logistic", "Loc=0;Scale=1", "logProb", -800, -800.0 },
        { "Poisson", "Rate=5", "logSurvival", 500, -1816.2086605393599 },
        { "NegativeBinomial", "TotalCount=10;Logits=50", "logProb", 10, -488.56635586595749 },
        { "ContinuousBernoulli", "Logits=-100", "mean", 0, 0.01 },
        { "ContinuousBernoulli", "Probs=0.499999", "entropy", 0, -6.666666666325038e-13 },
        { "GeneralizedPareto", "Loc=0;Scale=1;Concentration=1", "icdf", 1e-100, 1.0e-100 },
        { "TruncatedNormal", "Loc=-1e18;Scale=1e8;Low=0;High=1", "logProb", 0.5, -45.394829814011909 },
        { "TruncatedNormal", "Loc=0;Scale=1;Low=8;High=9", "mean", 0, 8.1211889929797971 },
        { "StudentT", "Df=1e6;Loc=0;Scale=1", "icdf", 1e-100, -21.275865985490619 },
        { "StudentT", "Df=2.0000001;Loc=0;Scale=1", "variance", 0, 20000001.032731578 },
        { "Kumaraswamy", "Concentration1=0.01;Concentration0=50", "mean", 0, 4.968040370318497e-41 },
        { "Kumaraswamy", "Concentration1=0.01;Concentration0=100", "logCdf", 1e-300, -2.3516928522854148 },
        { "Gamma", "Concentration=0.001;Rate=1", "icdf", 0.5, 5.2442064082779784e-302 },
        { "Gamma", "Concentration=1e10;Rate=1e10", "icdf", 1e-10, 0.99993638790652531 },
        { "Beta", "Concentration1=0.001;Concentration0=0.001", "icdf", 0.25, 9.3173195977115422e-302 },
        { "Beta", "Concentration1=200;Concentration0=0.01", "logSurvival", 0.999, -0.012307030913364941 },
        { "FisherSnedecor", "Df1=1e10;Df2=5", "icdf", 1e-5, 0.16204204092235108 },
        { "InverseGamma", "Concentration=0.001;Rate=1", "logSurvival", 1e300, -0.69019913429993035 },
        { "Chi2", "Df=0.001", "logCdf", 1e-300, -0.34544593527362562 },
        { "HalfNormal", "Scale=1", "logSurvival", 100000.0, -5000000011.7387168 },
        { "LogNormal", "Loc=0;Scale=30", "mean", 0, 2.7071782767869983e195 },
        { "Binomial", "TotalCount=1000000000;Probs=1e-9", "logProb", 30, -75.658236754330167 },
        { "Geometric", "Probs=1e-20", "cdf", 1e19, 0.095162581964040422 },
        { "VonMises", "Loc=0;Concentration=50", "logProb", 3.14, -98.965389154658127 },
        { "RelaxedBernoulli", "Temperature=0.05;Logits=-5", "logProb", 2.2250738585072014e-308, 674.98086533209679 },
        { "Cauchy", "Loc=0;Scale=1", "logCdf", -1e300, -691.92025778406311 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_agree_with_60_digits(string kind, string parameters, string member, double at, double expected)
    {
        using var scope = NewDisposeScope();
        Distribution distribution = DistributionCatalog.Get(kind).Create(parameters.Split(';').Select(part => part.Split('='))
            .ToDictionary(part => part[0], part => (object)tensor(double.Parse(part[1], CultureInfo.InvariantCulture))));
        Tensor value = tensor(at), result = member switch
        {
            "logProb" => distribution.LogProb(value),
            "cdf" => distribution.Cdf(value),
            "logCdf" => distribution.LogCdf(value),
            "survival" => distribution.Survival(value),
            "logSurvival" => distribution.LogSurvival(value),
            "icdf" => distribution.Icdf(value, cancellation: TestContext.Current.CancellationToken),
            "mean" => distribution.Mean,
            "variance" => distribution.Variance,
            _ => distribution.Entropy,
        };
        Assert.Equal(1, result.item<double>() / expected, 1e-9);
    }

    // 1 / −0 is −∞: the value of the other end.
    [Fact]
    public void Negative_zero_is_zero()
    {
        using var scope = NewDisposeScope();
        Tensor zero = tensor(-0.0);
        var inverse = new InverseGamma(tensor(2.0), tensor(1.0));
        Assert.Equal([0, double.NegativeInfinity, 1, 0], new[] { inverse.Cdf(zero), inverse.LogCdf(zero), inverse.Survival(zero), inverse.LogSurvival(zero) }.Select(tail => tail.item<double>()));
        Assert.Equal(double.NegativeInfinity, new Cauchy(tensor(0.0), tensor(1.0)).Icdf(zero, TestContext.Current.CancellationToken).item<double>());
    }

    // log p = κ − log(4π sinh(κ) / κ) at the mean direction, of mean coth(κ) − 1/κ in each direction; scipy.stats.vonmises_fisher([1, 0, 0], 2) is the same.
    [Theory, InlineData(1.0), InlineData(1e200), InlineData(1e-200), InlineData(-1e308), InlineData(1e-310)]
    public void The_length_of_a_direction_does_not_matter(double length)
    {
        using var scope = NewDisposeScope();
        Tensor direction = tensor(new[] { 0.6, 0, 0.8 }) * Math.Sign(length);
        var sphere = new VonMisesFisher(tensor(new[] { 0.6, 0, 0.8 }) * length, tensor(2.0));
        Assert.Equal(2 - Math.Log(4 * Math.PI * Math.Sinh(2) / 2), sphere.LogProb(direction).item<double>(), 1e-9);
        Assert.True(sphere.Mean.allclose(direction * (1 / Math.Tanh(2) - 0.5)));
        Assert.True(sphere.Mode.allclose(direction));
    }
}
