using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CsvHelper;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Tables.Lines;

namespace ReparamPS.Tables;

/// <summary>
/// Comma-separated values (RFC 4180, UTF-8, invariant). What is not quoted is a number, a Boolean or a date if it looks like one, and null if it is empty; what is quoted
/// is text. So a string that looks like a number is written in quotes, and comes back as a string. In a file that quotes its whole header without need,
/// as Export-Csv's do, quotes say nothing about types.
/// </summary>
/// <param name="dialect">How a file of another program is read; null for our own files.</param>
internal sealed partial class CsvFormat(CsvDialect? dialect = null) : IRowFormat
{
    private readonly char separator = dialect?.Separator ?? ',';
    private readonly bool hasDecimalComma = dialect?.HasDecimalComma ?? false;

    private bool HasOneComma => hasDecimalComma && separator == ',';

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        using CsvReader reader = CsvReader.Create(stream, ReaderOptions(separator), leaveOpen: true);
        if (!Advance(reader, path, separator)) yield break;
        (string[] columns, bool quotesEverything) = Header(reader, path, separator);
        while (Advance(reader, path, separator))
        {
            if (columns.Length > 1 && IsBlank(reader)) continue;
            if (reader.FieldCount != columns.Length)
            {
                throw new DataFormatException(path, $"line {reader.LineNumber} has {Fields(reader.FieldCount)}, but the header has {columns.Length}.{Hint(columns)}");
            }
            object?[] values = new object?[columns.Length];
            for (int i = 0; i < values.Length; i++) values[i] = Value(reader, i, quotesEverything, path);
            yield return new ExperimentRow(columns, values);
        }
    }

    // A single blank line has neither columns nor rows.
    public bool IsEmpty(string path)
    {
        using Stream input = GzippedText.Open(path);
        using CsvReader reader = CsvReader.Create(input, ReaderOptions(','), leaveOpen: true);
        try
        {
            return !Advance(reader, path, separator) || (IsBlank(reader) && !Advance(reader, path, separator));
        }
        catch (DataFormatException)
        {
            // The writer says what is wrong with the file.
            return false;
        }
    }

    public IRowWriter CreateWriter(Stream stream, string? older)
    {
        if (older is null) return new Writer(stream, null, "\n");
        OlderText text = OlderText.Read(older);
        string[]? columns = ReadHeader(older);
        if (text.IsOpen) stream.Write(Encoding.UTF8.GetBytes(text.NewLine));
        return new Writer(stream, columns, text.NewLine);
    }

    // Null if the table has no columns yet.
    private static string[]? ReadHeader(string path)
    {
        using Stream input = GzippedText.Open(path);
        using CsvReader reader = CsvReader.Create(input, ReaderOptions(','), leaveOpen: true);
        return Advance(reader, path, ',') ? Header(reader, path, ',').Columns : null;
    }

    private static CsvReaderOptions ReaderOptions(char separator) => new()
    {
        Separator = separator,
        HasHeader = false,
        SkipEmptyLines = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        DetectSeparatorHint = false,
        MaxRecordSize = BoundedLines.MaxBytes,
    };

    private static bool Advance(CsvReader reader, string path, char separator)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException error)
        {
            throw new DataFormatException(path, $"line {error.LineNumber}: {OtherDelimiter(path, separator) ?? ShortText.Of(Reason(error.Message))}", error);
        }
        catch (InvalidDataException error)
        {
            throw GzippedText.Damaged(path, reader.LineNumber, error);
        }
    }

    // The first line of a file with another delimiter, if its names are quoted; null for other files.
    private static string? OtherDelimiter(string path, char separator)
    {
        using var lines = new StreamReader(GzippedText.Open(path));
        if (QuotedName().Match(lines.ReadLine() ?? "") is not { Success: true } match || match.Groups[2].Value[0] is var found && found == separator) return null;
        string text = ShortText.Typed(found);
        return $"after the name {ShortText.Quoted(match.Groups[1].Value)} comes {text}, and the delimiter is '{separator}'. If {text} separates the columns, add -Delimiter {text}{(found == ';' ? ", and -DecimalComma for numbers such as 0,5" : "")}.";
    }

    [GeneratedRegex("^\"([^\"]*)\"([,;\t|])")]
    private static partial Regex QuotedName();

    // Without the place, which the library states twice: "Malformed CSV in record 2 (line 2): a quoted field … (byte offset 9)."
    private static string Reason(string message)
    {
        int start = message.IndexOf("): ", StringComparison.Ordinal), end = message.LastIndexOf(" (byte offset", StringComparison.Ordinal);
        return start < 0 || end < start ? message : message[(start + 3)..end] + ".";
    }

    private static (string[] Columns, bool QuotesEverything) Header(CsvReader reader, string path, char separator)
    {
        string[] columns = new string[reader.FieldCount];
        bool allQuoted = true, needless = false;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < columns.Length; i++)
        {
            string name = Text(reader, i, path);
            bool quoted = IsQuoted(reader, i);
            allQuoted &= quoted;
            needless |= quoted && name.Length > 0 && name.AsSpan().IndexOfAny("\"\r\n") < 0 && !name.Contains(separator);
            columns[i] = ExperimentRow.NameOf(name, i);
            if (!seen.Add(columns[i])) throw new DataFormatException(path, $"line {reader.LineNumber}: the header has the column '{ShortText.Of(columns[i])}' twice; upper and lower case count as equal. The first line must hold the names of the columns, each once.");
        }
        return (columns, allQuoted && needless);
    }

    private object? Value(CsvReader reader, int index, bool quotesEverything, string path)
    {
        if (!IsQuoted(reader, index)) return reader.IsEmpty(index) ? null : Parse(Text(reader, index, path));
        string text = Text(reader, index, path);
        // A number that contains the delimiter has to be in quotes.
        bool isParsed = quotesEverything ? text.Length > 0 : HasOneComma && text.Contains(',', StringComparison.Ordinal);
        return isParsed ? Parse(text) : text;
    }

    // The library reads bytes that are not UTF-8 as U+FFFD, which may also stand in the file.
    private static string Text(CsvReader reader, int index, string path)
    {
        string text = reader.GetString(index);
        if (text.Contains('\uFFFD', StringComparison.Ordinal) && !Utf8.IsValid(reader.GetRawSpan(index)))
            throw new DataFormatException(path, $"line {reader.LineNumber}: field {index + 1}, '{ShortText.Of(text)}', is not valid UTF-8. Save the file as UTF-8.");
        return text;
    }

    private object Parse(string text)
    {
        if (!hasDecimalComma) return ExperimentValue.Parse(text);
        object value = ExperimentValue.Parse(text.Contains('.', StringComparison.Ordinal) ? text : text.Replace(',', '.'));
        bool isFraction = value is double or decimal;
        // 1.500 is a thousand and a half in some files, and one and a half in others.
        return isFraction ? text.Contains('.', StringComparison.Ordinal) ? text : value : ExperimentValue.Parse(text);
    }

    private string Hint(string[] columns) => HasOneComma ? " If a comma is both the delimiter and the decimal comma, numbers such as 0,5 must be in quotes."
        : columns is [var only] && only.AsSpan().IndexOfAny(";\t|") is >= 0 and var at ? $" If {(only[at] == '\t' ? "tabs separate" : $"'{only[at]}' separates")} the fields of the file, use -Delimiter {ShortText.Typed(only[at])}."
        : " A field that contains the delimiter must be in quotes.";

    private static bool IsQuoted(CsvReader reader, int index) => reader.GetRawSpan(index) is [(byte)'"', ..];

    private static bool IsBlank(CsvReader reader) => reader.FieldCount == 1 && reader.GetRawSpan(0).IsEmpty;

    private static string Fields(int count) => count == 1 ? "1 field" : $"{count} fields";

    private sealed class Writer(Stream stream, string[]? columns, string newLine) : IRowWriter
    {
        private readonly CsvWriter writer = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = newLine }, leaveOpen: true);
        private TableColumns? table = columns is null ? null : new TableColumns(columns);

        public void Write(ExperimentRow row, long number)
        {
            table ??= WriteHeader(row.Columns);
            object?[] values = table.Arrange(row, number);
            if (values is [null])
            {
                // A lone null is an empty line; the library would write "", which is the empty string.
                writer.Flush();
                stream.Write(Encoding.UTF8.GetBytes(newLine));
                return;
            }
            foreach (object? value in values)
            {
                if (value is string text) writer.WriteField(text, NeedsQuotes(text) ? CsvQuoting.Always : CsvQuoting.WhenNeededOrWhitespace);
                else writer.WriteField(ExperimentValue.FileText(value));
            }
            writer.EndRecord();
        }

        public void Complete() => writer.Flush();

        public void Dispose() => writer.Dispose();

        private static bool NeedsQuotes(string text) => text.Length == 0 || ExperimentValue.Parse(text) is not string;

        private TableColumns WriteHeader(IReadOnlyList<string> names)
        {
            TableColumns.CheckAny(names);
            foreach (string name in names) writer.WriteField(name);
            writer.EndRecord();
            return new TableColumns(names);
        }
    }
}
