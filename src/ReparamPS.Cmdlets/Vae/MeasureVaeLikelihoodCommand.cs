using System.Management.Automation;
using ReparamPS.Data.Images;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Measures a trained VAE on images that it was not trained on: bound, importance-sampled log-likelihood, active units.</summary>
/// <remarks>
/// The log-likelihood is estimated with the posterior as proposal: log mean of p(x | z) p(z) / q(z | x) over the draws, added up in chunks (Burda, Grosse, Salakhutdinov 2015,
/// arXiv:1509.00519). EffectiveSamples near 1 says that more draws would still raise it. -ByDimension gives a row for each latent dimension instead.
/// </remarks>
/// <example>
/// <para>The test images of a run</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force | Out-Null
/// Measure-VaeLikelihood ./run -Samples 50 -Seed 1</code>
/// </example>
/// <example>
/// <para>Which latent dimensions are used</para>
/// <code>Invoke-VaeTraining -LatentSize 8 -Epochs 3 -Seed 1 -OutPath ./run -Force | Out-Null
/// Measure-VaeLikelihood ./run -ByDimension</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "VaeLikelihood")]
[OutputType(typeof(VaeLikelihoodEstimate), typeof(VaeLatentDimension))]
public sealed class MeasureVaeLikelihoodCommand : VaeImagesCommandBase
{
    /// <summary>Draws an image.</summary>
    [Parameter]
    public int Samples { get; set; } = 100;

    /// <summary>The seed of the draws.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>Gives a row for each latent dimension: its KL term against a standard normal (nothing where the prior is a mixture or the posterior no normal), and whether it is active.</summary>
    [Parameter]
    public SwitchParameter ByDimension { get; set; }

    /// <inheritdoc/>
    protected override void Process(VaeModel model)
    {
        (ImageDataSet images, string name) = ImagesFor(model);
        if (ByDimension) WriteObject(VaeEvaluation.Dimensions(model, images), enumerateCollection: true);
        else WriteObject(VaeEvaluation.Measure(model, images, name, Samples, Seed, Cancellation));
    }
}
