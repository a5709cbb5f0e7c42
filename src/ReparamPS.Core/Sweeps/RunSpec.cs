using System.Reflection;
using ReparamPS.Data;

namespace ReparamPS.Sweeps;

/// <summary>A run that is to be: a command and its settings. Its id is the hash of both and of the module's version.</summary>
public sealed class RunSpec
{
    /// <summary>Creates the specification.</summary>
    /// <param name="command">The command's id.</param>
    /// <param name="settings">Names and values; values are numbers, strings, Booleans, dates, null, or lists of them.</param>
    /// <param name="version">The module's version; null is this one's.</param>
    public RunSpec(string command, ExperimentRow settings, string? version = null)
    {
        (Command, Settings, Version) = (command, settings, version ?? ModuleVersion);
        Id = SettingsText.Hash(Command, SettingsText.Of(settings), Version);
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

    internal ExperimentRow ToRow() => new([nameof(Id), nameof(Command), nameof(Version), nameof(Settings)], [Id, Command, Version, Settings]);

    internal static RunSpec? From(ExperimentRow? row) =>
        row?[nameof(Command)] is string command && row[nameof(Settings)] is ExperimentRow settings
            ? new RunSpec(command, settings, row[nameof(Version)] as string)
            : null;
}
