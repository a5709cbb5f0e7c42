using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ReparamPS.Cmdlets.Tests;

public sealed class HostTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps-host-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_command_shows_its_objects_in_the_modules_view_without_colours_or_cuts()
    {
        HostRun run = HostProcess.Run("-Command", "New-NormalDistribution 1 2 | Invoke-RSample -Count 3 -Seed 1");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["Distribution", "Shape", "Mean", "StdDev", "Seed", "Values", "RequiresGrad"], run.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Normal(Loc: 1, Scale: 2)", run.Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
        Assert.DoesNotContain("…", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_shown_in_the_invariant_culture() =>
        Assert.Equal(["1.5", "A : 1234567.25"], HostProcess.Run("-c", "1.5; [pscustomobject]@{ A = 1234567.25; B = 1; C = 2; D = 3; E = 4 }").Lines[..2]);

    [Fact]
    public void Columns_of_a_table_are_as_wide_as_their_characters() =>
        Assert.Equal(["A      B", "-      -", "日本語 1", "e\u0301      2"], HostProcess.Run("-c", "[pscustomobject]@{ A = '日本語'; B = 1 }, [pscustomobject]@{ A = \"e$([char]0x301)\"; B = 2 }").Lines.Select(line => line.TrimEnd()));

    [Fact]
    public void The_location_changes_and_its_items_are_listed()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "one.txt"), "");
        HostRun run = HostProcess.Run("-Command", $"cd '{folder.FullName}'; (pwd).Path; (ls).Name; cd ..; \"$(Get-Location)\"");
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal([folder.FullName, "one.txt", folder.Parent!.FullName], run.Lines);
    }

    [Theory]
    [InlineData("cd ./no-such-folder", "Set-Location: Cannot find path")]
    [InlineData("ls ./no-such-folder", "Get-ChildItem: Cannot find path")]
    public void A_missing_folder_is_one_line_of_error(string command, string start)
    {
        string error = HostProcess.Run("-Command", command).Error;
        Assert.StartsWith(start, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Line |", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 | Format-Table; 2 | Select-Object; 3 | ft", "belongs to a full PowerShell", "pwsh")]
    [InlineData("New-NormlDistribution 1", "Did you mean New-NormalDistribution", "?")]
    [InlineData("New-NormalDistribution -Sclae 1", "Did you mean -Scale", "?")]
    public void A_name_that_is_missing_is_answered_with_one_line_of_advice(string command, string advice, string end)
    {
        HostRun run = HostProcess.Run("-Command", command);
        string line = Assert.Single(run.Error.Split('\n'), line => line.Contains(advice, StringComparison.Ordinal));
        Assert.Contains(end, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$null = $Host.UI.ReadLineAsSecureString()", "Cannot ask for a password, because the input is redirected. Run the command in a terminal.")]
    [InlineData("function f { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() $PSCmdlet.ShouldProcess('x') }; f", "because the input is redirected. Use -Confirm:$false, or run the command in a terminal.")]
    public void A_question_without_a_terminal_says_what_to_do(string command, string message) =>
        Assert.Contains(message, HostProcess.Run("-Command", command).Error.ReplaceLineEndings(" "), StringComparison.Ordinal);

    [Fact]
    public void Arguments_of_a_script_bind_by_name_by_position_and_as_switches()
    {
        string script = Script("param([int]$Count, [string]$Name, [switch]$Fast, [switch]$Slow, [double]$Rate)\n\"$($Count + 1) $Name $Fast $Slow $Rate\"");
        HostRun run = HostProcess.Run(script, "-Fast", "41", "-Rate", "-0.5", "two words", "-Slow:$false");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["42 two words True False -0.5"], run.Lines);
    }

    [Fact]
    public void A_script_knows_its_folder_and_the_rest_of_its_arguments()
    {
        string script = Script("$PSScriptRoot; $args.Count; $args[1]");
        Assert.Equal([folder.FullName, "2", "b c"], HostProcess.Run(script, "a", "b c").Lines);
    }

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'no'", 1)]
    [InlineData("New-NormalDistribution -NoSuchParameter", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; New-NormalDistribution 0 -1; 'not reached'", 1)]
    [InlineData("if (", 1)]
    [InlineData("param([Parameter(Mandatory)][int]$Count)", 1)]
    public void The_exit_code_of_a_script_says_how_it_ended(string text, int expected)
    {
        HostRun run = HostProcess.Run(Script(text));
        Assert.True(expected == run.ExitCode, $"'{text}' gave {run.ExitCode}: {run.Error}");
        Assert.DoesNotContain("not reached", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-NormalDistribution | Out-Null", 0)]
    [InlineData("New-NormalDistribution 0 -1", 1)]
    [InlineData("New-NormalDistribution 0 -1; 'went on'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("if (", 1)]
    public void The_exit_code_of_a_command_is_that_of_its_last_statement(string text, int expected) =>
        Assert.Equal(expected, HostProcess.Run("-Command", text).ExitCode);

    [Fact]
    public void An_error_in_a_script_goes_to_standard_error_with_its_line()
    {
        string script = Script("'before'\nNew-NormalDistribution 0 -1\n'after'");
        HostRun run = HostProcess.Run(script);
        Assert.Equal(["before", "after"], run.Lines);
        Assert.StartsWith($"New-NormalDistribution: {script}:2", run.Error, StringComparison.Ordinal);
        Assert.Contains("Scale must be positive; got -1.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Error);
    }

    [Fact]
    public void An_error_of_a_command_is_one_line() =>
        Assert.Equal("New-NormalDistribution: Scale must be positive; got -1.", HostProcess.Run("-c", "New-NormalDistribution 0 -1").Error.Trim());

    [Fact]
    public void A_missing_script_is_a_clear_error()
    {
        HostRun run = HostProcess.Run(Path.Combine(folder.FullName, "nowhere.ps1"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal($"The script file '{Path.Combine(folder.FullName, "nowhere.ps1")}' does not exist.", run.Error.Trim());
        Assert.Empty(run.Output);
    }

    [Fact]
    public void An_unknown_option_is_a_clear_error()
    {
        HostRun run = HostProcess.Run("-Nonsense");
        Assert.Equal(64, run.ExitCode);
        Assert.Contains("'-Nonsense'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_staged_module_it_says_what_to_run()
    {
        string home = Path.GetDirectoryName(HostProcess.AssemblyPath)!;
        foreach (string file in Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder.FullName, Path.GetRelativePath(home, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        HostRun run = HostProcess.RunAssembly(Path.Combine(folder.FullName, "ReparamPS.Host.dll"), "", "-c", "1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Run 'dotnet build'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Redirected_input_is_read_as_commands_that_may_span_lines()
    {
        HostRun run = HostProcess.RunWithInput("function Get-Double($x) {\n  2 * $x\n}\nGet-Double 21\nthrow 'goes on'\n'still here'\nexit 5\n'not reached'\n");
        Assert.Equal(5, run.ExitCode);
        Assert.Equal(["42", "still here"], run.Lines);
        Assert.Contains("goes on", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw 'x'\n", 1)]
    [InlineData("New-NormalDistribution 0 -1\n", 1)]
    [InlineData("if )\n", 1)]
    [InlineData("if (", 1)]
    [InlineData("throw 'x'\n1\n\n", 0)]
    [InlineData("exit 0\n", 0)]
    public void The_exit_code_of_redirected_commands_is_that_of_the_last_one(string input, int expected) =>
        Assert.Equal(expected, HostProcess.RunWithInput(input).ExitCode);

    [Fact]
    public void Redirected_input_may_start_with_a_byte_order_mark()
    {
        HostRun run = HostProcess.RunWithInput("\uFEFF1+1\n");
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal(["2"], run.Lines);
    }

    [Fact]
    public void A_script_without_an_extension_runs_as_one_with_it()
    {
        string script = Path.Combine(folder.FullName, "it's a tool");
        File.WriteAllText(script, "#!/usr/bin/env pwsh\nparam([string]$Name, [switch]$Fast, [Parameter(ValueFromRemainingArguments)]$Rest)\n\"$PSScriptRoot $Name $Fast $Rest\"\nexit 7");
        HostRun run = HostProcess.Run("-File", script, "-Fast", "-Name", "q", "r");
        Assert.Equal(("", 7), (run.Error, run.ExitCode));
        Assert.Equal([$"{folder.FullName} q True r"], run.Lines);
        File.WriteAllText(script, "if (");
        HostRun broken = HostProcess.Run(script);
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("Missing condition", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_kind_is_not_run_as_a_script()
    {
        string file = Path.Combine(folder.FullName, "data.txt");
        File.WriteAllText(file, "1");
        HostRun run = HostProcess.Run(file);
        Assert.Equal((64, $"SCRIPT must end in .ps1 or have no extension; got '{file}'."), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public void A_question_that_nobody_can_answer_is_an_error()
    {
        HostRun run = HostProcess.Run("-c", "Invoke-Sample -Count 2");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Distribution", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "ReparamPS.Host -Command TEXT")]
    [InlineData("-?", "ReparamPS.Host -Command TEXT")]
    [InlineData("--version", "PowerShell 7.")]
    public void Help_and_version_are_shown(string option, string contains)
    {
        HostRun run = HostProcess.Run(option);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(contains, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_is_found() =>
        Assert.Contains("Ten draws", HostProcess.Run("-c", "Get-Help New-NormalDistribution -Examples").Output, StringComparison.Ordinal);

    [Fact]
    public void An_interrupt_stops_a_script()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows sends no interrupt to a single process.");
        using Process process = HostProcess.Start(HostProcess.AssemblyPath, Script("'ready'; while ($true) { [System.Threading.Thread]::Sleep(20) }"));
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Assert.Equal(0, Kill(process.Id, Interrupt));
        bool ended = process.WaitForExit(TimeSpan.FromSeconds(60));
        if (!ended) process.Kill();
        Assert.True(ended, "The script goes on.");
        Assert.Equal(130, process.ExitCode);
    }

    private const int Interrupt = 2;

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private string Script(string text)
    {
        string path = Path.Combine(folder.FullName, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
