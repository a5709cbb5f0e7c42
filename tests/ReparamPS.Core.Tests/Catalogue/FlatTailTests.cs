using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Outside the support the tails are flat: their gradients are 0, not NaN.</summary>
public sealed class FlatTailTests
{
    private static readonly double[] Candidates = [double.NegativeInfinity, -1e10, -7, -1, -0.5, 0, 0.5, 1, 1.5, 5, 5.1, 7, 1e10, double.PositiveInfinity];

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void The_gradients_of_tails_are_finite_everywhere_and_0_outside(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, requiresGrad: true);
        Distribution distribution = made.Value;
        (string Name, Func<Tensor, Tensor> Function)[] tails =
            [("Cdf", distribution.Cdf), ("LogCdf", distribution.LogCdf), ("Survival", distribution.Survival), ("LogSurvival", distribution.LogSurvival)];
        List<string> wrong = [];
        foreach (double candidate in Candidates)
        {
            bool isOutside = double.IsInfinity(candidate)
                || (!distribution.Support.IsDiscrete && !distribution.Support.Check(tensor(candidate)).all().item<bool>());
            foreach ((string tail, Func<Tensor, Tensor> function) in tails)
            {
                Tensor value = tensor(candidate).requires_grad_();
                Tensor result = function(value);
                if (!result.requires_grad) continue;
                Tensor[] leaves = [.. made.Leaves.Values.Where(leaf => leaf.requires_grad), value];
                foreach (Tensor gradient in autograd.grad([result.sum()], leaves, allow_unused: true))
                {
                    if (gradient is null || gradient.IsInvalid) continue;
                    bool right = isOutside ? (gradient == 0).all().item<bool>() : Math.Abs(candidate) > 10 || gradient.isfinite().all().item<bool>();
                    if (!right) wrong.Add($"{tail}({candidate}): {string.Join(", ", ManagedValues.ToDoubles(gradient))}");
                }
            }
        }
        Assert.True(wrong.Count == 0, $"{reference}: {string.Join("; ", wrong)}");
    }

    // mpmath at 30 digits: Σ w_k ∂/∂ξ_k (σ_k / (1 − ξ_k)) = w σ / (1 − ξ)².
    [Fact]
    public void A_mixture_whose_draws_leave_a_components_support_has_right_gradients()
    {
        using var scope = NewDisposeScope();
        Tensor concentration = tensor([0.1, -0.2]).requires_grad_();
        var mixture = new MixtureSameFamily(new Categorical(tensor([0.4, 0.6])), new GeneralizedPareto(tensor(0.0), tensor([1.0, 2.0]), concentration));
        using var random = new RandomSource(1);
        const int Rows = 400, Draws = 1000;
        Tensor weights = ones([], ScalarType.Float64), sums = zeros([2], ScalarType.Float64), squares = zeros([2], ScalarType.Float64);
        for (int i = 0; i < Rows; i++)
        {
            Tensor gradient = autograd.grad([mixture.RSample([Draws], random).mean()], [concentration])[0];
            (sums, squares) = (sums + gradient, squares + gradient.square());
        }
        double[] mean = ManagedValues.ToDoubles(sums / Rows), error = ManagedValues.ToDoubles(((squares / Rows) - (sums / Rows).square()).sqrt() / Math.Sqrt(Rows));
        Assert.InRange(mean[0], (0.4 / 0.81) - (4 * error[0]), (0.4 / 0.81) + (4 * error[0]));
        Assert.InRange(mean[1], (1.2 / 1.44) - (4 * error[1]), (1.2 / 1.44) + (4 * error[1]));
        Assert.True(error.Max() < 0.01);
    }
}
