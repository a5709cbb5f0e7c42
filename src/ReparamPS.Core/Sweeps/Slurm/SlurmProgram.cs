using System.ComponentModel;
using System.Diagnostics;
using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>Slurm's programs. They get their arguments as they are, without a shell.</summary>
internal static class SlurmProgram
{
    private const int LimitMilliseconds = 60_000;

    /// <summary>Runs a program.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="SweepException">Slurm is not on this machine, or refuses.</exception>
    public static string Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new SweepException($"Slurm is not on this machine: its program '{ShortText.Of(program)}' could not be started ({error.Message}). Use -Engine Local, or a machine that can submit jobs.", error);
        }
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMilliseconds))
        {
            process.Kill();
            throw new SweepException($"Slurm's {ShortText.Of(program)} did not answer within {LimitMilliseconds / 1000} s. Repeat the command when the cluster answers again; squeue shows the jobs that were submitted.");
        }
        if (process.ExitCode == 0) return output.Result;
        string said = errors.Result.Trim().ReplaceLineEndings(" ");
        // Without slurm.conf, Slurm looks for its controller in DNS.
        string advice = said.Contains("dns_srv", StringComparison.Ordinal) ? ". Slurm is installed here, but knows no cluster: it has no slurm.conf. Use -Engine Local, or a machine that can submit jobs." : "";
        throw new SweepException($"Slurm's {ShortText.Of(program)} failed with exit code {process.ExitCode}{(said.Length == 0 ? ", and printed no message." : $": {ShortText.Message(said)}{advice}")}");
    }
}
