using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Distributions;

/// <summary>A kind of distribution as data: what the catalogue, completion, help and the generic tests read.</summary>
public sealed class DistributionType
{
    private readonly Func<ParameterValues, Distribution> create;

    /// <summary>Describes a kind of distribution.</summary>
    public DistributionType(
        string name, Reparameterization reparameterization, Constraint support, IReadOnlyList<ParameterInfo> parameters, Func<ParameterValues, Distribution> create)
    {
        (Name, Reparameterization, Support, Parameters) = (name, reparameterization, support, (ParameterInfo[])[.. parameters]);
        this.create = create;
    }

    /// <summary>PyTorch's class name.</summary>
    public string Name { get; }

    /// <summary>Whether samples carry gradients to the parameters.</summary>
    [JsonIgnore]
    public bool HasRSample => Reparameterization != Reparameterization.None;

    /// <summary>How samples are reparameterized.</summary>
    [JsonIgnore]
    public Reparameterization Reparameterization { get; }

    /// <summary>The set that contains all samples; bounds that depend on parameters appear by name.</summary>
    [JsonIgnore]
    public Constraint Support { get; }

    /// <summary>The parameters, in PyTorch's order.</summary>
    [JsonIgnore]
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>The names of the parameters that a sample's gradient reaches.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> ReparameterizedParameters =>
        HasRSample ? (string[])[.. Parameters.Where(parameter => parameter.IsReparameterized).Select(parameter => parameter.Name)] : [];

    /// <summary>The cmdlet that creates it.</summary>
    [JsonIgnore]
    public string Cmdlet
    {
        get => field ?? (Name.EndsWith("Distribution", StringComparison.Ordinal) ? $"New-{Name}" : $"New-{Name}Distribution");
        init;
    }

    /// <summary>Whether a float32 log-density is computed in float64 and rounded once, because its terms cancel.</summary>
    [JsonIgnore]
    public bool IsLogProbInDouble { get; init; }

    /// <summary>The density (or mass) as one line of text.</summary>
    [JsonIgnore]
    public required string Density { get; init; }

    /// <summary>Mean and variance as one line of text.</summary>
    [JsonIgnore]
    public required string Moments { get; init; }

    /// <summary>The source: PyTorch's class, a paper, an equation.</summary>
    [JsonIgnore]
    public required string Source { get; init; }

    /// <summary>Whether mean and variance have a closed form.</summary>
    [JsonIgnore]
    public bool HasMoments { get; init; } = true;

    /// <summary>Whether there is a cumulative distribution function.</summary>
    [JsonIgnore]
    public bool HasCdf { get; init; }

    /// <summary>Whether there is a quantile function.</summary>
    [JsonIgnore]
    public bool HasQuantile { get; init; }

    /// <summary>Whether the entropy has a closed form.</summary>
    [JsonIgnore]
    public bool HasEntropy { get; init; }

    /// <summary>Whether <see cref="Distribution.Mode"/> exists.</summary>
    [JsonIgnore]
    public bool HasMode { get; init; }

    /// <summary>Whether <see cref="Distribution.EnumerateSupport"/> exists: the support is finite.</summary>
    [JsonIgnore]
    public bool HasEnumerableSupport { get; init; }

    /// <summary>Whether samples are angles: the mean is a direction, and the variance is 1 − the length of the mean vector.</summary>
    [JsonIgnore]
    public bool IsCircular { get; init; }

    /// <summary>The distribution to use instead for a differentiable sample; null if this one has a differentiable sample, or if there is no alternative.</summary>
    [JsonIgnore]
    public string? Alternative { get; init; }

    /// <summary>A sentence that says when an instance has a differentiable sample; null if all instances are alike.</summary>
    [JsonIgnore]
    public string? RSampleCondition { get; init; }

    /// <summary>Creates a distribution of this kind from named values; names ignore case.</summary>
    /// <param name="values">Tensors, integers, distributions or transforms by parameter name.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a parameter without default is missing.</exception>
    public Distribution Create(IReadOnlyDictionary<string, object> values) => create(new ParameterValues(Name, Parameters, values));

    /// <summary>Creates a typical instance, from the parameters' examples.</summary>
    /// <param name="dtype">The floating type of its parameters.</param>
    /// <param name="device">Their device; null is the CPU.</param>
    /// <param name="requiresGrad">Whether the parameters that a sample's gradient reaches require gradients.</param>
    public Distribution CreateExample(torch.ScalarType dtype = torch.ScalarType.Float64, torch.Device? device = null, bool requiresGrad = false)
    {
        device ??= TorchDevices.Parse("cpu");
        return Create(Parameters.Where(parameter => parameter.Example is not null).ToDictionary(parameter => parameter.Name, parameter => parameter.Example switch
        {
            double number => torch.full(Array.Empty<long>(), number, dtype, device, requiresGrad && parameter.IsReparameterized && HasRSample),
            double[] vector => torch.tensor(vector, dtype, device, requiresGrad && parameter.IsReparameterized && HasRSample),
            double[,] matrix => torch.tensor(matrix, dtype, device, requiresGrad && parameter.IsReparameterized && HasRSample),
            ExampleFactory make => make(dtype, device, requiresGrad),
            var other => other!,
        }));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
