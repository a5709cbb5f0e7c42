using System.Globalization;
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
                // A character beyond 16 bits comes as two keys; half of it cannot be drawn.
                if (cursor == 0 || !char.IsHighSurrogate(text[cursor - 1])) Draw();
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
            case ConsoleKey.LeftArrow: cursor = Before(cursor); break;
            case ConsoleKey.RightArrow: cursor = After(cursor); break;
            case ConsoleKey.Home: cursor = 0; break;
            case ConsoleKey.End: cursor = text.Length; break;
            case ConsoleKey.UpArrow: Recall(historyIndex - 1); break;
            case ConsoleKey.DownArrow: Recall(historyIndex + 1); break;
            case ConsoleKey.Escape: Replace(""); break;
            case ConsoleKey.Backspace: DeleteTo(Before(cursor)); break;
            case ConsoleKey.Delete: DeleteNext(); break;
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
            case ConsoleKey.D: DeleteNext(); return true;
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

    private void DeleteNext() => text.Remove(cursor, After(cursor) - cursor);

    private int WordStart()
    {
        int start = cursor;
        while (start > 0 && !IsWord(Before(start))) start = Before(start);
        while (start > 0 && IsWord(Before(start))) start = Before(start);
        return start;
    }

    private int WordEnd()
    {
        int end = cursor;
        while (end < text.Length && !IsWord(end)) end = After(end);
        while (end < text.Length && IsWord(end)) end = After(end);
        return end;
    }

    private bool IsWord(int index) => Rune.TryGetRuneAt(text.ToString(), index, out Rune rune) && Rune.IsLetterOrDigit(rune);

    // A user sees one character where the text can have several UTF-16 units, as for an emoji or a combining accent.
    private int Before(int index) => StringInfo.ParseCombiningCharacters(text.ToString()).LastOrDefault(start => start < index);

    private int After(int index) => index == text.Length ? index : index + StringInfo.GetNextTextElementLength(text.ToString(), index);

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
        int width = Math.Max(1, Terminal.Width);
        string line = text.ToString();
        (int endRow, int endColumn) = Terminal.PlaceAfter(prompt + line, width);
        (int row, int column) = Terminal.PlaceAfter(prompt + line[..cursor], width);
        var output = new StringBuilder();
        if (drawnRow > 0) output.Append($"\e[{drawnRow}A");
        output.Append('\r').Append(prompt).Append(line);
        // A terminal keeps the cursor on the last column until one more character comes.
        if (endColumn == width)
        {
            output.Append('\n');
            endRow++;
        }
        if (column == width) (row, column) = (row + 1, 0);
        output.Append("\e[J");
        if (endRow > row) output.Append($"\e[{endRow - row}A");
        output.Append('\r');
        if (column > 0) output.Append($"\e[{column}C");
        drawnRow = row;
        Console.Out.Write(output);
    }
}
