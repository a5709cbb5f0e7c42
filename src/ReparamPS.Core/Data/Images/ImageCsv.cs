using System.Globalization;
using System.Text;
using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>Images as CSV: one image per line, one number per pixel; optionally a header and a column of labels.</summary>
internal static class ImageCsv
{
    private const int MaxLineLength = 1 << 24;

    // Few data sets of images have more classes, with less than two images each.
    private const int UsualClasses = 20;

    // Fewer consecutive numbers may be an image.
    private const int MinNumberedColumns = 4;

    // How pandas calls a column without a name that it has read.
    private const string UnnamedColumn = "Unnamed: 0";

    private static readonly string[] LabelNames = ["label", "class", "target", "digit", "y"];

    /// <summary>Reads a file, plain or gzipped; the separator is a comma, semicolon or tab.</summary>
    public static ImageDataSet Read(string path, ImageFileOptions options)
    {
        try
        {
            return ReadText(path, options);
        }
        catch (DecoderFallbackException error)
        {
            throw new DataFormatException(path, "the file holds bytes that are not UTF-8. Save it as UTF-8.", error);
        }
    }

    private static ImageDataSet ReadText(string path, ImageFileOptions options)
    {
        using var reader = new StreamReader(ImageFiles.Open(path), new UTF8Encoding(false, throwOnInvalidBytes: true));
        string first = "";
        int firstLine = 0;
        while (string.IsNullOrWhiteSpace(first))
        {
            first = reader.ReadLine() ?? throw new DataFormatException(path, "the file is empty: it holds only blank lines.");
            firstLine++;
        }
        if (first.Length > MaxLineLength) throw new DataFormatException(path, $"line {firstLine} has {first.Length} characters; at most {MaxLineLength} are allowed.");
        char separator = ",;\t".MaxBy(candidate => first.Count(character => character == candidate));
        string[] cells = first.Split(separator);
        bool isNumbered = IsNumbered(cells), hasHeader = isNumbered || cells.Any(cell => !TryNumber(cell, out _));
        if (cells.Length == 1 && OtherSeparatorAdvice(first) is { } advice) throw new DataFormatException(path, $"line {firstLine}: expected numbers; got {ShortText.Quoted(first)}.{advice}");
        if (hasHeader) CheckHeader(path, firstLine, cells, separator);
        int label = LabelColumn(path, cells, hasHeader, options);
        if (hasHeader && label != 0) CheckIndex(path, cells);
        List<float> values = [];
        List<int> labels = [];
        int line = firstLine;
        if (!hasHeader) AddLine(first);
        while (reader.ReadLine() is { } next)
        {
            line++;
            if (!string.IsNullOrWhiteSpace(next)) AddLine(next);
        }
        if (values.Count == 0) throw new DataFormatException(path, isNumbered ? $"line {firstLine} is read as a header, because it holds consecutive numbers; no line of numbers follows." : hasHeader ? "the CSV file has a header but no line of numbers." : "the CSV file has no line of numbers.");
        int pixels = cells.Length - (label >= 0 ? 1 : 0);
        (int height, int width) = ImageFiles.SquareSide(pixels) is { } side ? (side, side) : (1, pixels);
        float[] numbers = [.. values];
        bool isGuess = label >= 0 && options.LabelColumn is null && !(hasHeader && IsLabelName(cells[label]));
        string? doubt = IndexDoubt(numbers, pixels, label, hasHeader ? cells : []) ?? (isGuess ? LabelDoubt(label, labels, [.. FirstPixels(numbers, pixels)]) : null);
        return ImageFiles.OfNumbers(path, numbers, options, height, width, label >= 0 ? [.. labels] : null, doubt);

        string WhyLabels(int column)
        {
            if (options.LabelColumn is not null) return "";
            if (hasHeader && IsLabelName(cells[column])) return $" Column {ShortText.Quoted(Unquoted(cells[column]))} is read as labels because of its name; -LabelColumn none reads it as a pixel.";
            string index = NumbersRows([.. FirstPixels(values, cells.Length - 1)]) ? $" If {NameOf(0, hasHeader ? cells : [])} holds row numbers, save the file without it." : "";
            return $" Column {column + 1}, the last one, is read as labels, because the other columns make square images; -LabelColumn none reads it as a pixel.{index}";
        }

        void AddLine(ReadOnlySpan<char> text)
        {
            int column = 0;
            bool more = true;
            while (more)
            {
                int end = text.IndexOf(separator);
                more = end >= 0;
                ReadOnlySpan<char> cell = more ? text[..end] : text;
                text = more ? text[(end + 1)..] : [];
                if (column >= cells.Length) throw new DataFormatException(path, $"line {line} must have {cells.Length} cells, like line {firstLine}; got more.");
                if (!TryNumber(cell, out double number))
                    throw new DataFormatException(path, $"line {line}, column {column + 1}: expected a {Finite(number)}number; got {(cell.IsWhiteSpace() ? "nothing" : $"'{ShortText.Of(cell.ToString())}'")}.{NumberAdvice(cell.ToString(), separator)}");
                if (column != label) values.Add((float)number);
                else if (number == (int)number) labels.Add((int)number);
                else throw new DataFormatException(path, $"line {line}, column {column + 1}: a label must be a whole number that fits in 32 bits; got {ShortText.Quoted(cell.ToString())}.{WhyLabels(column)}");
                column++;
            }
            if (column < cells.Length) throw new DataFormatException(path, $"line {line} must have {cells.Length} cells, like line {firstLine}; got {column}.");
        }
    }

    // Columns may be named by consecutive numbers; other numbers are an image with a typing error among them.
    private static void CheckHeader(string path, int line, string[] cells, char separator)
    {
        List<double> numbers = [];
        foreach (string cell in cells)
        {
            if (TryNumber(cell, out double number)) numbers.Add(number);
        }
        if (numbers.Count <= cells.Length / 2 || Enumerable.Range(1, numbers.Count - 1).All(i => numbers[i] == numbers[i - 1] + 1)) return;
        int at = Array.FindIndex(cells, cell => !TryNumber(cell, out _));
        _ = TryNumber(cells[at], out double refused);
        throw new DataFormatException(path, $"line {line}, column {at + 1}: '{ShortText.Of(cells[at])}' is not a {Finite(refused)}number, and the line holds too many numbers for a header.{NumberAdvice(cells[at], separator)}");
    }

    // What a cell says about how its file was written; empty if it says nothing.
    private static string NumberAdvice(string cell, char separator) =>
        separator == ',' && AreNumbers(cell, ';') ? " The file seems to have ';' between its values, and decimal commas. Save it with decimal points."
        : separator != ',' && cell.Contains(',', StringComparison.Ordinal) && TryNumber(cell.Replace(',', '.'), out _) ? " The file seems to have decimal commas. Save it with decimal points."
        : OtherSeparatorAdvice(cell) ?? "";

    private static string? OtherSeparatorAdvice(string cell) => AreNumbers(cell, ' ') || AreNumbers(cell, '|') ? " Values must be separated by commas, semicolons or tabs." : null;

    private static bool AreNumbers(string cell, char separator) =>
        cell.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 1 } parts && Array.TrueForAll(parts, part => TryNumber(part, out _));

    // Columns without names are numbered from 0, as by pandas, or from 1.
    private static bool IsNumbered(string[] cells)
    {
        if (cells.Length < MinNumberedColumns || !TryNumber(cells[0], out double first) || first is not (0 or 1)) return false;
        for (int i = 1; i < cells.Length; i++)
            if (!TryNumber(cells[i], out double number) || number != first + i) return false;
        return true;
    }

    // pandas and R write the names of rows as a first column without a name, which would be a pixel and the largest value.
    private static void CheckIndex(string path, string[] cells)
    {
        string name = Unquoted(cells[0]);
        if (name.Length > 0 && !name.Equals(UnnamedColumn, StringComparison.OrdinalIgnoreCase)) return;
        throw new DataFormatException(path, $"column 1 must be pixels or labels, but its header is {(name.Length == 0 ? "empty" : $"'{name}'")}, like the header of the row numbers (index) that pandas and R write. "
            + "If it holds row numbers, save the file without them (pandas: index=False; R: row.names=FALSE). Otherwise, write a name for it into the header.");
    }

    private static string Unquoted(string cell) => cell.Trim().Trim('"');

    // The first column may be the labels too; then the last one holds a pixel: many values, or 0 at the edge of all images.
    private static string? LabelDoubt(int column, List<int> labels, float[] firstPixels)
    {
        int values = labels.Distinct().Count();
        bool isFirst = AreLikeLabels(firstPixels) && !AreLikeLabels([.. labels.Select(label => (float)label)]);
        if (!isFirst && values <= Math.Max(UsualClasses, labels.Count / 2) && (values > 1 || labels.Count == 1)) return null;
        string held = values == 1 ? "one value" : $"{values} different values";
        return $"Column {column + 1}, the last one, is read as labels, because the other columns make square images. But it holds {held} in {labels.Count} images{(isFirst ? ", and column 1 looks like labels" : "")}. "
            + "If this column holds the labels, use -LabelColumn last. If another column does, give its number, such as -LabelColumn 1. If there are no labels, use -LabelColumn none.";
    }

    // Few different whole numbers, none of them in most images, as in a pixel at the edge.
    private static bool AreLikeLabels(float[] values) => values.Length > 1 && Array.TrueForAll(values, value => value == MathF.Floor(value))
        && values.Max() - values.Min() is > 0 and < UsualClasses && values.GroupBy(value => value).Max(group => group.Count()) <= values.Length / 2;

    private static string? IndexDoubt(float[] numbers, int pixels, int label, string[] header) =>
        label == 0 || pixels == 1 || numbers.Length < MinNumberedColumns * pixels || !NumbersRows([.. FirstPixels(numbers, pixels)]) ? null
            : $"{FirstLetter.Upper(NameOf(0, header))} holds consecutive numbers, and is read as a pixel. If they are row numbers, save the file without this column.";

    private static bool NumbersRows(float[] values) => values.Length > 0 && values[0] is 0 or 1 && Enumerable.Range(0, values.Length).All(i => values[i] == values[0] + i);

    private static IEnumerable<float> FirstPixels(IReadOnlyList<float> numbers, int pixels) => Enumerable.Range(0, (numbers.Count + pixels - 1) / pixels).Select(i => numbers[i * pixels]);

    private static string NameOf(int column, string[] header) => $"column {column + 1}{(header.Length == 0 ? "" : $" ({ShortText.Quoted(Unquoted(header[column]))})")}";

    private static bool IsLabelName(string cell) => LabelNames.Contains(Unquoted(cell).ToLowerInvariant());

    private static int LabelColumn(string path, string[] cells, bool hasHeader, ImageFileOptions options)
    {
        string? asked = options.LabelColumn;
        string[] names = Array.ConvertAll(cells, Unquoted);
        int named = !hasHeader ? -1 : asked is null ? Array.FindIndex(names, IsLabelName) : Array.FindIndex(names, name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
        // All columns are pixels. A name that is a number may also be the number of the column in another file.
        if (cells.Length == options.PixelCount && (named < 0 || TryNumber(names[named], out _))) return -1;
        int column = asked?.ToLowerInvariant() switch
        {
            null => named >= 0 ? named
                : ImageFiles.SquareSide(cells.Length) is null && ImageFiles.SquareSide(cells.Length - 1) > 1 ? cells.Length - 1
                : -1,
            "none" => -1,
            "last" => cells.Length - 1,
            _ when named >= 0 => named,
            _ when int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= cells.Length => number - 1,
            _ => throw new DataFormatException(path, $"LabelColumn must be {(hasHeader ? "the name of a column, " : "")}a column number from 1 to {cells.Length}, last or none; got {ShortText.Quoted(asked)}.{(hasHeader ? "" : " The file has no header.")}"),
        };
        if (column >= 0 && cells.Length == 1) throw new DataFormatException(path, "its only column cannot be the labels. Use -LabelColumn none.");
        return column;
    }

    // Infinity and 1e999 are numbers too.
    private static string Finite(double refused) => double.IsFinite(refused) ? "" : "finite ";

    private static bool TryNumber(ReadOnlySpan<char> cell, out double number)
    {
        cell = cell.Trim();
        if (cell is ['"', .. var quoted, '"']) cell = quoted;
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }
}
