using System.Collections;
using System.Collections.Concurrent;
using System.Data;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>
/// The only place that converts pipeline input to rows. The columns are the properties of an object or the keys of a dictionary; a number, a string,
/// or a tensor of one number becomes a column named Value. A row of a DataTable has the table's columns. Rows with the same columns share one list of them.
/// </summary>
public sealed class RowReader
{
    /// <summary>The column of plain values: numbers, strings, dates.</summary>
    public const string ValueColumn = "Value";

    private static readonly string[] ValueColumns = [ValueColumn];
    private static readonly ConcurrentDictionary<Type, (PropertyInfo[] Properties, string[] Columns)> OwnTypes = [];
    private readonly List<string> names = [];
    private string[] columns = [];
    private int count;

    /// <summary>The row of an object.</summary>
    /// <exception cref="ArgumentException">The object is null, a list, or the output of a Format- cmdlet.</exception>
    public ExperimentRow Read(PSObject? input)
    {
        count++;
        if (Fault(input, count) is { } fault) throw fault;
        object bare = input!.BaseObject;
        switch (bare)
        {
            case IDictionary dictionary: return ReadDictionary(dictionary);
            case DataRow row: return ReadData(row);
            case DataRowView view: return ReadData(view.Row);
            case Tensor number when number.numel() == 1:
                using (Tensor scalar = number.squeeze()) return new ExperimentRow(ValueColumns, [ManagedValues.ToNested(scalar)]);
            case string or ValueType when bare is not DictionaryEntry && IsScalar(bare): return new ExperimentRow(ValueColumns, [bare]);
            default: return ReadProperties(input);
        }
    }

    /// <summary>The row of an object that this module has just made: the same as <see cref="Read"/>, without the search for members that PowerShell has added.</summary>
    /// <param name="item">The object; its properties are numbers, texts and other plain values.</param>
    public static ExperimentRow ReadOwn(object item)
    {
        (PropertyInfo[] properties, string[] columns) = OwnTypes.GetOrAdd(item.GetType(), type =>
        {
            PropertyInfo[] found = type.GetProperties();
            return (found, [.. found.Select(property => property.Name)]);
        });
        return new ExperimentRow(columns, [.. properties.Select(property => property.GetValue(item))]);
    }

    /// <summary>The error of what no row can be read from; null for other objects.</summary>
    /// <param name="input">The object.</param>
    /// <param name="number">The number of the row, from 1; 0 if it is not known.</param>
    internal static ArgumentException? Fault(object? input, int number = 0) => TensorInput.Unwrap(input) switch
    {
        null => new ArgumentException(number > 0 ? $"A row must be an object; row {number} is null. Check the variable or command before the pipe." : "A row must be an object; got null. Check the variable or command before the pipe.", "InputObject"),
        // Its own properties, such as Length, are not columns.
        IList list => new ArgumentException($"A row must be an object; got a list of {list.Count} values. If each value is a row, pipe the list. If the values are the cells of one row, write [pscustomobject]@{{ X = 1; Y = 2 }}.", "InputObject"),
        var bare when ArgumentRules.IsLayout(bare) => new LayoutInputException(),
        _ => null,
    };

    /// <summary>The error of an object of this module that is not a row and whose properties are none either; null for other objects.</summary>
    /// <param name="input">The object.</param>
    public static ArgumentException? Refusal(PSObject? input) => input?.BaseObject switch
    {
        Tensor { IsInvalid: false } tensor when tensor.numel() != 1 => new ArgumentException($"The input must be rows; got a tensor of shape {TensorShapes.Format(tensor.shape)}. ConvertFrom-Tensor makes one row per number.", "InputObject"),
        SampleBatch => new ArgumentException("The input must be rows; got the draws of Invoke-Sample or Invoke-RSample as one object. With -Expand, these return one row per draw, with the columns Draw, Member and Value (Value0, Value1, … for vectors).", "InputObject"),
        Distribution => new ArgumentException("The input must be rows; got a distribution. Invoke-Sample -Expand draws from it, one row per draw.", "InputObject"),
        _ => null,
    };

    private static bool IsScalar(object value) => value is string or decimal or DateTime or DateTimeOffset or TimeSpan or Guid or Enum || value.GetType().IsPrimitive;

    private ExperimentRow ReadDictionary(IDictionary dictionary)
    {
        names.Clear();
        List<object?> values = new(dictionary.Count);
        foreach (DictionaryEntry entry in dictionary)
        {
            names.Add(entry.Key.ToString()!);
            values.Add(entry.Value == AutomationNull.Value ? null : TensorInput.Unwrap(entry.Value));
        }
        return Row([.. values]);
    }

    // The properties of the object itself, such as RowState, are left out.
    private ExperimentRow ReadData(DataRow row)
    {
        names.Clear();
        foreach (DataColumn column in row.Table.Columns) names.Add(column.ColumnName);
        object?[] values = new object?[names.Count];
        for (int i = 0; i < values.Length; i++) values[i] = row[i] is DBNull ? null : TensorInput.Unwrap(row[i]);
        return Row(values);
    }

    private ExperimentRow ReadProperties(PSObject input)
    {
        names.Clear();
        List<object?> values = new(columns.Length);
        foreach (PSPropertyInfo property in input.Properties)
        {
            if (!property.IsGettable) continue;
            names.Add(property.Name);
            values.Add(Value(property));
        }
        return Row([.. values]);
    }

    private static object? Value(PSPropertyInfo property)
    {
        try
        {
            // The value of a command without output is not an object.
            return property.Value is { } value && value != AutomationNull.Value ? TensorInput.Unwrap(value) : null;
        }
        catch (GetValueException)
        {
            // As in PowerShell's tables, a property that cannot be read is empty.
            return null;
        }
    }

    private ExperimentRow Row(object?[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            // A loss is a number to its user.
            if (values[i] is Tensor { IsInvalid: false } tensor && tensor.numel() == 1)
            {
                using Tensor scalar = tensor.squeeze();
                values[i] = ManagedValues.ToNested(scalar);
            }
        }
        if (!names.SequenceEqual(columns)) columns = [.. names];
        return new ExperimentRow(columns, values);
    }
}
