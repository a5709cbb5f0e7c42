using Newtonsoft.Json;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Models;

/// <summary>A prior that depends on earlier parameters: from their values, each of shape [draws] + parameter shape, to a distribution.</summary>
public delegate Distribution PriorFunction(IReadOnlyDictionary<string, Tensor> parameters);

/// <summary>A log-likelihood: from the parameters' values, each of shape [draws] + parameter shape, to log-likelihoods of shape [draws], or with further dimensions, which are summed.</summary>
public delegate Tensor LogLikelihoodFunction(IReadOnlyDictionary<string, Tensor> parameters);

/// <summary>What a model is made of: a parameter's name, and its prior or how that follows from earlier parameters.</summary>
/// <param name="Name">The name.</param>
/// <param name="Prior">The prior; null if it depends on earlier parameters.</param>
/// <param name="PriorFunction">How the prior follows from earlier parameters; null if it does not depend on them.</param>
public sealed record ParameterDefinition(string Name, Distribution? Prior, PriorFunction? PriorFunction = null);

/// <summary>A parameter of a model: its prior, its shape, and its place in the unconstrained vector.</summary>
public sealed class ModelParameter
{
    private readonly Distribution? prior;
    private readonly PriorFunction? priorFunction;
    private readonly Transform? map;

    internal ModelParameter(ParameterDefinition definition, Transform? map, long[] shape, long[] unconstrainedShape, int offset, string priorText)
    {
        (Name, prior, priorFunction, this.map) = (definition.Name, definition.Prior, definition.PriorFunction, map);
        (Shape, UnconstrainedShape, Offset, Prior) = (shape, unconstrainedShape, offset, priorText);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The shape of one value.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The shape of the unconstrained coordinates of one value.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> UnconstrainedShape { get; }

    /// <summary>The first of its coordinates in the unconstrained vector.</summary>
    [JsonIgnore]
    public int Offset { get; }

    /// <summary>The number of its coordinates in the unconstrained vector.</summary>
    public int Size => checked((int)TensorShapes.Count([.. UnconstrainedShape]));

    /// <summary>The prior as text.</summary>
    public string Prior { get; }

    /// <summary>Whether the prior depends on earlier parameters.</summary>
    public bool IsDependent => priorFunction is not null;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The index of an element, with a number per dimension; empty for a scalar.</summary>
    internal string IndexOf(long element) => string.Join(',', TensorShapes.Unravel(element, [.. Shape]));

    /// <summary>The names of the columns of its elements in a table.</summary>
    internal IEnumerable<string> Columns()
    {
        long count = TensorShapes.Count([.. Shape]);
        for (long i = 0; i < count; i++) yield return Shape.Count == 0 ? Name : $"{Name}_{IndexOf(i).Replace(',', '_')}";
    }

    /// <summary>The prior; null if it depends on earlier parameters.</summary>
    internal Distribution? FixedPrior => prior;

    /// <summary>Whether the prior is a function of the user, or may hold one.</summary>
    internal bool HasFunctions => IsDependent || prior is CustomDistribution or TransformedDistribution or Independent or MixtureSameFamily;

    /// <summary>Whether its values differ from its unconstrained coordinates, or may.</summary>
    internal bool IsMapped => map is null || !Bijections.IsIdentity(map);

    /// <summary>The prior, where earlier parameters have the given values.</summary>
    internal Distribution PriorAt(IReadOnlyDictionary<string, Tensor> values) => prior ?? priorFunction!(values);

    /// <summary>The bijection to the support of a prior.</summary>
    internal Transform MapTo(Distribution priorAt) => map ?? Bijections.To(priorAt.Support);

    /// <summary>Its own coordinates of a matrix of all unconstrained coordinates, shape [dimension, draws]: shape [draws] + <see cref="UnconstrainedShape"/>.</summary>
    internal Tensor Own(Tensor coordinates) =>
        UnconstrainedShape.Count == 0 ? coordinates.select(0, Offset) : coordinates.narrow(0, Offset, Size).t().reshape([coordinates.shape[1], .. UnconstrainedShape]);

    /// <summary>Its value at its own coordinates, shape [draws] + <see cref="Shape"/>.</summary>
    internal Tensor Constrain(Tensor own, Distribution priorAt)
    {
        Transform transform = MapTo(priorAt);
        return Bijections.IsIdentity(transform) ? own : transform.Forward(own);
    }

    /// <summary>The log-density of its own coordinates, shape [draws]: the prior's at the value, with the logarithm of the Jacobian.</summary>
    internal Tensor LogDensity(Tensor own, Tensor value, Distribution priorAt) => CoordinateDensity.Of(priorAt, MapTo(priorAt), own, value);

    /// <summary>The unconstrained coordinates of a value, shape [draws] + <see cref="Shape"/>: shape [draws, size].</summary>
    internal Tensor Unconstrain(Tensor value, Distribution priorAt) => MapTo(priorAt).Inverse(value).reshape([value.shape[0], Size]);

    /// <summary>All dimensions but the first summed.</summary>
    internal static Tensor PerDraw(Tensor value) => value.dim() > 1 ? value.flatten(1).sum(1) : value;
}
