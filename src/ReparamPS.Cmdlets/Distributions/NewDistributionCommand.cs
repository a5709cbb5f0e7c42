using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Makes a distribution of a kind that is named by a string, as sweeps need it.
/// </summary>
/// <remarks>
/// Does what the New-…Distribution cmdlet of that kind does; Get-DistributionType lists the kinds and their parameters. Both arguments complete: -Parameter to a table of typical values.
/// </remarks>
/// <example>
/// <para>By name</para>
/// <code>New-Distribution -Name Gamma -Parameter @{ Concentration = 2.5; Rate = 1 } | Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>One of each of three kinds</para>
/// <code>'Normal', 'Laplace', 'Cauchy' | ForEach-Object { New-Distribution $_ @{ Loc = 0; Scale = 2 } } | ForEach-Object { "$($_.Name): entropy $($_.Entropy.item())" }</code>
/// </example>
[Cmdlet(VerbsCommon.New, "Distribution"), OutputType(typeof(Distribution))]
public sealed class NewDistributionCommand : ReparamCmdlet
{
    /// <summary>The kind of distribution: Normal, Gamma, …</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The parameters by name: numbers, nested arrays, tensors, distributions or transforms.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(ParameterTableCompleter))]
    public IDictionary Parameter { get; set; } = new Hashtable();

    /// <summary>Element type of parameters and samples: float64 (default) or float32.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter))]
    public string? DType { get; set; }

    /// <summary>Where parameters and samples live: cpu (default), cuda or cuda:N.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter))]
    public string? Device { get; set; }

    /// <summary>Makes every parameter given as numbers a leaf tensor that requires gradients.</summary>
    [Parameter]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in Parameter)
        {
            if (entry.Value is not null) values[LanguagePrimitives.ConvertTo<string>(entry.Key)] = entry.Value;
        }
        NativeLibraries.LoadTorch();
        WriteObject(DistributionFactory.Create(DistributionCatalog.Get(Name), values, DType, Device, RequiresGrad));
    }
}

/// <summary>Completes a table of typical parameter values.</summary>
public sealed class ParameterTableCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters)
    {
        string? name = LanguagePrimitives.ConvertTo<string>(boundParameters["Name"]);
        DistributionType? type = DistributionCatalog.All.FirstOrDefault(kind => kind.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (type is not null) yield return $"@{{ {string.Join("; ", type.Parameters.Where(info => info.Example is not null || info.Default is not null).Select(info => $"{info.Name} = {Text(info)}"))} }}";
    }

    private static string Text(ParameterInfo info) => (info.Example ?? info.Default) switch
    {
        double number => number.ToString(CultureInfo.InvariantCulture),
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double[] vector => Row(vector),
        double[,] matrix => string.Join(", ", Enumerable.Range(0, matrix.GetLength(0)).Select(i => Row([.. Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[i, j])]))),
        _ => $"${char.ToLowerInvariant(info.Name[0])}{info.Name[1..]}",
    };

    private static string Row(double[] numbers) => $"({(numbers.Length == 1 ? ", " : "")}{string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))})";
}
