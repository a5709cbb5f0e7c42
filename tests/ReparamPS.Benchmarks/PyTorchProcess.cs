using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ReparamPS.Benchmarks;

/// <summary>A Python process that measures PyTorch on request, so that both sides take turns under the same noise.</summary>
internal sealed class PyTorchProcess : IDisposable
{
    private readonly Process process;

    private PyTorchProcess(Process process, string version) => (this.process, Version) = (process, version);

    public string Version { get; }

    /// <summary>Starts it; null where no Python here has PyTorch.</summary>
    /// <param name="script">The file that answers requests, below this program's folder: the version first, then a line of JSON for each one.</param>
    /// <param name="threads">PyTorch's threads.</param>
    public static PyTorchProcess? TryStart(string script, int threads)
    {
        foreach (string python in new[] { "/usr/bin/python3", "python3" })
        {
            var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, script));
            start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));
            try
            {
                var process = Process.Start(start)!;
                process.ErrorDataReceived += (_, _) => { };
                process.BeginErrorReadLine();
                if (process.StandardOutput.ReadLine() is { } version) return new PyTorchProcess(process, JsonSerializer.Deserialize<string>(version)!);
                process.Dispose();
            }
            catch (Win32Exception)
            {
                // No such program: the next one may be there.
            }
        }
        return null;
    }

    /// <summary>What the task of a request takes; null where PyTorch can't do it.</summary>
    public Cost? Measure(object request)
    {
        string line = JsonSerializer.Serialize(request);
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        string answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"PyTorch's process ended at {line}.");
        return JsonSerializer.Deserialize<Cost>(answer);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
