using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data.Images;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Measures the ELBO, the log-likelihood and the active latent dimensions of a trained VAE on images.</summary>
/// <remarks>
/// The log-likelihood is estimated by importance sampling, with draws z from the posterior q(z | x). The estimate per image is the log of the mean of p(x | z) p(z) / q(z | x) (Burda, Grosse, Salakhutdinov 2015, arXiv:1509.00519). Elbo and LogLikelihood are means over the images, in nats.
/// LogLikelihood is too low on average, and more draws raise it. EffectiveSamples is the mean over the images of the effective number of draws. If it is near 1, a single draw decides the estimate: use more -Samples.
/// ActiveUnits is the number of active latent dimensions.
/// With -ByDimension, there is one row per latent dimension instead; -Samples is then an error, and -Seed and -Generator have no effect.
/// </remarks>
/// <example>
/// <para>The test images of a run</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force |
///     Out-Null
/// Measure-VaeLikelihood ./run -Samples 50 -Seed 1</code>
/// </example>
/// <example>
/// <para>Which latent dimensions are active</para>
/// <code>Invoke-VaeTraining -LatentSize 8 -Epochs 3 -Seed 1 -OutPath ./run -Force |
///     Out-Null
/// Measure-VaeLikelihood ./run -ByDimension</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "VaeLikelihood")]
[OutputType(typeof(VaeLikelihoodEstimate), typeof(VaeLatentDimension))]
public sealed class MeasureVaeLikelihoodCommand : VaeImagesCommandBase
{
    /// <summary>The number of draws per image; an error with -ByDimension. Allowed: at least 1. Default: 100.</summary>
    [Parameter, Exact<int>]
    public int Samples { get; set; } = 100;

    /// <summary>The seed of the draws.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <summary>Returns one row per latent dimension z_j, with KL(q(z_j | x) ‖ p(z_j)) averaged over images. This KL is null unless training used -Prior normal and -Posterior normal or fullnormal. A dimension is active if its posterior mean has a variance above 0.01 over the images.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter ByDimension { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        if (ByDimension && IsTyped(nameof(Samples))) throw new ArgumentException("Samples and ByDimension cannot be combined, because the rows per dimension need no draws. Use one of them.", nameof(Samples));
    }

    /// <inheritdoc/>
    protected override void Process(VaeModel model)
    {
        (ImageDataSet images, string name) = ImagesFor(model);
        if (ByDimension) WriteObject(VaeEvaluation.Dimensions(model, images), enumerateCollection: true);
        else WriteObject(VaeEvaluation.Measure(model, images, name, Samples, new RandomSeed(Seed, Generator), Cancellation));
    }
}
