using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>Draws samples.</summary>
/// <param name="parameters">The parameters by name.</param>
/// <param name="noise">The stream of noise.</param>
/// <param name="shape">The shape of the result: sample + batch + event.</param>
public delegate Tensor CustomSampler(IReadOnlyDictionary<string, Tensor> parameters, DrawNoise noise, long[] shape);

/// <summary>A function of a value: a log-density, a CDF or, for a probability, a quantile.</summary>
/// <param name="parameters">The parameters by name.</param>
/// <param name="value">The values, one or several.</param>
public delegate Tensor CustomFunction(IReadOnlyDictionary<string, Tensor> parameters, Tensor value);

/// <summary>The functions that define a distribution of the user's own. At least one must be a way to draw: Sample, Quantile, or, for a continuous support, Cdf with LogProbability.</summary>
public sealed record CustomFunctions
{
    /// <summary>The name of the distribution.</summary>
    public required string Name { get; init; }

    /// <summary>The sampler; null to draw by the quantile function or the CDF.</summary>
    public CustomSampler? Sample { get; init; }

    /// <summary>The log-density; null if it is not known.</summary>
    public CustomFunction? LogProbability { get; init; }

    /// <summary>The cumulative distribution function; null if it is not known.</summary>
    public CustomFunction? Cdf { get; init; }

    /// <summary>The quantile function; null if it is not known.</summary>
    public CustomFunction? Quantile { get; init; }

    /// <summary>The support by name, see <see cref="ConstraintNames"/>; null for all real numbers.</summary>
    public string? Support { get; init; }

    /// <summary>The shape of one sample.</summary>
    public long[] EventShape { get; init; } = [];

    /// <summary>Whether draws carry gradients to the parameters.</summary>
    public bool IsReparameterized { get; init; } = true;

    /// <summary>The names of constraints of parameters; a parameter without one may have any value.</summary>
    public IReadOnlyDictionary<string, string> ParameterConstraints { get; init; } = new Dictionary<string, string>();

    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Name)) throw new ArgumentException("Name must not be empty.", nameof(Name));
        if (Sample is null && Quantile is null && (Cdf is null || LogProbability is null))
            throw new ArgumentException($"{Name} cannot draw samples. Give Sample, or Quantile, or, if Support is continuous, both Cdf and LogProbability.", nameof(Sample));
        if (EventShape.Any(size => size < 1)) throw new ArgumentException($"EventShape must have positive sizes; got [{string.Join(", ", EventShape)}].", nameof(EventShape));
        if (EventShape.Length > 0 && (Cdf ?? Quantile) is not null)
            throw new ArgumentException($"{Name}: {(Cdf is null ? nameof(Quantile) : nameof(Cdf))} works only for draws that are single numbers. With EventShape, give Sample and LogProbability instead.", nameof(EventShape));
    }

    internal DistributionType TypeFor(IReadOnlyList<(string Name, Tensor Value)> parameters)
    {
        Check();
        if (parameters.Count == 0) throw new ArgumentException($"Parameter is empty; {Name} needs at least one parameter.", "Parameter");
        foreach (string name in ParameterConstraints.Keys)
        {
            if (!parameters.Any(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new ArgumentException($"ParameterConstraint names '{ShortText.Of(name)}', which is not a parameter. Allowed: {string.Join(", ", parameters.Select(parameter => parameter.Name))}.", "ParameterConstraint");
        }
        ParameterInfo[] infos = [.. parameters.Select(parameter => new ParameterInfo(parameter.Name, ConstraintOf(parameter.Name, parameter.Value)))];
        SupportRule support = SupportRule.Of(Support, [.. infos.Select(info => info.Name)], EventShape.Length);
        if (support.Fixed.IsDiscrete && Sample is null && Quantile is null)
            throw new ArgumentException($"{Name} cannot draw samples: Support '{support.Fixed}' is discrete, so Cdf and LogProbability do not suffice. Give Sample or Quantile.", nameof(Sample));
        if (IsReparameterized && support.Fixed.IsDiscrete)
            throw new ArgumentException($"Support '{support.Fixed}' is discrete, so draws of {Name} carry no gradient. Add -NoRSample.", nameof(Support));
        DistributionType? type = null;
        type = new DistributionType(Name, Reparameterization, support.Fixed, infos, given => new CustomDistribution(type!, this, support, [.. infos.Select(info => (info.Name, given.Tensor(info.Name)))]))
        {
            Density = LogProbability is null ? "not given" : "exp(LogProbability)", Moments = "not given", Source = "the user's own", Cmdlet = "New-CustomDistribution", HasMoments = false,
            HasCdf = Cdf is not null, HasQuantile = Quantile is not null || (Cdf is not null && LogProbability is not null && !support.Fixed.IsDiscrete),
        };
        return type;
    }

    private Reparameterization Reparameterization => !IsReparameterized ? Reparameterization.None
        : Sample is not null ? Reparameterization.Composition
        : Quantile is not null ? Reparameterization.InverseCdf : Reparameterization.Implicit;

    // The last dimensions of a parameter that are those of an event belong to it; so does a square matrix as wide as a vector. All others are batch dimensions.
    private Constraint ConstraintOf(string name, Tensor value)
    {
        foreach ((string key, string constraint) in ParameterConstraints)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return ConstraintNames.Parse(constraint, $"ParameterConstraint of {name}");
        }
        int dims = EventShape.Length;
        bool isEvent = dims > 0 && value.dim() >= dims && value.shape[^dims..].SequenceEqual(EventShape);
        bool isMatrix = isEvent && dims == 1 && value.dim() >= 2 && value.shape[^2] == EventShape[0] && EventShape[0] > 1;
        int eventDims = isMatrix ? 2 : isEvent ? dims : 0;
        string allowed = eventDims switch { 0 => "any number except NaN", 1 => "vector without NaN", 2 => "matrix without NaN", _ => "array without NaN" };
        return Constraints.Constraints.Named(allowed, eventDims);
    }
}
