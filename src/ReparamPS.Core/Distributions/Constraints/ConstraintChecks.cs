namespace ReparamPS.Distributions.Constraints;

/// <summary>Whether values are checked against constraints. A check reads one Boolean, for which the host waits if the values are on another device.</summary>
internal static class ConstraintChecks
{
    [ThreadStatic] private static int skips;

    /// <summary>Whether checks on this thread pass without a look at the values.</summary>
    public static bool AreSkipped => skips > 0;

    /// <summary>Skips checks on this thread until the result is disposed, for values that meet their constraints by construction.</summary>
    public static IDisposable Skip()
    {
        skips++;
        return new Skipping();
    }

    private sealed class Skipping : IDisposable
    {
        public void Dispose() => skips--;
    }
}
