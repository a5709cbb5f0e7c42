using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>A parameter of one distribution.</summary>
/// <param name="Info">The description of the parameter.</param>
/// <param name="Value">Its value, as given.</param>
public sealed record DistributionParameter(ParameterInfo Info, Tensor Value)
{
    /// <summary>PyTorch's name in Pascal case.</summary>
    public string Name => Info.Name;

    /// <summary>The allowed values.</summary>
    public Constraints.Constraint Constraint => Info.Constraint;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {TensorText.Brief(Value)}";
}
