using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Custom;

/// <summary>Distributions as a user writes them: correct ones with closed forms, and faulty ones with what a message must say about them.</summary>
internal static class Customs
{
    private static readonly CustomFunction RayleighDensity = (p, x) => x.log() - 2 * p["Scale"].log() - (x / p["Scale"]).square() / 2;

    private static readonly CustomSampler RayleighSampler = (p, noise, shape) => p["Scale"] * (2 * noise.Exponential(shape)).sqrt();

    public static IReadOnlyDictionary<string, Func<ScalarType, CustomDistribution>> Correct { get; } = new Dictionary<string, Func<ScalarType, CustomDistribution>>
    {
        ["Rayleigh"] = dtype => Make(new() { Name = "Rayleigh", Sample = RayleighSampler, LogProbability = RayleighDensity, Support = "Positive" }, dtype, ("Scale", 2.0)),
        ["Maxwell"] = dtype => Make(new()
        {
            Name = "Maxwell",
            Sample = (p, noise, shape) => p["Scale"] * noise.Normal([.. shape, 3]).square().sum(-1).sqrt(),
            LogProbability = (p, x) => 0.5 * Math.Log(2 / Math.PI) + 2 * x.log() - 3 * p["Scale"].log() - (x / p["Scale"]).square() / 2,
            Support = "positive",
        }, dtype, ("Scale", 1.5)),
        ["triangular by quantile"] = dtype => Make(new()
        {
            Name = "Triangular", Quantile = (p, q) => p["Width"] * where(q < 0.5, (q / 2).sqrt(), 1 - ((1 - q) / 2).sqrt()), Support = "in [0, Width]",
            LogProbability = (p, x) => (4 / p["Width"] * (x / p["Width"]).minimum(1 - x / p["Width"])).log(),
        }, dtype, ("Width", 3.0)),
        ["bimodal by CDF and density"] = dtype => Make(new()
        {
            Name = "Bimodal",
            Cdf = (p, x) => 0.3 * Phi((x + p["Gap"]) / p["Scale"]) + 0.7 * Phi((x - p["Gap"]) / p["Scale"]),
            LogProbability = (p, x) => (0.3 * Bell((x + p["Gap"]) / p["Scale"]) + 0.7 * Bell((x - p["Gap"]) / p["Scale"])).log() - p["Scale"].log(),
        }, dtype, ("Gap", 2.0), ("Scale", 0.6)),
        ["rotated normal"] = dtype => Rotated(dtype),
        // What follows has another shape of support, tail or noise.
        ["beta of two gammas"] = dtype => Make(new()
        {
            Name = "GammaRatio", Support = "UnitInterval",
            Sample = (p, noise, shape) =>
            {
                Tensor first = noise.Gamma(p["A"], shape), second = noise.Gamma(p["B"], shape);
                return first / (first + second);
            },
            LogProbability = (p, x) => (p["A"] - 1) * x.log() + (p["B"] - 1) * (1 - x).log() - p["A"].lgamma() - p["B"].lgamma() + (p["A"] + p["B"]).lgamma(),
        }, dtype, ("A", 2.0), ("B", 3.5)),
        ["Cauchy"] = dtype => Make(new()
        {
            Name = "HeavyTail", Sample = (p, noise, shape) => p["Loc"] + p["Scale"] * (Math.PI * (noise.Uniform(shape) - 0.5)).tan(),
            LogProbability = (p, x) => -Math.Log(Math.PI) - p["Scale"].log() - ((x - p["Loc"]) / p["Scale"]).square().log1p(),
        }, dtype, ("Loc", 0.5), ("Scale", 1.5)),
        ["Pareto, at least Scale"] = dtype => Make(new()
        {
            Name = "Power", Support = "at least Scale", Sample = (p, noise, shape) => p["Scale"] * (noise.Exponential(shape) / p["Alpha"]).exp(),
            LogProbability = (p, x) => p["Alpha"].log() + p["Alpha"] * p["Scale"].log() - (p["Alpha"] + 1) * x.log(),
        }, dtype, ("Scale", 1.5), ("Alpha", 3.0)),
        ["a batch of half-normals"] = dtype => Make(new()
        {
            Name = "HalfNormals", Support = "non-negative", Sample = (p, noise, shape) => p["Scale"] * noise.Normal(shape).abs(),
            LogProbability = (p, x) => 0.5 * Math.Log(2 / Math.PI) - p["Scale"].log() - (x / p["Scale"]).square() / 2,
        }, dtype, ("Scale", new[] { 0.5, 2.0 })),
        // The angle turns the draws, and leaves their density as it is.
        ["turned round normal"] = dtype => Make(new()
        {
            Name = "Turned", EventShape = [2],
            Sample = (p, noise, shape) =>
            {
                Tensor e = noise.Normal(shape), x = e.select(-1, 0), y = e.select(-1, 1);
                return stack([p["Angle"].cos() * x - p["Angle"].sin() * y, p["Angle"].sin() * x + p["Angle"].cos() * y], -1);
            },
            LogProbability = (p, x) => -x.square().sum(-1) / 2 - Math.Log(2 * Math.PI),
        }, dtype, ("Angle", 0.5)),
        ["shifted uniform"] = dtype => Make(new()
        {
            Name = "Shifted", Support = "in [Low, High]", Sample = (p, noise, shape) => p["Low"] + (p["High"] - p["Low"]) * noise.Uniform(shape),
            LogProbability = (p, x) => -(p["High"] - p["Low"]).log() + zeros_like(x),
        }, dtype, ("Low", 1.0), ("High", 3.0)),
        ["heavy-tailed vector"] = dtype => Make(new()
        {
            Name = "CauchyVector", EventShape = [2],
            Sample = (p, noise, shape) => p["Loc"] + p["Scale"].unsqueeze(-1) * noise.Normal(shape) / (2 * noise.Gamma(0.5, [.. shape[..^1], 1])).sqrt(),
            LogProbability = (p, x) => -Math.Log(2 * Math.PI) - 2 * p["Scale"].log() - 1.5 * ((x - p["Loc"]) / p["Scale"].unsqueeze(-1)).square().sum(-1).log1p(),
        }, dtype, ("Loc", new[] { 0.5, -1.0 }), ("Scale", 1.5)),
        ["simplex of gammas"] = dtype => Make(new()
        {
            Name = "Shares", Support = "Simplex", EventShape = [3],
            Sample = (p, noise, shape) =>
            {
                Tensor gammas = noise.Gamma(p["Concentration"], shape);
                return gammas / gammas.sum(-1, keepdim: true);
            },
            LogProbability = (p, x) => ((p["Concentration"] - 1) * x.log()).sum(-1) + p["Concentration"].sum(-1).lgamma() - p["Concentration"].lgamma().sum(-1),
        }, dtype, ("Concentration", new[] { 1.5, 2.0, 3.0 })),
    };

    /// <summary>The five of them whose false alarms are counted over 50 seeds.</summary>
    public static IReadOnlyList<string> Five { get; } = [.. Correct.Keys.Take(5)];

    public static IReadOnlyDictionary<string, (Func<CustomDistribution> Make, string Says)> Faulty { get; } = new Dictionary<string, (Func<CustomDistribution>, string)>
    {
        ["detached parameter"] = (() => Rayleigh((p, noise, shape) => p["Scale"].detach() * (2 * noise.Exponential(shape)).sqrt()), "detached from this parameter"),
        ["half detached"] = (() => Rayleigh((p, noise, shape) => (p["Scale"] * p["Scale"].detach()).sqrt() * (2 * noise.Exponential(shape)).sqrt()), "by the factor 0.5"),
        ["wrong factor of 1.02"] = (() => Rayleigh((p, noise, shape) => (p["Scale"].detach() + 1.02 * (p["Scale"] - p["Scale"].detach())) * (2 * noise.Exponential(shape)).sqrt()), "by the factor 1.02"),
        ["wrong sign"] = (() => Rayleigh((p, noise, shape) => (2 * p["Scale"].detach() - p["Scale"]) * (2 * noise.Exponential(shape)).sqrt()), "by the factor -1"),
        ["dropped Jacobian"] = (() => Rayleigh(RayleighSampler, (p, x) => -2 * p["Scale"].log() - (x / p["Scale"]).square() / 2), "the density integrates to 0.62"),
        ["density that does not integrate to 1"] = (() => Rayleigh(RayleighSampler, (p, x) => RayleighDensity(p, x) + 0.05), "the density integrates to 1.05"),
        ["density of another scale"] = (() => Rayleigh(RayleighSampler, (p, x) => RayleighDensity(new Dictionary<string, Tensor> { ["Scale"] = 1.02 * p["Scale"] }, x)), "the draws do not follow the density"),
        ["sampler that rejects"] = (() => Rayleigh(Rejecting), "the sampler probably rejects proposals"),
        ["noise that ignores the seed"] = (() => Rayleigh((p, noise, shape) => p["Scale"] * (2 * -rand(shape, ScalarType.Float64).log()).sqrt()), "two samples with the same seed differ"),
        ["CDF that does not match the density"] = (() => Rayleigh(RayleighSampler, cdf: (p, x) => 1 - (-(x / p["Scale"]).square()).exp()), "the CDF does not match the density"),
        // Beyond the ten: the factor hides in a sampler whose noise rejects, so that only the density shows it.
        ["factor of 1.02 behind gamma noise"] = (() => Make(new()
        {
            Name = "Gamma", Support = "Positive",
            Sample = (p, noise, shape) => noise.Gamma(p["A"].detach() + 1.02 * (p["A"] - p["A"].detach()), shape),
            LogProbability = (p, x) => (p["A"] - 1) * x.log() - x - p["A"].lgamma(),
        }, ScalarType.Float64, ("A", 2.5)), "by the factor 1.02"),
        ["density whose factor depends on a parameter"] = (() => Rayleigh(RayleighSampler, (p, x) => RayleighDensity(p, x) + 0.1 * p["Scale"].log()), "the density integrates to 1.07"),
        ["density without gradient"] = (() => Rayleigh(RayleighSampler, (p, x) => RayleighDensity(Detached(p), x)), "LogProbability changes with Scale but has no gradient"),
        ["density of a fixed scale"] = (() => Rayleigh(RayleighSampler, (_, x) => x.log() - 2 * Math.Log(2) - (x / 2).square() / 2), "LogProbability does not depend on Scale, but the draws do"),
        ["CDF without gradient"] = (() => Rayleigh(RayleighSampler, cdf: (p, x) => 1 - (-(x / p["Scale"].detach()).square() / 2).exp()), "Cdf changes with Scale but has no gradient"),
        ["quantile without gradient"] = (() => Make(new()
        {
            Name = "Waiting", Support = "Positive", Sample = (p, noise, shape) => noise.Exponential(shape) / p["Rate"], Quantile = (p, q) => -(-q).log1p() / p["Rate"].detach(),
            LogProbability = (p, x) => p["Rate"].log() - p["Rate"] * x,
        }, ScalarType.Float64, ("Rate", 2.0)), "Quantile changes with Rate but has no gradient"),
        ["density without gradient in one of two"] = (() => Normal(p => p["Loc"].detach()), "LogProbability changes with Loc but has no gradient"),
        // Its mean score is 0, as that of a right density.
        ["density with half of a gradient"] = (() => Normal(p => 0.5 * (p["Loc"] + p["Loc"].detach())), "a part of LogProbability leaves the autograd graph"),
        ["decreasing quantile"] = (() => Exponential((p, q) => -q.log() / p["Rate"]), "the quantile decreases: it is 3.12"),
        ["decreasing quantile with its density"] = (() => Exponential((p, q) => -q.log() / p["Rate"], (p, x) => p["Rate"].log() - p["Rate"] * x), "the quantile decreases"),
        ["decreasing quantile with its CDF"] = (() => Exponential((p, q) => -q.log() / p["Rate"], cdf: (p, x) => -(-p["Rate"] * x).expm1()), "the quantile decreases"),
        ["quantile of another rate than the density"] = (() => Exponential((p, q) => -(-q).log1p() / (1.001 * p["Rate"]), (p, x) => p["Rate"].log() - p["Rate"] * x), "the quantile does not match the density: at p = 0.6"),
        ["quantile of another rate than the CDF"] = (() => Exponential((p, q) => -(-q).log1p() / (1.001 * p["Rate"]), cdf: (p, x) => -(-p["Rate"] * x).expm1()), "the quantile does not match the CDF: at p = 0.6"),
        ["quantile that is NaN"] = (() => Exponential((p, q) => where(q > 0.9, q.new_full([], double.NaN), -(-q).log1p() / p["Rate"])), "the quantile is NaN at p = 0.9"),
        ["constant of a rotated normal's density"] = (() => Rotated(ScalarType.Float64, constant: 0.2), "the density integrates to 1.2"),
        ["scale of a rotated normal's density"] = (() => Rotated(ScalarType.Float64, 1.1), "the draws do not follow the density"),
    };

    public static CustomDistribution Make(CustomFunctions functions, ScalarType dtype, params (string Name, object Value)[] parameters) => CustomDistribution.Create(
        functions, [.. parameters.Select(parameter => (parameter.Name, parameter.Value is double[] many ? tensor(many, dtype) : tensor((double)parameter.Value, dtype)))]);

    private static CustomDistribution Rayleigh(CustomSampler sampler, CustomFunction? density = null, CustomFunction? cdf = null) =>
        Make(new() { Name = "Faulty", Sample = sampler, LogProbability = density ?? RayleighDensity, Cdf = cdf, Support = "Positive" }, ScalarType.Float64, ("Scale", 2.0));

    private static Dictionary<string, Tensor> Detached(IReadOnlyDictionary<string, Tensor> parameters) => parameters.ToDictionary(pair => pair.Key, pair => pair.Value.detach());

    private static CustomDistribution Normal(Func<IReadOnlyDictionary<string, Tensor>, Tensor> loc) => Make(new()
    {
        Name = "N", Sample = (p, noise, shape) => p["Loc"] + p["Scale"] * noise.Normal(shape),
        LogProbability = (p, x) => -((x - loc(p)) / p["Scale"]).square() / 2 - p["Scale"].log() - Math.Log(2 * Math.PI) / 2,
    }, ScalarType.Float64, ("Loc", 0.5), ("Scale", 2.0));

    private static CustomDistribution Exponential(CustomFunction quantile, CustomFunction? density = null, CustomFunction? cdf = null) =>
        Make(new() { Name = "Waiting", Quantile = quantile, LogProbability = density, Cdf = cdf, Support = "Positive" }, ScalarType.Float64, ("Rate", 2.0));

    private static CustomDistribution Rotated(ScalarType dtype, double scaleOfDensity = 1, double constant = 0) => Make(new()
    {
        Name = "Rotated", EventShape = [2],
        Sample = (p, noise, shape) =>
        {
            Tensor e = p["Scale"] * noise.Normal(shape), x = e.select(-1, 0), y = e.select(-1, 1);
            return stack([p["Angle"].cos() * x - p["Angle"].sin() * y, p["Angle"].sin() * x + p["Angle"].cos() * y], -1);
        },
        LogProbability = (p, value) =>
        {
            Tensor x = value.select(-1, 0), y = value.select(-1, 1), scale = scaleOfDensity * p["Scale"];
            Tensor turned = stack([p["Angle"].cos() * x + p["Angle"].sin() * y, p["Angle"].cos() * y - p["Angle"].sin() * x], -1);
            return (-(turned / scale).square() / 2 - scale.log()).sum(-1) - Math.Log(2 * Math.PI) + constant;
        },
    }, dtype, ("Angle", 0.5), ("Scale", new[] { 2.0, 0.5 }));

    // Uniform proposals below 12, accepted by the density: right draws, whose gradient is that of the accepted proposal, 0.
    private static Tensor Rejecting(IReadOnlyDictionary<string, Tensor> p, DrawNoise noise, long[] shape)
    {
        Tensor result = zeros(shape, ScalarType.Float64), waiting = ones(shape, ScalarType.Bool);
        while (waiting.any().item<bool>())
        {
            Tensor proposal = 12 * noise.Uniform(shape), ratio = proposal / p["Scale"].detach(), isAccepted = noise.Uniform(shape) < ratio * (-ratio.square() / 2).exp() * Math.Exp(0.5);
            result = where(waiting & isAccepted, proposal, result);
            waiting &= ~isAccepted;
        }
        return result + 0 * p["Scale"];
    }

    private static Tensor Phi(Tensor z) => special.ndtr(z);

    private static Tensor Bell(Tensor z) => (-z.square() / 2).exp() / Math.Sqrt(2 * Math.PI);
}
