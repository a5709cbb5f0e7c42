namespace ReparamPS.TorchWeaver;

/// <summary>TorchSharp is not as the weaver knows it.</summary>
public sealed class WeavingException(string message) : Exception(message);
