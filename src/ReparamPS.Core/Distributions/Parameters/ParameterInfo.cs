using System.Globalization;
using ReparamPS.Distributions.Constraints;
using TorchSharp;

namespace ReparamPS.Distributions.Parameters;

/// <summary>What a parameter holds.</summary>
public enum ParameterKind
{
    /// <summary>Numbers: a tensor that broadcasts with the others.</summary>
    Tensor,

    /// <summary>One whole number that fixes a shape.</summary>
    Integer,

    /// <summary>Another distribution.</summary>
    Distribution,

    /// <summary>One transform or several.</summary>
    Transform,

    /// <summary>A list of whole numbers: sizes of dimensions.</summary>
    Shape,
}

/// <summary>A parameter of a kind of distribution.</summary>
/// <param name="Name">PyTorch's name in Pascal case.</param>
/// <param name="Constraint">What values are allowed.</param>
public sealed record ParameterInfo(string Name, Constraint Constraint)
{
    /// <summary>What the parameter holds.</summary>
    public ParameterKind Kind { get; init; } = ParameterKind.Tensor;

    /// <summary>Whether a sample's gradient reaches it (only where the distribution is reparameterized at all).</summary>
    public bool IsReparameterized { get; init; } = true;

    /// <summary>Exactly one of the parameters that share a group is given (Probs or Logits); null where there is no choice.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it may be left out though it has no default.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The value where none is given; null where one must be.</summary>
    public double? Default { get; init; }

    /// <summary>
    /// A typical value, for demonstrations and for checks over the whole catalogue: a <c>double</c>, <c>double[]</c>, <c>double[,]</c>,
    /// <c>long</c>, or an <see cref="ExampleFactory"/>; null for a parameter that the example leaves out.
    /// </summary>
    public object? Example { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Default is null ? Name : $"{Name} = {Default.Value.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>Makes a typical value that is a distribution or a transform.</summary>
public delegate object ExampleFactory(torch.ScalarType dtype, torch.Device device, bool requiresGrad);
