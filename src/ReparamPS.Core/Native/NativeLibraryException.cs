namespace ReparamPS.Native;

/// <summary>The staged native libraries are missing or cannot be loaded.</summary>
public sealed class NativeLibraryException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public NativeLibraryException(string message, Exception? inner = null) : base(message, inner) { }
}
