using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Points;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>Picks combinations of settings from a search space, at random or by a Sobol sequence.</summary>
/// <remarks>
/// <para>Each setting of the space is a list, a range, a distribution or a single value. A point is one combination: it has one value of each setting. A range @{ Min = 16; Max = 128 } is uniform and includes both ends; it gives integers if both ends are integers, which must be within ±(2⁵³ − 1). With Log = $true, it is uniform in the logarithm. Sobol points cover lists, ranges and distributions evenly.</para>
/// <para>A point is an object with one property per setting. Pipe points to Invoke-ExperimentSweep, or to any cmdlet whose parameters have the names of the settings.</para>
/// <para>The same seed returns the same points. If you increase -Count, the earlier points stay the same and new ones follow.</para>
/// </remarks>
/// <example>
/// <para>Sixteen points for training runs</para>
/// <code>New-ExperimentSearch (
///     [ordered]@{
///         LatentSize = 2, 8, 32
///         LearningRate = @{ Min = 1e-4; Max = 1e-1; Log = $true }
///     }
/// ) -Strategy Sobol -Count 16 -Seed 1</code>
/// </example>
/// <example>
/// <para>A distribution, and a condition between two settings</para>
/// <code>New-ExperimentSearch @{
///     Noise = New-GammaDistribution 2 4
///     Hidden = @{ Min = 8; Max = 64 }
///     Latent = 2, 4, 16
/// } -Count 8 -Seed 1 -Condition { $_.Latent -lt $_.Hidden }</code>
/// </example>
/// <seealso cref="NewExperimentGridCommand"/>
/// <seealso cref="InvokeExperimentSweepCommand"/>
[Cmdlet(VerbsCommon.New, "ExperimentSearch")]
[OutputType(PointCondition.TypeName)]
public sealed class NewExperimentSearchCommand : ReparamCmdlet
{
    private HashSet<string> varying = [];

    private const int TriesPerPoint = 1000;

    /// <summary>The search space: a dictionary whose keys are the settings, and whose values are lists, ranges, distributions or single values. In a list, null means the default of the command that gets the point; null instead of a list is an error.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("InputObject", "Axis")]
    public object Space { get; set; } = new Hashtable();

    /// <summary>How points are picked. Random: independently; Sobol: evenly spread by a scrambled Sobol sequence. Default: Random.</summary>
    [Parameter, Exact<SearchStrategy>]
    public SearchStrategy Strategy { get; set; } = SearchStrategy.Random;

    /// <summary>The number of points. Random points can repeat by chance. If the space has fewer different points than -Count, points must repeat, and a warning says so.</summary>
    [Parameter(Mandatory = true), AllowedRange(1), Exact<int>]
    public int Count { get; set; }

    /// <summary>The seed by which points are picked; it is not the column Seed of the points. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The random number generator of the points. With the same seed, Torch and Philox return different points. Default: Torch.</summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <summary>Keeps only points for which this script block returns true, with the point as $_. Other points are replaced by new ones.</summary>
    [Parameter, Exact<ScriptBlock>]
    public ScriptBlock? Condition { get; set; }

    /// <summary>The number of copies of each point; a column Seed numbers the copies, from SeedStart. Default: one copy, without the column Seed.</summary>
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
        IDictionary space = TensorInput.Unwrap(Space) as IDictionary
            ?? throw new ArgumentException($"Space must be a dictionary of ranges, lists and distributions, such as @{{ Beta = @{{ Min = 0.1; Max = 4 }} }}; got {NestedNumbers.Quoted(Space)}.", nameof(Space));
        IEnumerable<DictionaryEntry> entries = space.Cast<DictionaryEntry>();
        if (space is Hashtable) entries = entries.OrderBy(entry => entry.Key.ToString(), StringComparer.OrdinalIgnoreCase);
        varying = [.. entries.Where(entry => TensorInput.Unwrap(entry.Value) is Distribution or IDictionary or ICollection { Count: > 1 }).Select(entry => entry.Key.ToString()!)];
        List<SearchAxis> axes = [.. entries.Select(entry => Axis(entry.Key.ToString()!, PointAxis.Set(entry.Key.ToString()!, entry.Value)))];
        SeedColumn.CheckFree(axes.Select(axis => axis.Name), Repeat);
        PointCondition.Check(Condition, axes.Select(axis => axis.Name), SessionState.PSVariable, WriteWarning);
        // A condition can only make the space smaller.
        double size = axes.Aggregate(1.0, (product, axis) => product * axis.Size);
        if (axes.Count > 0 && size < Count) WriteWarning($"Count is {Count}, but the space has only {size} different point{(size == 1 ? "" : "s")}, so points repeat. If all settings are lists, New-ExperimentGrid returns each point once.");
        int found = 0;
        long tried = 0;
        foreach (ExperimentRow point in ExperimentSearch.Points(axes, Strategy, new RandomSeed(Seed, Generator).Bits()))
        {
            Cancellation.ThrowIfCancellationRequested();
            if (++tried > (long)TriesPerPoint * Count)
            {
                throw new ArgumentException($"Condition: {(found == 0 ? "none" : $"only {found}")} of {tried - 1} points met it; {Count} {(Count == 1 ? "is" : "are")} needed. Relax the condition, or lower -Count.", nameof(Condition));
            }
            if (Condition is not null && !PointCondition.Meets(RowObjects.From(point), Condition)) continue;
            Write(point);
            if (++found == Count) return;
        }
    }

    private void Write(ExperimentRow point)
    {
        if (Repeat == 0)
        {
            WriteObject(Marked(point));
            return;
        }
        foreach (object? seed in ExperimentGrid.Seeds(Repeat, SeedStart).Values)
        {
            WriteObject(Marked(new ExperimentRow([.. point.Columns, ExperimentGrid.SeedAxis], [.. point.Values, seed])));
        }
    }

    private PSObject Marked(ExperimentRow point) => VaryingSettings.Mark(RowObjects.From(point, PointCondition.TypeName), varying);

    private static SearchAxis Axis(string name, object? value) => TensorInput.Unwrap(value) switch
    {
        Distribution distribution => DistributionAxis.Of(name, distribution),
        IDictionary range => Range(name, range),
        string text when PointAxis.EndsOf(text) is { } ends => throw new ArgumentException($"{ShortText.Of(name)}: the text {ShortText.Quoted(text)} is one value. A range is @{{ Min = {ends.Low}; Max = {ends.High} }}.", name),
        string or null => SearchAxis.OfList(name, [TensorInput.Unwrap(value)]),
        IEnumerable list => SearchAxis.OfList(name, [.. list.Cast<object?>().Select(TensorInput.Unwrap)]),
        var single => SearchAxis.OfList(name, [single]),
    };

    private static SearchAxis Range(string name, IDictionary range)
    {
        object? low = null, high = null, logarithmic = null;
        foreach (DictionaryEntry entry in range)
        {
            switch (entry.Key.ToString()!.ToUpperInvariant())
            {
                case "MIN": low = Number(entry.Value); break;
                case "MAX": high = Number(entry.Value); break;
                case "LOG": logarithmic = TensorInput.Unwrap(entry.Value); break;
                default: throw new ArgumentException($"{ShortText.Of(name)}: the keys of a range must be Min, Max or Log; got '{ShortText.Of(entry.Key)}'. Log is optional.", name);
            }
        }
        if (low is null || high is null) throw new ArgumentException($"{ShortText.Of(name)}: a range needs Min and Max, such as @{{ Min = 0.1; Max = 4 }}; {(low is not null ? "Max is" : high is not null ? "Min is" : "both are")} missing or null.", name);
        return SearchAxis.OfRange(name, End("Min", low), End("Max", high), ArgumentRules.Flag(logarithmic, $"{ShortText.Of(name)}: Log"), IsWhole(low) && IsWhole(high));

        // Text such as that of Read-Host is the number that it shows.
        static object? Number(object? value) => TensorInput.Unwrap(value) is string text ? ExperimentValue.ParseExact(text) : TensorInput.Unwrap(value);

        static bool IsWhole(object value) => value is sbyte or byte or short or ushort or int or uint or long;

        double End(string key, object value)
        {
            _ = ExactConversion.Convert(value, typeof(double), out object? number);
            return number is double end ? end : throw new ArgumentException($"{ShortText.Of(name)}: {key} must be a number; got {ArgumentRules.Got(value)}.", name);
        }
    }
}
