using System.Diagnostics;

namespace ReparamPS.Core.Tests.Comparison;

/// <summary>What README's comparison says of PyTorch, tried on the PyTorch of this machine.</summary>
public sealed class PyTorchComparisonTests
{
    [Theory]
    [InlineData("a bad scale is an error when the distribution is created", """
        try: Normal(0.0, -1.0)
        except ValueError: ok()
        """)]
    [InlineData("the sampler of a gamma distribution has no second derivative", """
        a = torch.tensor(2.0, requires_grad=True)
        first, = torch.autograd.grad(Gamma(a, 1.0).rsample((5,)).sum(), a, create_graph=True)
        try: torch.autograd.grad(first, a)
        except NotImplementedError: ok()
        """)]
    [InlineData("draws take no generator but the global one", """
        import inspect
        if list(inspect.signature(Normal.rsample).parameters) == ['self', 'sample_shape']: ok()
        """)]
    [InlineData("a class with has_rsample returns samples with a gradient", """
        a = torch.tensor(2.0, requires_grad=True)
        if all(d.has_rsample and d.rsample().requires_grad for d in (Normal(a, 1.0), Gamma(a, 1.0))): ok()
        """)]
    public void PyTorch_behaves_as_README_says(string claim, string script)
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("There is no /usr/bin/python3.");
        (int code, string output) = Run("import torch");
        if (code != 0) Assert.Skip("Python has no torch.");
        (code, output) = Run($"import torch\nfrom torch.distributions import Gamma, Normal\ndef ok(): print('ok')\n{script}\n");
        Assert.True(code == 0 && output.Trim() == "ok", $"{claim}: {output}");
    }

    private static (int Code, string Output) Run(string script)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
