using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Tells whether the members of a distribution agree with each other: draws, density, CDF, quantiles and moments.
/// </summary>
/// <remarks>
/// One row a check, about the element of batch or event that did worst. Support: every draw is in it. GoodnessOfFit: the draws against the CDF by Kolmogorov and Smirnov, or against the mass by χ².
/// Mean and Variance: of the draws, by their standard errors. Normalization: the density integrates to 1, or the mass adds up to it. Quantile: quantiles and CDF undo each other. Checks for which a
/// distribution has no members are left out. Kinds from Get-DistributionType are checked at their typical parameters. A check by chance raises a false alarm with probability -SignificanceLevel.
/// </remarks>
/// <example>
/// <para>One distribution</para>
/// <code>New-GammaDistribution -Concentration 2 -Rate 1 | Test-Distribution</code>
/// </example>
/// <example>
/// <para>The whole catalogue: what fails, and why</para>
/// <code>Get-DistributionType | Test-Distribution | Where-Object Passed -EQ $false | ForEach-Object { "$($_.Distribution) $($_.Check): $($_.Reason)" }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "Distribution"), OutputType(typeof(DistributionCheckRow), typeof(bool))]
public sealed class TestDistributionCommand : ReparamCmdlet
{
    private bool allPassed = true;

    /// <summary>What to check: a distribution, a kind of distribution from Get-DistributionType, or the name of a kind.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("DistributionType"), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public object Distribution { get; set; } = null!;

    /// <summary>The number of draws; 20,000 unless given.</summary>
    [Parameter, ValidateRange(100, 10_000_000)]
    public int Count { get; set; } = 20_000;

    /// <summary>The seed of the draws; 0 unless given, so that a verdict can be had again.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>The probability of a false alarm of each statistical check; 1e-6 unless given.</summary>
    [Parameter, ValidateRange(1e-15, 0.5)]
    public double SignificanceLevel { get; set; } = 1e-6;

    /// <summary>The element type in which kinds from the catalogue are checked: float64 (default) or float32.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter))]
    public string? DType { get; set; }

    /// <summary>Gives one Boolean, True if everything that came in passed, instead of rows.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => TensorInput.Unwrap(Distribution);

    /// <inheritdoc/>
    protected override void Process()
    {
        NativeLibraries.LoadTorch();
        bool passed = false;
        try
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            IReadOnlyList<DistributionCheckRow> rows = DistributionCheck.Run(Subject(), Count, Seed, SignificanceLevel, Cancellation);
            if (!Quiet) WriteObject(rows, enumerateCollection: true);
            foreach (DistributionCheckRow row in rows.Where(row => !row.Passed)) WriteVerbose($"{row.Distribution} {row.Check}: {row.Reason}.");
            passed = rows.All(row => row.Passed);
        }
        finally
        {
            allPassed &= passed;
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Quiet) WriteObject(allPassed);
    }

    private Distribution Subject()
    {
        TorchSharp.torch.ScalarType dtype = ParseDType(DType) ?? TorchSharp.torch.ScalarType.Float64;
        return TensorInput.Unwrap(Distribution) switch
        {
            Distribution made => made,
            DistributionType kind => kind.CreateExample(dtype),
            DistributionTypeRow row => row.Type.CreateExample(dtype),
            string name => DistributionCatalog.Get(name).CreateExample(dtype),
            var other => throw new ArgumentException($"Distribution must be a distribution, a row of Get-DistributionType or a name, but '{other}' came.", nameof(Distribution)),
        };
    }
}
