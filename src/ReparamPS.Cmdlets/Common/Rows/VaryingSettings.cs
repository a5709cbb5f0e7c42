using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>
/// The settings of points or runs that were written together, and which of them differ. Views show those first; the order of the properties stays, since files and ids depend on it.
/// </summary>
internal static class VaryingSettings
{
    // The last type name of a run holds its settings, since jobs and Export-Clixml keep type names and nothing else that is not a property.
    private const string RunPrefix = ArgumentRules.RunRowTypeName + "#";

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
    /// <param name="row">The row.</param>
    /// <param name="names">The settings that differ.</param>
    /// <param name="all">The names of all its settings, if the row has other columns too.</param>
    public static PSObject Mark(PSObject row, IReadOnlySet<string> names, IReadOnlyList<string>? all = null)
    {
        Known.Add(row, names);
        if (all is not null) row.TypeNames.Add($"{RunPrefix}{Join(all.Where(names.Contains))};{Join(all)}");
        return row;

        static string Join(IEnumerable<string> names) => string.Join(',', names.Select(Uri.EscapeDataString));
    }

    /// <summary>The names of a run's settings; none for a row that does not come from a sweep's folder.</summary>
    public static IReadOnlyList<string> NamesOf(PSObject row) => Read(row).All;

    /// <summary>The settings that tell a run from the others: those that vary, or all if none varies.</summary>
    public static IReadOnlyList<string> Telling(PSObject row)
    {
        (string[] varying, string[] all) = Read(row);
        return varying.Length > 0 ? varying : all;
    }

    private static (string[] Varying, string[] All) Read(PSObject row)
    {
        // A copy's type names start with 'Deserialized.'.
        if (row.TypeNames.LastOrDefault(name => name.Contains(RunPrefix, StringComparison.Ordinal)) is not { } found) return ([], []);
        string[][] lists = [.. found[(found.IndexOf(RunPrefix, StringComparison.Ordinal) + RunPrefix.Length)..].Split(';').Select(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray())];
        return lists.Length == 2 ? (lists[0], lists[1]) : ([], []);
    }

    /// <summary>A row's properties, those that vary first.</summary>
    public static IEnumerable<PSPropertyInfo> First(PSObject row, IEnumerable<PSPropertyInfo> properties) =>
        Known.TryGetValue(row, out IReadOnlySet<string>? names) ? properties.OrderBy(property => !names.Contains(property.Name)) : properties;
}
