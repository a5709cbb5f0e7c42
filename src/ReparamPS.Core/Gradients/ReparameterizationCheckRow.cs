namespace ReparamPS.Gradients;

/// <summary>The verdict on the gradient of one element of one parameter.</summary>
public sealed record ReparameterizationCheckRow
{
    /// <summary>The distribution's name.</summary>
    public required string Distribution { get; init; }

    /// <summary>The parameter's name; a dotted path for a parameter of an inner distribution.</summary>
    public required string Parameter { get; init; }

    /// <summary>The element of the parameter, from 0, in row-major order.</summary>
    public required long Index { get; init; }

    /// <summary>What the gradient was compared with; never Auto.</summary>
    public required ReparameterizationCheckMethod Method { get; init; }

    /// <summary>The gradient by automatic differentiation: of the worst draw, or the mean over the draws.</summary>
    public required double Analytic { get; init; }

    /// <summary>What it should be.</summary>
    public required double Reference { get; init; }

    /// <summary>The standard error of the mean over the draws; NaN where draws are compared one by one.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>|Analytic − Reference|.</summary>
    public double AbsoluteError { get; init; } = double.NaN;

    /// <summary>The absolute error over |Reference|, or over the typical size of one draw's gradient where that is larger.</summary>
    public double RelativeError { get; init; } = double.NaN;

    /// <summary>The relative error that is allowed; an expectation may be off by six standard errors besides.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Whether the gradient is right as far as this method can see.</summary>
    public required bool Passed { get; init; }

    /// <summary>Why it failed; where it passed, what it was compared with.</summary>
    public required string Reason { get; init; }

    /// <summary>The number of draws.</summary>
    public required long Draws { get; init; }

    /// <summary>The seed of the draws.</summary>
    public required long Seed { get; init; }

    /// <summary>The element type that was checked.</summary>
    public required string DType { get; init; }
}
