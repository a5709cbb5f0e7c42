using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Settings as they go to another process and as they come out there.</summary>
internal static class SettingValues
{
    /// <summary>A point's settings. Text that a number or a Boolean is written as, such as a cell of a CSV file, becomes that.</summary>
    /// <exception cref="ArgumentException">A value is an object that another process can't be told.</exception>
    public static ExperimentRow Read(ExperimentRow point)
    {
        object?[] values = new object?[point.Values.Count];
        for (int i = 0; i < values.Length; i++) values[i] = Plain(point.Values[i], point.Columns[i]);
        return new ExperimentRow([.. point.Columns], values);
    }

    /// <summary>Settings as parameters.</summary>
    public static Hashtable ToParameters(ExperimentRow settings)
    {
        var parameters = new Hashtable(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < settings.Columns.Count; i++) parameters[settings.Columns[i]] = settings.Values[i];
        return parameters;
    }

    private static object? Plain(object? value, string name)
    {
        object? bare = TensorInput.Unwrap(value);
        return bare switch
        {
            string text => ExperimentValue.ParseExact(text),
            null or bool or Enum or DateTime or DateTimeOffset or decimal => ExperimentValue.Normalize(bare, name),
            TimeSpan or Guid => bare.ToString(),
            IDictionary or PSObject => throw Unknown(bare, name),
            IEnumerable list => list.Cast<object?>().Select(item => TensorInput.Unwrap(item) is IEnumerable and not string ? throw Unknown(item!, name) : Plain(item, name)).ToArray(),
            IConvertible => ExperimentValue.Normalize(bare, name),
            _ => throw Unknown(bare, name),
        };
    }

    private static ArgumentException Unknown(object value, string name) => new(
        $"{name}: a setting is a number, a string, a Boolean, a date, or a list of them, but a {value.GetType().Name} came. A run happens in another process, which is told its settings as text.", name);
}
