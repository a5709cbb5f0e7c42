namespace ReparamPS.Distributions.Quantiles;

/// <summary>The cancellation of the quantile search that runs on this thread.</summary>
internal static class SearchCancellation
{
    [ThreadStatic]
    private static CancellationToken current;

    /// <summary>Runs a search that a token cancels.</summary>
    public static T Run<T>(CancellationToken cancellation, Func<T> search)
    {
        CancellationToken outer = current;
        current = cancellation;
        try
        {
            return search();
        }
        finally
        {
            current = outer;
        }
    }

    /// <summary>Throws if the search was cancelled.</summary>
    public static void Check() => current.ThrowIfCancellationRequested();
}
