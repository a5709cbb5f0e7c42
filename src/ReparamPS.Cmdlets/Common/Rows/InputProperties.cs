using System.Collections;
using System.Data;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>
/// Reads the properties of an object from the pipeline that set parameters by name, so that none is ignored. PowerShell's binder leaves a parameter at its default,
/// without a word, if a property does not convert; it rounds, and it takes blank text for a value.
/// </summary>
internal sealed class InputProperties
{
    // The engine keeps the current input on every cmdlet, but offers it to none. A parameter for it would take any object from the pipeline.
    private static readonly PropertyInfo? CurrentInput = typeof(InternalCommand).GetProperty("CurrentPipelineObject", BindingFlags.Instance | BindingFlags.NonPublic);

    private const int MinEnd = 4;

    private static readonly string[] OfRemoting = ["PSComputerName", "RunspaceId", "PSShowComputerName"];

    private readonly PSCmdlet cmdlet;
    private readonly Dictionary<string, (PropertyInfo Property, object? Initial)> parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PropertyInfo> typed = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PropertyInfo> inputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> blanks = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> unbound = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> known;
    private readonly HashSet<string> results;
    private readonly List<string> names = [];

    /// <summary>Notes the parameters before the first input is bound.</summary>
    public InputProperties(PSCmdlet cmdlet)
    {
        this.cmdlet = cmdlet;
        known = new HashSet<string>(OfRemoting, StringComparer.OrdinalIgnoreCase);
        results = new HashSet<string>([.. RunRow.OwnColumns, .. RunRow.OwnColumns.Select(name => "Output" + name), .. ColumnsOf(cmdlet.GetType())], StringComparer.OrdinalIgnoreCase);
        foreach (PropertyInfo property in cmdlet.GetType().GetProperties())
        {
            bool isFromProperty = property.GetCustomAttributes<ParameterAttribute>().Any(each => each.ValueFromPipelineByPropertyName);
            bool isInput = property.GetCustomAttributes<ParameterAttribute>().Any(each => each.ValueFromPipeline);
            if (property.IsDefined(typeof(ParameterAttribute)) && !isInput && !isFromProperty) unbound.Add(property.Name);
            else if (property.IsDefined(typeof(ParameterAttribute))) known.Add(property.Name);
            if (isInput && !isFromProperty && property.PropertyType != typeof(PSObject) && property.PropertyType != typeof(object)) inputs.Add(property.Name, property);
            if (isFromProperty) names.Add(property.Name);
            if (!isFromProperty) continue;
            bool isTyped = cmdlet.MyInvocation.BoundParameters.ContainsKey(property.Name);
            foreach (string name in property.GetCustomAttribute<AliasAttribute>()?.AliasNames.Prepend(property.Name) ?? [property.Name])
            {
                if (isTyped) typed.TryAdd(name, property);
                else parameters.TryAdd(name, (property, property.GetValue(cmdlet)));
            }
        }
    }

    /// <summary>The names of parameters that the current input leaves blank.</summary>
    public IReadOnlySet<string> Blanks => blanks;

    /// <summary>Whether the current input is an object whose properties are parameters, such as a row of a CSV file.</summary>
    public bool IsSettings => Current is not null;

    /// <summary>The current input, unwrapped; null if there is none.</summary>
    public object? Input => TensorInput.Unwrap(CurrentInput?.GetValue(cmdlet));

    private PSObject? Current => CurrentInput?.GetValue(cmdlet) is PSObject input && HoldsSettings(input.BaseObject) ? input : null;

    // An object of a PowerShell class, whose assembly is made at run time, has the properties that its user wrote.
    private static bool HoldsSettings(object bare) => bare is PSCustomObject or DataRow || bare.GetType().Assembly.IsDynamic;

    /// <summary>Sets parameters from the current input: exactly, or not at all.</summary>
    /// <returns>The names of properties that the cmdlet does not know, or takes on the command line only.</returns>
    /// <exception cref="ArgumentException">A property does not convert to its parameter's type, or the input is the output of a Format- cmdlet.</exception>
    public IReadOnlyList<string> Read()
    {
        blanks.Clear();
        if (Input is { } any && ArgumentRules.IsLayout(any)) throw new LayoutInputException();
        if (Current is not { } input) return [];
        List<string> unknown = [];
        foreach (PSPropertyInfo property in input.Properties)
        {
            // Such as RowState.
            if (input.BaseObject is DataRow row && !row.Table.Columns.Contains(property.Name)) continue;
            if (parameters.TryGetValue(property.Name, out var parameter)) Set(property, parameter.Property, parameter.Initial);
            else if (typed.TryGetValue(property.Name, out PropertyInfo? given)) WarnIfReplaced(property, given);
            else if (unbound.Contains(property.Name) && (cmdlet.MyInvocation.BoundParameters.ContainsKey(property.Name) || ExactConversion.IsBlank(TensorInput.Unwrap(property.Value)))) continue;
            else if (inputs.TryGetValue(property.Name, out PropertyInfo? whole) && IsOther(property, whole) && !HasResults(input)) unknown.Add(property.Name);
            else if (!known.Contains(property.Name) && !(results.Contains(property.Name) && IsResult(property.Name, input))) unknown.Add(property.Name);
        }
        return unknown;
    }

    /// <summary>The parameters that a name may stand for: near ones, otherwise those that it ends with, as FitDraws with Draws.</summary>
    public IReadOnlyList<string> Near(string name) =>
        NearNames.Of(name, names) is { Count: > 0 } near ? near : [.. names.Where(each => each.Length >= MinEnd && name.EndsWith(each, StringComparison.OrdinalIgnoreCase))];

    // Only the whole input, or the command line, sets such a parameter: a grid of models would become runs of one model. Text in its place is a column of rows that come back.
    private bool IsOther(PSPropertyInfo property, PropertyInfo parameter) =>
        TensorInput.Unwrap(property.Value) is { } value && parameter.PropertyType.IsInstanceOfType(value) && !ReferenceEquals(value, parameter.GetValue(cmdlet));

    private bool HasResults(PSObject input) => input.Properties.Any(property => results.Contains(property.Name) && !known.Contains(property.Name) && !unbound.Contains(property.Name));

    // A grid of 'Epoch' means Epochs, and must not be taken for a result that comes back: that one has other columns of results, or the setting itself.
    private bool IsResult(string name, PSObject input)
    {
        IReadOnlyList<string> near = Near(name);
        return near.Count == 0 || input.Properties.Any(property => near.Contains(property.Name, StringComparer.OrdinalIgnoreCase)
            || (results.Contains(property.Name) && !known.Contains(property.Name) && Near(property.Name).Count == 0));
    }

    /// <summary>Refuses unknown properties, for a cmdlet all of whose input must be settings.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="names">The properties that are not settings.</param>
    /// <param name="near">The parameters that a name may stand for.</param>
    /// <param name="areAllowed">Whether such properties are allowed. Even so, a row that was read with another delimiter than its file's has no settings at all.</param>
    /// <param name="dataHint">A sentence about what else the input may be; empty for none.</param>
    public static void CheckUnknown(PSCmdlet cmdlet, IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near, bool areAllowed, string dataHint = "")
    {
        if (names is [var only] && UnknownColumn.DelimiterHint(only) is { } hint)
            throw new ArgumentException($"The input has a property that is not a setting of {cmdlet.MyInvocation.MyCommand.Name}: {ShortText.Of(only)}.{hint}", only);
        if (areAllowed) return;
        if (names.FirstOrDefault(cmdlet.MyInvocation.MyCommand.Parameters.ContainsKey) is { } typedOnly)
            throw new ArgumentException($"The input's property {typedOnly} cannot set the parameter of that name. Use -{typedOnly} on the command line, or -IgnoreUnknown to ignore the property.", typedOnly);
        string[] meant = [.. names.SelectMany(near).Distinct(StringComparer.OrdinalIgnoreCase)];
        string advice = meant.Length > 0 ? $" Did you mean {string.Join(", ", meant)}?" : "";
        throw new ArgumentException($"The input has properties that are not settings of {cmdlet.MyInvocation.MyCommand.Name}: {ShortText.List(names)}.{advice}{(meant.Length > 0 ? "" : dataHint)} To ignore properties that are not settings, use -IgnoreUnknown.", names[0]);
    }

    /// <summary>Refuses a parameter that takes the input on the command line.</summary>
    public static void RefuseTyped(PSCmdlet cmdlet, string name)
    {
        if (cmdlet.MyInvocation.BoundParameters.ContainsKey(name)) throw new ArgumentException($"{name} comes from the pipeline only. Write $settings | {cmdlet.MyInvocation.MyCommand.Name}.", name);
    }

    /// <summary>Refuses an input that is neither an object of settings nor the value of a parameter. A tensor, for instance, has properties DType and Device, which would be all that is read of it.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="input">The input, as the parameter InputObject; null if there is none.</param>
    /// <param name="isSettings">Whether it is an object whose properties are parameters.</param>
    /// <param name="givenOnce">The parameters on the command line.</param>
    /// <param name="hint">A sentence about what else the input may be; empty for none.</param>
    /// <param name="rows">The types of this module's own rows that are settings, besides those that the cmdlet writes.</param>
    public static void CheckSettings(PSCmdlet cmdlet, PSObject? input, bool isSettings, IReadOnlySet<string> givenOnce, string hint = "", params Type[] rows)
    {
        if (input is null || isSettings) return;
        object bare = TensorInput.Unwrap(input)!;
        bool setsNothing = cmdlet.MyInvocation.BoundParameters.Keys.All(name => name == "InputObject" || givenOnce.Contains(name));
        if (!setsNothing && (!ArgumentRules.IsOfLibraries(bare) || IsValue(cmdlet, bare) || OutputsOf(cmdlet.GetType()).Concat(rows).Any(row => row.IsInstanceOfType(bare)))) return;
        throw new ArgumentException($"The input must be an object whose properties are settings, such as a row of a CSV file; got {ArgumentRules.Got(bare)}.{(bare is IDictionary ? " Write [pscustomobject]@{ … }." : hint)}", "InputObject");
    }

    // Whether an input is the value of a parameter other than InputObject, such as Model.
    private static bool IsValue(PSCmdlet cmdlet, object input) =>
        cmdlet.MyInvocation.BoundParameters.Any(entry => entry.Key != "InputObject" && ReferenceEquals(TensorInput.Unwrap(entry.Value), input)
            && cmdlet.GetType().GetProperty(entry.Key)!.GetCustomAttributes<ParameterAttribute>().Any(each => each.ValueFromPipeline));

    // PowerShell lets the command line win, without a word: a grid of seeds would become equal runs.
    private void WarnIfReplaced(PSPropertyInfo property, PropertyInfo parameter)
    {
        object? value = TensorInput.Unwrap(property.Value), given = TensorInput.Unwrap(parameter.GetValue(cmdlet));
        if (ExactConversion.IsBlank(value) || !IsPlain(value) || !IsPlain(given) || AreEqual(given!, value!)) return;
        foreach (string name in typed.Where(entry => entry.Value == parameter).Select(entry => entry.Key).ToArray()) typed.Remove(name);
        known.Add(property.Name);
        cmdlet.WriteWarning($"-{parameter.Name} {(Text(given!) is { Length: > 0 } text ? ShortText.Of(text) : "''")} {(SessionDefaults.Has(cmdlet, parameter.Name) ? "in $PSDefaultParameterValues" : "on the command line")} replaces the {ShortText.Of(property.Name)} of the input objects.");
    }

    private static string Text(object value) => value is string or not IEnumerable ? LanguagePrimitives.ConvertTo<string>(value)
        : string.Join(", ", ((IEnumerable)value).Cast<object?>()) is { Length: > 0 } list ? list : "[]";

    private static bool IsPlain(object? value) => value is IConvertible || (value is IEnumerable list && list.Cast<object?>().All(item => TensorInput.Unwrap(item) is IConvertible));

    /// <summary>Whether the value of a parameter is another value, once that is converted to its type.</summary>
    public static bool AreEqual(object given, object value)
    {
        if (given is string or not IEnumerable && value is string or not IEnumerable) return LanguagePrimitives.Equals(given, value, ignoreCase: true, CultureInfo.InvariantCulture);
        return Items(given).SequenceEqual(Items(value), StringComparer.OrdinalIgnoreCase);

        static IEnumerable<string> Items(object list) => list switch
        {
            string text => text.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            IEnumerable items => items.Cast<object?>().Select(item => LanguagePrimitives.ConvertTo<string>(item)),
            _ => [LanguagePrimitives.ConvertTo<string>(list)],
        };
    }

    private void Set(PSPropertyInfo property, PropertyInfo parameter, object? initial)
    {
        object? value = TensorInput.Unwrap(property.Value);
        if (ExactConversion.IsBlank(value))
        {
            blanks.Add(parameter.Name);
            // A script block on the command line has set the parameter for this object.
            if (ExactConversion.IsBlank(parameter.GetValue(cmdlet)) || parameter.PropertyType != typeof(string)) parameter.SetValue(cmdlet, initial);
            return;
        }
        if (parameter.PropertyType == typeof(int[]) && parameter.IsDefined(typeof(ArgumentTransformationAttribute)))
        {
            parameter.SetValue(cmdlet, parameter.GetCustomAttribute<ArgumentTransformationAttribute>()!.Transform(null!, value!));
            return;
        }
        if (parameter.PropertyType == typeof(SwitchParameter))
        {
            parameter.SetValue(cmdlet, new SwitchParameter(value is string text && ArgumentRules.IsFlag(text) ? ArgumentRules.IsTrueText(text) : ArgumentRules.Flag(value, parameter.Name)));
            return;
        }
        string? expected = ExactConversion.Convert(value!, parameter.PropertyType, out object? converted);
        if (expected is not null) throw new ArgumentException($"{parameter.Name} must be {expected}; the input's property {property.Name} is {NestedNumbers.Quoted(value)}.", parameter.Name);
        if (converted is not null) parameter.SetValue(cmdlet, converted);
    }

    /// <summary>The columns of the rows that a cmdlet writes: they may come back as settings. A distribution is not a row: its Mean would be a mistake for Loc.</summary>
    private static IEnumerable<string> ColumnsOf(Type cmdlet) =>
        OutputsOf(cmdlet).Where(type => !typeof(Distribution).IsAssignableFrom(type)).SelectMany(type => type.GetProperties()).Select(property => property.Name);

    private static IEnumerable<Type> OutputsOf(Type cmdlet) => cmdlet.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type).Select(output => output.Type).Where(type => type is not null);
}
