using System.Collections.Concurrent;
using System.Text;
using ReparamPS.Messages;
using SkiaSharp;

namespace ReparamPS.Charting;

/// <summary>Chooses a font for each text of one picture: the embedded font, or one of the system's for characters that it lacks.</summary>
/// <param name="families">The families to search; null is those of the system.</param>
/// <param name="isText">Whether the picture keeps texts as text, so that a viewer can show characters that no font here has.</param>
internal sealed class ChartFonts(IReadOnlyList<string>? families = null, bool isText = false)
{
    // Skia leaves characters that a font lacks out of a vector graphic. Braille stands in for them while it draws, since the embedded font has it and charts do not.
    private const int FirstStandIn = 0x2800, StandIns = 256;

    private static readonly ConcurrentDictionary<string, SKTypeface> SystemFaces = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<(string Lacking, bool All), string> Found = new();

    // A family that is made for many scripts is preferred to one that has the characters by chance.
    private static readonly string[] Preferred = ["Sans CJK", "Noto Sans", "Source Han Sans", "WenQuanYi", "IPA", "Nanum", "Takao", "Hiragino", "Yu Gothic", "Microsoft YaHei", "Malgun", "Sans"];

    private readonly SortedSet<Rune> missing = [];
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal), arranged = new(StringComparer.Ordinal);
    private string? disarranged;

    /// <summary>What the reader must know about characters that no font has; null if every font is there.</summary>
    public string? Warning
    {
        get
        {
            if (missing.Count == 0) return null;
            string characters = string.Concat(missing.Take(10)) + (missing.Count > 10 ? "…" : "");
            string package = missing.Any(IsEastAsian) ? "fonts-noto-cjk" : "fonts-noto";
            return $"No installed font has {(missing.Count == 1 ? "the character" : $"the {missing.Count} characters")} {characters}. Install a font that has {(missing.Count == 1 ? "it" : "them")}, such as those of the Debian package {package}.";
        }
    }

    /// <summary>What the reader must know about text from right to left that a bitmap shows in the wrong order; null without such text.</summary>
    public string? OrderWarning => disarranged is null ? null
        : $"A .png file cannot show {ShortText.Quoted(disarranged)} in the right order, because this text is written from right to left and has marks, digits or letters of another script. Use .svg or .html.";

    /// <summary>A typeface that <see cref="NameFor"/> returned; null for any other name.</summary>
    public static SKTypeface? Face(string name) => name == EmbeddedFont.Name ? EmbeddedFont.Typeface : SystemFaces.GetValueOrDefault(name);

    /// <summary>The name of a font that has the characters of a text.</summary>
    public string NameFor(string text)
    {
        int[] lacking = [.. text.EnumerateRunes().Select(rune => rune.Value).Where(code => !EmbeddedFont.Typeface.ContainsGlyph(code)).Distinct().Order()];
        string name = lacking.Length == 0 ? EmbeddedFont.Name : Search(lacking);
        SKTypeface face = Face(name)!;
        foreach (int code in lacking.Where(code => !face.ContainsGlyph(code) && !Rune.IsControl(new Rune(code)))) missing.Add(new Rune(code));
        if (isText) texts.TryAdd(Key(face, Drawn(text)), text);
        return name;
    }

    /// <summary>What to draw for a text, after <see cref="NameFor"/>; <see cref="Original"/> leads back.</summary>
    public string Drawn(string text)
    {
        // The viewer of a vector graphic arranges text.
        if (!isText) return RightToLeft.IsIn(text) ? Arranged(text) : text;
        return missing.Count == 0 ? text : string.Concat(text.EnumerateRunes().Select(rune => missing.Contains(rune) ? ((char)(FirstStandIn + rune.Value % StandIns)).ToString() : rune.ToString()));
    }

    private string Arranged(string text)
    {
        if (arranged.TryGetValue(text, out string? known)) return known;
        string? order = RightToLeft.Arrange(text, Face(NameFor(text))!);
        if (order is null) disarranged ??= text;
        return arranged[text] = order ?? text;
    }

    /// <summary>The width of a text in pixels, in the font that it is drawn with.</summary>
    public float Width(string text, float size)
    {
        using var font = new SKFont(Face(NameFor(text)), size) { Subpixel = true };
        return Drawn(text).Split('\n').Max(line => font.MeasureText(line));
    }

    /// <summary>The height of a line in pixels.</summary>
    public static float LineHeight(float size)
    {
        using var font = new SKFont(EmbeddedFont.Typeface, size);
        return font.Spacing;
    }

    /// <summary>A text, shortened in the middle until it is at most so wide; empty if too little of it would remain.</summary>
    public string Fit(string text, float size, float width) => ChartText.Fit(text, shown => Width(shown, size) <= width);

    /// <summary>The text that was drawn as these glyphs. A vector graphic may name another character that looks the same.</summary>
    public string Original(string fontName, string text) => Face(fontName) is { } face && texts.TryGetValue(Key(face, text), out string? original) ? original : text;

    private static string Key(SKTypeface face, string text) => $"{face.FamilyName}:{string.Join(',', face.GetGlyphs(text))}";

    private string Search(int[] lacking) => Found.GetOrAdd((string.Concat(lacking.Select(char.ConvertFromUtf32)), families is null), _ => SearchAnew(lacking));

    private string SearchAnew(int[] lacking)
    {
        (string Name, int Count) best = (EmbeddedFont.Name, 0);
        foreach (SKTypeface face in Candidates(lacking))
        {
            int count = lacking.Count(face.ContainsGlyph);
            if (count > best.Count) best = (Keep(face), count);
            if (count == lacking.Length) break;
        }
        return best.Name;
    }

    private IEnumerable<SKTypeface> Candidates(int[] lacking)
    {
        SKFontManager manager = SKFontManager.Default;
        if (families is null && manager.MatchCharacter(null, [Language(lacking)], lacking[0]) is { } match) yield return match;
        // The Linux build of Skia matches families, not characters.
        foreach (string family in (families ?? manager.FontFamilies).OrderBy(family => Rank(family, lacking)).ThenBy(family => family, StringComparer.Ordinal))
        {
            if (manager.MatchFamily(family, SKFontStyle.Normal) is { } face) yield return face;
        }
    }

    private static int Rank(string family, int[] lacking)
    {
        int rank = Array.FindIndex(Preferred, part => family.Contains(part, StringComparison.OrdinalIgnoreCase));
        string region = Language(lacking) switch { "ja" => "JP", "ko" => "KR", "zh-Hant" => "TC", _ => "SC" };
        return 2 * (rank < 0 ? Preferred.Length : rank) + (family.EndsWith(region, StringComparison.Ordinal) ? 0 : 1);
    }

    private static string Keep(SKTypeface face) => SystemFaces.GetOrAdd(face.FamilyName, face).FamilyName;

    // The same character has different shapes in Chinese and Japanese. Kana and Hangul tell which; otherwise the user's language does.
    private static string Language(int[] codes)
    {
        if (codes.Any(code => code is >= 0x3040 and <= 0x30FF)) return "ja";
        if (codes.Any(code => code is >= 0xAC00 and <= 0xD7AF or >= 0x1100 and <= 0x11FF)) return "ko";
        string user = System.Globalization.CultureInfo.CurrentUICulture.Name;
        if (user.StartsWith("ja", StringComparison.Ordinal)) return "ja";
        if (user.StartsWith("ko", StringComparison.Ordinal)) return "ko";
        return user is "zh-TW" or "zh-HK" or "zh-Hant" ? "zh-Hant" : "zh-Hans";
    }

    private static bool IsEastAsian(Rune rune) => rune.Value is >= 0x2E80 and <= 0x9FFF or >= 0xAC00 and <= 0xD7AF or >= 0x1100 and <= 0x11FF or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE4F or >= 0xFF00 and <= 0xFFEF or >= 0x20000 and <= 0x3FFFF;
}
