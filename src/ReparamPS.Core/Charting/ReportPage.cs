namespace ReparamPS.Charting;

/// <summary>One part of a page.</summary>
public abstract record ReportBlock;

/// <summary>A heading.</summary>
/// <param name="Text">The text.</param>
public sealed record HeadingBlock(string Text) : ReportBlock;

/// <summary>A paragraph.</summary>
/// <param name="Text">The text.</param>
public sealed record ParagraphBlock(string Text) : ReportBlock;

/// <summary>A table.</summary>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The cells of each row; numbers are aligned to the right.</param>
public sealed record TableBlock(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows) : ReportBlock;

/// <summary>An interactive chart.</summary>
/// <param name="Data">The rows.</param>
/// <param name="Options">What to draw of them.</param>
public sealed record ChartBlock(ChartData Data, ChartOptions Options) : ReportBlock;

/// <summary>A picture.</summary>
/// <param name="Png">A PNG file.</param>
/// <param name="Description">What the picture shows.</param>
public sealed record ImageBlock(byte[] Png, string Description) : ReportBlock;

/// <summary>A page of text, tables, pictures and interactive charts.</summary>
/// <param name="Title">The title.</param>
/// <param name="Blocks">The parts, from above.</param>
public sealed record ReportPage(string Title, IReadOnlyList<ReportBlock> Blocks);
