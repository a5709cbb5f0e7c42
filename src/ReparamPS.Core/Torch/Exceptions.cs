namespace ReparamPS.Torch;

/// <summary>The device that was asked for is not on this machine, or this build of libtorch can't use it.</summary>
public sealed class DeviceNotAvailableException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public DeviceNotAvailableException(string message) : base(message) { }
}

/// <summary>Shapes that don't fit each other or what is asked for.</summary>
public sealed class ShapeMismatchException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public ShapeMismatchException(string message, string? parameterName = null) : base(message, parameterName) { }
}
