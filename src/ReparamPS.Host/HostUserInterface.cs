using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace ReparamPS.Host;

/// <summary>Text, streams, progress and questions on the console. Errors go to standard error, everything else to standard output.</summary>
internal sealed class HostUserInterface(bool interactive, Action interrupt) : PSHostUserInterface
{
    private const string Yellow = "93", Cyan = "96", Grey = "90";
    private readonly HostRawUserInterface raw = new();
    private readonly Questions questions = new(interrupt);

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
        return questions.Line("");
    }

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        RequireInteractive("a password");
        return questions.Secret("");
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        RequireInteractive("a user name and a password");
        WriteHeading(caption, message);
        string user = string.IsNullOrEmpty(userName) ? questions.Line("User") : userName;
        // As in pwsh, an empty name returns no credential.
        return user.Length == 0 ? null! : new PSCredential(string.IsNullOrEmpty(targetName) ? user : $"{targetName}\\{user}", questions.Secret($"Password for user {user}"));
    }

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        string names = string.Join(", ", descriptions.Select(field => field.Name));
        if (descriptions.Count == 1) RequireInteractive($"the value of {names}", "Give it as a parameter");
        else RequireInteractive($"the values of {names}", "Give them as parameters");
        WriteHeading(caption, message);
        return descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(Ask(field)));
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive($"an answer to '{message}'", "Use -Confirm:$false");
        WriteHeading(caption, message);
        return questions.Choice(choices, defaultChoice);
    }

    private object Ask(FieldDescription field)
    {
        if (field.ParameterTypeFullName == typeof(SecureString).FullName) return questions.Secret(field.Name);
        if (field.ParameterTypeFullName == typeof(PSCredential).FullName) return PromptForCredential("", "", "", "");
        if (field.ParameterAssemblyFullName is null || !field.ParameterTypeFullName.EndsWith("[]", StringComparison.Ordinal)) return questions.Line(field.Name);
        List<string> values = [];
        while (questions.Line($"{field.Name}[{values.Count}]") is { Length: > 0 } line) values.Add(line);
        return values.ToArray();
    }

    private void WriteHeading(string caption, string message)
    {
        Progress.Clear();
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
    }

    private void RequireInteractive(string what, string? instead = null)
    {
        if (!interactive) throw new HostException($"Cannot ask for {what}, because the input is redirected. {(instead is null ? "Run" : $"{instead}, or run")} the command in a terminal.");
    }

    private void WriteStream(string line, string color)
    {
        Progress.Clear();
        Terminal.WriteLine(line, color);
    }
}
