using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Distributions;
using ReparamPS.Distributions;
using ReparamPS.Gradients;
using ReparamPS.Messages;
using ReparamPS.Native;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Checks the gradients of reparameterized samples, for each element of each parameter.</summary>
/// <remarks>
/// <para>The gradient ∂z/∂θ of a draw z by automatic differentiation (Analytic) is compared with a value computed in another way (Reference). There is one row per element of each parameter θ; the column Reason says why it passes or fails. Analytic and Reference show the gradient of the draw with the largest error; if draws cannot be compared one by one, they show means over all draws.</para>
/// <para>RelativeError is AbsoluteError divided by |Reference| or by the typical size of a draw's gradient, whichever is larger. The typical size is the mean of |gradient| over the draws if means are compared, otherwise the median. So if a mean is near 0, its error is divided by the typical size of a draw's gradient, not by the mean.</para>
/// <para>FrozenNoise changes a parameter slightly, draws again with the same noise, and takes the difference quotient. FrozenNoise cannot check a parameter if the sampler uses rejection, or if the sampler draws random numbers whose gradients are implicit, such as gamma-distributed numbers. -Method FrozenNoise is then an error, and Auto uses another method. Implicit computes ∂z/∂θ = −(∂F/∂θ) / p(z) for each draw, from the CDF F and the density p.
/// Expectation takes the gradient of the mean of f(z) over many draws, for several built-in functions f, and compares it with the derivative of E[f(z)], from a closed form, quadrature or the score function.
/// It is a statistical test: it passes if AbsoluteError is at most six standard errors plus -Tolerance times the divisor of RelativeError. A row tests every f; each of these tests has a false-alarm probability of 2e-9.</para>
/// <para>Auto uses the first of FrozenNoise, Implicit and Expectation that applies to the parameter. After FrozenNoise, it also checks by Implicit, or by Expectation if there is no CDF, because FrozenNoise alone would pass a sampler that draws from a wrong distribution. If neither Implicit nor Expectation can compute a reference for the parameter, for example because draws round to an end of the support, Reason says so. The row then passes or fails by FrozenNoise alone.</para>
/// <para>For a distribution from New-CustomDistribution, Implicit integrates the density if no CDF is given; if a draw depends on several random numbers, Implicit compares only the mean of the gradient over the draws. Auto also checks the custom distribution itself:
/// that the same seed returns the same draws, that the density integrates to 1, that draws, density and CDF agree, and that the gradients of its functions agree with difference quotients.</para>
/// <para>A distribution given by name or from Get-DistributionType is checked at typical parameters; if it is not reparameterized, it is skipped with a verbose message. A distribution object that is not reparameterized is an error.</para>
/// <para>Elements of some parameters cannot change alone. In a symmetric matrix, mirrored elements change together. For element k of a vector of probabilities, the vector moves toward the one-hot vector of k. Analytic and Reference are then derivatives in that direction. An element that can only increase or only decrease, such as a weight of 0, has no row.</para>
/// <para>In Pester 5.5 or later, write: $distribution | Should -HaveReparameterizationGradient. This works whichever module you import first.</para>
/// </remarks>
/// <example>
/// <para>Check one distribution</para>
/// <code>New-GammaDistribution -Concentration 2 -Rate 1 |
///     Test-ReparameterizationGradient</code>
/// </example>
/// <example>
/// <para>Which built-in distributions fail, and why</para>
/// <code>Get-DistributionType | Test-ReparameterizationGradient |
///     Where-Object Passed -EQ $false |
///     ForEach-Object { "$($_.Distribution) $($_.Parameter): $($_.Reason)" }</code>
/// </example>
/// <example>
/// <para>One Boolean, for a script or a test</para>
/// <code>New-NormalDistribution 0 1 |
///     Test-ReparameterizationGradient -Method Expectation -Quiet</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ReparameterizationGradient"), OutputType(typeof(ReparameterizationCheckRow), typeof(bool))]
public sealed class TestReparameterizationGradientCommand : CheckCmdlet
{
    private readonly HashSet<string> skipped = [];
    private string reason = "";

    /// <summary>The distribution to check: a distribution, its name such as Gamma, or a row of Get-DistributionType.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("DistributionType"), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public object Distribution { get; set; } = null!;

    /// <summary>The method that computes the reference.</summary>
    [Parameter(Position = 1), Exact<ReparameterizationCheckMethod>]
    public ReparameterizationCheckMethod Method { get; set; } = ReparameterizationCheckMethod.Auto;

    /// <summary>The number of draws. Allowed: at least 2; with -Method Expectation, at least 1000. If -Method Auto selects Expectation, a number below 50000 is raised to 50000. Default: 64 for FrozenNoise and Implicit, 50000 for Expectation.</summary>
    [Parameter, AllowedRange(2), OptionalNumber<long>]
    public long? Draws { get; set; }

    /// <summary>The seed of the draws. It is fixed by default, so that repeated checks agree.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The largest relative error that passes; where means over draws are compared, six standard errors are allowed in addition. Allowed: positive. Default: 1e-6 (float32: 1e-2), for Expectation 1e-4 (float32: 1e-3).</summary>
    [Parameter, OptionalNumber<double>]
    public double? Tolerance { get; set; }

    /// <summary>The element type of a distribution given by name or from Get-DistributionType. Allowed: float64, float32. Default: float64.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string? DType { get; set; }

    /// <summary>The device of a distribution given by name or from Get-DistributionType. Allowed: cpu, cuda, cuda:N. Default: cpu.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => TensorInput.Unwrap(Distribution);

    private protected override string NothingToCheck => skipped.Count > 1 ? $"{ShortText.List(skipped)} are not reparameterized, so their samples carry no gradient" : reason;

    /// <inheritdoc/>
    protected override void Check()
    {
        NativeLibraries.LoadTorch();
        using var scope = TorchSharp.torch.NewDisposeScope();
        if (Subject() is not { } subject) return;
        reason = $"{subject.Name} has no parameter that can have a gradient";
        var options = new ReparameterizationCheckOptions { Method = Method, Draws = Draws, Seed = Seed, Generator = Generator, Tolerance = Tolerance };
        // What was made here is disposed of here, so the work must not outlive this call.
        bool isGiven = ReferenceEquals(subject, TensorInput.Unwrap(Distribution));
        IReadOnlyList<ReparameterizationCheckRow> rows = RunLong(isGiven ? Draws ?? 0 : 0, subject, () => ReparameterizationCheck.Run(subject, options, Cancellation));
        WriteRows(rows, row => row.Passed);
        foreach (ReparameterizationCheckRow row in rows.Where(row => !row.Passed)) WriteVerbose($"{row.Distribution}.{row.Parameter}[{row.Index}]: {row.Reason}.");
    }

    private Distribution? Subject()
    {
        DistributionType? type = DistributionSubject.Kind(Distribution);
        TorchSharp.torch.ScalarType? dtype = ParseDType(DType);
        if (type is null) return DistributionSubject.Made(Distribution, IsGivenHere(nameof(DType)) ? dtype : null, IsGivenHere(nameof(Device)) ? Device : null);
        if (type.HasRSample) return type.CreateExample(dtype ?? TorchSharp.torch.ScalarType.Float64, TorchDevices.Parse(Device));
        skipped.Add(type.Name);
        reason = $"{type.Name} is not reparameterized, so its samples carry no gradient";
        WriteVerbose($"{type.Name} is skipped: it is not reparameterized, so its samples carry no gradient.");
        return null;
    }
}
