using System.Diagnostics;

namespace ReparamPS.Optimization;

/// <summary>
/// How threads that share the work store parameters. After the products, the caches of all cores hold the parameters. On cores without a common cache, a plain store then waits for the
/// other caches, one line after another, and takes several times as long as all the rest; stores that bypass the caches do not wait. On cores with a common cache, plain stores
/// are faster, since the next products find the parameters in it. The first steps try both; the values are the same.
/// </summary>
internal sealed class StoreTrial
{
    private const int Steps = 12;

    // A plain store also saves time in the next products, so bypassing must be clearly faster.
    private const double Clearly = 0.7;

    private readonly long[] best = [long.MaxValue, long.MaxValue];
    private int step;

    /// <summary>Makes a step's stores.</summary>
    /// <param name="store">Makes them; told whether they bypass the caches.</param>
    public void Run(Action<bool> store)
    {
        if (step == Steps)
        {
            store(best[1] < Clearly * best[0]);
            return;
        }
        int kind = step++ % 2;
        long start = Stopwatch.GetTimestamp();
        store(kind == 1);
        best[kind] = Math.Min(best[kind], Stopwatch.GetTimestamp() - start);
    }
}
