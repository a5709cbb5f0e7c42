using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>The settings that differ between points or runs that were written together. Views show them first; the order of the properties stays, since files and ids depend on it.</summary>
internal static class VaryingSettings
{
    private static readonly ConditionalWeakTable<PSObject, IReadOnlySet<string>> Known = [];

    /// <summary>The names of settings with more than one value.</summary>
    public static IReadOnlySet<string> Among(IEnumerable<ExperimentRow> settings)
    {
        Dictionary<string, string> first = new(StringComparer.OrdinalIgnoreCase);
        HashSet<string> varying = new(StringComparer.OrdinalIgnoreCase);
        foreach (ExperimentRow row in settings)
        {
            for (int i = 0; i < row.Columns.Count; i++)
            {
                string value = RowText.Value(row.Values[i]);
                if (!first.TryAdd(row.Columns[i], value) && first[row.Columns[i]] != value) varying.Add(row.Columns[i]);
            }
        }
        return varying;
    }

    /// <summary>Remembers them for a row.</summary>
    public static PSObject Mark(PSObject row, IReadOnlySet<string> names)
    {
        Known.Add(row, names);
        return row;
    }

    /// <summary>A row's properties, those that vary first.</summary>
    public static IEnumerable<PSPropertyInfo> First(PSObject row, IEnumerable<PSPropertyInfo> properties) =>
        Known.TryGetValue(row, out IReadOnlySet<string>? names) ? properties.OrderBy(property => !names.Contains(property.Name)) : properties;
}
