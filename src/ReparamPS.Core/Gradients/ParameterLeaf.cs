using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>A tensor parameter that a sample's gradient reaches, of a distribution or of one inside it.</summary>
/// <param name="Path">The parameter's name; a dotted path for a parameter of an inner distribution.</param>
/// <param name="Constraint">The allowed values.</param>
/// <param name="Value">Its value, detached.</param>
/// <param name="BatchRank">The number of batch dimensions of its distribution.</param>
/// <param name="IsReparameterized">Whether the gradient reaches it.</param>
internal sealed record ParameterLeaf(string Path, Constraint Constraint, Tensor Value, int BatchRank, bool IsReparameterized)
{
    /// <summary>The value in a shape that broadcasts after additional leading dimensions: 1 for each batch dimension that it lacks.</summary>
    public Tensor Padded(Tensor value)
    {
        long[] own = value.shape[..^Constraint.EventDims];
        return own.Length == BatchRank ? value : value.reshape([.. Enumerable.Repeat(1L, BatchRank - own.Length), .. value.shape]);
    }

    /// <summary>A new leaf that requires gradients and repeats the value for each element of a prefix.</summary>
    public Tensor Repeated(long[] prefix)
    {
        Tensor padded = Padded(Value);
        return padded.expand([.. prefix, .. padded.shape]).clone().requires_grad_();
    }
}

/// <summary>The tensor parameters of a distribution and of its inner distributions. Rebuilds the distribution with other values.</summary>
internal sealed class ParameterTree
{
    private readonly Distribution source;

    /// <summary>Reads the parameters.</summary>
    public ParameterTree(Distribution source)
    {
        this.source = source;
        Collect(source, "", reparameterized: source.HasRSample);
    }

    /// <summary>All tensor parameters.</summary>
    public List<ParameterLeaf> Leaves { get; } = [];

    /// <summary>The custom distributions in it, which may be faulty.</summary>
    public List<CustomDistribution> Customs { get; } = [];

    /// <summary>The distribution with other tensors as parameters.</summary>
    /// <param name="values">A tensor per path; other parameters keep their values.</param>
    /// <param name="prefix">The additional leading batch dimensions of the new values.</param>
    /// <param name="convert">Converts the parameters that keep their values.</param>
    public Distribution With(IReadOnlyDictionary<string, Tensor> values, long[] prefix, Func<Tensor, Tensor>? convert = null) =>
        Rebuild(source, "", values, prefix, convert ?? (value => value));

    private void Collect(Distribution distribution, string path, bool reparameterized)
    {
        if (distribution is CustomDistribution custom) Customs.Add(custom);
        foreach (ParameterInfo info in distribution.Type.Parameters)
        {
            // A mixture's gradient reaches its weights, although their distribution has no reparameterized draws.
            bool reached = reparameterized && (distribution.HasRSample ? distribution.ReparameterizedParameters.Contains(info.Name) : info.IsReparameterized);
            if (info.Kind == ParameterKind.Distribution && InnerOf(distribution, info.Name) is { } inner) Collect(inner, $"{path}{info.Name}.", reached);
            if (info.Kind == ParameterKind.Tensor && Given(distribution, info.Name) is { } parameter)
                Leaves.Add(new ParameterLeaf(path + info.Name, info.Constraint, parameter.Value.detach(), distribution.BatchShape.Length, reached));
        }
    }

    private Distribution Rebuild(Distribution distribution, string path, IReadOnlyDictionary<string, Tensor> values, long[] prefix, Func<Tensor, Tensor> convert)
    {
        var made = new Dictionary<string, object>();
        foreach (ParameterInfo info in distribution.Type.Parameters)
        {
            object? value = info.Kind switch
            {
                ParameterKind.Tensor when Given(distribution, info.Name) is not null =>
                    values.TryGetValue(path + info.Name, out Tensor? replaced) ? replaced : convert(Leaves.First(leaf => leaf.Path == path + info.Name).Value),
                ParameterKind.Tensor => null,
                ParameterKind.Distribution when InnerOf(distribution, info.Name) is { } inner => Rebuild(inner, $"{path}{info.Name}.", values, prefix, convert),
                _ => PropertyOf(distribution, info.Name),
            };
            if (value is not null) made[info.Name] = value;
        }
        Distribution result = distribution.Type.Create(made);
        long[] batch = [.. prefix, .. distribution.BatchShape];
        return result.BatchShape.SequenceEqual(batch) ? result : result.Expand(batch);
    }

    // Weights and components of a mixture broadcast against each other. Additional leading dimensions must stand before the batch dimensions of both.
    private static Distribution? InnerOf(Distribution distribution, string name) => (distribution, PropertyOf(distribution, name)) switch
    {
        (MixtureSameFamily mixture, Categorical weights) when name == nameof(mixture.MixtureDistribution) => weights.Expand(mixture.BatchShape),
        (MixtureSameFamily mixture, Distribution components) => components.Expand([.. mixture.BatchShape, components.BatchShape[^1]]),
        (_, var inner) => inner as Distribution,
    };

    private static DistributionParameter? Given(Distribution distribution, string name) => distribution.Parameters.FirstOrDefault(parameter => parameter.Name == name);

    // By convention, a distribution has a property for each parameter.
    private static object? PropertyOf(Distribution distribution, string name) =>
        (distribution.GetType().GetProperty(name) ?? throw new NotSupportedException($"{distribution.Name} has no property {name}, so the gradient with respect to {name} cannot be estimated or checked.")).GetValue(distribution);
}
