using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>A data file is truncated, has another format, or contains values that cannot be read.</summary>
public sealed class DataFormatException : IOException
{
    private readonly string problem;

    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem and its position.</param>
    /// <param name="inner">The reader's exception, if any.</param>
    public DataFormatException(string path, string problem, Exception? inner = null) : base(ShortText.Message($"'{ShortText.Of(path)}': {problem}"), inner) => (Path, this.problem) = (path, problem);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether the file has another format altogether, so that another file was meant.</summary>
    internal bool IsOtherFormat { get; init; }

    /// <summary>The exception with a sentence that says what to do.</summary>
    internal DataFormatException With(string advice) => new(Path, $"{problem}{(problem.EndsWith('.') ? "" : ".")} {advice}", this);
}
