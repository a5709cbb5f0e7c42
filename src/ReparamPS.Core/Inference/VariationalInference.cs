using System.Globalization;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;

namespace ReparamPS.Inference;

/// <summary>Fits normal distributions to posteriors by maximizing a bound on the evidence (Jordan et al. 1999; Kucukelbir et al. 2017, arXiv:1603.00788).</summary>
public static class VariationalInference
{
    private const double LargestStartLoss = 1e6;
    private static readonly double[] StartScales = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6];

    /// <summary>Fits a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="onRow">Sees each gradient evaluation as it is done; may be null.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    /// <exception cref="ArgumentException">Options exclude each other, or the gradient of the log-density does not reach a parameter or is wrong.</exception>
    /// <exception cref="NonFiniteDensityException">The log-density or its gradient is not finite.</exception>
    public static VariationalFit Fit(BayesianModel model, VariationalOptions? options = null, Action<FitTraceRow>? onRow = null, CancellationToken cancellation = default)
    {
        options ??= new VariationalOptions();
        options.Validate(model);
        var run = new FitRun(options, onRow, cancellation);
        ILogDensity density = model.Density();
        if (model.HasFunctions && density is TensorDensity tensors) ModelGradientCheck.Run(model, tensors);
        GaussianState start = Start(model, density, options.Family);
        VariationalFit fit = options.Optimizer == VariationalOptimizer.Lbfgs ? new FrozenFit(model, density, options, run).Run(start) : new StochasticFit(model, density, options, run).Run(start);
        // Adam skips steps to where the density is undefined, but such a fit has no bound.
        if (!double.IsFinite(fit.Bound)) throw FitDivergence.Of(model, options, run, fit.State) ?? NotFinite(model, density);
        return FitDivergence.AtEdge(model, options, fit.State) is { } error ? throw error : fit;
    }

    /// <summary>The warning that a log-likelihood teaches a fit nothing about some parameters, because its gradient is exactly 0; null if there is nothing to warn of.</summary>
    /// <param name="model">The model, whose gradients are right: a fit checks that.</param>
    public static string? LikelihoodWarning(BayesianModel model) => FlatLikelihood.Warning(model);

    /// <summary>The error that the density is undefined for some values of the parameters.</summary>
    internal static NonFiniteDensityException NotFinite(BayesianModel model, ILogDensity density) =>
        new($"The log-density or its gradient is not finite for some values of the parameters. Both must be finite for all values that the priors allow{Refusal(density)}{model.Regression?.ScaleAdvice()}");

    private static string Refusal(ILogDensity density) => density is TensorDensity { LastRefusal: { } refusal } ? $". {refusal.Message}" : ".";

    // Which term is not finite at the narrowest start; what a distribution refused says more.
    private static string Culprit(BayesianModel model, ILogDensity density)
    {
        if (density is not TensorDensity { LastRefusal: null } tensors) return Refusal(density) + model.Regression?.ScaleAdvice();
        double[] noise = NormalNoise.Fresh(NoiseScheme.Independent, density.Dimension, VariationalOptions.FirstDraws, seed: 1), points = new double[noise.Length];
        GaussianState.Isotropic(VariationalFamily.MeanField, density.Dimension, StartScales[^1]).Points(noise, VariationalOptions.FirstDraws, points);
        foreach (DensityTerm term in tensors.Terms(points, VariationalOptions.FirstDraws))
        {
            int at = Array.FindIndex(term.Values, value => !double.IsFinite(value));
            if (at < 0) continue;
            string advice = term.Name == nameof(BayesianModel.LogLikelihood) ? " It must be finite for all values that the priors allow. Check also that no data are NaN or outside the support of their distribution." : "";
            return string.Create(CultureInfo.InvariantCulture, $": {term.Name} is {term.Values[at]} there.{advice}");
        }
        return ".";
    }

    // The widest start from which an optimizer gets on: one wider than the posterior may leave the range of exp, or have a bound so low that slopes overflow.
    private static GaussianState Start(BayesianModel model, ILogDensity density, VariationalFamily family)
    {
        FrozenBound probe = FrozenBound.Create(density, NoiseScheme.Independent, VariationalOptions.FirstDraws, samples: 1, seed: 1);
        (GaussianState State, double Bound)[] starts = [.. StartScales.Select(scale => GaussianState.Isotropic(family, density.Dimension, scale)).Select(state => (state, probe.Value(state))).Where(start => double.IsFinite(start.Item2))];
        if (starts.Length == 0)
            throw new NonFiniteDensityException($"The log-density is not finite near the start of the optimization, where all unconstrained coordinates (such as the log of a positive parameter) are 0{Culprit(model, density)}");
        double best = starts.Max(start => start.Bound), lowest = best - LargestStartLoss * (1 + Math.Abs(best));
        return starts.First(start => start.Bound >= lowest).State;
    }
}
