namespace ReparamPS.Cmdlets.Common;

/// <summary>Says that the parameters of the cmdlets on this thread are the settings of a sweep's point. All points have the same settings, so that some may be without effect.</summary>
internal sealed class PointParameters : IDisposable
{
    [ThreadStatic]
    private static bool isBound;

    /// <summary>From now on, parameters on this thread come from a point.</summary>
    public PointParameters() => isBound = true;

    /// <summary>Whether parameters on this thread come from a point.</summary>
    public static bool IsBound => isBound;

    /// <summary>Parameters are a user's own again.</summary>
    public void Dispose() => isBound = false;
}
