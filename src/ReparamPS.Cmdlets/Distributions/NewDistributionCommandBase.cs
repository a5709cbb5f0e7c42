using System.Collections;
using System.Management.Automation;
using System.Reflection;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Messages;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates one distribution for each input. A subclass declares a property for each parameter of its kind, with the same name and of type object;
/// a property that is null was not given.
/// </summary>
public abstract class NewDistributionCommandBase : ReparamCmdlet
{
    /// <summary>The parameter set of values given one by one.</summary>
    protected const string ByValue = "Values";

    private const string ByTable = "Table";

    private readonly DistributionType type;
    private readonly HashSet<string> warned = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates the cmdlet of a kind.</summary>
    protected NewDistributionCommandBase(DistributionType type) => this.type = type;

    /// <summary>The element type of parameters and samples, to which given tensors and distributions are converted. Allowed: float64, float32. Default: that of tensors or distributions given as parameters, otherwise float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string? DType { get; set; }

    /// <summary>The device of parameters and samples, to which given tensors and distributions are moved. Allowed: cpu, cuda, cuda:N. Default: that of tensors or distributions given as parameters, otherwise cpu.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <summary>The parameters as a dictionary, such as @{ Loc = 2 }. A parameter given by name takes precedence.</summary>
    [Parameter(ParameterSetName = ByTable, ValueFromPipeline = true), Exact<IDictionary>(Expected = "a hashtable of parameters", NumberHint = "Numbers are not piped, but given as arguments; a list makes a batch.")]
    public IDictionary? InputObject { get; set; }

    /// <summary>Turns each numeric parameter that is not given as a tensor into a leaf tensor that requires gradients. A given tensor or distribution gets gradients only if it requires them itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<SwitchParameter>(TakesFlagText = true)]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => type.Name;

    /// <inheritdoc/>
    protected sealed override void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near)
    {
        if (names.Where(warned.Add).ToArray() is { Length: > 0 } unknown) WriteWarning(UnknownProperties(type, unknown));
    }

    /// <summary>What to say of properties of the input that are not parameters.</summary>
    internal static string UnknownProperties(DistributionType type, IReadOnlyList<string> names)
    {
        if (names is [var only] && UnknownColumn.DelimiterHint(only) is { } hint)
            return $"The input has a property that is not a parameter of {type.Name}: {ShortText.Of(only)}. It is ignored.{hint}";
        string[] meant = [.. names.SelectMany(name => NearNames.Of(name, type.Parameters.Select(info => info.Name))).Distinct(StringComparer.OrdinalIgnoreCase)];
        return $"The input has properties that are not parameters of {type.Name}: {ShortText.List(names)}. They are ignored.{(meant.Length > 0 ? $" Did you mean {string.Join(", ", meant)}?" : $" {type.Name} has the parameters {string.Join(", ", type.Parameters.Select(info => info.Name))}.")}";
    }

    /// <inheritdoc/>
    protected sealed override void Begin()
    {
        foreach ((string name, object? value) in MyInvocation.BoundParameters) DistributionTable.RefuseNull(type, name, TensorInput.Unwrap(value));
        WarnOfCallSyntax();
    }

    // New-NormalDistribution(0, 1), as functions are called in Python, passes one list.
    private void WarnOfCallSyntax()
    {
        if (!IsCallSyntax) return;
        if (type.Parameters is not [{ Group: null } first, { Group: null } second, ..] || type.Parameters.Skip(1).Any(info => MyInvocation.BoundParameters.ContainsKey(info.Name))) return;
        if (TensorInput.Unwrap(MyInvocation.BoundParameters.GetValueOrDefault(first.Name)) is not IList { Count: > 1 } list || list.Count > type.Parameters.Count) return;
        string values = string.Join(" ", list.Cast<object?>().Select(item => ShortText.Of(TensorInput.Unwrap(item))));
        WriteWarning($"The whole list in parentheses is the value of {first.Name}, so this makes a batch of {list.Count} distributions. To set {first.Name} and {second.Name}, write {MyInvocation.InvocationName} {values}.");
    }

    private bool IsCallSyntax => MyInvocation.OffsetInLine - 1 + MyInvocation.InvocationName.Length is >= 1 and var end && end < MyInvocation.Line.Length && MyInvocation.Line[end] == '(';

    private Distribution Create(Dictionary<string, object> given, DistributionTable table)
    {
        try
        {
            return DistributionFactory.Create(type, given, table.DType, table.Device, table.RequiresGrad);
        }
        catch (ArgumentException error) when (Advice(error, given) is { } advice)
        {
            string message = ShortText.Message(error) + advice;
            throw error switch
            {
                ParameterConstraintException refusal => new ParameterConstraintException(refusal, "", advice),
                ShapeMismatchException => new ShapeMismatchException(message, error.ParamName),
                _ => new ArgumentException(message, error.ParamName, error),
            };
        }
    }

    // What may be meant by values that stand where another parameter belongs.
    private string? Advice(ArgumentException error, Dictionary<string, object> given)
    {
        if (error.ParamName is not { } wrong || type.Parameters.FirstOrDefault(info => info.Name.Equals(wrong, StringComparison.OrdinalIgnoreCase)) is not { } refused) return null;
        if (IsBlankInRow(wrong)) return $" {wrong} is empty in this row.";
        if (InputObject is not null) return null;
        if (error is ShapeMismatchException && given.GetValueOrDefault(wrong) is IList { Count: > 1 } flat && flat.Cast<object?>().All(item => TensorInput.Unwrap(item) is IConvertible) && error.Message.Contains("must be a matrix", StringComparison.Ordinal))
            return " In PowerShell, ((1), (2)) is a list of numbers; a matrix of one column is ((, 1), (, 2)).";
        if (type.Parameters[0] is not { Group: null } first || !given.TryGetValue(first.Name, out object? value)) return null;
        if (value is IList { Count: > 1 } && given.Count == 1 && IsCallSyntax) return " Separate arguments by spaces, without parentheses and commas.";
        // New-UniformDistribution 0, 10
        if (value is IList { Count: > 1 } list && given.Count == 1 && list.Count <= type.Parameters.Count && refused.Default is not null && list.Cast<object?>().All(item => TensorInput.Unwrap(item) is IConvertible))
            return $" {first.Name} is a list here, and {wrong} has its default. To set both, write {type.Cmdlet} {string.Join(" ", list.Cast<object?>().Select(item => ShortText.Of(TensorInput.Unwrap(item))))}.";
        // New-BinomialDistribution 0.3, or a list and a number in the wrong order.
        return refused.Group is not null && (given.Count == 1 || (value is IList && given.GetValueOrDefault(wrong) is IConvertible)) ? $" The first argument is {first.Name}; give {refused.Name} by name: -{refused.Name} …." : null;
    }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        if (InputObject is null) RefuseUnread(type.Parameters.Select(info => info.Name), type.Name);
        Dictionary<string, object> given = new(StringComparer.OrdinalIgnoreCase);
        foreach (var info in type.Parameters)
        {
            object? value = TensorInput.Unwrap(GetType().GetProperty(info.Name, BindingFlags.Public | BindingFlags.Instance)!.GetValue(this));
            if (value is IDictionary)
                throw new ArgumentException($"{info.Name} must hold numbers; got a hashtable. To set parameters by name, pipe a hashtable of {string.Join(", ", type.Parameters.Select(each => each.Name))} to {type.Cmdlet}.", info.Name);
            if (value is not null) given[info.Name] = value;
        }
        var table = new DistributionTable(DType, Device, RequiresGrad);
        table.Read(type, InputObject, given);
        Distribution made = Create(given, table);
        if (table.RequiresGrad && !made.Parameters.Any(parameter => parameter.Value.requires_grad))
            WriteWarning("RequiresGrad has no effect: it applies to parameters that are given as numbers, and there are none. Call .requires_grad_($true) on the given tensors, or use -RequiresGrad where the given distributions are created.");
        WriteObject(made);
    }
}
