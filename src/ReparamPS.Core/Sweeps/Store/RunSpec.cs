using System.Globalization;
using System.Reflection;
using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Sweeps.Store;

/// <summary>The file run.json.</summary>
internal sealed record StoredRun(string? Id, string? Command, string? Version, string? BudgetParameter, ExperimentRow? Settings);

/// <summary>A run: a command and its settings. Its id is the hash of both and of the module's version.</summary>
public sealed class RunSpec
{
    /// <summary>Creates the specification.</summary>
    /// <param name="command">The command's id.</param>
    /// <param name="settings">Names and values; values are numbers, strings, Booleans, dates, null, or lists of them.</param>
    /// <param name="version">The module's version; null is this one's.</param>
    /// <param name="budgetParameter">The setting that a strategy gives the run, more of it at each rung; null without a strategy.</param>
    public RunSpec(string command, ExperimentRow settings, string? version = null, string? budgetParameter = null)
    {
        (Command, Settings, Version, BudgetParameter) = (command, settings with { Values = [.. settings.Values.Select(Stored)] }, version ?? ModuleVersion, budgetParameter);
        string[] texts = [Command, SettingsText.Of(Settings), Version];
        Id = SettingsText.Hash(budgetParameter is null ? texts : [.. texts, budgetParameter.ToLowerInvariant()]);
    }

    /// <summary>This module's version.</summary>
    public static string ModuleVersion { get; } =
        typeof(RunSpec).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>The run's name: the same for the same command, settings and module version.</summary>
    public string Id { get; }

    /// <summary>The id of the command.</summary>
    public string Command { get; }

    /// <summary>The settings, including the seed.</summary>
    public ExperimentRow Settings { get; }

    /// <summary>The version of the module that it runs with.</summary>
    public string Version { get; }

    /// <summary>The setting that a strategy gives the run; null without a strategy.</summary>
    public string? BudgetParameter { get; }

    /// <summary>The settings, including a budget.</summary>
    public ExperimentRow SettingsAt(int? budget) =>
        BudgetParameter is null || budget is null ? Settings : new ExperimentRow([.. Settings.Columns, BudgetParameter], [.. Settings.Values, budget]);

    internal StoredRun ToStored() => new(Id, Command, Version, BudgetParameter, Settings);

    internal static RunSpec? From(StoredRun? stored) =>
        stored is { Command: { } command, Settings: { } settings } ? new RunSpec(command, settings, stored.Version, stored.BudgetParameter) : null;

    // run.json holds integers and doubles: other numbers become one of them before they are hashed, so that a reader computes the same id. A decimal with more digits than a double
    // stays one: two of them may be different points.
    private static object? Stored(object? value) => value switch
    {
        float number => (double)number,
        decimal { Scale: > 0 } number when ExperimentValue.FromDouble((double)number) == number => (double)number,
        // Without zeros at its end, which a reader may see or not.
        decimal { Scale: > 0 } number => decimal.Parse(number.ToString("G29", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture),
        decimal { Scale: 0 } and >= long.MinValue and <= long.MaxValue => (long)(decimal)value,
        object?[] items => Array.ConvertAll(items, Stored),
        _ => value,
    };
}
