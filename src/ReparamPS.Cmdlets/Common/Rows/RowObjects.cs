using System.Management.Automation;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>Rows as PowerShell custom objects.</summary>
public static class RowObjects
{
    /// <summary>An object with one property per column, in their order.</summary>
    /// <param name="row">The columns and their values.</param>
    /// <param name="typeName">The name by which the object has its view; null for none.</param>
    public static PSObject From(ExperimentRow row, string? typeName = null)
    {
        var made = new PSObject();
        if (typeName is not null) made.TypeNames.Insert(0, typeName);
        for (int i = 0; i < row.Columns.Count; i++) made.Properties.Add(new PSNoteProperty(row.Columns[i], Nested(row.Values[i])), preValidated: true);
        return made;
    }

    private static object? Nested(object? value) => value switch
    {
        ExperimentRow row => From(row),
        object?[] items => Array.ConvertAll(items, Nested),
        _ => value,
    };
}
