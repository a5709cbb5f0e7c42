namespace ReparamPS.Charting;

/// <summary>All that one picture shows.</summary>
/// <param name="Panels">The panels; several with a facet.</param>
/// <param name="Legend">All series, also those without a value to draw.</param>
/// <param name="Fonts">The fonts of the picture.</param>
internal sealed record ChartDrawing(IReadOnlyList<ChartPanel> Panels, IReadOnlyList<LegendEntry> Legend, ChartFonts Fonts) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ChartPanel panel in Panels) panel.Dispose();
    }
}

/// <summary>Draws the panels of one kind of chart, all with the same scales and colors.</summary>
internal interface IPanelRenderer
{
    /// <summary>The series.</summary>
    IReadOnlyList<LegendEntry> Legend { get; }

    /// <summary>The values that are not drawn.</summary>
    SkippedValues Skipped { get; }

    /// <summary>A panel of some of the rows.</summary>
    ChartPanel Draw(ChartData data);
}
