namespace ReparamPS.Core.Tests.Edges;

/// <summary>How many numbers of a kind miss their tolerance, and why.</summary>
internal static class EdgeExceptions
{
    /// <summary>The exceptions.</summary>
    public static IReadOnlyList<(string Kind, int Count, string Reason)> All { get; } =
    [
        ("Beta", 6, "slopes that are 1e-8 of the terms that they are left of, beside parameters of 1e-8"),
        ("Bernoulli", 1, "a quantile in float32 at a probability that the CDF reaches when it is rounded"),
        ("Binomial", 3, "an entropy's slope of 0 at logits of 0, and a quantile like that of Bernoulli"),
        ("FisherSnedecor", 16, "slopes in one degree of freedom of 1e8 and more beside another below 10, which are what is left where the move of the density and that of the point cancel"),
        ("TransformedDistribution", 3, "slopes of 1e-16 of a sigmoid near 1"),
    ];

    /// <summary>Members that the table lacks, and why.</summary>
    public static IReadOnlyList<(string Member, string Reason)> NotInTable { get; } =
    [
        ("Categorical.icdf", "an index, which the tests of quantiles compare with sums of the weights"),
        ("Categorical.mean", "NaN, as in PyTorch: an index has no mean"),
        ("Categorical.variance", "NaN, as in PyTorch: an index has no variance"),
    ];

    /// <summary>The number of exceptions of a kind.</summary>
    public static int Of(string kind) => All.Where(exception => exception.Kind == kind).Sum(exception => exception.Count);
}
