using ReparamPS.Inference.Models;
using ReparamPS.Numerics;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Evaluation;

/// <summary>The model with data drawn from its likelihood at given parameters, each of shape [1] + parameter shape.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="seed">The seed of the data, whose stream is independent of the noise of parameters and fit.</param>
public delegate BayesianModel ModelSimulator(IReadOnlyDictionary<string, Tensor> parameters, long seed);

/// <summary>Simulation-based calibration of one coordinate of a parameter.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Index">The number of the unconstrained coordinate, empty for a parameter that has one.</param>
/// <param name="Simulations">Simulated data sets.</param>
/// <param name="Converged">How many of their fits converged.</param>
/// <param name="KsPValue">The p-value of a Kolmogorov–Smirnov test that the posterior probabilities below the true values are uniform. Small values mean miscalibration.</param>
/// <param name="Coverage50">The share of central 50 % intervals that hold the true value.</param>
/// <param name="Coverage90">The share of central 90 % intervals that hold the true value.</param>
public sealed record SimulationCalibrationRow(string Parameter, string Index, int Simulations, int Converged, double KsPValue, double Coverage50, double Coverage90) : VariationalRow
{
    /// <summary>Creates the row of fits with given settings.</summary>
    internal SimulationCalibrationRow(
        VariationalOptions options, string parameter, string index, int simulations, int converged, double ksPValue, double coverage50, double coverage90)
        : this(parameter, index, simulations, converged, ksPValue, coverage50, coverage90) => Options = options;

    /// <summary>Draws per gradient evaluation; null if automatic.</summary>
    public int? Draws => Options.Draws;
}

/// <summary>
/// Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari, Gelman 2018, arXiv:1804.06788): parameters drawn from the prior, data drawn given them, and the fit's probability below
/// the true parameter, which is uniform if fits are exact. The probabilities come from the fit's marginal normal distributions in unconstrained space.
/// </summary>
public static class SimulationCalibration
{
    private const int ParameterUse = 1, DataUse = 2;

    /// <summary>Runs the simulations.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How each data set is fitted; the seed is that of the first.</param>
    /// <param name="simulations">The number of data sets.</param>
    /// <param name="simulator">Draws data; null for a regression, which knows its likelihood, and for a model without a log-likelihood.</param>
    /// <param name="onSimulation">Sees the number of finished simulations, and the latest fit; may be null.</param>
    /// <param name="cancellation">Stops within a fit.</param>
    /// <exception cref="ArgumentException">The model has a log-likelihood and no simulator.</exception>
    public static IReadOnlyList<SimulationCalibrationRow> Run(
        BayesianModel model, VariationalOptions? options = null, int simulations = 200, ModelSimulator? simulator = null, Action<int, VariationalFit>? onSimulation = null, CancellationToken cancellation = default)
    {
        options ??= new VariationalOptions();
        if (simulations < 10) throw new ArgumentException($"Simulations must be at least 10; got {simulations}.", nameof(simulations));
        if (simulator is null)
        {
            if (model.LogLikelihood is not null) throw new ArgumentException("A model with a log-likelihood needs -Simulator, which draws data for given parameters.", nameof(simulator));
            simulator = model.Regression is { } data ? (values, seed) => RegressionSimulation.Simulate(data, values, new RandomSeed(seed, options.Generator)) : (_, _) => model;
        }
        double[][] probabilities = [.. Enumerable.Range(0, model.Dimension).Select(_ => new double[simulations])];
        int converged = 0;
        for (int n = 0; n < simulations; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            VariationalFit fit = Simulate(model, options with { Seed = options.Seed + n }, simulator, probabilities, n, cancellation);
            if (fit.Converged) converged++;
            onSimulation?.Invoke(n + 1, fit);
        }
        return [.. model.Parameters.SelectMany(parameter => Enumerable.Range(0, parameter.Size).Select(i => Row(options, parameter, i, probabilities[parameter.Offset + i], converged)))];
    }

    private static VariationalFit Simulate(BayesianModel model, VariationalOptions options, ModelSimulator simulator, double[][] probabilities, int n, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using RandomSource random = options.Stream.For(ParameterUse).Open();
        Dictionary<string, Tensor> values = model.SamplePrior(1, random);
        double[] truth = new double[model.Dimension];
        var earlier = new Dictionary<string, Tensor>(StringComparer.OrdinalIgnoreCase);
        foreach (ModelParameter parameter in model.Parameters)
        {
            Tensor value = values[parameter.Name];
            ManagedValues.ToDoubles(parameter.Unconstrain(value, parameter.PriorAt(earlier))).CopyTo(truth, parameter.Offset);
            earlier.Add(parameter.Name, value);
        }
        VariationalFit fit = VariationalInference.Fit(simulator(values, DataSeed(options)), options, cancellation: cancellation);
        double[] spreads = fit.State.StdDevs;
        for (int i = 0; i < truth.Length; i++) probabilities[i][n] = NormalTail.Cdf((truth[i] - fit.State.Location[i]) / spreads[i]);
        return fit;
    }

    // Independent of the noise of parameters and fit; 31 bits, which every generator accepts as a seed.
    private static long DataSeed(VariationalOptions options) => options.Stream.For(DataUse).Value >> 32;

    private static SimulationCalibrationRow Row(VariationalOptions options, ModelParameter parameter, int i, double[] probabilities, int converged)
    {
        double[] sorted = [.. probabilities.Order()];
        double Covered(double share) => (double)sorted.Count(p => Math.Abs(p - 0.5) <= 0.5 * share) / sorted.Length;
        return new SimulationCalibrationRow(
            options, parameter.Name, parameter.Size == 1 ? "" : i.ToString(System.Globalization.CultureInfo.InvariantCulture), sorted.Length, converged,
            TestStatistics.KolmogorovPValue(TestStatistics.KolmogorovDistance(sorted), sorted.Length), Covered(0.5), Covered(0.9));
    }
}

/// <summary>Draws responses of a generalized linear model.</summary>
internal static class RegressionSimulation
{
    /// <summary>The model with a response drawn at given parameters.</summary>
    public static BayesianModel Simulate(RegressionData data, IReadOnlyDictionary<string, Tensor> parameters, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        using RandomSource random = seed.Open();
        double Value(string name) => ManagedValues.ToDoubles(parameters[name])[0];
        double[] coefficients = [.. (data.HasIntercept ? data.PredictorNames.Prepend(RegressionData.Intercept) : data.PredictorNames).Select(Value)], linear = new double[data.Rows];
        new LinearPredictor(data.Design, data.Rows, coefficients.Length).Multiply(coefficients, linear);
        Tensor eta = tensor(linear);
        Tensor response = data.Likelihood switch
        {
            RegressionLikelihood.BernoulliLogit => random.Bernoulli(eta.sigmoid()),
            // A rate beyond this is beyond what a Poisson draw can count.
            RegressionLikelihood.PoissonLog => random.Poisson(eta.exp().clamp(0, 1e15)),
            _ => eta + random.Normal(eta.shape, eta.dtype) * (data.NoiseScale ?? Value(RegressionData.Sigma)),
        };
        return (data with { Response = ManagedValues.ToDoubles(response) }).ToModel();
    }
}
