using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-lock-").FullName;

    [Fact]
    public void A_lock_has_one_holder_and_its_file_goes_with_it()
    {
        string path = Path.Combine(folder, "a.lock");
        using (FileLock? first = FileLock.TryTake(path))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryTake(path));
        }
        Assert.False(File.Exists(path));
        using FileLock? next = FileLock.TryTake(path);
        Assert.NotNull(next);
    }

    [Fact]
    public void Threads_that_take_and_release_a_lock_never_hold_it_together()
    {
        string path = Path.Combine(folder, "b.lock");
        int inside = 0, together = 0, count = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                FileLock? taken;
                while ((taken = FileLock.TryTake(path)) is null) Thread.Yield();
                if (Interlocked.Increment(ref inside) > 1) Interlocked.Increment(ref together);
                count++;
                Interlocked.Decrement(ref inside);
                taken.Dispose();
            }
        });
        Assert.Equal((0, 800), (together, count));
    }

    [Fact]
    public void Appenders_through_a_link_to_the_folder_and_past_it_lose_no_row()
    {
        string real = Directory.CreateDirectory(Path.Combine(folder, "real")).FullName, link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, real);
        File.CreateSymbolicLink(Path.Combine(folder, "file.csv"), Path.Combine(real, "rows.csv"));
        string[] paths = [Path.Combine(real, "rows.csv"), Path.Combine(link, "rows.csv")];
        ExperimentFile.Write(paths[0], [new ExperimentRow(["A"], [0])]);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            for (int i = 0; i < 10; i++)
            {
                using ITableWriter writer = ExperimentFile.CreateWriter(worker == 0 ? Path.Combine(folder, "file.csv") : paths[worker % 2], append: true);
                writer.Write(new ExperimentRow(["A"], [worker * 1000 + i + 1]));
                writer.Complete();
            }
        });
        Assert.Equal(81, ExperimentFile.Read(paths[0], cancellation: TestContext.Current.CancellationToken).Select(row => row["A"]).Distinct().Count());
        Assert.Equal(["rows.csv"], Directory.EnumerateFiles(real).Select(Path.GetFileName));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
