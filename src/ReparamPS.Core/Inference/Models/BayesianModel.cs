using Newtonsoft.Json;
using ReparamPS.Distributions;
using ReparamPS.Native;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Models;

/// <summary>
/// A Bayesian model: named parameters with priors, and a log-likelihood. All parameters together are one vector of unconstrained numbers, from which a bijection for each parameter's
/// support leads to its values.
/// </summary>
public sealed class BayesianModel
{
    /// <summary>Makes a model, and finds the shapes of priors that depend on earlier parameters by probing them.</summary>
    /// <param name="definitions">The parameters in order.</param>
    /// <param name="logLikelihood">The log-likelihood; null makes the prior the target.</param>
    /// <exception cref="ArgumentException">A name is missing or given twice, a shape cannot be found, or the log-likelihood returns another shape.</exception>
    /// <exception cref="NotSupportedException">A prior is discrete, or no bijection leads to its support.</exception>
    public BayesianModel(IReadOnlyList<ParameterDefinition> definitions, LogLikelihoodFunction? logLikelihood = null)
    {
        NativeLibraries.LoadTorch();
        Parameters = ModelProbe.Read(definitions);
        LogLikelihood = logLikelihood;
        Dimension = Parameters.Sum(parameter => parameter.Size);
        if (logLikelihood is not null) LogLikelihoodSize = ModelProbe.CheckLogLikelihood(this);
    }

    internal BayesianModel(IReadOnlyList<ParameterDefinition> definitions, RegressionData data)
    {
        Parameters = ModelProbe.Read(definitions);
        Regression = data;
        Dimension = Parameters.Sum(parameter => parameter.Size);
    }

    private BayesianModel(BayesianModel source, LogLikelihoodFunction logLikelihood) => (Parameters, Dimension, LogLikelihood) = (source.Parameters, source.Dimension, logLikelihood);

    /// <summary>The parameters in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<ModelParameter> Parameters { get; }

    /// <summary>The number of unconstrained coordinates.</summary>
    public int Dimension { get; }

    /// <summary>The log-likelihood; null if the target is the prior, or the model a regression.</summary>
    public LogLikelihoodFunction? GetLogLikelihood() => LogLikelihood;

    internal LogLikelihoodFunction? LogLikelihood { get; }

    /// <summary>The numbers that the log-likelihood returns per draw, such as one for each row of data; 1 if there is none.</summary>
    internal long LogLikelihoodSize { get; private set; } = 1;

    /// <summary>The kind of likelihood of a regression; null for other models.</summary>
    public RegressionLikelihood? Likelihood => Regression?.Likelihood;

    /// <summary>The number of rows of a regression's data; null for other models.</summary>
    public int? Rows => Regression?.Rows;

    /// <summary>The data of a regression.</summary>
    internal RegressionData? Regression { get; }

    /// <summary>Whether functions of the user take part in the log-density, whose gradients may be wrong.</summary>
    internal bool HasFunctions => LogLikelihood is not null || Parameters.Any(parameter => parameter.HasFunctions);

    /// <summary>The model with another log-likelihood, as of other data.</summary>
    public BayesianModel WithLogLikelihood(LogLikelihoodFunction logLikelihood)
    {
        var model = new BayesianModel(this, logLikelihood);
        model.LogLikelihoodSize = ModelProbe.CheckLogLikelihood(model);
        return model;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(", ", Parameters.Select(parameter => $"{parameter.Name} ~ {parameter.Prior}"))}";

    /// <summary>The target in unconstrained space.</summary>
    internal ILogDensity Density() => Regression is null ? new TensorDensity(this) : new RegressionDensity(Regression, Parameters);

    /// <summary>All parameters' values at a matrix of unconstrained coordinates, shape [dimension, draws].</summary>
    /// <param name="coordinates">The coordinates.</param>
    /// <param name="onParameter">Sees each parameter with its prior, its own coordinates and its value; may be null.</param>
    internal Dictionary<string, Tensor> Constrain(Tensor coordinates, Action<ModelParameter, Distribution, Tensor, Tensor>? onParameter = null)
    {
        var values = new Dictionary<string, Tensor>(Parameters.Count, StringComparer.OrdinalIgnoreCase);
        foreach (ModelParameter parameter in Parameters)
        {
            Distribution prior = parameter.PriorAt(values);
            Tensor own = parameter.Own(coordinates), value = parameter.Constrain(own, prior);
            onParameter?.Invoke(parameter, prior, own, value);
            values.Add(parameter.Name, value);
        }
        return values;
    }

    /// <summary>Draws of all parameters from the prior, each of shape [draws] + parameter shape.</summary>
    internal Dictionary<string, Tensor> SamplePrior(int draws, RandomSource random)
    {
        var values = new Dictionary<string, Tensor>(Parameters.Count, StringComparer.OrdinalIgnoreCase);
        foreach (ModelParameter parameter in Parameters)
        {
            Distribution prior = parameter.PriorAt(values);
            bool perDraw = prior.BatchShape.Length + prior.EventShape.Length > parameter.Shape.Count;
            values.Add(parameter.Name, prior.Sample(perDraw ? [] : [draws], random));
        }
        return values;
    }

    /// <summary>The log-likelihood at given values, shape [draws].</summary>
    internal Tensor LogLikelihoodAt(IReadOnlyDictionary<string, Tensor> values, long draws) => ModelParameter.PerDraw(LogLikelihoodTerms(values, draws));

    /// <summary>The log-likelihood at given values, shape [draws, …].</summary>
    /// <exception cref="ShapeMismatchException">The log-likelihood returns another shape.</exception>
    internal Tensor LogLikelihoodTerms(IReadOnlyDictionary<string, Tensor> values, long draws)
    {
        Tensor result = LogLikelihood!(values);
        if (result.dim() == 0 || result.shape[0] != draws)
        {
            string advice = result.dim() == 0 ? "Leave out .sum(), or sum over the data only, with .sum(-1)."
                : "Keep the dimension of the draws first: a scalar parameter such as $p.Mu has the shape [draws], and $p.Mu.unsqueeze(-1), of shape [draws, 1], broadcasts with data of shape [rows].";
            throw new ShapeMismatchException(
                $"LogLikelihood must return one number per draw, of shape [draws] (further dimensions are summed); with {draws} draws it returned the shape {TensorShapes.Format(result.shape)}. {advice}", nameof(LogLikelihood));
        }
        return result;
    }
}
