using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.RegularExpressions;
using ReparamPS.Cmdlets.Sampling;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Messages;
using ReparamPS.Policies.Training;
using ReparamPS.Torch;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>Reads nested lists of numbers in one pass: their numbers in row-major order and their shape, which every row must have.</summary>
internal sealed partial class NestedNumbers
{
    // libtorch's limit; a list that contains itself reaches it.
    private const int MaxDepth = 64;
    private const int MaxLazyItems = 1 << 24;

    private readonly string parameter;
    private readonly Action<object?> take;
    private readonly List<long> shape = [];
    private int numberDepth = -1;

    private NestedNumbers(string parameter, Action<object?> take) => (this.parameter, this.take) = (parameter, take);

    /// <summary>Reads a value.</summary>
    /// <param name="value">A number, numeric text, or lists of them nested to any depth.</param>
    /// <param name="parameter">The parameter's name, for errors.</param>
    /// <param name="number">Reads one number.</param>
    /// <exception cref="ArgumentException">It holds something that is not a number, or nests too deep.</exception>
    /// <exception cref="ShapeMismatchException">Rows at one depth have different lengths.</exception>
    public static (T[] Numbers, long[] Shape) Read<T>(object? value, string parameter, Func<object?, string, T> number)
    {
        List<T> numbers = [];
        var reader = new NestedNumbers(parameter, item => numbers.Add(number(item, parameter)));
        reader.Add(value, 0);
        return ([.. numbers], [.. reader.shape]);
    }

    /// <summary>One number.</summary>
    /// <exception cref="ArgumentException">It is not a number.</exception>
    public static double Number(object? value, string parameter)
    {
        object? bare = TensorInput.Unwrap(value);
        return bare switch
        {
            double or float or decimal or long or int or short or sbyte or ulong or uint or ushort or byte => ((IConvertible)bare).ToDouble(CultureInfo.InvariantCulture),
            bool flag => flag ? 1 : 0,
            string text when ExactConversion.NumberOf(text) is { } parsed => parsed,
            BigInteger whole => double.IsFinite((double)whole) ? (double)whole : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{parameter} must be between {double.MinValue} and {double.MaxValue}, the range of float64; got {ShortText.Of(whole)}."), parameter),
            Half half => (double)half,
            TorchSharp.Scalar scalar => TorchSharp.ScalarExtensionMethods.ToDouble(scalar),
            Tensor { IsInvalid: false } scalar when scalar.numel() == 1 => ManagedValues.ToDoubles(scalar)[0],
            Tensor { IsInvalid: true } => throw new ArgumentException($"{parameter} must hold numbers; got a disposed tensor. Create the tensor again.", parameter),
            Tensor several => throw new ArgumentException($"The elements of {parameter} must be numbers; one is a tensor of shape {TensorShapes.Format(several.shape)}. To join tensors of one shape, use [TorchSharp.torch]::stack([TorchSharp.torch+Tensor[]]($x, $y)).", parameter),
            _ => throw new ArgumentException($"{parameter} must hold numbers; got {Quoted(bare)}.{NumberAdvice(bare)}", parameter),
        };
    }

    /// <summary>How to write one number with a decimal comma, after a space; empty for other values.</summary>
    internal static string DecimalAdvice(object? value) => value is string text && CommaNumber().IsMatch(text) ? $" Write {text.Replace(',', '.').Trim()}, with a point." : "";

    // What may be meant by something that is not a number.
    private static string NumberAdvice(object? value) => value is DrawRow ? " Give its column Value, or leave out -Expand." : value is not string text ? ""
        : CommandName().IsMatch(text) ? " Put a command in parentheses."
        : ThousandsNumber().IsMatch(text) ? $" Write {text.Replace(",", "", StringComparison.Ordinal).Trim()} if the comma separates thousands, or {text.Replace(',', '.').Trim()} if it is a decimal comma."
        : CommaNumber().IsMatch(text) ? $" Write {text.Replace(',', '.').Trim()} for one number, or {text.Replace(",", ", ", StringComparison.Ordinal).Trim()} without quotes for two."
        : NumberList().IsMatch(text) ? $" Write {ListSeparator().Replace(text, ", ").Trim()} without quotes."
        : NumberRange().IsMatch(text) ? $" Write ({text.Trim()}), in parentheses."
        : "";

    [GeneratedRegex(@"^\s*-?[0-9.]+(\s*[,;]\s*-?[0-9.]+)+\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberList();

    [GeneratedRegex(@"\s*[,;]\s*", RegexOptions.CultureInvariant)]
    private static partial Regex ListSeparator();

    [GeneratedRegex(@"^\s*-?[0-9]+\.\.-?[0-9]+\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberRange();

    [GeneratedRegex(@"^[A-Z][A-Za-z]+-[A-Z][A-Za-z0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex CommandName();

    [GeneratedRegex(@"^\s*-?[1-9][0-9]{0,2},[0-9]{3}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex ThousandsNumber();

    [GeneratedRegex(@"^\s*-?[0-9]+,[0-9]+\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex CommaNumber();

    // The type of an object of this module that another process or a file has held; null for others.
    private static string? Copied(PSObject value) =>
        value.TypeNames is [var name, ..] && name.StartsWith("Deserialized.", StringComparison.Ordinal) && (name.Contains(".ReparamPS.", StringComparison.Ordinal) || name.Contains(".TorchSharp.", StringComparison.Ordinal))
            ? name.Split('.', '+')[^1] : null;

    /// <summary>A value as part of a message: short, on one line, with its type if the text does not tell.</summary>
    public static string Quoted(object? value) => TensorInput.Unwrap(value) switch
    {
        null or DBNull => "null",
        Tensor tensor => $"'{TensorText.Brief(tensor)}'",
        IDictionary => "a hashtable",
        string text => ShortText.Quoted(text),
        ScriptBlock script => string.IsNullOrWhiteSpace(script.ToString()) ? "an empty script block" : "a script block",
        PSObject run when run.TypeNames.Contains(ArgumentRules.RunRowTypeName) => "a row of Get-ExperimentRun",
        PSObject copy when Copied(copy) is { } name => $"'{ShortText.Of(copy)}', a copy of an object of type {name} without its methods, as Import-Clixml and jobs return it{(name == nameof(Tensor) ? " (save or return numbers instead, such as $x.ToArray())" : "")}",
        PSObject { BaseObject: PSCustomObject } row => Row(row),
        DrawRow => "a row of Invoke-Sample or Invoke-RSample with -Expand",
        VariationalFit => "a fit of Invoke-VariationalInference",
        PosteriorSummary => "a row of Get-PosteriorSummary",
        FitTraceRow => "a row of Invoke-VariationalInference with -Trace",
        VaeEpoch => "a row of Invoke-VaeTraining",
        PolicyIteration => "a row of Invoke-PolicyTraining",
        IConvertible and not (char or Enum or DateTime) or PSObject => $"'{ShortText.Of(value)}'",
        PSMethod method => $"the method {ShortText.Of(method.Name)}, written without parentheses",
        ICollection { Count: 0 } => "an empty list",
        IEnumerable => "a list",
        var other when ArgumentRules.IsLayout(other) => "the output of a Format- cmdlet, which is text layout",
        var other when !ArgumentRules.HasText(other) => $"an object of type {other.GetType().Name}",
        var other => $"'{ShortText.Of(other)}' of type {other.GetType().Name}",
    };

    private static string Row(PSObject row)
    {
        string[] names = [.. row.Properties.Select(property => property.Name)];
        return names switch
        {
            [] => "an object without properties",
            [var only] when UnknownColumn.Delimiter(only) is { } delimiter => $"a row with one column, '{ShortText.Of(only)}', from a file whose delimiter may be {(delimiter == '\t' ? "a tab" : $"'{delimiter}'")}",
            [var only] => $"a row with the column {ShortText.Of(only)}",
            _ => $"a row with the columns {ShortText.List(names)}",
        };
    }

    private void Add(object? value, int depth)
    {
        object? bare = TensorInput.Unwrap(value);
        if (depth > MaxDepth) throw new ArgumentException($"{parameter} must be nested at most {MaxDepth} levels deep; this list is deeper. Does it contain itself?", parameter);
        if (bare is Array { Rank: > 1 } grid)
        {
            for (int i = 0; i < grid.Rank; i++) CheckLength(depth + i, grid.GetLength(i));
            foreach (object? item in grid) AddNumber(item, depth + grid.Rank);
        }
        else if (bare is IEnumerable list and not (string or IDictionary or Tensor))
        {
            ICollection items = list as ICollection ?? Listed(list);
            CheckLength(depth, items.Count);
            foreach (object? item in items) Add(item, depth + 1);
        }
        else
        {
            AddNumber(bare, depth);
        }
    }

    private void AddNumber(object? value, int depth)
    {
        if (numberDepth < 0 && shape.Count == depth) numberDepth = depth;
        if (depth != numberDepth) throw Ragged("a number among lists. In PowerShell, (3) is a number and (, 3) a list of one");
        take(value);
    }

    private void CheckLength(int depth, int length)
    {
        bool isFirstAtDepth = depth == shape.Count && numberDepth < 0 && !shape.Contains(0);
        if (isFirstAtDepth) shape.Add(length);
        else if (depth >= shape.Count) throw Ragged("a list among numbers");
        else if (shape[depth] != length) throw Ragged($"rows of lengths {shape[depth]} and {length}");
    }

    private List<object?> Listed(IEnumerable list)
    {
        List<object?> items = [];
        foreach (object? item in list)
        {
            if (items.Count == MaxLazyItems) throw new ArgumentException($"{parameter} is a sequence of unknown length with more than {MaxLazyItems} items. If it ends, convert it to an array: @($x).", parameter);
            items.Add(item);
        }
        return items;
    }

    private ShapeMismatchException Ragged(string found) => new($"{parameter} must have rows of the same length; got {found}.", parameter);
}
