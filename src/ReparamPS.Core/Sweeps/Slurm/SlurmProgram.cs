using System.ComponentModel;
using System.Diagnostics;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>Slurm's programs. Arguments go to them as they are, past any shell.</summary>
internal static class SlurmProgram
{
    private const int LimitMilliseconds = 60_000;

    /// <summary>Runs a program, and gives what it printed.</summary>
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
            throw new SweepException($"Slurm is not on this machine: its program '{program}' was not found on the PATH. Engine Local needs no scheduler.", error);
        }
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMilliseconds))
        {
            process.Kill();
            throw new SweepException($"Slurm's {program} gave no answer within {LimitMilliseconds / 1000} s.");
        }
        return process.ExitCode == 0 ? output.Result : throw new SweepException($"Slurm's {program} refused: {errors.Result.Trim()}");
    }
}
