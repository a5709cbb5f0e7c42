using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Gradients.Estimators;

/// <summary>A way to estimate the gradient of E[f(z)] in the parameters of z's distribution from draws (Mohamed, Rosca, Figurnov, Mnih 2020, arXiv:1906.10652).</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum GradientEstimatorKind
{
    /// <summary>The gradient of f through a reparameterized draw.</summary>
    Pathwise,

    /// <summary>f times the gradient of the log-density (REINFORCE), with a baseline.</summary>
    ScoreFunction,

    /// <summary>Differences of f at draws of two other distributions, whose weighted difference is the density's derivative.</summary>
    MeasureValued,

    /// <summary>A discrete draw forward, the gradient of its probabilities backward (Bengio et al. 2013, arXiv:1308.3432); biased.</summary>
    StraightThrough,

    /// <summary>The gradient through a relaxed draw (Jang et al. 2017, arXiv:1611.01144; Maddison et al. 2017, arXiv:1611.00712); biased.</summary>
    GumbelSoftmax,

    /// <summary>The score function with f of relaxed draws as a control variate (Tucker et al. 2017, arXiv:1703.07370): f must be continuous between the draws, and carry its gradient.</summary>
    Rebar,

    /// <summary>As Rebar, with a fitted control variate that is linear in relaxed draws (Grathwohl et al. 2018, arXiv:1711.00123): f can be any function.</summary>
    Relax,

    /// <summary>The exact sum over a small discrete support.</summary>
    Enumerated,
}

/// <summary>The number subtracted from f before the multiplication with the score. None of these biases the gradient.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ScoreBaseline
{
    /// <summary>No baseline.</summary>
    None,

    /// <summary>An exponential moving average of f over the previous draws.</summary>
    MovingAverage,

    /// <summary>The mean of f over the other, independent draws of the same part (RLOO; Mnih, Rezende 2016, arXiv:1602.06725).</summary>
    LeaveOneOut,

    /// <summary>For each parameter the factor that minimizes the variance, fitted on separate draws.</summary>
    ControlVariate,
}

/// <summary>How draws relate to each other.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum DrawScheme
{
    /// <summary>Independent draws.</summary>
    Independent,

    /// <summary>In pairs of uniform noise u and 1 − u.</summary>
    Antithetic,

    /// <summary>By a scrambled Sobol sequence (quasi-Monte Carlo).</summary>
    Sobol,
}

/// <summary>How a gradient is estimated.</summary>
public sealed record GradientEstimatorOptions
{
    /// <summary>The estimator.</summary>
    public GradientEstimatorKind Estimator { get; init; } = GradientEstimatorKind.Pathwise;

    /// <summary>The baseline of <see cref="GradientEstimatorKind.ScoreFunction"/>.</summary>
    public ScoreBaseline Baseline { get; init; } = ScoreBaseline.None;

    /// <summary>How draws relate to each other.</summary>
    public DrawScheme Scheme { get; init; } = DrawScheme.Independent;

    /// <summary>The number of draws of one repetition.</summary>
    public long Draws { get; init; } = 1000;

    /// <summary>Number of repetitions, each with the next seed. Null means 1 for independent draws, and 32 for others, whose standard error can only be estimated from repetitions.</summary>
    public int? Repetitions { get; init; }

    /// <summary>The seed of the first repetition; each further repetition uses the next seed.</summary>
    public long Seed { get; init; }

    /// <summary>The generator of the draws.</summary>
    public RandomGenerator Generator { get; init; }

    internal RandomSeed Stream => new(Seed, Generator);

    /// <summary>Whether the baseline is independent of the draw that it is subtracted from, as it must be for an estimate without bias.</summary>
    public bool AllowsBaseline => Baseline switch
    {
        ScoreBaseline.MovingAverage => Scheme == DrawScheme.Independent,
        ScoreBaseline.LeaveOneOut => Scheme != DrawScheme.Sobol,
        _ => true,
    };

    /// <summary>The fewest draws that the baseline can be computed from. LeaveOneOut leaves out the draw itself and its mirror image.</summary>
    public long MinDraws => Baseline == ScoreBaseline.LeaveOneOut ? Scheme == DrawScheme.Antithetic ? 4 : 2 : 1;

    /// <summary>The temperature of relaxations.</summary>
    public double Temperature { get; init; } = 0.5;

    internal int RepetitionCount => Repetitions ?? (Scheme == DrawScheme.Independent ? 1 : 32);
}
