using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>No mistake at the prompt ends the process, and no message shows internals. Statements run in child processes, so that a death is seen.</summary>
public sealed partial class MistakeTests
{
    private const int BatchSize = 40;
    private const int SecondsPerStatement = 10;
    private const int CallsPerProcess = 500;

    /// <summary>Number of random calls; 20,000 on demand.</summary>
    private const string CallsVariable = "REPARAMPS_TEST_RANDOM_CALLS";

    // PowerShell's own operators, which cast before they convert, and its own answer to a recursion without end.
    private static readonly string[] OfPowerShell = ["foreach($k in 1..$t)", "1..(New-Tensor", "rr $a"];

    private static string File => Path.Combine(AppContext.BaseDirectory, "Data", "mistakes.txt");

    public static IEnumerable<TheoryDataRow<int>> Batches()
    {
        int count = System.IO.File.ReadLines(File).Count(line => !line.StartsWith('#'));
        return Enumerable.Range(0, (count + BatchSize - 1) / BatchSize).Select(batch => new TheoryDataRow<int>(batch * BatchSize));
    }

    [Theory, MemberData(nameof(Batches))]
    public void NoMistakeEndsTheProcess(int first)
    {
        string[] statements = [.. System.IO.File.ReadLines(File).Where(line => !line.StartsWith('#'))];
        int last = Math.Min(first + BatchSize, statements.Length);
        List<string> faults = [];
        for (int next = first; next < last;)
        {
            string[][] report = [.. Run(next, last - next).Select(line => line.Split('\t'))];
            string[][] ended = [.. report.Where(cells => cells[0] == "end")];
            faults.AddRange(ended.Where(cells => Internals().IsMatch(cells[2]) && !OfPowerShell.Any(statements[int.Parse(cells[1])].Contains)).Select(cells => $"{statements[int.Parse(cells[1])]}: {cells[2]}"));
            int reached = report.Where(cells => cells[0] == "start").Select(cells => int.Parse(cells[1])).DefaultIfEmpty(next).Max();
            if (ended.Length < last - next)
            {
                if (!OfPowerShell.Any(statements[reached].Contains)) faults.Add($"{statements[reached]}: the process ended");
                next = reached + 1;
            }
            else
            {
                next = last;
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void AWrongShapeIsReportedInLibtorchsWords() => Assert.Contains("inconsistent tensor size", Run(0, 1)[^1]);

    /// <summary>Text that is for developers: exceptions by name, casts, stack frames, source positions.</summary>
    [GeneratedRegex(@"InvalidCast|Unable to cast object|Invalid cast from|IndexOutOfRange|Index was outside|Index was out of range|NullReference|Object reference not set|empty handle|frame #|Exception raised from|\.cpp:\d+|   at [A-Z]\w+\.|cannot be stopped|Sequence contains|Value cannot be null|Arithmetic operation resulted|key was not present|Specified argument was out")]
    internal static partial Regex Internals();

    [Fact]
    public void NoRandomCallShowsInternalsOrEndsTheProcess()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable(CallsVariable), out int given) ? given : 100;
        List<string> faults = [];
        for (int seed = 0, done = 0; done < count; seed++)
        {
            int batch = Math.Min(CallsPerProcess, count - done);
            string[][] report = [.. Report("random-calls.ps1", "-Module", ModuleRunspace.ManifestPath, "-Seed", $"{seed}", "-Count", $"{batch}", "-Seconds", "5").Select(line => line.Split('\t'))];
            string[][] ended = [.. report.Where(cells => cells[0] == "end")];
            if (ended.Length < batch) faults.Add($"seed {seed}: {report.LastOrDefault()?[1]}: the process ended");
            faults.AddRange(ended.Where(cells => Internals().IsMatch(cells[2])).Select(cells => $"seed {seed}: {cells[1]}: {cells[2]}"));
            done += batch;
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static string[] Run(int first, int count) => Report("mistakes.ps1",
        "-Module", ModuleRunspace.ManifestPath, "-File", File, "-First", $"{first}", "-Count", $"{count}", "-Seconds", $"{SecondsPerStatement}");

    private static string[] Report(string script, params string[] arguments)
    {
        using Process process = HostProcess.Start(HostProcess.AssemblyPath, [Path.Combine(AppContext.BaseDirectory, "Data", script), .. arguments]);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(20))) process.Kill(entireProcessTree: true);
        _ = error.GetAwaiter().GetResult();
        return [.. output.GetAwaiter().GetResult().ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith("start\t", StringComparison.Ordinal) || line.StartsWith("end\t", StringComparison.Ordinal))];
    }
}
