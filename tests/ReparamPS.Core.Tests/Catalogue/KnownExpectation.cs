using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A function of a draw whose expectation has a closed form.</summary>
/// <param name="Name">The function as text.</param>
/// <param name="Function">The function; it keeps the sample dimension.</param>
/// <param name="Value">Its expectation.</param>
internal sealed record KnownExpectation(string Name, Func<Tensor, Tensor> Function, Func<Distribution, double> Value)
{
    /// <summary>Weighted sums of the draw and of its squares, by mean and variance; where those are not known, what is.</summary>
    public static IReadOnlyList<KnownExpectation> Of(Distribution example) => example.Name switch
    {
        // An LKJ correlation is 2 Beta(η − 1 + d/2, η − 1 + d/2) − 1, with variance 1 / (2 η + d − 1).
        "LKJCholesky" => [new("r₁₀²", z => z.select(-2, 1).mul(z.select(-2, 0)).sum(-1).square(), lkj => 1 / ((2 * Parameter(lkj, "Concentration")) + lkj.EventShape[0] - 1))],
        // The variance is not known to every library; the mean is A_d(κ) μ.
        "VonMisesFisher" => [FirstMoment(example.EventShape.Length)],
        _ =>
        [
            FirstMoment(example.EventShape.Length),
            new("w · z²", z => Weighted(z.square(), example.EventShape.Length), distribution => Weighted(distribution.Variance + distribution.Mean.square(), example.EventShape.Length).item<double>()),
        ],
    };

    private static KnownExpectation FirstMoment(int eventDims) => new("w · z", z => Weighted(z, eventDims), distribution => Weighted(distribution.Mean, eventDims).item<double>());

    private static double Parameter(Distribution distribution, string name) => distribution.Parameters.Single(parameter => parameter.Name == name).Value.item<double>();

    private static Tensor Weighted(Tensor z, int eventDims)
    {
        Tensor weights = linspace(-1, 1.5, TensorShapes.Count(z.shape[^eventDims..]), ScalarType.Float64).reshape(z.shape[^eventDims..]);
        return (z * weights).sum([.. Enumerable.Range(1, eventDims).Select(i => (long)-i)]);
    }
}
