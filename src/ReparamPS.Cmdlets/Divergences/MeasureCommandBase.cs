using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using ReparamPS.Torch.Randomness;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>Parameters that the divergence and entropy cmdlets share. Each returns a closed form, or on request an estimate with its standard error.</summary>
public abstract class MeasureCommandBase : RandomCmdlet
{
    private readonly string measure;

    /// <summary>Creates the cmdlet of a measure.</summary>
    protected MeasureCommandBase(string measure) => this.measure = measure;

    /// <summary>The number of draws of a Monte Carlo estimate.</summary>
    [Parameter, AllowedRange(2, int.MaxValue), Alias("Count"), Exact<long>]
    public virtual long Draws { get; set; } = 100_000;

    /// <summary>The seed of the draws. Default: a random one, which the rows show.</summary>
    [Parameter, OptionalNumber<long>]
    public long? Seed { get; set; }

    /// <summary>Returns a tensor, with its autograd graph, instead of rows. A Monte Carlo estimate whose gradient would be biased, for example because a parameter moves the support, is returned without a graph.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter AsTensor { get; set; }

    /// <summary>Writes a closed form.</summary>
    /// <exception cref="ArgumentException">A number of draws was given.</exception>
    protected void WriteClosedForm(Distribution p, Distribution? q, Func<torch.Tensor> compute)
    {
        if (IsGivenHere(nameof(Draws))) throw new ArgumentException("Draws requires -MonteCarlo; without it, only closed forms are computed, which take no draws.", nameof(Draws));
        // Rows hold numbers, which need no gradient.
        torch.Tensor value;
        using (AsTensor ? null : torch.no_grad()) value = compute();
        WriteMeasured(p, q, value, null, 0, null);
    }

    /// <summary>Writes an estimate.</summary>
    /// <param name="p">The distribution of the draws.</param>
    /// <param name="q">The other distribution, if any.</param>
    /// <param name="infinite">What may be infinite, such as KL(P ‖ Q); null if the measure is always finite.</param>
    /// <param name="estimate">The estimate.</param>
    protected void WriteEstimate(Distribution p, Distribution? q, string? infinite, Func<RandomSource, MonteCarloEstimate> estimate)
    {
        using RandomSource random = RandomSource.Open(Seed, Generator, p.Device, Cancellation);
        MonteCarloEstimate result = estimate(random);
        using torch.Tensor error = result.StandardError;
        if (infinite is not null && q is not null && IsFiniteByChance(p, q, result.Value)) WriteWarning($"{infinite} is infinite. The estimate is finite only because it comes from a finite number of draws.");
        else if (result.IsOfFewDraws) WriteWarning($"A few of the draws determine the estimate, so StandardError is not reliable. {(infinite is null ? "Raise -Draws." : $"{infinite} may be infinite; if it is finite, raise -Draws.")}");
        WriteMeasured(p, q, result.Value, error, Draws, new RandomSeed(random.Seed, Generator));
    }

    // If KL(P ‖ Q) is infinite and P has a finite entropy, the cross-entropy is infinite too.
    private static bool IsFiniteByChance(Distribution p, Distribution q, torch.Tensor estimate)
    {
        using torch.Tensor? infinite = KullbackLeibler.Infinities(p, q);
        if (infinite is null) return false;
        using torch.Tensor finite = estimate.isfinite(), both = finite.logical_and(infinite), any = both.any();
        return any.item<bool>();
    }

    private void WriteMeasured(Distribution p, Distribution? q, torch.Tensor value, torch.Tensor? error, long draws, RandomSeed? seed)
    {
        if (AsTensor)
        {
            WriteObject(value);
            return;
        }
        using torch.Tensor owned = value;
        foreach (DivergenceRow row in DivergenceRow.Of(measure, p.ToString(), q?.ToString() ?? "", owned, error, draws, seed)) WriteObject(row);
    }
}
