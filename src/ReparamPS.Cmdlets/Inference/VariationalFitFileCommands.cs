using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Inference;
using ReparamPS.Inference.Models;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Saves a variational fit to a safetensors file.</summary>
/// <remarks>The file holds the fitted numbers, and the names, shapes and supports of the model's parameters. Python's safetensors library can also read it. The model itself is not saved: pass it to Import-VariationalFit.</remarks>
/// <example>
/// <para>Save a fit and read it back</para>
/// <code>$model = New-BayesianModel @{ X = New-NormalDistribution 1 2 }
/// $model | Invoke-VariationalInference |
///     Export-VariationalFit ./fit.safetensors
/// Import-VariationalFit ./fit.safetensors -Model $model |
///     Measure-VariationalFit</code>
/// </example>
/// <example>
/// <para>Save a fit, but never replace a file</para>
/// <code>New-BayesianModel @{ X = New-NormalDistribution 1 2 } |
///     Invoke-VariationalInference |
///     Export-VariationalFit ./new.safetensors -NoClobber</code>
/// </example>
[Cmdlet(VerbsData.Export, "VariationalFit", SupportsShouldProcess = true), OutputType(typeof(FileInfo))]
public sealed class ExportVariationalFitCommand : ReparamCmdlet
{
    /// <summary>The file to write. Allowed extension: .safetensors. An existing file is replaced, unless -NoClobber is given.</summary>
    [Parameter(Mandatory = true, Position = 0), Exact<string>]
    public string Path { get; set; } = "";

    /// <summary>The fit, from Invoke-VariationalInference.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true), Exact<VariationalFit>(IsOnlyInput = true)]
    public VariationalFit Fit { get; set; } = null!;

    /// <summary>Refuses to replace an existing file.</summary>
    [Parameter, Alias("NoOverwrite"), Exact<SwitchParameter>]
    public SwitchParameter NoClobber { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        string target = ResolvePath(Path);
        RefuseOwnFile(target, nameof(Path));
        SafeTensorsFile.CheckTarget(target, NoClobber ? ExistingFile.Refuse : ExistingFile.Replace);
        if (!ShouldProcess(target, "Write a fit")) return;
        VariationalFitFile.Save(Fit, target);
        WriteFile(target);
    }
}

/// <summary>Reads a variational fit that Export-VariationalFit saved.</summary>
/// <remarks>The file does not hold the model, so give the model again. Its parameters must have the same names and shapes as in the file, and each prior the same support, for example the positive numbers. Nothing else is compared: other data, another likelihood, or other priors with the same supports are not noticed.
/// No code in the file is executed. A file that is truncated, damaged or of another kind is an error.</remarks>
/// <example>
/// <para>Save a fit, read it back and summarize it</para>
/// <code>$model = New-BayesianModel @{ X = New-NormalDistribution 1 2 }
/// $model | Invoke-VariationalInference |
///     Export-VariationalFit ./fit.safetensors
/// Import-VariationalFit ./fit.safetensors -Model $model |
///     Get-PosteriorSummary</code>
/// </example>
/// <example>
/// <para>The fitted distribution of X</para>
/// <code>$model = New-BayesianModel @{ X = New-NormalDistribution 1 2 }
/// $model | Invoke-VariationalInference |
///     Export-VariationalFit ./fit.safetensors
/// (Import-VariationalFit ./fit.safetensors -Model $model).Posterior</code>
/// </example>
[Cmdlet(VerbsData.Import, "VariationalFit"), OutputType(typeof(VariationalFit))]
public sealed class ImportVariationalFitCommand : ReparamCmdlet
{
    /// <summary>The file, from Export-VariationalFit.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName"), Exact<string>(IsStoredObject = true)]
    public string Path { get; set; } = "";

    /// <summary>The model of the fit, from New-BayesianModel.</summary>
    [Parameter(Mandatory = true, Position = 1), Exact<BayesianModel>]
    public BayesianModel Model { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process() => WriteObject(VariationalFitFile.Load(ResolvePath(Path), Model));
}
