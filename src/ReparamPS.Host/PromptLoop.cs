using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace ReparamPS.Host;

/// <summary>Reads lines and runs them until the input ends or one of them exits.</summary>
internal sealed class PromptLoop(HostSession session)
{
    private const string Continuation = ">> ";
    private const char ByteOrderMark = '\uFEFF';
    private readonly bool redirected = Console.IsInputRedirected;

    /// <summary>Runs the prompt and returns the process's exit code.</summary>
    public int Run()
    {
        var history = new CommandHistory(redirected ? null : CommandHistory.DefaultPath);
        var editor = new LineEditor(history, Complete);
        if (!redirected) Console.Out.WriteLine($"ReparamPS on PowerShell {HostSession.EngineVersion}. Try: Get-Help about_ReparamPS. Type 'exit' to leave.");
        bool hasFailed = false;
        while (session.ExitCode is null && ReadCommand(editor, history) is { } command)
        {
            if (!string.IsNullOrWhiteSpace(command)) hasFailed = !session.RunLine(command);
        }
        return session.ExitCode ?? (redirected && hasFailed ? 1 : 0);
    }

    /// <summary>Reads lines until they make a whole command; an empty one ends it in any case.</summary>
    private string? ReadCommand(LineEditor editor, CommandHistory history)
    {
        var command = new StringBuilder();
        string prompt = redirected ? "" : session.Evaluate("prompt") ?? "PS> ";
        while (true)
        {
            string? line = redirected ? Console.In.ReadLine()?.TrimStart(ByteOrderMark) : editor.Read(command.Length == 0 ? prompt : Continuation);
            if (line is null) return command.Length == 0 ? null : command.ToString();
            if (editor.WasCancelled) return "";
            history.Add(line);
            if (command.Length > 0) command.Append('\n');
            command.Append(line);
            if ((line.Length == 0 && !redirected) || !IsIncomplete(command.ToString())) return command.ToString();
        }
    }

    private static bool IsIncomplete(string command)
    {
        Parser.ParseInput(command, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }

    private Completions? Complete(string line, int cursor)
    {
        try
        {
            using var shell = PowerShell.Create();
            shell.Runspace = session.Runspace;
            CommandCompletion found = CommandCompletion.CompleteInput(line, cursor, null, shell);
            return new Completions(found.ReplacementIndex, found.ReplacementLength, [.. found.CompletionMatches.Select(match => match.CompletionText)]);
        }
        catch (Exception error) when (error is RuntimeException or InvalidOperationException)
        {
            return null;
        }
    }
}
