using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Gradients;

/// <summary>The verdict on an entry of a Jacobian.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum GradientCheckVerdict
{
    /// <summary>Analytic and numeric derivative agree.</summary>
    Agrees,

    /// <summary>They differ.</summary>
    Mismatch,

    /// <summary>Automatic differentiation returns no gradient, though the function depends on the input.</summary>
    NoGradient,

    /// <summary>Two evaluations at the same inputs differ.</summary>
    Nondeterministic,

    /// <summary>One of the derivatives is NaN or infinite.</summary>
    NonFinite,

    /// <summary>They differ, and the slopes on the two sides differ as well: the input is at a kink or a jump.</summary>
    Kink,

    /// <summary>Automatic differentiation throws.</summary>
    NotDifferentiable,
}

/// <summary>One entry of a Jacobian with its verdict: the worst of its input, or one that fails.</summary>
public sealed record GradientCheckRow
{
    /// <summary>1 for the gradient, 2 for the gradient of the gradient.</summary>
    public required int Order { get; init; }

    /// <summary>The name of the input.</summary>
    public required string Input { get; init; }

    /// <summary>The element of the input, from 0, in row-major order; −1 for a projection of all.</summary>
    public required long Element { get; init; }

    /// <summary>The element of the input as indices.</summary>
    public required string Position { get; init; }

    /// <summary>The index of the result, from 0.</summary>
    public required int Output { get; init; }

    /// <summary>The element of the result, from 0, in row-major order; −1 for a projection of all.</summary>
    public required long OutputElement { get; init; }

    /// <summary>The derivative by automatic differentiation.</summary>
    public required double Analytic { get; init; }

    /// <summary>The derivative by central differences.</summary>
    public required double Numeric { get; init; }

    /// <summary>|Analytic − Numeric|.</summary>
    public double AbsoluteError => Math.Abs(Analytic - Numeric);

    /// <summary>AbsoluteError / |Numeric|.</summary>
    public double RelativeError => AbsoluteError == 0 ? 0 : AbsoluteError / Math.Abs(Numeric);

    /// <summary>The largest absolute error that passes for this entry.</summary>
    public required double Tolerance { get; init; }

    /// <summary>The number of entries of the Jacobian that were compared for this input: one per element of the input and element of the results. 1 for a projection of all.</summary>
    public long Entries { get; init; } = 1;

    /// <summary>Whether the entry passed.</summary>
    public bool Passed => Verdict == GradientCheckVerdict.Agrees;

    /// <summary>The verdict.</summary>
    public required GradientCheckVerdict Verdict { get; init; }

    /// <summary>An explanation of the verdict.</summary>
    public required string Reason { get; init; }
}
