using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>How often -Retry executes a run, and runs whose files were changed or damaged.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepRetryTests(ModuleRunspace module, SlurmCluster cluster) : IClassFixture<SlurmCluster>, IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-retry-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static object? Value(PSObject row, string column) => row.Properties[column]?.Value;

    private int Attempts(string call) => (int)Value(Assert.Single(module.Run(call)), "Attempt")!;

    [Theory]
    [InlineData("throw 'no'", "")]
    [InlineData("exit 3", "")]
    [InlineData("while ($true) { [Threading.Thread]::Sleep(20) }", "-TimeoutSeconds 2")]
    public void The_number_of_retries_counts_from_the_first_failure_of_a_call_or_from_that_of_an_earlier_one(string body, string arguments)
    {
        Assert.Equal(1, Attempts($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {arguments} {{ {body} }}"));
        Assert.Equal(1, Attempts($"Invoke-ExperimentSweep '{folder}' -Resume {arguments}"));
        Assert.Equal(2, Attempts($"Invoke-ExperimentSweep '{folder}' -Resume {arguments} -Retry 1"));
        Assert.Equal(4, Attempts($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {arguments} -Retry 2 {{ {body} }}"));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(3, Attempts($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {arguments} -Retry 2 {{ {body} }}"));
    }

    [Fact]
    public void Failures_of_an_earlier_call_that_are_not_repeated_are_one_warning()
    {
        const string points = "New-ExperimentGrid @{ X = 1..3 }", block = "{ if ($_.X -lt 3) { throw 'no' }; $_.X }";
        string call = $"{points} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1";
        Assert.Empty(RunWithWarnings($"{call} {block}").Warnings);
        const string warning = "2 of 3 runs failed or reached a limit in an earlier call, and are not repeated. To repeat them, use -Retry 1.";
        Assert.Equal([warning], RunWithWarnings($"{call} {block}").Warnings);
        Assert.Equal([warning], RunWithWarnings($"Invoke-ExperimentSweep '{folder}' -Resume").Warnings);
        Assert.Empty(RunWithWarnings($"{call} -Retry 1 {block}").Warnings);
        Assert.StartsWith("1 of 1 runs failed or reached a limit in an earlier call, and is not repeated. To repeat it", Assert.Single(RunWithWarnings($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {block}").Warnings), StringComparison.Ordinal);
    }

    // The id of a run holds the path of its images, and a sweep returns a row of the earlier images under it.
    [Fact]
    public void A_run_whose_images_have_changed_is_a_warning_of_the_call_that_returns_its_row()
    {
        string data = Path.Combine(Directory.CreateTempSubdirectory("reparamps-images-").FullName, "images.csv");
        try
        {
            void Write(int first) => File.WriteAllLines(data, Enumerable.Range(first, 10).Select(i => string.Join(',', Enumerable.Range(0, 4).Select(j => i * (j + 3) % 17))));
            string Call(string sizes) => $"New-ExperimentGrid @{{ DataPath = '{data}'; LatentSize = {sizes}; HiddenSize = 2; Epochs = 1; LabelColumn = 'none' }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 -Command Invoke-VaeTraining";
            Write(1);
            (PSObject[] rows, string[] warnings) = RunWithWarnings(Call("2"));
            Assert.Equal(("Done", 0), (Value(Assert.Single(rows), "Status"), warnings.Length));
            Assert.Empty(RunWithWarnings(Call("2, 3")).Warnings);
            Write(2);
            string text = Assert.Single(RunWithWarnings(Call("2, 3, 1")).Warnings);
            Assert.StartsWith($"The images in '{data}' have changed since 2 of 3 runs were trained, so the results of these runs are those of the earlier images.", text, StringComparison.Ordinal);
            Assert.StartsWith($"The images in '{data}' have changed since 2 of 3 runs were trained", Assert.Single(RunWithWarnings($"Invoke-ExperimentSweep '{folder}' -Resume").Warnings), StringComparison.Ordinal);
            Assert.Empty(RunWithWarnings(Call("1")).Warnings);
            Write(1);
            Assert.Contains("have changed since run ", Assert.Single(RunWithWarnings(Call("2, 3, 1")).Warnings), StringComparison.Ordinal);
            File.Delete(data);
            Assert.Empty(RunWithWarnings(Call("2, 3, 1")).Warnings);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
        }
    }

    // Without -Retry it is executed again as well, so that is not a retry.
    [Fact]
    public void A_run_whose_process_died_is_executed_like_a_new_one()
    {
        Assert.Equal(1, Attempts($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ [Environment]::Exit(9) }}"));
        Assert.Equal(2, Attempts($"Invoke-ExperimentSweep '{folder}' -Resume"));
        Assert.Equal(4, Attempts($"Invoke-ExperimentSweep '{folder}' -Resume -Retry 1"));
    }

    [Fact]
    public void A_task_of_a_cluster_retries_an_earlier_failure_as_often_as_a_process_of_this_machine()
    {
        if (cluster.Missing is not null) Assert.Skip(cluster.Missing);
        const string slurm = "-Engine Slurm -TimeLimit 00:10:00";
        Assert.Equal(1, Attempts($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {slurm} {{ throw 'no' }}"));
        SlurmCluster.WaitForTasks();
        Assert.Equal(2, Attempts($"Invoke-ExperimentSweep '{folder}' -Resume {slurm} -Retry 1"));
        SlurmCluster.WaitForTasks();
    }

    private (PSObject[] Rows, string[] Warnings) RunWithWarnings(string script)
    {
        PSObject[] all = module.Run($"& {{ {script} }} 3>&1");
        return ([.. all.Where(item => item.BaseObject is not WarningRecord)], [.. all.Select(item => item.BaseObject).OfType<WarningRecord>().Select(warning => warning.Message)]);
    }

    [Fact]
    public void A_run_whose_settings_were_changed_is_Failed_after_Resume()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1..3 }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 -MaxRuns 1 {{ $_.X }}");
        string id = (string)Value(Assert.Single(module.Run($"Get-ExperimentRun '{folder}' | Where-Object X -eq 3")), "RunId")!, file = Path.Combine(folder, "runs", id, "run.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"X\":3", "\"X\":7", StringComparison.Ordinal));
        (PSObject[] plan, string[] warnings) = RunWithWarnings($"Invoke-ExperimentSweep '{folder}' -Resume -WhatIf");
        Assert.Equal((1, 0), ((int)Value(Assert.Single(plan), "ToRun")!, module.Get<int>($"(Get-ExperimentSweep '{folder}').Failed")));
        Assert.Contains(file, Assert.Single(warnings), StringComparison.Ordinal);

        (PSObject[] rows, warnings) = RunWithWarnings($"Invoke-ExperimentSweep '{folder}' -Resume -ThrottleLimit 1");
        Assert.Equal([1, 2], rows.Select(row => Value(row, "X")).Order());
        Assert.Contains(file, Assert.Single(warnings), StringComparison.Ordinal);
        // Counts leave the run out, as the rows of Get-ExperimentRun do.
        Assert.Equal((2, 2), (module.Get<int>($"(Get-ExperimentSweep '{folder}').Total"), module.Get<int>($"(Get-ExperimentSweep '{folder}').Done")));
        PSObject failed = Assert.Single(module.Run($"New-ExperimentGrid @{{ X = 3 }} | Invoke-ExperimentSweep '{folder}' {{ $_.X }}"));
        Assert.Matches("run.json.*changed after the run was created", (string)Value(failed, "Message")!);
    }

    [Theory]
    [InlineData("^", "")]
    [InlineData("[^}]+$", "")]
    [InlineData("(?s).+", "")]
    [InlineData("(?s).+", "no result")]
    [InlineData("(?s).+", "no result\n")]
    [InlineData("\"Value\"", "")]
    public void A_damaged_result_is_a_warning_that_names_its_file_before_the_run_is_executed_again(string part, string replacement)
    {
        module.Run($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ $_.X }}");
        string file = Assert.Single(Directory.EnumerateFiles(folder, "result.jsonl", SearchOption.AllDirectories)), content = File.ReadAllText(file);
        File.WriteAllText(file, Regex.Replace(content, part, replacement));
        bool isDamaged = part != "^";
        Check($"Get-ExperimentRun '{folder}'", isDamaged, isDamaged ? "Pending" : "Done");
        Check($"Invoke-ExperimentSweep '{folder}' -Resume", isDamaged, "Done");
        Check($"Get-ExperimentRun '{folder}'", false, "Done");

        void Check(string call, bool warns, string status)
        {
            (PSObject[] rows, string[] warnings) = RunWithWarnings(call);
            Assert.Equal(status, Value(Assert.Single(rows), "Status"));
            Assert.Equal(warns ? [file] : [], warnings.Select(warning => warning.Contains(file, StringComparison.Ordinal) ? file : warning));
        }
    }

    [Theory]
    [InlineData(0, " The script may have called [Environment]::Exit.")]
    [InlineData(9, "")]
    public void A_process_that_ends_within_a_run_is_said_to_end_before_the_run_returned(int code, string hint) =>
        Assert.Equal($"The worker process ended with exit code {code} before the run returned.{hint}", module.Get<string>($"(@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ [Environment]::Exit({code}) }}).Message"));

    [Fact]
    public void A_process_that_is_killed_names_memory_as_the_likely_cause_and_one_that_prints_why_it_ends_is_quoted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        string Message(string script) => module.Get<string>($"(@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ {script} }}).Message");
        Assert.StartsWith("The worker process was killed by signal 9. The system does this if memory runs out; then run fewer runs at once, or smaller ones.", Message("[Diagnostics.Process]::GetCurrentProcess().Kill()"), StringComparison.Ordinal);
        string aborted = Message("[Environment]::FailFast('last words')");
        Assert.StartsWith("The worker process was killed by signal 6. See output.log in the run's folder. It printed: Process terminated", aborted, StringComparison.Ordinal);
    }
}
