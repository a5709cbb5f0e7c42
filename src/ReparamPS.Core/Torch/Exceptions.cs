using ReparamPS.Messages;

namespace ReparamPS.Torch;

/// <summary>The requested device does not exist on this machine, or this build of libtorch cannot use it.</summary>
public sealed class DeviceNotAvailableException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public DeviceNotAvailableException(string message) : base(message) { }
}

/// <summary>Shapes do not match each other or the operation.</summary>
public sealed class ShapeMismatchException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public ShapeMismatchException(string message, string? parameterName = null) : base(message, parameterName) { }

    /// <inheritdoc/>
    public override string Message => ShortText.WithoutParameter(base.Message);
}
