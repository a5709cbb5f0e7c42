namespace ReparamPS.Native;

/// <summary>The version of libtorch that this module needs.</summary>
public static class LibTorchVersion
{
    /// <summary>The version, such as 2.10.0. The third number may differ.</summary>
    public static string Required => LibTorch.RequiredVersion;
}
