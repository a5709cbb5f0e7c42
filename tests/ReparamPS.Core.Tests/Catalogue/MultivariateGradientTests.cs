using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Gradients of draws of distributions without a CDF.</summary>
public sealed class MultivariateGradientTests
{
    private const int Batches = 24, Draws = 400;

    public static TheoryData<string, int> FrozenNoise() => Cases.CheckedBy("frozenNoise");

    public static TheoryData<string, int> Expectation() => Cases.CheckedBy("expectation");

    // With the noise kept a draw is a smooth function of the parameters, where the sampler rejects nothing.
    [Theory, MemberData(nameof(FrozenNoise))]
    public void Gradients_of_draws_are_finite_differences_with_the_noise_kept(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, requiresGrad: true);
        Function(made.Value).backward();
        List<string> wrong = [];
        foreach ((string path, Tensor leaf) in made.Leaves.Where(pair => pair.Value.grad is not null))
        {
            foreach (Perturbation perturbation in Perturbation.Of(path, leaf.detach()))
            {
                (double expected, double rounding) = perturbation.Derivative(reference, distribution => Function(distribution).item<double>());
                double actual = perturbation.Along(leaf.grad!);
                if (Math.Abs(actual - expected) <= (1e-6 * Math.Abs(expected)) + rounding) continue;
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"d/d {path} along [{string.Join(", ", perturbation.Direction)}] is {actual:R}, not {expected:R}"));
            }
        }
        AssertAllReached(reference, made);
        Assert.True(wrong.Count == 0, $"{reference}\n{string.Join("\n", wrong)}");

        static Tensor Function(Distribution distribution)
        {
            using var inner = NewDisposeScope();
            using var random = new RandomSource(9);
            Tensor draws = distribution.RSample([3], random);
            return (draws * linspace(-1, 1.5, draws.numel(), ScalarType.Float64).reshape(draws.shape)).sum().MoveToOuterDisposeScope();
        }
    }

    // d/dθ E[f(z)] is known; the mean of the draws' gradients must be it, within what chance allows.
    [Theory, MemberData(nameof(Expectation))]
    public void Gradients_of_draws_have_the_right_mean(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        List<string> wrong = [];
        foreach (KnownExpectation known in KnownExpectation.Of(ReferenceDistribution.Make(reference.File, reference.Parameters).Value))
        {
            ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, requiresGrad: true);
            using var random = new RandomSource(31 + setting);
            Dictionary<string, List<Tensor>> gradients = made.Leaves.Keys.ToDictionary(path => path, _ => new List<Tensor>());
            for (int batch = 0; batch < Batches; batch++)
            {
                known.Function(made.Value.RSample([Draws], random)).mean().backward();
                foreach ((string path, Tensor leaf) in made.Leaves)
                {
                    if (leaf.grad is not { } gradient) continue;
                    gradients[path].Add(gradient.clone());
                    gradient.zero_();
                }
            }
            AssertAllReached(reference, made);
            foreach ((string path, Tensor leaf) in made.Leaves.Where(pair => gradients[pair.Key].Count > 0))
            {
                foreach (Perturbation perturbation in Perturbation.Of(path, leaf.detach()))
                {
                    (double expected, double rounding) = perturbation.Derivative(reference, known.Value);
                    double[] slopes = [.. gradients[path].Select(perturbation.Along)];
                    double mean = slopes.Average(), error = Math.Sqrt(slopes.Sum(slope => (slope - mean) * (slope - mean)) / (Batches * (Batches - 1)));
                    if (Math.Abs(mean - expected) <= (5 * error) + (1e-6 * Math.Abs(expected)) + rounding) continue;
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"d E[{known.Name}]/d {path} along [{string.Join(", ", perturbation.Direction)}] is {mean:G8} ± {error:G3}, not {expected:G8}"));
                }
            }
        }
        Assert.True(wrong.Count == 0, $"{reference}\n{string.Join("\n", wrong)}");
    }

    private static void AssertAllReached(ReferenceSetting reference, ReferenceDistribution made)
    {
        foreach (string path in made.Leaves.Keys.Where(path => reference.File.Type.Parameters.First(parameter => parameter.Name == path.Split('.')[0]).IsReparameterized))
            Assert.True(made.Leaves[path].grad is not null, $"{reference}: no gradient reaches {path}.");
    }
}
