using System.Collections;
using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Policies;
using TorchSharp;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>
/// Takes an argument as a parameter's type without loss, or refuses it in one sentence. PowerShell's own conversion rounds 2.5 to an integer, reads '0,001' as 1 and 60 as 6 microseconds,
/// names a folder 'System.Collections.Hashtable', and quotes the framework about the rest.
/// </summary>
/// <typeparam name="T">The type of the parameter. A number that may be a blank cell of a row has its nullable type.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public class ExactAttribute<T>() : ExactAttribute(typeof(T));

/// <summary>Takes an optional number, as <see cref="ExactAttribute{T}"/> does. Null means 'not given'; blank text, which PowerShell reads as 0, is refused.</summary>
/// <typeparam name="T">The type of the number.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionalNumberAttribute<T>() : ExactAttribute(typeof(T?)) where T : struct
{
    private protected override bool IsCell => false;
}

/// <summary>What all of these attributes share, so that it is compiled once.</summary>
public abstract class ExactAttribute : ArgumentTransformationAttribute
{
    // Properties that can set a parameter that takes text.
    private static readonly HashSet<string> PathNames = new(["Path", "FullName", "PSPath", "LiteralPath", "Name"], StringComparer.OrdinalIgnoreCase);

    private readonly Type type, target;
    private readonly bool isNumber;

    private protected ExactAttribute(Type type)
    {
        this.type = type;
        target = Nullable.GetUnderlyingType(type) ?? type;
        isNumber = ExactConversion.IsNumber(target);
    }

    /// <summary>A sentence that follows if a list was given instead of a number, or numbers (a list, a tensor, draws) instead of text; empty for none.</summary>
    public string ListHint { get; init; } = "";

    /// <summary>A sentence that follows if a row of Get-ExperimentRun was given; empty for one about models.</summary>
    public string RunHint { get; init; } = "";

    /// <summary>A sentence that follows if a script block was given; empty for none.</summary>
    public string BlockHint { get; init; } = "";

    /// <summary>A sentence that follows if a number was given; empty for none.</summary>
    public string NumberHint { get; init; } = "";

    /// <summary>What the value must be, in words with an example; empty for the words of its type.</summary>
    public string Expected { get; init; } = "";

    /// <summary>Whether the text is the path of a file that holds a model, a policy or a fit.</summary>
    public bool IsStoredObject { get; init; }

    /// <summary>Whether blank text or null is the first of some names, which is the parameter's default: a blank cell of a CSV file means 'not given'.</summary>
    public bool BlankIsDefault { get; init; }

    /// <summary>Whether null is an error. Otherwise it is the value of a parameter that is a list, instead of its default.</summary>
    public bool RefusesNull { get; init; }

    /// <summary>Whether nothing else can take an object from the pipeline, so that a wrong one is refused with this parameter's name; otherwise the binder tries the next parameter.</summary>
    public bool IsOnlyInput { get; init; }

    /// <summary>Whether a number, or a list of them, may be meant for another parameter at the same position, which the binder then tries.</summary>
    public bool LeavesNumbers { get; init; }

    /// <summary>Whether text may be True or False, or blank for False, as in a cell of a CSV file. PowerShell takes any text for True.</summary>
    public bool TakesFlagText { get; init; }

    /// <summary>The names of an enumeration that an error lists; empty for all. The cmdlet itself refuses the others, with what to use for them.</summary>
    public string[] Names { get; init; } = [];

    /// <summary>Whether blank text may be a cell of a row, which means 'not given'.</summary>
    private protected virtual bool IsCell => true;

    /// <summary>Null is a value of every other type, or is left to PowerShell.</summary>
    public sealed override bool TransformNullOptionalParameters => RefusesNull || type.IsValueType && type == target && type != typeof(SwitchParameter);

    /// <summary>A sentence that follows if this value was given; empty for none.</summary>
    private protected virtual string Advice(object? value) => "";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = TensorInput.Unwrap(inputData);
        if (!isNumber) return Fitting(value, inputData);
        // What fits already is the common case.
        return value?.GetType() == target ? value : Number(value, inputData);
    }

    private object? Number(object? value, object? inputData)
    {
        if (ExactConversion.IsBlank(value) && type != target && (IsCell || value is not string)) return inputData;
        if (ExactConversion.Convert(value, type, out object? converted) is not { } expected) return converted ?? inputData;
        string hint = ArgumentRules.CallAdvice(value) is { Length: > 0 } call ? call : value is IEnumerable and not (string or IDictionary) && ListHint.Length > 0 ? " " + ListHint : ArgumentRules.IsFlag(value) ? ArgumentRules.SwitchHint : target == typeof(double) ? NestedNumbers.DecimalAdvice(value) : "";
        throw new ArgumentTransformationMetadataException($"Expected {expected}; got {ArgumentRules.Got(value)}.{hint}");
    }

    private object? Fitting(object? value, object? inputData)
    {
        if (value is null && RefusesNull) throw new ArgumentTransformationMetadataException($"Expected {ArgumentRules.Refusal(null, type)!.Value.Expected}; got null. Give a value, or leave out the parameter.");
        if (value is null && !type.IsEnum) return inputData;
        if (BlankIsDefault && ExactConversion.IsBlank(value)) return Enum.ToObject(type, 0);
        if (TakesFlagText && value is string text && (ExactConversion.IsBlank(text) || ArgumentRules.IsFlag(text))) return ArgumentRules.IsTrueText(text);
        if (ArgumentRules.Refusal(value, type) is not { } refusal) return inputData;
        if (Names.Length > 0) refusal.Expected = ArgumentRules.OneOf(Names);
        string advice = type == typeof(string) || type == typeof(Policy) ? ArgumentRules.RunAdvice(value) : ArgumentRules.CommandAdvice(value, type);
        if (type == typeof(ScriptBlock) && value is string written && written.TrimStart().StartsWith('{')) advice = " Leave out the quotes.";
        if (type == typeof(Distribution)) advice += ArgumentRules.CallAdvice(value);
        // New-Distribution('Normal', @{ Loc = 1 }), as functions are called in Python.
        if (type == typeof(string) && value is object?[] items && items.Any(item => TensorInput.Unwrap(item) is IDictionary)) advice += " Separate arguments by spaces, without parentheses and commas.";
        if (IsStoredObject) advice += ArgumentRules.LoadedAdvice(value);
        if (Expected.Length > 0) refusal.Expected = Expected;
        if (RunHint.Length > 0 && ArgumentRules.IsRunRow(value)) advice = " " + RunHint;
        if (NumberHint.Length > 0 && value is IConvertible and not string) advice = " " + NumberHint;
        if (BlockHint.Length > 0 && value is ScriptBlock) advice = " " + BlockHint;
        if (Advice(value) is { Length: > 0 } own) advice = " " + own;
        if (ListHint.Length > 0 && value is SampleBatch or torch.Tensor or (IEnumerable and not IDictionary)) advice = " " + ListHint;
        string flag = ArgumentRules.IsFlag(value) && type != typeof(SwitchParameter) ? ArgumentRules.SwitchHint : "";
        string message = $"Expected {refusal.Expected}; got {refusal.Got}.{advice}{flag}";
        if (advice.Length > 0 || IsForThisOnly(value) || IsNoPath(value)) throw new ArgumentTransformationMetadataException(message);
        // Only with this inner exception the binder tries the properties of an object from the pipeline that does not fit as a whole.
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(refusal.Expected, null));
    }

    // A number or text has no properties that could set other parameters than the one for a table.
    private bool IsForThisOnly(object? value) => (IsOnlyInput && !(LeavesNumbers && value is IConvertible or IList)) || (type == typeof(IDictionary) && value is IConvertible);

    private bool IsNoPath(object? value) =>
        ArgumentRules.IsUntold(value, type) && (ArgumentRules.IsOwn(value) || !PSObject.AsPSObject(value).Properties.Any(property => PathNames.Contains(property.Name)));
}
