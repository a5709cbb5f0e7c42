using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Models;

/// <summary>Finds the shapes of a model by evaluating its priors and its log-likelihood with two different numbers of draws.</summary>
internal static class ModelProbe
{
    private const int Attempts = 8;
    private static readonly long[] DrawCounts = [3, 5];

    /// <summary>The parameters of definitions, with shapes and places.</summary>
    public static IReadOnlyList<ModelParameter> Read(IReadOnlyList<ParameterDefinition> definitions)
    {
        if (definitions.Count == 0) throw new ArgumentException("A model needs at least one parameter with a prior, such as @{ Mu = New-NormalDistribution 0 1 }; the table is empty.", "Parameter");
        Check(definitions);
        // Outside the scope of probing: the bounds of an interval belong to the model.
        Transform?[] maps = [.. definitions.Select(definition => definition.Prior is { } prior ? MapTo(definition.Name, prior) : null)];
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                List<ModelParameter> parameters = ReadAt(definitions, maps, attempt);
                CheckColumns(parameters);
                return parameters;
            }
            // An interval between two earlier parameters, for one, exists at some of their values only.
            catch (ParameterConstraintException) when (attempt < Attempts)
            {
            }
        }
    }

    /// <summary>Evaluates the log-likelihood with each number of draws, and returns how many numbers it has per draw.</summary>
    public static long CheckLogLikelihood(BayesianModel model)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                long size = 1;
                foreach (long draws in DrawCounts)
                {
                    using var scope = NewDisposeScope();
                    using var noGrad = no_grad();
                    size = Math.Max(size, model.LogLikelihoodTerms(model.Constrain(Coordinates(model.Dimension, draws, attempt)), draws).numel() / draws);
                }
                return size;
            }
            catch (ParameterConstraintException) when (attempt < Attempts)
            {
            }
        }
    }

    /// <summary>Small unconstrained coordinates, shape [size, draws], that depend on nothing but the attempt.</summary>
    public static Tensor Coordinates(int size, long draws, int attempt)
    {
        var random = new SplitMix(attempt);
        return tensor(Enumerable.Range(0, checked((int)(size * draws))).Select(_ => random.NextDouble() - 0.5).ToArray(), [size, draws], ScalarType.Float64);
    }

    private static void Check(IReadOnlyList<ParameterDefinition> definitions)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (ParameterDefinition definition in definitions)
        {
            if (string.IsNullOrWhiteSpace(definition.Name)) throw new ArgumentException("A parameter needs a name.", "Parameter");
            if (!names.Add(definition.Name)) throw new ArgumentException($"Parameter '{definition.Name}' is given twice.", "Parameter");
            if (definition.Prior is { } prior) Check(definition.Name, prior);
        }
    }

    // Tables of draws have one column per element, and two columns of one name would be one.
    private static void CheckColumns(IEnumerable<ModelParameter> parameters)
    {
        var owners = new Dictionary<string, ModelParameter>(StringComparer.OrdinalIgnoreCase);
        foreach (ModelParameter parameter in parameters)
        {
            foreach (string column in parameter.Columns())
            {
                if (!owners.TryAdd(column, parameter))
                    throw new ArgumentException($"The parameters {owners[column].Name} and {parameter.Name} both have the column {column} in tables of draws. Rename one of them.", "Parameter");
            }
        }
    }

    private static void Check(string name, Distribution prior)
    {
        if (prior.Support.IsDiscrete) throw new NotSupportedException($"The prior of {name} is discrete ({prior.Name}). Variational inference needs continuous parameters: sum the discrete one out of the log-likelihood.");
        if (prior.IsCircular) throw new NotSupportedException($"The prior of {name} is a distribution of angles ({prior.Name}), which variational inference does not support: a circle cannot be mapped to all real numbers. Use a prior on an interval, such as New-UniformDistribution.");
        if (prior.DType != ScalarType.Float64 || prior.Device.type != DeviceType.CPU)
            throw new NotSupportedException($"The prior of {name} must be float64 on the CPU; got {TorchTypes.NameOf(prior.DType)} on {prior.Device}.");
    }

    private static Transform MapTo(string name, Distribution prior) =>
        Bijections.Find(prior.Support) is var found && found.Map is { } map ? map : throw new NotSupportedException($"The prior of {name} ({prior.Name}) is not supported. {found.Lack} Variational inference needs one: use a prior with another support.");

    private static void CheckDensity(ModelParameter parameter, Tensor own, Tensor value, Distribution prior)
    {
        try
        {
            _ = parameter.LogDensity(own, value, prior);
        }
        catch (NotSupportedException error)
        {
            throw new NotSupportedException($"The prior of {parameter.Name} ({prior.Name}) has no log-density, which variational inference needs. {error.Message}", error);
        }
    }

    private static List<ModelParameter> ReadAt(IReadOnlyList<ParameterDefinition> definitions, Transform?[] maps, int attempt)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Dictionary<string, Tensor>[] values = [.. DrawCounts.Select(_ => new Dictionary<string, Tensor>(StringComparer.OrdinalIgnoreCase))];
        List<ModelParameter> parameters = [];
        int offset = 0;
        foreach (ParameterDefinition definition in definitions)
        {
            Distribution[] priors = [.. values.Select(given => definition.Prior ?? definition.PriorFunction!(given))];
            if (definition.Prior is null) Check(definition.Name, priors[0]);
            long[] shape = ShapeOf(definition, priors);
            if (shape.Contains(0)) throw new ArgumentException($"The parameter {definition.Name} has no elements: the shape of its prior is {TensorShapes.Format(shape)}.", "Parameter");
            Transform? map = maps[parameters.Count];
            // With the draws in front: the bounds of an interval may differ between draws.
            long[] unconstrained = (map ?? MapTo(definition.Name, priors[0])).InverseShape([DrawCounts[0], .. shape])[1..];
            string text = definition.Prior is null ? $"{priors[0].Name}(…)" : priors[0].ToString();
            var parameter = new ModelParameter(definition, map, shape, unconstrained, offset, text);
            offset += parameter.Size;
            parameters.Add(parameter);
            for (int i = 0; i < values.Length; i++)
            {
                Tensor value = parameter.Constrain(parameter.Own(Coordinates(offset, DrawCounts[i], attempt)), priors[i]);
                if (!value.shape.SequenceEqual([DrawCounts[i], .. shape])) throw WrongShape(definition, priors);
                if (i == 0) CheckDensity(parameter, parameter.Own(Coordinates(offset, DrawCounts[i], attempt)), value, priors[i]);
                values[i].Add(definition.Name, value);
            }
        }
        return parameters;
    }

    private static long[] ShapeOf(ParameterDefinition definition, Distribution[] priors)
    {
        long[][] shapes = [.. priors.Select(prior => (long[])[.. prior.BatchShape, .. prior.EventShape])];
        if (definition.Prior is not null || shapes[0].SequenceEqual(shapes[1])) return shapes[0];
        bool isPerDraw = shapes.Zip(DrawCounts).All(pair => pair.First.Length > 0 && pair.First[0] == pair.Second) && shapes[0][1..].SequenceEqual(shapes[1][1..]) && priors[0].BatchShape.Length > 0;
        return isPerDraw ? shapes[0][1..] : throw WrongShape(definition, priors);
    }

    private static ShapeMismatchException WrongShape(ParameterDefinition definition, Distribution[] priors) => new(
        $"The prior of {definition.Name} must have batch shape [draws, …]; trials with {DrawCounts[0]} and {DrawCounts[1]} draws returned the batch shapes {TensorShapes.Format(priors[0].BatchShape)} and {TensorShapes.Format(priors[1].BatchShape)}. "
        + "Keep the dimension of the draws first: a scalar parameter such as $p.Mu has the shape [draws], and $p.Mu.unsqueeze(-1) has the shape [draws, 1].",
        definition.Name);
}
