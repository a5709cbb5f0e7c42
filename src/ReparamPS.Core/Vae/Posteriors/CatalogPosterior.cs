using MathNet.Numerics;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Where the draws of a posterior lie, and with that which prior fits it.</summary>
internal enum LatentSpace
{
    /// <summary>The real line; the prior is standard normal.</summary>
    Line,

    /// <summary>From 0 to 1; the prior is uniform.</summary>
    UnitInterval,

    /// <summary>From 0 on; the prior is exponential with rate 1.</summary>
    HalfLine,

    /// <summary>The unit sphere; the prior is uniform on it.</summary>
    Sphere,

    /// <summary>Relaxed switches or choices by their logits or logarithms; the prior is the same relaxation with all equally likely.</summary>
    Relaxed,
}

/// <summary>A distribution of the catalogue as posterior: its parameters come from the encoder through the links that their constraints ask for.</summary>
internal sealed class CatalogPosterior : Posterior
{
    // Keeps scales and concentrations off zero, where densities have no limit.
    private const double MinPositive = 1e-3, Edge = 1e-6;
    private const string Switches = "LogitRelaxedBernoulli", Choices = "ExpRelaxedCategorical";

    private static readonly Dictionary<string, LatentSpace> Spaces = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Laplace"] = LatentSpace.Line,
        ["Logistic"] = LatentSpace.Line,
        ["Gumbel"] = LatentSpace.Line,
        ["Kumaraswamy"] = LatentSpace.UnitInterval,
        ["Beta"] = LatentSpace.UnitInterval,
        ["Gamma"] = LatentSpace.HalfLine,
        ["LogNormal"] = LatentSpace.HalfLine,
        ["Weibull"] = LatentSpace.HalfLine,
        ["VonMisesFisher"] = LatentSpace.Sphere,
        ["RelaxedBernoulli"] = LatentSpace.Relaxed,
        ["RelaxedOneHotCategorical"] = LatentSpace.Relaxed,
    };

    // Densities of the switches themselves have no finite digits at low temperatures; those of their logits do, and the Jacobian is the same in posterior and prior.
    private static readonly Dictionary<string, string> Drawn = new(StringComparer.OrdinalIgnoreCase) { ["RelaxedBernoulli"] = Switches, ["RelaxedOneHotCategorical"] = Choices };

    private readonly DistributionType type;
    private readonly string[] parameters;
    private readonly double temperature;
    private readonly LatentSpace space;
    private readonly PosteriorSampler sampler;

    /// <summary>The posterior of a name.</summary>
    public CatalogPosterior(string name, int latentSize, double temperature) : base(latentSize)
    {
        type = DistributionCatalog.Get(Drawn.GetValueOrDefault(name, name));
        (space, this.temperature) = (Spaces[name], temperature);
        sampler = type.Name switch
        {
            "Gamma" => new GammaSampler(latentSize),
            "Beta" => new BetaSampler(latentSize),
            "VonMisesFisher" => new SphereSampler(latentSize),
            "LogNormal" => new DirectSampler(latentSize, (random, shape, dtype) => random.Normal(shape, dtype)),
            "Weibull" => new DirectSampler(latentSize, (random, shape, dtype) => random.Exponential(shape, dtype)),
            _ => new DirectSampler(latentSize, (random, shape, dtype) => random.Uniform(shape, dtype)),
        };
        parameters = space == LatentSpace.Relaxed ? ["Logits"] : [.. type.Parameters.Select(parameter => parameter.Name)];
    }

    /// <summary>The names that there are.</summary>
    public static IReadOnlyCollection<string> Names => Spaces.Keys;

    public override int StatisticsSize => checked(space == LatentSpace.Sphere ? LatentSize + 1 : parameters.Length * LatentSize);

    public override int MinLatentSize => space == LatentSpace.Sphere || type.Name == Choices ? 2 : 1;

    public override bool HasAnalyticKl => false;

    public override bool HasNormalPrior => space == LatentSpace.Line;

    public override int NoiseSize => sampler.NoiseSize;

    public override bool HasNormalNoise => false;

    public override Tensor Noise(long[] shape, ScalarType dtype, RandomSource random) => sampler.Noise(shape, dtype, random);

    public override Tensor Draw(Tensor statistics, Tensor noise) => Unchecked(() => Inside(sampler.Draw(Distribution(statistics), noise)));

    public override Tensor LogProbability(Tensor statistics, Tensor draws) => Unchecked(() => OverDimensions(Distribution(statistics).LogProb(draws)));

    public override Tensor KlDivergence(Tensor statistics) => throw new NotSupportedException($"The KL term of a {type.Name} posterior has no closed form. Use -Objective sgvba, which estimates it from draws.");

    public override (Tensor Mean, Tensor StandardDeviation) Moments(Tensor statistics)
    {
        if (type.Name == Switches) return RelaxedMoments.OfSwitches(statistics, temperature);
        if (type.Name == Choices) return RelaxedMoments.OfChoices(statistics, temperature);
        Distribution distribution = Distribution(statistics);
        return (distribution.Mean, distribution.Variance.sqrt());
    }

    public override Tensor Latents(Tensor draws) => type.Name switch
    {
        Switches => draws.sigmoid(),
        Choices => draws.exp(),
        _ => draws,
    };

    public override Tensor PriorLogProbability(Tensor draws) => Unchecked(() => space switch
    {
        LatentSpace.Line => StandardNormal.LogDensityOfVectors(draws),
        LatentSpace.UnitInterval => zeros_like(draws).sum(-1),
        LatentSpace.HalfLine => -draws.sum(-1),
        LatentSpace.Sphere => draws.new_full(draws.shape[..^1], SpecialFunctions.GammaLn(LatentSize / 2.0) - Math.Log(2) - LatentSize / 2.0 * Math.Log(Math.PI)),
        _ => OverDimensions(Distribution(draws.new_zeros(1, LatentSize)).LogProb(draws)),
    });

    public override Tensor DrawPrior(int count, ScalarType dtype, RandomSource random) => space switch
    {
        LatentSpace.Line => random.Normal([count, LatentSize], dtype),
        LatentSpace.UnitInterval => random.Uniform([count, LatentSize], dtype),
        LatentSpace.HalfLine => random.Exponential([count, LatentSize], dtype),
        LatentSpace.Sphere => nn.functional.normalize(random.Normal([count, LatentSize], dtype)),
        _ => Latents(Distribution(zeros(count, LatentSize, dtype: dtype, device: random.Device)).Sample([], random)),
    };

    // The links put parameters into their constraints, and draws are kept inside the support. A weight that is not finite shows in the loss.
    private static Tensor Unchecked(Func<Tensor> compute)
    {
        using (ConstraintChecks.Skip()) return compute();
    }

    private Distribution Distribution(Tensor statistics)
    {
        Dictionary<string, object> values = [];
        for (int i = 0; i < parameters.Length; i++)
        {
            bool isLast = space == LatentSpace.Sphere && i == 1;
            Tensor raw = statistics.narrow(-1, (long)i * LatentSize, isLast ? 1 : LatentSize);
            values[parameters[i]] = space == LatentSpace.Relaxed || i == 0 && parameters[i] is "Loc" ? raw
                : i == 0 && space == LatentSpace.Sphere ? nn.functional.normalize(raw, dim: -1)
                : isLast ? raw.squeeze(-1).exp() + 1
                : nn.functional.softplus(raw) + MinPositive;
        }
        if (space == LatentSpace.Relaxed) values["Temperature"] = statistics.new_full([], temperature);
        return type.Create(values);
    }

    // Rounding can put a draw on the edge of its support, where densities are 0 or infinite.
    private Tensor Inside(Tensor draws) => space switch
    {
        LatentSpace.UnitInterval => draws.clamp(Edge, 1 - Edge),
        LatentSpace.HalfLine => draws.clamp_min(Edge),
        _ => draws,
    };

    private Tensor OverDimensions(Tensor logProbability) => type.Name is "VonMisesFisher" or Choices ? logProbability : logProbability.sum(-1);
}
