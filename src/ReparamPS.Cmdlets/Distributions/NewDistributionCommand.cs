using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Messages;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a distribution from its name and parameters.
/// </summary>
/// <remarks>
/// New-Distribution Normal does the same as New-NormalDistribution. Use New-Distribution if a variable or a setting of a sweep holds the name. Get-DistributionType lists the names
/// and their parameters. Tab completes -Parameter to a hashtable with typical values.
/// </remarks>
/// <seealso cref="GetDistributionTypeCommand"/>
/// <seealso cref="NewCustomDistributionCommand"/>
/// <seealso cref="ReparamPS.Cmdlets.Sampling.InvokeRSampleCommand"/>
/// <example>
/// <para>By name</para>
/// <code>New-Distribution -Name Gamma -Parameter @{
///     Concentration = 2.5
///     Rate = 1
/// } | Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>Three distributions with the same parameters</para>
/// <code>'Normal', 'Laplace', 'Cauchy' |
///     ForEach-Object { New-Distribution $_ @{ Loc = 0; Scale = 2 } } |
///     ForEach-Object { "$($_.Name): entropy $($_.Entropy.item())" }</code>
/// </example>
/// <example>
/// <para>From hashtables that hold the name and the parameters</para>
/// <code>@{ Name = 'Normal'; Loc = 2 }, @{ Name = 'Gamma'; Concentration = 3 } |
///     New-Distribution</code>
/// </example>
[Cmdlet(VerbsCommon.New, "Distribution", DefaultParameterSetName = ByName), OutputType(typeof(Distribution))]
public sealed class NewDistributionCommand : ReparamCmdlet
{
    private const string ByName = "Values", ByTable = "Table";

    private readonly List<string> others = [];
    private readonly HashSet<(string Kind, string Property)> warned = [];

    /// <summary>The name of the distribution, such as Normal or Gamma.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ByTable, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DistributionNameCompleter)), Exact<string>]
    public string Name { get; set; } = "";

    /// <summary>The parameters by name. Allowed: numbers, nested arrays, tensors, distributions or transforms. Default: the defaults of the distribution's own cmdlet.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(ParameterTableCompleter)), Exact<IDictionary>]
    public IDictionary Parameter { get; set; } = new Hashtable();

    /// <summary>A dictionary or an object, such as a row of a CSV file, that holds parameters and may hold Name. -Name and values in -Parameter take precedence.</summary>
    [Parameter(ParameterSetName = ByTable, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The element type of parameters and samples, to which given tensors and distributions are converted. Allowed: float64, float32. Default: that of tensors or distributions given as parameters, otherwise float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string? DType { get; set; }

    /// <summary>The device of parameters and samples, to which given tensors and distributions are moved. Allowed: cpu, cuda, cuda:N. Default: that of tensors or distributions given as parameters, otherwise cpu.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <summary>Turns each numeric parameter that is not given as a tensor into a leaf tensor that requires gradients. A given tensor or distribution gets gradients only if it requires them itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<SwitchParameter>(TakesFlagText = true)]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near) => others.AddRange(names);

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (MyInvocation.BoundParameters.TryGetValue(nameof(Parameter), out object? table) && table is null) throw new ArgumentException("-Parameter is null. Give it a hashtable, such as @{ Loc = 0 }, or leave out -Parameter.", nameof(Parameter));
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        IDictionary? input = InputObject?.BaseObject as IDictionary;
        if (InputObject is not null && input is null && !IsSettings && InputObject.BaseObject is not DistributionTypeRow)
        {
            throw new ArgumentException(InputObject.BaseObject is PSCustomObject ? "InputObject must be a hashtable on the command line; got an object with properties. Pipe it: $row | New-Distribution."
                : $"InputObject must be a hashtable or an object with properties, such as @{{ Name = 'Normal'; Loc = 0 }}; got {ArgumentRules.Got(TensorInput.Unwrap(InputObject))}.", nameof(InputObject));
        }
        string name = Text(input, nameof(Name)) ?? Name;
        if (name.Length == 0) throw new ArgumentException("Name is missing. Give -Name, or a key or column Name in the input, such as @{ Name = 'Normal'; Loc = 2 }. Get-DistributionType lists the names of distributions." + (others is [var only] ? UnknownColumn.DelimiterHint(only) : ""), nameof(Name));
        DistributionType type = DistributionCatalog.Get(name);
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        var table = new DistributionTable(DType, Device, RequiresGrad);
        table.Read(type, Parameter, values);
        table.Read(type, input?.Cast<DictionaryEntry>().FirstOrDefault(entry => Is(entry, nameof(Parameter))).Value as IDictionary, values);
        table.Read(type, input is null ? Properties(type) : WithoutOwn(input), values, isRow: input is null);
        NativeLibraries.LoadTorch();
        WriteObject(DistributionFactory.Create(type, values, table.DType, table.Device, table.RequiresGrad));
    }

    private static bool Is(DictionaryEntry entry, string name) => name.Equals(LanguagePrimitives.ConvertTo<string>(entry.Key), StringComparison.OrdinalIgnoreCase);

    private string? Text(IDictionary? input, string name) =>
        MyInvocation.BoundParameters.ContainsKey(name) || input is null ? null : TensorInput.Unwrap(input.Cast<DictionaryEntry>().FirstOrDefault(entry => Is(entry, name)).Value)?.ToString();

    private static Hashtable WithoutOwn(IDictionary input)
    {
        var rest = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in input)
        {
            if (!Is(entry, nameof(Name)) && !Is(entry, nameof(Parameter))) rest[entry.Key] = entry.Value;
        }
        return rest;
    }

    /// <summary>The properties of the input that are parameters of the kind; the others are named in a warning.</summary>
    private Hashtable Properties(DistributionType type)
    {
        var found = new Hashtable(StringComparer.OrdinalIgnoreCase);
        string[] known = [.. others.Where(name => type.Parameters.Any(info => info.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        foreach (string name in known)
        {
            object? value = TensorInput.Unwrap(InputObject!.Properties[name].Value);
            if (!ExactConversion.IsBlank(value)) found[name] = value;
        }
        string[] unknown = [.. others.Except(known).Where(name => warned.Add((type.Name, name.ToUpperInvariant())))];
        others.Clear();
        if (unknown.Length > 0) WriteWarning(NewDistributionCommandBase.UnknownProperties(type, unknown));
        return found;
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
