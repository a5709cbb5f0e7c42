using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace ReparamPS.Host;

/// <summary>Text, streams, progress and questions on the console. Errors go to standard error, everything else to standard output.</summary>
internal sealed class HostUserInterface(bool interactive) : PSHostUserInterface
{
    private const string Yellow = "93", Cyan = "96", Grey = "90";
    private readonly HostRawUserInterface raw = new();

    /// <summary>The progress bars.</summary>
    public ProgressView Progress { get; } = new();

    /// <summary>Whether the output is the text of an error.</summary>
    public bool WritesErrors { get; set; }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI => raw;

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => Terminal.HasColors;

    /// <inheritdoc/>
    public override void Write(string value)
    {
        Progress.Clear();
        Console.Out.Write(Terminal.Plain(value));
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string value)
    {
        if (WritesErrors)
        {
            WriteErrorLine(value);
            return;
        }
        Progress.Clear();
        Console.Out.WriteLine(Terminal.Plain(value));
    }

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
        Progress.Clear();
        Terminal.WriteError(value);
    }

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => WriteStream("WARNING: " + message, Yellow);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => WriteStream("VERBOSE: " + message, Cyan);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => WriteStream("DEBUG: " + message, Grey);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record) => Progress.Show(sourceId, record);

    /// <inheritdoc/>
    public override string ReadLine()
    {
        RequireInteractive("a line of input");
        return Console.In.ReadLine() ?? "";
    }

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("ReparamPS.Host cannot read passwords.");

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("ReparamPS.Host cannot read passwords.");

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new NotSupportedException("ReparamPS.Host cannot read passwords.");

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireInteractive($"a value for {string.Join(", ", descriptions.Select(field => field.Name))}");
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
        return descriptions.ToDictionary(field => field.Name, field => Ask(field));
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive("an answer to '" + message + "' (use -Confirm:$false)");
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
        string question = string.Join("  ", choices.Select((choice, i) => $"[{Key(choice)}] {choice.Label.Replace("&", "", StringComparison.Ordinal)}{(i == defaultChoice ? " (default)" : "")}"));
        while (true)
        {
            Write(question + ": ");
            string? answer = Console.In.ReadLine()?.Trim();
            if (string.IsNullOrEmpty(answer)) return defaultChoice >= 0 ? defaultChoice : 0;
            for (int i = 0; i < choices.Count; i++)
            {
                string label = choices[i].Label.Replace("&", "", StringComparison.Ordinal);
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(label, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }
    }

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    private PSObject Ask(FieldDescription field)
    {
        bool isList = field.ParameterAssemblyFullName is not null && field.ParameterTypeFullName.EndsWith("[]", StringComparison.Ordinal);
        if (!isList)
        {
            Write(field.Name + ": ");
            return PSObject.AsPSObject(Console.In.ReadLine() ?? "");
        }
        List<string> values = [];
        while (true)
        {
            Write($"{field.Name}[{values.Count}]: ");
            string? line = Console.In.ReadLine();
            if (string.IsNullOrEmpty(line)) return PSObject.AsPSObject(values.ToArray());
            values.Add(line);
        }
    }

    private void RequireInteractive(string what)
    {
        if (!interactive) throw new HostException($"Cannot ask for {what}: the session is not interactive.");
    }

    private void WriteStream(string line, string color)
    {
        Progress.Clear();
        Terminal.WriteLine(line, color);
    }
}
