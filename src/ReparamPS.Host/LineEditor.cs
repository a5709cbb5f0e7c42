using System.Text;

namespace ReparamPS.Host;

/// <summary>The completions at a place in a line.</summary>
/// <param name="Start">Where the replaced text starts.</param>
/// <param name="Length">The length of the replaced text.</param>
/// <param name="Texts">The replacements.</param>
internal sealed record Completions(int Start, int Length, IReadOnlyList<string> Texts);

/// <summary>Reads a line from the keyboard: arrows, history, Tab, and the usual control keys.</summary>
internal sealed class LineEditor(CommandHistory history, Func<string, int, Completions?> complete)
{
    private readonly StringBuilder text = new();
    private string prompt = "";
    private int cursor;
    private int drawnRow;
    private int historyIndex;
    private string unfinished = "";
    private Completions? completions;
    private int completionIndex;

    /// <summary>Reads a line; null at the end of the input (Ctrl+D on an empty line), and an empty line after Ctrl+C.</summary>
    public string? Read(string promptText)
    {
        prompt = promptText;
        text.Clear();
        (cursor, drawnRow, historyIndex, unfinished, completions) = (0, 0, history.Count, "", null);
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            Draw();
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter) return Finish(text.ToString());
                if (IsControl(key, ConsoleKey.C))
                {
                    Finish("");
                    WasCancelled = true;
                    return "";
                }
                if (IsControl(key, ConsoleKey.D) && text.Length == 0)
                {
                    Finish("");
                    return null;
                }
                Apply(key);
                Draw();
            }
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    /// <summary>Whether Ctrl+C ended the last line; reading it resets it.</summary>
    public bool WasCancelled
    {
        get
        {
            bool was = field;
            field = false;
            return was;
        }
        private set;
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) => key.Key == letter && key.Modifiers == ConsoleModifiers.Control;

    private void Apply(ConsoleKeyInfo key)
    {
        if (key.Key == ConsoleKey.Tab)
        {
            Complete(key.Modifiers == ConsoleModifiers.Shift ? -1 : 1);
            return;
        }
        completions = null;
        if (key.Modifiers == ConsoleModifiers.Control && ApplyControl(key.Key)) return;
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow: cursor = Math.Max(0, cursor - 1); break;
            case ConsoleKey.RightArrow: cursor = Math.Min(text.Length, cursor + 1); break;
            case ConsoleKey.Home: cursor = 0; break;
            case ConsoleKey.End: cursor = text.Length; break;
            case ConsoleKey.UpArrow: Recall(historyIndex - 1); break;
            case ConsoleKey.DownArrow: Recall(historyIndex + 1); break;
            case ConsoleKey.Escape: Replace(""); break;
            case ConsoleKey.Backspace when cursor > 0: text.Remove(--cursor, 1); break;
            case ConsoleKey.Delete when cursor < text.Length: text.Remove(cursor, 1); break;
            default:
                if (!char.IsControl(key.KeyChar)) text.Insert(cursor++, key.KeyChar);
                break;
        }
    }

    private bool ApplyControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.A: cursor = 0; return true;
            case ConsoleKey.E: cursor = text.Length; return true;
            case ConsoleKey.D when cursor < text.Length: text.Remove(cursor, 1); return true;
            case ConsoleKey.K: text.Length = cursor; return true;
            case ConsoleKey.U: text.Remove(0, cursor); cursor = 0; return true;
            case ConsoleKey.W: DeleteTo(WordStart()); return true;
            case ConsoleKey.LeftArrow: cursor = WordStart(); return true;
            case ConsoleKey.RightArrow: cursor = WordEnd(); return true;
            case ConsoleKey.L:
                Console.Out.Write("\e[2J\e[H");
                drawnRow = 0;
                return true;
            default: return false;
        }
    }

    private void DeleteTo(int start)
    {
        text.Remove(start, cursor - start);
        cursor = start;
    }

    private int WordStart()
    {
        int start = cursor;
        while (start > 0 && !char.IsLetterOrDigit(text[start - 1])) start--;
        while (start > 0 && char.IsLetterOrDigit(text[start - 1])) start--;
        return start;
    }

    private int WordEnd()
    {
        int end = cursor;
        while (end < text.Length && !char.IsLetterOrDigit(text[end])) end++;
        while (end < text.Length && char.IsLetterOrDigit(text[end])) end++;
        return end;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > history.Count) return;
        if (historyIndex == history.Count) unfinished = text.ToString();
        historyIndex = index;
        Replace(index == history.Count ? unfinished : history[index]);
    }

    private void Replace(string line)
    {
        text.Clear().Append(line);
        cursor = text.Length;
    }

    private void Complete(int step)
    {
        if (completions is null)
        {
            completions = complete(text.ToString(), cursor);
            if (completions is null || completions.Texts.Count == 0)
            {
                completions = null;
                return;
            }
            completionIndex = step > 0 ? 0 : completions.Texts.Count - 1;
        }
        else
        {
            completionIndex = (completionIndex + step + completions.Texts.Count) % completions.Texts.Count;
        }
        string replacement = completions.Texts[completionIndex];
        text.Remove(completions.Start, completions.Length).Insert(completions.Start, replacement);
        completions = completions with { Length = replacement.Length };
        cursor = completions.Start + replacement.Length;
    }

    private string Finish(string line)
    {
        cursor = text.Length;
        Draw();
        Console.Out.Write("\r\n");
        return line;
    }

    /// <summary>Draws prompt and text over what was drawn before, which may wrap over several rows, and puts the cursor where it belongs.</summary>
    private void Draw()
    {
        int width = Math.Max(1, Terminal.Width), end = prompt.Length + text.Length, place = prompt.Length + cursor;
        var output = new StringBuilder();
        if (drawnRow > 0) output.Append($"\e[{drawnRow}A");
        output.Append('\r').Append(prompt).Append(text);
        // A terminal keeps the cursor on the last column until one more character comes.
        if (end > 0 && end % width == 0) output.Append('\n');
        output.Append("\e[J");
        int endRow = end / width, row = place / width;
        if (endRow > row) output.Append($"\e[{endRow - row}A");
        output.Append('\r');
        if (place % width > 0) output.Append($"\e[{place % width}C");
        drawnRow = row;
        Console.Out.Write(output);
    }
}
