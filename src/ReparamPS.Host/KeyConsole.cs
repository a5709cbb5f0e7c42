using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReparamPS.Host;

/// <summary>
/// A console that reads keys by waiting for them. Spectre's own polls whether a key is available. On Unix it does not see the rest of a pasted text,
/// which the runtime has already read. Ctrl+C, which must be input, is a cancellation.
/// </summary>
internal sealed class KeyConsole(IAnsiConsole console) : IAnsiConsole, IAnsiConsoleInput
{
    /// <inheritdoc/>
    public Profile Profile => console.Profile;

    /// <inheritdoc/>
    public IAnsiConsoleCursor Cursor => console.Cursor;

    /// <inheritdoc/>
    public IAnsiConsoleInput Input => this;

    /// <inheritdoc/>
    public IExclusivityMode ExclusivityMode => console.ExclusivityMode;

    /// <inheritdoc/>
    public RenderPipeline Pipeline => console.Pipeline;

    /// <inheritdoc/>
    public void Clear(bool home) => console.Clear(home);

    /// <inheritdoc/>
    public void Write(IRenderable renderable) => console.Write(renderable);

    /// <inheritdoc/>
    public void WriteAnsi(Action<AnsiWriter> action) => console.WriteAnsi(action);

    /// <inheritdoc/>
    public bool IsKeyAvailable() => Console.KeyAvailable;

    /// <inheritdoc/>
    public ConsoleKeyInfo? ReadKey(bool intercept) =>
        Console.ReadKey(intercept) is var key && key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control } ? throw new OperationCanceledException() : key;

    /// <inheritdoc/>
    public Task<ConsoleKeyInfo?> ReadKeyAsync(bool intercept, CancellationToken cancellationToken) => Task.FromResult(ReadKey(intercept));
}
