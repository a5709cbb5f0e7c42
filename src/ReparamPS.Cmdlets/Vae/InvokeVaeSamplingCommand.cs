using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Draws latent points from the prior of a trained VAE, and decodes each to an image of mean pixel values.</summary>
/// <remarks>-Manifold decodes a grid of latent points instead of random ones, as in figure 4 of Kingma and Welling (arXiv:1312.6114). In each dimension, the points are quantiles of the prior at evenly spaced probabilities. -Manifold requires two latent dimensions and a standard normal prior.</remarks>
/// <example>
/// <para>Draw a hundred samples as a picture</para>
/// <code>Invoke-VaeTraining -Epochs 30 -Seed 1 -OutPath ./run -Force | Out-Null
/// Invoke-VaeSampling ./run -Count 100 -Seed 1 |
///     Export-ImageGrid ./samples.png</code>
/// </example>
/// <example>
/// <para>Draw the manifold of two latent dimensions</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 30 -OutPath ./run -Force |
///     Out-Null
/// Invoke-VaeSampling ./run -Manifold 15 |
///     Export-ImageGrid ./manifold.png -Columns 15 -Gap 0</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeSampling")]
[OutputType(typeof(VaeImage))]
public sealed class InvokeVaeSamplingCommand : VaeModelCommandBase
{
    private static readonly string[] ofDraws = [nameof(Count), nameof(Seed), nameof(Generator)];

    /// <summary>The number of images.</summary>
    [Parameter(Position = 1), AllowedRange(1), Exact<int>]
    public int Count { get; set; } = 16;

    /// <summary>The seed of the latent points. Default: a random one.</summary>
    [Parameter, OptionalNumber<long>]
    public long? Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <summary>Decodes a grid with this number of latent points per side instead of random points. It cannot be combined with -Count, -Seed and -Generator. Default: random points.</summary>
    [Parameter, AllowedRange(2, 1000), OptionalNumber<int>]
    public int? Manifold { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        if (Manifold is not null && ofDraws.FirstOrDefault(IsGivenHere) is { } unused)
            throw new ArgumentException($"Manifold and {unused} cannot be combined, because a manifold has no random points. Use one of them.", unused);
    }

    /// <inheritdoc/>
    protected override void Process(VaeModel model) =>
        WriteObject(Manifold is { } side ? VaeUse.Manifold(model, side) : VaeUse.Sample(model, Count, Seed, Generator), enumerateCollection: true);
}
