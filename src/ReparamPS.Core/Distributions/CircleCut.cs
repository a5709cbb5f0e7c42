using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// Angles that are drawn within π of Loc. This interval moves with Loc, although the support is the whole line and the density has period 2π.
/// In a mixture, the interval is fixed.
/// </summary>
/// <param name="Path">The path of Loc from the outer distribution, as in its parameters.</param>
/// <param name="Circle">The distribution of the angles.</param>
/// <param name="Push">Maps angles to values of the outer distribution.</param>
internal sealed record CircleCut(string Path, VonMises Circle, Func<Tensor, Tensor> Push)
{
    /// <summary>The angles that a distribution is made of; null if there are none.</summary>
    public static CircleCut? Of(Distribution distribution) => distribution switch
    {
        VonMises circle => new CircleCut(nameof(VonMises.Loc), circle, angles => angles),
        Independent parts => Of(parts.BaseDistribution) is { } cut ? cut with { Path = $"BaseDistribution.{cut.Path}" } : null,
        TransformedDistribution transformed => Of(transformed.BaseDistribution) is { } cut
            ? cut with { Path = $"BaseDistribution.{cut.Path}", Push = angles => transformed.Pushed(cut.Push(angles)) } : null,
        _ => null,
    };
}
