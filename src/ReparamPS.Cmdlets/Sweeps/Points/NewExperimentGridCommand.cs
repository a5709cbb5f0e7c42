using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>Creates one object for each combination of settings.</summary>
/// <remarks>
/// <para>The input is a dictionary of lists; the output is one object per combination of their values. A single value counts as a list of one. The objects can be piped to any cmdlet that takes its parameters by property name.</para>
/// <para>The keys of an [ordered] dictionary keep their order; those of a plain hashtable are sorted by name. The last key varies fastest.</para>
/// <para>Several dictionaries, or rows of Import-Csv, make one grid each. Combinations are plain objects, so you can filter and inspect them before anything runs.</para>
/// </remarks>
/// <example>
/// <para>Three of four combinations: -Condition excludes one</para>
/// <code>New-ExperimentGrid (
///     [ordered]@{ LatentSize = 2, 8; Beta = 0.5, 4.0 }
/// ) -Condition { $_.LatentSize -eq 2 -or $_.Beta -lt 4 }</code>
/// </example>
/// <example>
/// <para>Distributions over a grid of their parameters</para>
/// <code>New-ExperimentGrid @{ Loc = 0, 1; Scale = 0.5, 2 } |
///     New-NormalDistribution</code>
/// </example>
/// <example>
/// <para>Every combination with five seeds</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 8; Epochs = 3 } -Repeat 5</code>
/// </example>
/// <seealso cref="NewExperimentSearchCommand"/>
/// <seealso cref="InvokeExperimentSweepCommand"/>
[Cmdlet(VerbsCommon.New, "ExperimentGrid")]
[OutputType(PointCondition.TypeName)]
public sealed class NewExperimentGridCommand : ReparamCmdlet
{
    private long combined, met;

    /// <summary>The settings: a dictionary or an object whose values are lists or single values. In a list, null means the default of the command that gets the point; null instead of a list is an error.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("InputObject", "Axis", "Grid")]
    public PSObject[] Space { get; set; } = [];

    /// <summary>Keeps only combinations for which this script block returns true. It gets the combination as $_.</summary>
    [Parameter, Exact<ScriptBlock>]
    public ScriptBlock? Condition { get; set; }

    /// <summary>The number of copies of each combination; a column Seed numbers the copies, from SeedStart. Default: one copy, without the column Seed.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int Repeat { get; set; }

    /// <summary>The first value in the column Seed that -Repeat adds. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long SeedStart { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Space;

    /// <inheritdoc/>
    protected override void Begin() => SeedColumn.CheckStart(IsGivenHere(nameof(SeedStart)), Repeat);

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (PSObject space in Space)
        {
            List<GridAxis> axes = [.. Axes(space)];
            SeedColumn.CheckFree(axes.Select(axis => axis.Name), Repeat);
            if (Repeat > 0) axes.Add(ExperimentGrid.Seeds(Repeat, SeedStart));
            foreach (GridAxis axis in axes)
            {
                if (axis.Values is [string text] && PointAxis.EndsOf(text) is { } ends) WriteWarning(RangeText(ShortText.Of(axis.Name), text, ends));
            }
            PointCondition.Check(Condition, axes.Select(axis => axis.Name), SessionState.PSVariable, WriteWarning);
            HashSet<string> varying = [.. axes.Where(axis => axis.Values.Count > 1).Select(axis => axis.Name)];
            foreach (ExperimentRow row in ExperimentGrid.Combine(axes))
            {
                Cancellation.ThrowIfCancellationRequested();
                PSObject point = RowObjects.From(row, PointCondition.TypeName);
                combined++;
                if (Condition is not null && !PointCondition.Meets(point, Condition)) continue;
                met++;
                WriteObject(VaryingSettings.Mark(point, varying));
            }
        }
    }

    /// <inheritdoc/>
    protected override void End() => PointCondition.CheckMet(Condition, combined, met, WriteWarning);

    // Without the quotes, PowerShell would round the ends.
    private static string RangeText(string name, string text, (string Low, string High) ends) =>
        $"{name}: the text {ShortText.Quoted(text)} is one value. " + (int.TryParse(ends.Low, CultureInfo.InvariantCulture, out _) && int.TryParse(ends.High, CultureInfo.InvariantCulture, out _)
            ? $"For a list of integers, leave out the quotes: {name} = {ends.Low}..{ends.High}."
            : $"Write a list, such as {name} = {ends.Low}, {ends.High}, or use New-ExperimentSearch with {name} = @{{ Min = {ends.Low}; Max = {ends.High} }}.");

    private static IEnumerable<GridAxis> Axes(PSObject space)
    {
        if (space.BaseObject is IDictionary dictionary)
        {
            IEnumerable<DictionaryEntry> entries = dictionary.Cast<DictionaryEntry>();
            if (dictionary is Hashtable) entries = entries.OrderBy(entry => entry.Key.ToString(), StringComparer.OrdinalIgnoreCase);
            return entries.Select(entry => Axis(entry.Key.ToString()!, PointAxis.Set(entry.Key.ToString()!, entry.Value)));
        }
        if (space.BaseObject is string or ValueType)
        {
            throw new ArgumentException($"Space must be a hashtable of lists, such as @{{ Beta = 0.5, 1.0 }}; got {NestedNumbers.Quoted(space)}.", nameof(Space));
        }
        return space.Properties.Where(property => property.IsGettable).Select(property => Axis(property.Name, property.Value));
    }

    private static GridAxis Axis(string name, object? value)
    {
        object?[] values = Values(value);
        // Elsewhere it would be the text System.Collections.Hashtable.
        if (values.Any(each => each is IDictionary))
            throw new ArgumentException($"{ShortText.Of(name)}: a grid takes a value or a list of values; got a dictionary. A range such as @{{ Min = 1; Max = 3 }} is for New-ExperimentSearch.", name);
        return new GridAxis(name, values);
    }

    private static object?[] Values(object? value) => TensorInput.Unwrap(value) switch
    {
        string or IDictionary or null => [TensorInput.Unwrap(value)],
        Array { Rank: > 1 } grid => [grid],
        IEnumerable list => [.. list.Cast<object?>().Select(TensorInput.Unwrap)],
        var single => [single],
    };
}
