using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Sweeps.Store;

/// <summary>What a sweep runs for each point.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum SweepCommandKind
{
    /// <summary>A command of a module, by its name; settings are its parameters.</summary>
    Command,

    /// <summary>The text of a script block.</summary>
    ScriptBlock,

    /// <summary>The text of a script file, with its path for $PSScriptRoot.</summary>
    ScriptFile,
}

/// <summary>The file commands/ID.json. The content of a script block is its text, and is not written twice.</summary>
internal sealed record StoredCommand(SweepCommandKind Kind, string? Text, string? Module, bool Parameters, string? Content);

/// <summary>What a sweep runs for each point, described so that another process can run it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A command's name, a script block's text, or a script file's path.</param>
/// <param name="Module">The module that has the command; null for this one.</param>
/// <param name="Parameters">Whether settings are given as parameters, and not as $_.</param>
/// <param name="Content">What distinguishes versions of it: a script's text, which is what runs, or a command's module and version.</param>
public sealed record SweepCommand(SweepCommandKind Kind, string Text, string? Module, bool Parameters, string Content)
{
    /// <summary>The command's name: the same for the same content.</summary>
    public string Id { get; } = SettingsText.Hash(Kind.ToString(), Kind == SweepCommandKind.Command ? Text.ToLowerInvariant() : "", Content);

    /// <summary>A line that names the command.</summary>
    public override string ToString()
    {
        if (Kind != SweepCommandKind.ScriptBlock) return Text;
        string[] lines = Text.Trim().Split('\n');
        return $"{{ {lines[0].Trim()}{(lines.Length > 1 ? " …" : "")} }}";
    }

    internal StoredCommand ToStored() => new(Kind, Text, Module, Parameters, Kind == SweepCommandKind.ScriptBlock ? null : Content);

    internal static SweepCommand? From(StoredCommand? stored) =>
        stored is { Text: { } text } ? new SweepCommand(stored.Kind, text, stored.Module, stored.Parameters, stored.Content ?? text.Trim()) : null;
}
