using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;

namespace ReparamPS.Inference;

/// <summary>Fits normal distributions to posteriors by maximizing a bound on the evidence (Jordan et al. 1999; Kucukelbir et al. 2017, arXiv:1603.00788).</summary>
public static class VariationalInference
{
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
        GaussianState start = Start(density, options.Family);
        VariationalFit fit = options.Optimizer == VariationalOptimizer.Lbfgs ? new FrozenFit(model, density, options, run).Run(start) : new StochasticFit(model, density, options, run).Run(start);
        // Adam skips steps to where the density is undefined, but such a fit has no bound.
        return double.IsFinite(fit.Bound) ? fit : throw FitDivergence.Of(model, options, run, fit.State) ?? NotFinite(density);
    }

    /// <summary>The error that the density is undefined for some values of the parameters.</summary>
    internal static NonFiniteDensityException NotFinite(ILogDensity density) =>
        new($"The log-density or its gradient is not finite for some values of the parameters. Both must be finite for all values that the priors allow{Refusal(density)}");

    private static string Refusal(ILogDensity density) => density is TensorDensity { LastRefusal: { } refusal } ? $": {refusal.Message}" : ".";

    // A wide start may leave the range of exp, for one: then a narrower one is tried.
    private static GaussianState Start(ILogDensity density, VariationalFamily family)
    {
        FrozenBound probe = FrozenBound.Create(density, NoiseScheme.Independent, VariationalOptions.FirstDraws, samples: 1, seed: 1);
        foreach (double scale in new[] { 1, 0.1, 0.01, 0.001 })
        {
            GaussianState state = GaussianState.Isotropic(family, density.Dimension, scale);
            if (double.IsFinite(probe.Value(state))) return state;
        }
        throw new NonFiniteDensityException($"The log-density is not finite near the start of the optimization, where all unconstrained coordinates (such as the log of a positive parameter) are 0{Refusal(density)}");
    }
}
