using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>A table of parameters from the pipeline, which may also hold the options of a New-…Distribution cmdlet. What is given by name takes precedence.</summary>
internal sealed class DistributionTable(string? dtype, string? device, bool requiresGrad)
{
    /// <summary>The element type; null if none is given.</summary>
    public string? DType { get; private set; } = dtype;

    /// <summary>The device; null if none is given.</summary>
    public string? Device { get; private set; } = device;

    /// <summary>Whether numbers become leaves.</summary>
    public bool RequiresGrad { get; private set; } = requiresGrad;

    /// <summary>Refuses null as the value of a parameter: it is what a misspelled variable holds. Of a pair such as Probs and Logits, it says that the other one is given.</summary>
    /// <exception cref="ArgumentException">The value is null.</exception>
    public static void RefuseNull(DistributionType type, string name, object? value)
    {
        if (value is null && type.Parameters.FirstOrDefault(info => info.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Group: null } known)
            throw new ArgumentException($"{known.Name} is null. Give a value{(known.Default is not null || known.IsOptional ? ", or leave the parameter out for its default" : "")}.", known.Name);
    }

    /// <summary>Reads a table.</summary>
    /// <param name="type">The kind of distribution.</param>
    /// <param name="table">The table; null for none.</param>
    /// <param name="given">Receives the parameters that it does not have yet.</param>
    /// <param name="isRow">Whether the table is a row, whose blank cells were not given.</param>
    public void Read(DistributionType type, IDictionary? table, Dictionary<string, object> given, bool isRow = false)
    {
        if (table is null) return;
        foreach (DictionaryEntry entry in table)
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            object? value = TensorInput.Unwrap(entry.Value);
            if (name.Equals(nameof(DType), StringComparison.OrdinalIgnoreCase)) DType ??= value?.ToString();
            else if (name.Equals(nameof(Device), StringComparison.OrdinalIgnoreCase)) Device ??= value?.ToString();
            else if (name.Equals(nameof(RequiresGrad), StringComparison.OrdinalIgnoreCase)) RequiresGrad |= ArgumentRules.Flag(value, nameof(RequiresGrad));
            else if (value is not null) given.TryAdd(name, value);
            else if (!isRow) RefuseNull(type, name, value);
        }
    }
}
