using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Native;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Tests whether draws, density, CDF, quantiles and moments of a distribution agree.
/// </summary>
/// <remarks>
/// <para>There is one row per check, for the element of the batch or event with the worst result. A check has no row if the distribution lacks what the check needs, such as a CDF.</para>
/// <para>Support: all draws are in the support. GoodnessOfFit: the draws follow the CDF (Kolmogorov–Smirnov test) or the probability mass (χ² test). For vectors, Stein's identity tests whether they follow the density: the mean of φ ∂ log p / ∂xⱼ + ∂φ / ∂xⱼ over the draws is 0 for bounded functions φ. Mean and Variance: mean and variance of the draws match those of the distribution (z-test).
/// Normalization: the density integrates to 1, or the mass sums to 1; a custom density over vectors is integrated by importance sampling with -Draws proposals, but at least 20,000. The mass of a custom distribution is summed over integers, one-hot vectors, or vectors of up to 10 Booleans; if a million values do not contain all the mass, there is no row. Quantile: CDF and quantile function are inverse to each other. GoodnessOfFit, Normalization and Quantile tolerate values that rounding moves onto an end of the support. If rounding moves all the mass onto one end, Normalization has no row.</para>
/// <para>A distribution from New-CustomDistribution has further checks. Seed: two samples with the same seed are equal. Cdf: the CDF is the integral of the density.
/// Levels: this row is for draws z = g(ε), where g is monotone and ε is one random number with the CDF G. The distribution's CDF at z is G(ε) if g increases, or 1 − G(ε) if g decreases.
/// Gradient: the gradients of LogProbability, Cdf and Quantile with respect to each parameter agree with difference quotients. The check also fails if the draws depend on a parameter but one of these functions does not.
/// Score: the mean of ∂ log p / ∂θ over the draws is 0 for each parameter θ; there is no such row if the support depends on parameters.</para>
/// <para>A distribution given by name, or by a row of Get-DistributionType, is checked at typical parameters. GoodnessOfFit raises a false alarm with the probability given by -SignificanceLevel; for Mean and Variance, the probability of a false alarm is about the same. Mean and Variance have no row if -Draws is too small for a reliable z-test. More draws are needed if the tails are heavy, if the moments mostly come from very rare values, or if a discrete distribution has rare values. The Score check passes if the mean is within six standard errors of 0.</para>
/// </remarks>
/// <seealso cref="GetDistributionTypeCommand"/>
/// <seealso cref="NewCustomDistributionCommand"/>
/// <seealso cref="ReparamPS.Cmdlets.Gradients.TestReparameterizationGradientCommand"/>
/// <example>
/// <para>Check one distribution</para>
/// <code>New-GammaDistribution -Concentration 2 -Rate 1 | Test-Distribution</code>
/// </example>
/// <example>
/// <para>Which built-in distributions fail, and why</para>
/// <code>Get-DistributionType | Test-Distribution |
///     Where-Object Passed -EQ $false |
///     ForEach-Object { "$($_.Distribution) $($_.Check): $($_.Reason)" }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "Distribution"), OutputType(typeof(DistributionCheckRow), typeof(bool))]
public sealed class TestDistributionCommand : CheckCmdlet
{
    /// <summary>The distribution to check: a distribution, its name such as Gamma, or a row of Get-DistributionType.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("DistributionType"), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public object Distribution { get; set; } = null!;

    /// <summary>The number of draws. For a custom distribution without a CDF, GoodnessOfFit integrates the density to obtain one, and uses at most 10,000 of the draws. Default: 20000.</summary>
    [Parameter, AllowedRange(100, 10_000_000), Alias("Count"), Exact<int>]
    public int Draws { get; set; } = 20_000;

    /// <summary>The seed of the draws. It is fixed by default, so that repeated checks agree.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The probability of a false alarm in each of GoodnessOfFit, Mean and Variance. Allowed: 1e-15 to 0.5. Default: 1e-6.</summary>
    [Parameter, AllowedRange(1e-15, 0.5), Exact<double>]
    public double SignificanceLevel { get; set; } = 1e-6;

    /// <summary>The element type of a distribution given by name or from Get-DistributionType. Allowed: float64, float32. Default: float64.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string? DType { get; set; }

    /// <summary>The device of a distribution given by name or from Get-DistributionType. Allowed: cpu, cuda, cuda:N. Default: cpu.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => TensorInput.Unwrap(Distribution);

    private protected override string NothingToCheck => "no check applies to the distribution";

    /// <inheritdoc/>
    protected override void Check()
    {
        NativeLibraries.LoadTorch();
        using var scope = TorchSharp.torch.NewDisposeScope();
        IReadOnlyList<DistributionCheckRow> rows = DistributionCheck.Run(Subject(), Draws, new RandomSeed(Seed, Generator), SignificanceLevel, Cancellation);
        WriteRows(rows, row => row.Passed);
        foreach (DistributionCheckRow row in rows.Where(row => !row.Passed)) WriteVerbose($"{row.Distribution} {row.Check}: {row.Reason}.");
    }

    private Distribution Subject()
    {
        TorchSharp.torch.ScalarType? dtype = ParseDType(DType);
        return DistributionSubject.Kind(Distribution) is { } kind ? kind.CreateExample(dtype ?? TorchSharp.torch.ScalarType.Float64, TorchDevices.Parse(Device))
            : DistributionSubject.Made(Distribution, IsGivenHere(nameof(DType)) ? dtype : null, IsGivenHere(nameof(Device)) ? Device : null);
    }
}
