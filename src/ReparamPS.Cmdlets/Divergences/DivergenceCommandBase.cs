using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>Two distributions, by position, by name, by property or piped. A piped distribution is P; the other one is then Q.</summary>
public abstract class DivergenceCommandBase(string measure) : MeasureCommandBase(measure)
{
    /// <summary>The first distribution, P. If P comes from the pipeline, the distribution given by position is Q.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), Exact<Distribution>]
    public Distribution? P { get; set; }

    /// <summary>The second distribution, Q. Both P and Q are required.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true), Exact<Distribution>]
    public Distribution? Q { get; set; }

    /// <summary>The first distribution, P, from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true), Exact<Distribution>]
    public Distribution? InputObject { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => InputObject ?? P;

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        if (InputObject is not null && P is not null && Q is not null) throw new ArgumentException("P and Q: only two distributions can be compared, but -P, -Q and the pipeline give three. Leave out -P or -Q, or pipe nothing.", nameof(P));
        Distribution? p = InputObject ?? P, q = Q ?? (InputObject is null ? null : P);
        Process(
            p ?? throw new ArgumentException("P must be a distribution; got none. Give -P, or pipe a distribution.", nameof(P)),
            q ?? throw new ArgumentException(MyInvocation.BoundParameters.ContainsKey(nameof(Q)) ? "Q is null. Give a distribution." : "Q must be a distribution; got none. Give -Q.", nameof(Q)));
    }

    /// <summary>Measures one pair.</summary>
    protected abstract void Process(Distribution p, Distribution q);
}
