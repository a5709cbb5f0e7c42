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
        Assert.SkipUnless(Python.Run("import importlib.util; print(importlib.util.find_spec('torch') is not None)").Trim() == "True", "Python has no torch.");
        string output = Python.Run($"import torch\nfrom torch.distributions import Gamma, Normal\ndef ok(): print('ok')\n{script}\n");
        Assert.True(output.Trim() == "ok", $"{claim}: {output}");
    }
}
