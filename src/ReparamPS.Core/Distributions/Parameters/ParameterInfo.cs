using System.Globalization;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using TorchSharp;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The kind of a parameter's value.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ParameterKind
{
    /// <summary>Numbers: a tensor that broadcasts with the others.</summary>
    Tensor,

    /// <summary>An integer that determines a shape.</summary>
    Integer,

    /// <summary>Another distribution.</summary>
    Distribution,

    /// <summary>One transform or several.</summary>
    Transform,

    /// <summary>A list of integers: the sizes of dimensions.</summary>
    Shape,
}

/// <summary>A parameter of a kind of distribution.</summary>
/// <param name="Name">PyTorch's name in Pascal case.</param>
/// <param name="Constraint">The allowed values.</param>
public sealed record ParameterInfo(string Name, [property: JsonIgnore] Constraint Constraint)
{
    /// <summary>The kind of its value.</summary>
    [JsonIgnore]
    public ParameterKind Kind { get; init; } = ParameterKind.Tensor;

    /// <summary>Whether a sample's gradient reaches it, if the distribution is reparameterized.</summary>
    [JsonIgnore]
    public bool IsReparameterized { get; init; } = true;

    /// <summary>The group of which exactly one parameter must have a value (Probs or Logits); null if it is in no group.</summary>
    [JsonIgnore]
    public string? Group { get; init; }

    /// <summary>Whether it may be omitted although it has no default.</summary>
    [JsonIgnore]
    public bool IsOptional { get; init; }

    /// <summary>The allowed values in words, if they depend on the shape or the kind, such as <c>greater than d − 1</c>; null for the name of the constraint.</summary>
    [JsonIgnore]
    public string? Allowed { get; init; }

    /// <summary>The default value; null if there is none.</summary>
    [JsonIgnore]
    public double? Default { get; init; }

    /// <summary>
    /// A typical value, for demonstrations and for checks over the whole catalogue: a <c>double</c>, <c>double[]</c>, <c>double[,]</c>,
    /// <c>long</c>, or an <see cref="ExampleFactory"/>; null for a parameter that the example omits.
    /// </summary>
    [JsonIgnore]
    public object? Example { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Default is null ? Name : $"{Name} = {Default.Value.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>Creates a typical value that is a distribution or a transform.</summary>
public delegate object ExampleFactory(torch.ScalarType dtype, torch.Device device, bool requiresGrad);
