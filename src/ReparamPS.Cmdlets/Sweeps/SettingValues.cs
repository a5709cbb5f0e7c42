using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Settings on their way to another process.</summary>
internal static class SettingValues
{
    /// <summary>A point's settings. Text that is exactly how a number or a Boolean is written, such as a cell of a CSV file, becomes that.</summary>
    /// <exception cref="ArgumentException">A value is an object that cannot be passed to another process, or a name is blank or occurs twice.</exception>
    public static ExperimentRow Read(ExperimentRow point)
    {
        SettingNames.Check(point.Columns);
        object?[] values = new object?[point.Values.Count];
        for (int i = 0; i < values.Length; i++) values[i] = Plain(point.Values[i], point.Columns[i]);
        return new ExperimentRow([.. point.Columns], values);
    }

    private static object? Plain(object? value, string name)
    {
        object? bare = TensorInput.Unwrap(value);
        return bare switch
        {
            string text => ExperimentValue.ParseExact(text),
            null or bool or Enum or DateTime or DateTimeOffset or decimal => ExperimentValue.Normalize(bare, name),
            ulong number => number <= long.MaxValue ? (long)number : (decimal)number,
            TimeSpan or Guid => bare.ToString(),
            IDictionary or PSObject => throw Unknown(bare, name),
            IEnumerable list => list.Cast<object?>().Select(item => TensorInput.Unwrap(item) is IEnumerable and not (string or IDictionary) ? throw Unknown(item!, name, isWithinList: true) : Plain(item, name)).ToArray(),
            IConvertible => ExperimentValue.Normalize(bare, name),
            _ => throw Unknown(bare, name),
        };
    }

    private static ArgumentException Unknown(object value, string name, bool isWithinList = false) => new(
        $"{ShortText.Of(name)}: a setting must be a number, a string, a Boolean, a date, or a list of them; got {(isWithinList ? "a list within a list" : ArgumentRules.Got(value))}. Runs execute in another process, which gets its settings as text.", name);
}
