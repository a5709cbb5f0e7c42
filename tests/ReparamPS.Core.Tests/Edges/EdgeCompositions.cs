using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>The distributions of the table, also those that are made of others.</summary>
internal static class EdgeCompositions
{
    /// <summary>The distribution of a group with given parameters.</summary>
    public static Distribution Create(EdgeGroup group, Dictionary<string, object> given)
    {
        Tensor At(string name) => (Tensor)given[name];
        Tensor? Maybe(string name) => given.TryGetValue(name, out object? value) ? (Tensor)value : null;
        Distribution Part() => Maybe("Concentration") is { } concentration ? new Gamma(concentration, At("Rate")) : new Normal(At("Loc"), At("Scale"));
        return group.Kind switch
        {
            "MixtureSameFamily" => new MixtureSameFamily(new Categorical(Maybe("Probs"), Maybe("Logits")), Part()),
            "TransformedDistribution" => new TransformedDistribution(Part(), [Map(group.Form)]),
            "Independent" => new Independent(Part(), 1),
            _ => DistributionCatalog.Get(group.Kind).Create(given),
        };
    }

    private static Transform Map(string form) => form switch
    {
        "Exp" => new ExpTransform(),
        "Tanh" => new TanhTransform(),
        "Sigmoid" => new SigmoidTransform(),
        "Affine" => new AffineTransform(2.0, -3.0),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, null),
    };
}
