using Newtonsoft.Json;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>A parameter of one distribution.</summary>
/// <param name="Info">The description of the parameter.</param>
/// <param name="Value">Its value, as given.</param>
public sealed record DistributionParameter([property: JsonIgnore] ParameterInfo Info, [property: JsonIgnore] Tensor Value)
{
    /// <summary>PyTorch's name in Pascal case.</summary>
    public string Name => Info.Name;

    /// <summary>The allowed values.</summary>
    [JsonIgnore]
    public Constraints.Constraint Constraint => Info.Constraint;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {TensorText.Brief(Value)}";
}
