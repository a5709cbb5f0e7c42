using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using Spectre.Console;

namespace ReparamPS.Host;

/// <summary>Questions to the user of a terminal.</summary>
/// <param name="interrupt">What Ctrl+C at a question does, before the pipeline ends.</param>
internal sealed class Questions(Action interrupt)
{
    /// <summary>Asks for a line, which may be empty.</summary>
    public string Line(string name) => Ask(Prompt(name));

    /// <summary>Asks for a line that the screen does not show.</summary>
    public SecureString Secret(string name)
    {
        var secret = new SecureString();
        foreach (char typed in Ask(Prompt(name).Secret())) secret.AppendChar(typed);
        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>Asks for one of several choices, by their keys or labels; ? explains them.</summary>
    /// <returns>The place of the choice.</returns>
    public int Choice(Collection<ChoiceDescription> choices, int defaultChoice)
    {
        string question = string.Join("  ", choices.Select((choice, i) => $"[{KeyOf(choice)}] {LabelOf(choice)}{(i == defaultChoice ? " (default)" : "")}").Append("[?] Help"));
        while (true)
        {
            string answer = Line(question).Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            for (int i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(KeyOf(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(LabelOf(choices[i]), StringComparison.OrdinalIgnoreCase)) return i;
            }
            if (answer == "?") foreach (ChoiceDescription choice in choices) Console.Out.WriteLine($"{KeyOf(choice)} - {choice.HelpMessage}");
        }
    }

    private static TextPrompt<string> Prompt(string name) => new TextPrompt<string>(name.Length == 0 ? "" : Markup.Escape(name) + ":").AllowEmpty();

    private static string LabelOf(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string KeyOf(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : choice.Label;
    }

    private string Ask(TextPrompt<string> prompt)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return prompt.Show(new KeyConsole(AnsiConsole.Console));
        }
        catch (OperationCanceledException)
        {
            Console.Out.WriteLine();
            interrupt();
            throw new PipelineStoppedException();
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }
}
