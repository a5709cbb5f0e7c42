using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Distributions;
using ReparamPS.Distributions;
using ReparamPS.Gradients;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Tells whether the gradients that reparameterized samples carry are right, element by element of each parameter.</summary>
/// <remarks>
/// A gradient by automatic differentiation is compared with a reference that doesn't use it. FrozenNoise: differences of the sample at the same noise, extrapolated; refused where the
/// sampler rejects proposals. Implicit: dz/dθ = −(∂F/∂θ)/p(z), draw by draw. Expectation: the mean gradient of test functions against the derivative of their
/// expectation, by closed form, quadrature or score function; a statistical test, whose rows may be off by six standard errors (false alarms: 2e-9 a row and function).
/// Auto takes for each parameter the strongest that applies, and the row says which: FrozenNoise, whose path may be that of another distribution, is confirmed by Implicit, or by Expectation where there is no CDF.
/// Kinds from Get-DistributionType are checked at their typical parameters; those that are not reparameterized are skipped with a verbose message.
/// In Pester: Should -HaveReparameterizationGradient; where this module was loaded before Pester, import it again with -Force to have the operator.
/// A matrix that must be symmetric is moved by symmetric pairs, a vector on a simplex towards its corners: Analytic and Reference are then the derivatives along that direction.
/// </remarks>
/// <example>
/// <para>One distribution</para>
/// <code>New-GammaDistribution -Concentration 2 -Rate 1 | Test-ReparameterizationGradient</code>
/// </example>
/// <example>
/// <para>The whole catalogue: what fails, and why</para>
/// <code>Get-DistributionType | Test-ReparameterizationGradient | Where-Object Passed -EQ $false | ForEach-Object { "$($_.Distribution) $($_.Parameter): $($_.Reason)" }</code>
/// </example>
/// <example>
/// <para>One Boolean, for a script or a test</para>
/// <code>New-NormalDistribution 0 1 | Test-ReparameterizationGradient -Method Expectation -Quiet</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ReparameterizationGradient"), OutputType(typeof(ReparameterizationCheckRow), typeof(bool))]
public sealed class TestReparameterizationGradientCommand : ReparamCmdlet
{
    private bool allPassed = true;
    private bool anyChecked;

    /// <summary>What to check: a distribution, a kind of distribution from Get-DistributionType, or the name of a kind.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("DistributionType"), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public object Distribution { get; set; } = null!;

    /// <summary>What the gradient is compared with: Auto (default), FrozenNoise, Implicit or Expectation.</summary>
    [Parameter(Position = 1)]
    public ReparameterizationCheckMethod Method { get; set; } = ReparameterizationCheckMethod.Auto;

    /// <summary>The number of draws: by default 64 where draws are compared one by one, and 50,000 for expectations.</summary>
    [Parameter, ValidateRange(2L, long.MaxValue)]
    public long? Draws { get; set; }

    /// <summary>The seed of the draws; 0 unless given, so that a verdict can be had again.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>The relative error that is allowed. By default, in float64: 1e-6 for FrozenNoise, 5e-4 for Implicit, 1e-4 (and six standard errors) for Expectation; in float32 1e-2, 1e-2 and 1e-3.</summary>
    [Parameter]
    public double? Tolerance { get; set; }

    /// <summary>The element type in which kinds from the catalogue are checked: float64 (default) or float32.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter))]
    public string? DType { get; set; }

    /// <summary>Gives one Boolean, True if everything that came in passed and something was checked, instead of rows.</summary>
    [Parameter]
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
        if (!anyChecked) WriteWarning("Nothing was checked: what came in is not reparameterized, or has no parameter whose gradient could be.");
        WriteObject(allPassed && anyChecked);
    }

    private bool Check()
    {
        NativeLibraries.LoadTorch();
        using var scope = TorchSharp.torch.NewDisposeScope();
        if (Subject() is not { } subject) return true;
        var options = new ReparameterizationCheckOptions { Method = Method, Draws = Draws, Seed = Seed, Tolerance = Tolerance };
        IReadOnlyList<ReparameterizationCheckRow> rows = ReparameterizationCheck.Run(subject, options, Cancellation);
        anyChecked |= rows.Count > 0;
        if (!Quiet) WriteObject(rows, enumerateCollection: true);
        foreach (ReparameterizationCheckRow row in rows.Where(row => !row.Passed)) WriteVerbose($"{row.Distribution}.{row.Parameter}[{row.Index}]: {row.Reason}.");
        return rows.All(row => row.Passed);
    }

    private Distribution? Subject()
    {
        DistributionType? type = TensorInput.Unwrap(Distribution) switch
        {
            Distribution made => null,
            DistributionType kind => kind,
            DistributionTypeRow row => row.Type,
            string name => DistributionCatalog.Get(name),
            var other => throw new ArgumentException($"Distribution must be a distribution, a row of Get-DistributionType or a name, but '{other}' came.", nameof(Distribution)),
        };
        if (type is null) return (Distribution)TensorInput.Unwrap(Distribution)!;
        if (type.HasRSample) return type.CreateExample(ParseDType(DType) ?? TorchSharp.torch.ScalarType.Float64);
        WriteVerbose($"{type.Name} is skipped: it is not reparameterized, so its samples carry no gradient.");
        return null;
    }
}
