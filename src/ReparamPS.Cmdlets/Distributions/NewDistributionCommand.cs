using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a distribution by the name of its kind.
/// </summary>
/// <remarks>
/// Equivalent to the New-…Distribution cmdlet of that kind, and useful in sweeps. Get-DistributionType lists the kinds and their parameters. -Parameter completes to a table of typical values.
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
    /// <summary>The kind of distribution, such as Normal or Gamma.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DistributionNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The parameters by name. Allowed values: numbers, nested arrays, tensors, distributions, transforms.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(ParameterTableCompleter))]
    public IDictionary Parameter { get; set; } = new Hashtable();

    /// <summary>The element type of parameters and samples. Allowed: float64, float32. Default: float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter))]
    public string? DType { get; set; }

    /// <summary>The device of parameters and samples. Allowed: cpu, cuda, cuda:N. Default: cpu.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter))]
    public string? Device { get; set; }

    /// <summary>Turns every parameter given as numbers into a leaf tensor that requires gradients.</summary>
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
