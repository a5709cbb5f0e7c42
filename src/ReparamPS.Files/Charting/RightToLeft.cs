using System.Globalization;
using System.Text;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace ReparamPS.Charting;

/// <summary>Text in scripts that are written from right to left, such as Hebrew and Arabic. Skia draws characters from left to right, each in its isolated shape.</summary>
internal static class RightToLeft
{
    private const string Mirrored = "()[]{}<>«»‹›";

    private static readonly (int First, int Last)[] Scripts = [(0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF)];

    /// <summary>Whether a text has a character of such a script.</summary>
    public static bool IsIn(string text) => text.EnumerateRunes().Any(IsOfScript);

    /// <summary>Whether a text starts from the right: its first letter decides.</summary>
    public static bool Starts(string text) => text.EnumerateRunes().Where(Rune.IsLetter).Select(IsOfScript).FirstOrDefault();

    /// <summary>The characters that show a text if they are drawn from left to right: the order is reversed, and letters have the shapes that join them.</summary>
    /// <returns>Null for a text that also has letters or digits of the other direction, or marks, whose places no order of characters gives.</returns>
    public static string? Arrange(string text, SKTypeface face)
    {
        if (!text.EnumerateRunes().All(IsSimple)) return null;
        using var shaper = new SKShaper(face);
        using var font = new SKFont(face);
        ushort[] shapes = Array.ConvertAll(shaper.Shape(text, font).Codepoints, glyph => (ushort)glyph);
        Dictionary<ushort, Rune> characters = [];
        foreach (Rune rune in text.EnumerateRunes().Concat(Mirrored.EnumerateRunes()).Concat(JoinedShapes())) characters.TryAdd(face.GetGlyph(rune.Value), rune);
        characters.Remove(0);
        return Array.TrueForAll(shapes, characters.ContainsKey) ? string.Concat(shapes.Select(glyph => characters[glyph])) : null;
    }

    // The forms of letters, and of pairs of letters, that Unicode has for fonts like these.
    private static IEnumerable<Rune> JoinedShapes() => Enumerable.Range(0xFB50, 0xFDFF - 0xFB50 + 1).Where(code => code is not (>= 0xFDD0 and <= 0xFDEF)).Concat(Enumerable.Range(0xFE70, 0xFEFC - 0xFE70 + 1)).Select(code => new Rune(code));

    private static bool IsOfScript(Rune rune) => Array.Exists(Scripts, script => rune.Value >= script.First && rune.Value <= script.Last);

    private static bool IsSimple(Rune rune) => Rune.IsLetter(rune) ? IsOfScript(rune)
        : Rune.IsWhiteSpace(rune) || Rune.IsPunctuation(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.MathSymbol or UnicodeCategory.OtherSymbol;
}
