using ReparamPS.Torch.Randomness;

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

    /// <summary>The method of the reference; never Auto.</summary>
    public required ReparameterizationCheckMethod Method { get; init; }

    /// <summary>The gradient by automatic differentiation: of the worst draw, or the mean over the draws.</summary>
    public required double Analytic { get; init; }

    /// <summary>The reference for the gradient.</summary>
    public required double Reference { get; init; }

    /// <summary>The standard error of the mean over the draws; NaN if draws are compared one by one.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>|Analytic − Reference|.</summary>
    public double AbsoluteError { get; init; } = double.NaN;

    /// <summary>The absolute error divided by the larger of |Reference| and the typical size of one draw's gradient: the mean of its absolute value if means are compared, otherwise the median.</summary>
    public double RelativeError { get; init; } = double.NaN;

    /// <summary>The allowed relative error; an expectation is allowed six standard errors in addition.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Whether the gradient passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>The reason of a failure; for a pass, the reference.</summary>
    public required string Reason { get; init; }

    /// <summary>The number of draws.</summary>
    public required long Draws { get; init; }

    /// <summary>The seed of the draws.</summary>
    public required long Seed { get; init; }

    /// <summary>The generator of the draws.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>The element type of the check.</summary>
    public required string DType { get; init; }
}
