using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>A function of tensors with one or more tensors as its result.</summary>
public delegate IReadOnlyList<Tensor> TensorFunction(IReadOnlyList<Tensor> inputs);

/// <summary>How a function's gradient is checked. The defaults are those of <c>torch.autograd.gradcheck</c>.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>The step of the central differences.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>An entry passes where |analytic − numeric| ≤ AbsoluteTolerance + RelativeTolerance · |numeric|.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-5;

    /// <summary>See <see cref="AbsoluteTolerance"/>.</summary>
    public double RelativeTolerance { get; init; } = 1e-3;

    /// <summary>How far two evaluations at the same inputs may be apart.</summary>
    public double NondeterminismTolerance { get; init; }

    /// <summary>1 checks the gradient, 2 the gradient of the gradient as well.</summary>
    public int Order { get; init; } = 1;

    /// <summary>Compares random projections of the Jacobian instead of all its entries; where they disagree the entries follow.</summary>
    public bool Fast { get; init; }

    /// <summary>How many of the worst entries of an input make a row where it fails.</summary>
    public int WorstEntries { get; init; } = 5;

    /// <summary>The seed of the random projections.</summary>
    public long Seed { get; init; }

    /// <summary>The names of the inputs; null numbers them.</summary>
    public IReadOnlyList<string>? InputNames { get; init; }
}
