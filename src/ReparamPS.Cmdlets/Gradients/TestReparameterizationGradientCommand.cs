using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Distributions;
using ReparamPS.Distributions;
using ReparamPS.Gradients;
using ReparamPS.Native;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Checks the gradients that reparameterized samples carry, element by element of each parameter.</summary>
/// <remarks>
/// <para>A gradient by automatic differentiation is compared with a reference that does not use it. Each element of each parameter is one row.</para>
/// <para>FrozenNoise takes differences of the sample at the same noise; it refuses samplers that reject proposals. Implicit uses dz/dθ = −(∂F/∂θ)/p(z), draw by draw.
/// Expectation compares the mean gradient of test functions with the derivative of their expectation, by closed form, quadrature or score function.
/// It is a statistical test that allows six standard errors (false alarms: 2e-9 per row and function).</para>
/// <para>Auto takes the strongest method that applies to each parameter. Since FrozenNoise may follow the path of another distribution, Auto confirms it by Implicit, or by Expectation if there is no CDF.</para>
/// <para>For a distribution from New-CustomDistribution, Implicit integrates the density. If one draw uses several numbers of noise, the implicit gradient is compared in expectation. Before the gradient, Auto compares what
/// was given with itself: seed, integral of the density, CDF, draws. Reason names the first fault.</para>
/// <para>Kinds from Get-DistributionType are checked at typical parameters; kinds that are not reparameterized are skipped with a verbose message.
/// A symmetric matrix is moved by symmetric pairs, and a vector on a simplex towards its corners. Analytic and Reference are then derivatives along that direction.</para>
/// <para>In Pester, write Should -HaveReparameterizationGradient. If this module was imported before Pester, import it again with -Force.</para>
/// </remarks>
/// <example>
/// <para>One distribution</para>
/// <code>New-GammaDistribution -Concentration 2 -Rate 1 |
///     Test-ReparameterizationGradient</code>
/// </example>
/// <example>
/// <para>Check all kinds of distributions, and show what fails and why</para>
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
public sealed class TestReparameterizationGradientCommand : RandomCmdlet
{
    private bool allPassed = true;
    private bool anyChecked;

    /// <summary>The distribution to check, a kind from Get-DistributionType, or the name of a kind.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("DistributionType"), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public object Distribution { get; set; } = null!;

    /// <summary>The reference that the gradient is compared with.</summary>
    [Parameter(Position = 1), Exact<ReparameterizationCheckMethod>]
    public ReparameterizationCheckMethod Method { get; set; } = ReparameterizationCheckMethod.Auto;

    /// <summary>The number of draws. Default: 64 for draw-by-draw comparisons, 50,000 for expectations.</summary>
    [Parameter, ValidateRange(2L, long.MaxValue), Exact<long?>]
    public long? Draws { get; set; }

    /// <summary>The seed of the draws. A fixed default makes verdicts repeatable.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The largest relative error that passes. Default for FrozenNoise, Implicit and Expectation: 1e-6, 1e-6 and 1e-4 in float64; 1e-2, 1e-2 and 1e-3 in float32.</summary>
    [Parameter, Exact<double?>]
    public double? Tolerance { get; set; }

    /// <summary>The element type of a distribution given by name or from Get-DistributionType. Allowed: float64, float32. Default: float64.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string? DType { get; set; }

    /// <summary>The device of a distribution given by name or from Get-DistributionType. Allowed: cpu, cuda, cuda:N. Default: cpu.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <summary>Returns one Boolean instead of rows: True if something was checked and everything passed.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => TensorInput.Unwrap(Distribution);

    /// <inheritdoc/>
    protected override void Process()
    {
        bool passed = false;
        try
        {
            passed = Check();
        }
        finally
        {
            allPassed &= passed;
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (!Quiet) return;
        if (!anyChecked) WriteWarning("Nothing was checked: the input is not reparameterized, or has no parameter with a gradient.");
        WriteObject(allPassed && anyChecked);
    }

    private bool Check()
    {
        NativeLibraries.LoadTorch();
        using var scope = TorchSharp.torch.NewDisposeScope();
        if (Subject() is not { } subject) return true;
        var options = new ReparameterizationCheckOptions { Method = Method, Draws = Draws, Seed = Seed, Generator = Generator, Tolerance = Tolerance };
        // What was made here is disposed of here, so the work must not outlive this call.
        bool isGiven = ReferenceEquals(subject, TensorInput.Unwrap(Distribution));
        IReadOnlyList<ReparameterizationCheckRow> rows = RunLong(isGiven ? Draws ?? 0 : 0, subject, () => ReparameterizationCheck.Run(subject, options, Cancellation));
        anyChecked |= rows.Count > 0;
        if (!Quiet) WriteObject(rows, enumerateCollection: true);
        foreach (ReparameterizationCheckRow row in rows.Where(row => !row.Passed)) WriteVerbose($"{row.Distribution}.{row.Parameter}[{row.Index}]: {row.Reason}.");
        return rows.All(row => row.Passed);
    }

    private Distribution? Subject()
    {
        DistributionType? type = DistributionSubject.Kind(Distribution);
        TorchSharp.torch.ScalarType? dtype = ParseDType(DType);
        if (type is null) return DistributionSubject.Made(Distribution, dtype, Device);
        if (type.HasRSample) return type.CreateExample(dtype ?? TorchSharp.torch.ScalarType.Float64, TorchDevices.Parse(Device));
        WriteVerbose($"{type.Name} is skipped: it is not reparameterized, so its samples carry no gradient.");
        return null;
    }
}
