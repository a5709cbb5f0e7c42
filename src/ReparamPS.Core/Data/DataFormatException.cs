namespace ReparamPS.Data;

/// <summary>A data file is not what it should be: truncated, of another format, or with values that can't be read.</summary>
public sealed class DataFormatException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong, and where.</param>
    /// <param name="inner">What the reader threw, if anything.</param>
    public DataFormatException(string path, string problem, Exception? inner = null) : base($"'{path}': {problem}", inner) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
