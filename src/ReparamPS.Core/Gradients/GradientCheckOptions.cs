using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>A function of tensors with one or more tensors as its result.</summary>
public delegate IReadOnlyList<Tensor> TensorFunction(IReadOnlyList<Tensor> inputs);

/// <summary>The options of a gradient check. The defaults are those of <c>torch.autograd.gradcheck</c>.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>The step of the central differences.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>An entry passes if |analytic − numeric| ≤ AbsoluteTolerance + RelativeTolerance · |numeric|.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-5;

    /// <summary>See <see cref="AbsoluteTolerance"/>.</summary>
    public double RelativeTolerance { get; init; } = 1e-3;

    /// <summary>The allowed difference of two evaluations at the same inputs.</summary>
    public double NondeterminismTolerance { get; init; }

    /// <summary>1 checks the gradient, 2 the gradient of the gradient as well.</summary>
    public int Order { get; init; } = 1;

    /// <summary>Compares random projections of the Jacobian instead of all its entries; if they disagree, the entries are compared.</summary>
    public bool Fast { get; init; }

    /// <summary>The maximum number of rows for an input that fails, worst entries first.</summary>
    public int WorstEntries { get; init; } = 5;

    /// <summary>The seed of the random projections.</summary>
    public long Seed { get; init; }

    /// <summary>The generator of the draws.</summary>
    public RandomGenerator Generator { get; init; }

    internal RandomSeed Stream => new(Seed, Generator);

    /// <summary>The names of the inputs; null for numbers.</summary>
    public IReadOnlyList<string>? InputNames { get; init; }
}
