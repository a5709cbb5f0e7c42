using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Runs of a training that are done, and whose images have changed since. The id of a run holds the path of its images, not the images.</summary>
/// <param name="folder">The sweep's folder.</param>
/// <param name="resolve">The full path of a path in the settings of a run.</param>
internal sealed class StaleImages(SweepFolder folder, Func<string, string> resolve)
{
    // More would take too long to be read only for this.
    private const long MaxBytes = 256L << 20;

    private static readonly string[] DataNames = [nameof(VaeOptions.DataPath), "FullName", "Path"], TestNames = [nameof(VaeOptions.TestPath)];

    private readonly VaeDataReader reader = new();
    private readonly Dictionary<string, long> sizes = [];
    private readonly Dictionary<VaeOptions, ImageSplit> splits = [];

    /// <summary>One warning for all of some runs; null if nothing has changed, or if it cannot be checked.</summary>
    public string? Warning(IReadOnlyList<RunSpec> runs)
    {
        RunSpec[] stale = [.. runs.Where(IsStale)];
        if (stale.Length == 0) return null;
        string data = ShortText.Quoted(PathOf(stale[0], DataNames) ?? PathOf(stale[0], TestNames)), path = ShortText.Quoted(Path.GetDirectoryName(folder.CheckpointFolder(stale[0].Id)));
        return stale.Length == 1 ? $"The images in {data} have changed since run {stale[0].Id} was trained, so its results are those of the earlier images. To train it again, delete {path} and repeat the command of the sweep, or start the sweep in another folder."
            : $"The images in {data} have changed since {stale.Length} of {runs.Count} runs were trained, so the results of these runs are those of the earlier images. To train these runs again, delete their folders, such as {path}, and repeat the command of the sweep; or start the sweep in another folder.";
    }

    private bool IsStale(RunSpec run)
    {
        string? data = PathOf(run, DataNames), test = PathOf(run, TestNames);
        if (data is null && test is null) return false;
        try
        {
            (data, test) = (data is null ? null : resolve(data), test is null ? null : resolve(test));
            return RunRow.Read(folder, run).Status == RunStatus.Done && IsSmall(data) && IsSmall(test)
                && VaeRun.HaveImagesChanged(folder.CheckpointFolder(run.Id), options => Read(options, data, test));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            // Missing or damaged files are a matter of the runs that read them.
            return false;
        }
    }

    // Runs that differ only in other settings share one split, whose hash is computed once.
    private ImageSplit Read(VaeOptions options, string? data, string? test)
    {
        var key = new VaeOptions
        {
            DataPath = data, TestPath = test, MaximumValue = options.MaximumValue, LabelColumn = options.LabelColumn, TestFraction = options.TestFraction, ValidationFraction = options.ValidationFraction, SplitSeed = options.SplitSeed,
        };
        return splits.TryGetValue(key, out ImageSplit? known) ? known : splits[key] = reader.Read(key);
    }

    private bool IsSmall(string? path)
    {
        if (path is null || sizes.ContainsKey(path)) return true;
        long size = SizeOf(path);
        if (sizes.Values.Sum() + size > MaxBytes) return false;
        sizes.Add(path, size);
        return true;
    }

    private static string? PathOf(RunSpec run, string[] names) => names.Select(name => run.Settings[name] as string).FirstOrDefault(path => !string.IsNullOrEmpty(path));

    private static long SizeOf(string path) => File.Exists(path) ? new FileInfo(path).Length
        : Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length) : 0;
}
