using ScottPlot;

namespace ReparamPS.Charting;

/// <summary>Ticks whose labels do not overlap and stay inside the picture: they are rotated, thinned out or shortened.</summary>
/// <param name="inner">The ticks.</param>
/// <param name="fonts">The fonts of the picture.</param>
/// <param name="names">Whether the labels are names, which may be rotated and shortened. Numbers are only thinned out.</param>
internal sealed class FittedTicks(ITickGenerator inner, ChartFonts fonts, bool names) : ITickGenerator
{
    private const float Space = 6, MinShortened = 150;
    private static readonly float Slant = MathF.Sqrt(0.5f);

    /// <inheritdoc/>
    public Tick[] Ticks { get; private set; } = [];

    /// <inheritdoc/>
    public int MaxTickCount { get => inner.MaxTickCount; set => inner.MaxTickCount = value; }

    /// <summary>The room in pixels beyond the lower or left end of the axis.</summary>
    public float Before { get; set; } = 40;

    /// <summary>The room in pixels beyond the upper or right end of the axis.</summary>
    public float After { get; set; } = 2 * ChartStyle.TickSize;

    /// <summary>The room in pixels that labels may take away from the axis.</summary>
    public float Across { get; set; } = 200;

    /// <summary>What the labels take of that room.</summary>
    public float Depth { get; private set; }

    /// <summary>The room that rotated labels would like to have before the axis.</summary>
    public float WantedBefore { get; private set; }

    /// <inheritdoc/>
    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        inner.Regenerate(range, edge, size, paint, labelStyle);
        (Depth, WantedBefore) = (0, 0);
        double margin = range.Length * 1e-9;
        Tick[] all = [.. inner.Ticks.Where(tick => tick.Position >= range.Min - margin && tick.Position <= range.Max + margin)];
        Label[] labels = [.. all.Where(tick => !string.IsNullOrWhiteSpace(tick.Label)).OrderBy(tick => tick.Position)
            .Select(tick => new Label(tick.Position, tick.Label, (float)((tick.Position - range.Min) / range.Length * size.Length)))];
        labelStyle.FontName = fonts.NameFor(string.Concat(labels.Select(label => label.Text)));
        float line = ChartFonts.LineHeight(labelStyle.FontSize);
        (labelStyle.Rotation, labelStyle.OffsetY) = (0, 0);
        Label[] kept = edge.IsHorizontal() ? Horizontal(labels, labelStyle, size.Length, line) : Vertical(labels, labelStyle, size.Length, line);
        Dictionary<double, string> shown = kept.Where(label => label.Text.Length > 0).ToDictionary(label => label.Position, label => label.Text);
        Ticks = [.. all.Select(tick => new Tick(tick.Position, fonts.Drawn(shown.GetValueOrDefault(tick.Position, "")), tick.IsMajor))];
    }

    private Label[] Horizontal(Label[] labels, LabelStyle style, float length, float line)
    {
        float Width(Label label) => fonts.Width(label.Text, style.FontSize);
        if (names && labels.Length > 0)
        {
            float spacing = Spacing(labels, length) - Space;
            if (labels.Max(Width) > spacing && spacing < MinShortened) return Rotated(labels, style, spacing + Space, line);
            labels = [.. labels.Select(label => label with { Text = fonts.Fit(label.Text, style.FontSize, spacing) })];
        }
        Label[] inside = [.. labels.Where(label => label.At - Width(label) / 2 >= -Before && label.At + Width(label) / 2 <= length + After)];
        Label[] kept = Thinned(inside, (a, b) => b.At - a.At >= (Width(a) + Width(b)) / 2 + Space);
        Depth = kept.Length == 0 ? 0 : line * kept.Max(label => label.Text.Count(character => character == '\n') + 1);
        return kept;
    }

    private Label[] Rotated(Label[] labels, LabelStyle style, float spacing, float line)
    {
        style.Rotation = -45;
        style.Alignment = Alignment.MiddleRight;
        style.OffsetY = line * Slant / 2;
        int step = Math.Max(1, (int)Math.Ceiling(line * 1.05f / Slant / spacing));
        float longest = (Across - line * Slant) / Slant;
        float Wanted(Label label) => Math.Min(fonts.Width(label.Text, style.FontSize), longest);
        Label[] kept = [.. labels.Where((_, i) => i % step == 0)];
        WantedBefore = kept.Max(label => (Wanted(label) + line / 2) * Slant - label.At);
        kept = [.. kept.Select(label => label with { Text = fonts.Fit(label.Text, style.FontSize, Math.Min(longest, (label.At + Before) / Slant - line / 2)) })];
        Depth = kept.All(label => label.Text.Length == 0) ? 0 : kept.Max(label => fonts.Width(label.Text, style.FontSize)) * Slant + line * 1.5f * Slant;
        return kept;
    }

    private Label[] Vertical(Label[] labels, LabelStyle style, float length, float line)
    {
        labels = [.. labels.Select(label => label with { Text = fonts.Fit(label.Text.Replace('\n', ' '), style.FontSize, Across) })
            .Where(label => label.At - line / 2 >= -Before && label.At + line / 2 <= length + After)];
        Label[] kept = Thinned(labels, (a, b) => b.At - a.At >= line);
        Depth = kept.Select(label => fonts.Width(label.Text, style.FontSize)).DefaultIfEmpty(0).Max();
        return kept;
    }

    // Every second label, or every third …: the first step at which no two neighbors overlap.
    private Label[] Thinned(Label[] labels, Func<Label, Label, bool> apart)
    {
        bool Fits(Label[] some) => some.Zip(some.Skip(1)).All(pair => apart(pair.First, pair.Second));
        if (inner is LogarithmicTicks && !Fits(labels))
        {
            // Between powers of ten, other digits go first.
            Label[] powers = [.. labels.Where(label => Math.Abs(label.Position - Math.Round(label.Position)) < 1e-9)];
            if (powers.Length > 1) labels = powers;
        }
        for (int step = 1; ; step++)
        {
            Label[] kept = [.. labels.Where((_, i) => i % step == 0)];
            if (Fits(kept)) return kept;
        }
    }

    private static float Spacing(Label[] labels, float length) =>
        labels.Length == 1 ? length : labels.Zip(labels.Skip(1)).Min(pair => pair.Second.At - pair.First.At);

    private sealed record Label(double Position, string Text, float At);
}
