using System.Reflection;
using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Sweeps.Store;

/// <summary>A run that is to be: a command and its settings. Its id is the hash of both and of the module's version.</summary>
public sealed class RunSpec
{
    /// <summary>Creates the specification.</summary>
    /// <param name="command">The command's id.</param>
    /// <param name="settings">Names and values; values are numbers, strings, Booleans, dates, null, or lists of them.</param>
    /// <param name="version">The module's version; null is this one's.</param>
    /// <param name="budgetParameter">The setting that a strategy gives the run, more of it at each rung; null where there is no strategy.</param>
    public RunSpec(string command, ExperimentRow settings, string? version = null, string? budgetParameter = null)
    {
        (Command, Settings, Version, BudgetParameter) = (command, settings, version ?? ModuleVersion, budgetParameter);
        string[] texts = [Command, SettingsText.Of(settings), Version];
        Id = SettingsText.Hash(budgetParameter is null ? texts : [.. texts, budgetParameter.ToLowerInvariant()]);
    }

    /// <summary>This module's version.</summary>
    public static string ModuleVersion { get; } =
        typeof(RunSpec).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>The run's name: the same for the same command, settings and module version.</summary>
    public string Id { get; }

    /// <summary>The id of the command.</summary>
    public string Command { get; }

    /// <summary>The settings, seed included.</summary>
    public ExperimentRow Settings { get; }

    /// <summary>The version of the module that it is run with.</summary>
    public string Version { get; }

    /// <summary>The setting that a strategy gives the run; null where there is no strategy.</summary>
    public string? BudgetParameter { get; }

    /// <summary>The settings with a budget among them.</summary>
    public ExperimentRow SettingsAt(int? budget) =>
        BudgetParameter is null || budget is null ? Settings : new ExperimentRow([.. Settings.Columns, BudgetParameter], [.. Settings.Values, budget]);

    internal ExperimentRow ToRow() => new(
        [nameof(Id), nameof(Command), nameof(Version), nameof(BudgetParameter), nameof(Settings)], [Id, Command, Version, BudgetParameter, Settings]);

    internal static RunSpec? From(ExperimentRow? row) =>
        row?[nameof(Command)] is string command && row[nameof(Settings)] is ExperimentRow settings
            ? new RunSpec(command, settings, row[nameof(Version)] as string, row[nameof(BudgetParameter)] as string)
            : null;
}
