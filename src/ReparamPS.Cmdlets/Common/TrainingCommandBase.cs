using System.Management.Automation;

namespace ReparamPS.Cmdlets.Common;

/// <summary>A cmdlet that trains: each property of an input object is a setting, so that a mistyped one is an error.</summary>
public abstract class TrainingCommandBase : ReparamCmdlet
{
    private readonly HashSet<string> folders = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>Allows input objects to have properties that are not settings, such as columns of notes. Default: they are errors.</summary>
    [Parameter]
    public SwitchParameter IgnoreUnknown { get; set; }

    /// <summary>The folder of a run. A call with several runs needs one for each, otherwise the last run would replace the others.</summary>
    /// <param name="path">The folder, as the user typed it.</param>
    /// <exception cref="ArgumentException">A run of this call has the folder.</exception>
    protected string OwnFolder(string path)
    {
        string folder = Path.TrimEndingDirectorySeparator(ResolvePath(path));
        return folders.Add(folder) ? folder
            : throw new ArgumentException($"OutPath must differ from run to run; '{path}' already holds a run of this call. Use one folder per run, such as -OutPath {{ \"runs/$($_.Seed)\" }}.", "OutPath");
    }

    /// <inheritdoc/>
    protected sealed override void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near)
    {
        if (IgnoreUnknown) return;
        string[] meant = [.. names.SelectMany(near).Distinct(StringComparer.OrdinalIgnoreCase)];
        string advice = meant.Length > 0 ? $" Did you mean {string.Join(", ", meant)}?" : "";
        throw new ArgumentException($"The input has properties that are not settings of {MyInvocation.MyCommand.Name}: {string.Join(", ", names)}.{advice} Use -IgnoreUnknown to allow them.", names[0]);
    }
}
