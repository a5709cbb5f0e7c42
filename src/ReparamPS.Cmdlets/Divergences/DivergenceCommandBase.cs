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
            p ?? throw Missing(nameof(P), IsBound(nameof(P)), "Give -P, or pipe a distribution."),
            q ?? throw Missing(nameof(Q), IsBound(nameof(Q)) || (InputObject is not null && IsBound(nameof(P))), "Give -Q."));
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private static ArgumentException Missing(string parameter, bool isNull, string advice) =>
        new($"{parameter} must be a distribution; got {(isNull ? "null. If the value comes from a variable, the variable is not set." : $"none. {advice}")}", parameter);

    /// <summary>Measures one pair.</summary>
    protected abstract void Process(Distribution p, Distribution q);
}
