using System.Management.Automation.Host;

namespace ReparamPS.Host;

/// <summary>The console's size, which the engine uses to lay out tables.</summary>
internal sealed class HostRawUserInterface : PSHostRawUserInterface
{
    private const int RedirectedHeight = 50;

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc/>
    public override Size BufferSize { get => WindowSize; set { } }

    /// <inheritdoc/>
    public override Size WindowSize { get => new(Terminal.Width, Console.IsOutputRedirected ? RedirectedHeight : Console.WindowHeight); set { } }

    /// <inheritdoc/>
    public override Size MaxWindowSize => WindowSize;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => WindowSize;

    /// <inheritdoc/>
    public override Coordinates CursorPosition
    {
        get => Console.IsOutputRedirected ? default : new Coordinates(Console.CursorLeft, Console.CursorTop);
        set
        {
            if (!Console.IsOutputRedirected) Console.SetCursorPosition(value.X, value.Y);
        }
    }

    /// <inheritdoc/>
    public override Coordinates WindowPosition { get => default; set { } }

    /// <inheritdoc/>
    public override int CursorSize { get => 25; set { } }

    /// <inheritdoc/>
    public override string WindowTitle
    {
        get => "";
        set
        {
            if (!Console.IsOutputRedirected) Console.Title = value;
        }
    }

    /// <inheritdoc/>
    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    /// <inheritdoc/>
    public override int LengthInBufferCells(char source) => Terminal.Cells(source.ToString());

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source) => Terminal.Cells(source);

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source, int offset) => Terminal.Cells(source[offset..]);

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        ConsoleKeyInfo key = Console.ReadKey(intercept: (options & ReadKeyOptions.NoEcho) != 0);
        return new KeyInfo((int)key.Key, key.KeyChar, default, keyDown: true);
    }

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
        while (KeyAvailable) Console.ReadKey(intercept: true);
    }

    /// <summary>Clears the screen if the whole of it is meant. Other fills need a buffer, which a terminal does not have.</summary>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (rectangle.Left == -1 && !Console.IsOutputRedirected) Console.Clear();
    }

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoBuffer();

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoBuffer();

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NoBuffer();

    private static NotSupportedException NoBuffer() => new("This host cannot read or move the text on the screen (GetBufferContents, ScrollBufferContents). Run the script in pwsh.");
}
