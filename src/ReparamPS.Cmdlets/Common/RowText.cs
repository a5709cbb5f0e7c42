using System.Globalization;
using System.Management.Automation;
using ReparamPS.Sweeps.Store;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Texts for the columns of ReparamPS.Format.ps1xml whose names vary from row to row, such as a sweep's settings.</summary>
public static class RowText
{
    /// <summary>All properties as Name=value.</summary>
    public static string All(PSObject row) => Join(row.Properties);

    /// <summary>The properties before one.</summary>
    public static string Before(PSObject row, string name) => Join(row.Properties.TakeWhile(property => property.Name != name));

    /// <summary>The properties after one.</summary>
    public static string After(PSObject row, string name) => Join(row.Properties.SkipWhile(property => property.Name != name).Skip(1));

    /// <summary>A run's status; its column has another name if a setting is called Status.</summary>
    public static string StatusOf(PSObject run) => Value((run.Properties["RunStatus"] ?? run.Properties["Status"])?.Value);

    /// <summary>A run's settings, then what it wrote; the message of a failure comes first.</summary>
    public static string OfRun(PSObject run)
    {
        string[] own = [.. RunRow.OwnColumns, .. RunRow.OwnColumns.Select(name => "Run" + name)];
        string rest = Join(run.Properties.Where(property => !own.Contains(property.Name)));
        object? message = (run.Properties["RunMessage"] ?? run.Properties["Message"])?.Value;
        return message is null ? rest : $"{Value(message).ReplaceLineEndings(" ")}  {rest}";
    }

    /// <summary>A value with six significant digits in the invariant culture.</summary>
    public static string Value(object? value) => value switch
    {
        PSObject wrapped when wrapped.BaseObject is not PSCustomObject => Value(wrapped.BaseObject),
        double number => TensorText.Number(number),
        float number => TensorText.Number(number),
        object?[] items => string.Join(',', items.Select(Value)),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    private static string Join(IEnumerable<PSPropertyInfo> properties) =>
        string.Join("  ", properties.Where(property => property.Value is not null).Select(property => $"{property.Name}={Value(property.Value)}"));
}
