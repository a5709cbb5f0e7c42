namespace ReparamPS.Core.Tests.Edges;

/// <summary>How many numbers of a kind miss their tolerance, and why.</summary>
internal static class EdgeExceptions
{
    /// <summary>The exceptions.</summary>
    public static IReadOnlyList<(string Kind, int Count, string Reason)> All { get; } =
    [
        ("Beta", 10, "slopes that are 1e-8 of what they are left of, beside parameters of 1e-8; an entropy of 0"),
        ("Binomial", 3, "an entropy's slope of 1e-9 at logits of 1e-8"),
        ("ContinuousBernoulli", 10, "slopes of quantiles in logits of 1e8 and more; a slope of 0 at logits of 0"),
        ("FisherSnedecor", 26, "slopes in one degree of freedom of 1e8 and more beside another below 10, which are what is left where the move of the density and that of the point cancel"),
        ("Kumaraswamy", 6, "variances that are 1e-12 of the squared mean, at second parameters of 1e-4"),
        ("LKJCholesky", 3, "slopes of variances at a concentration of 1e12"),
        ("MixtureSameFamily", 12, "slopes of the weight of the only component near a value, in log-densities of float32, which are computed in float32"),
        ("TransformedDistribution", 4, "slopes of 1e-16 of a sigmoid near 1"),
        ("VonMises", 10, "log tails at concentrations of 1e8 and more, a thousand deviations out"),
    ];

    /// <summary>The number of exceptions of a kind.</summary>
    public static int Of(string kind) => All.Where(exception => exception.Kind == kind).Sum(exception => exception.Count);
}
