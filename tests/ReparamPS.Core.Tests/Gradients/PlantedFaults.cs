using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Gradients;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>Samplers with a fault, and those methods that can see it; and honest twins, that every method must pass.</summary>
internal static class PlantedFaults
{
    private const ReparameterizationCheckMethod Frozen = ReparameterizationCheckMethod.FrozenNoise;
    private const ReparameterizationCheckMethod Implicit = ReparameterizationCheckMethod.Implicit;
    private const ReparameterizationCheckMethod Expectation = ReparameterizationCheckMethod.Expectation;

    internal sealed record Case(string Name, PlantedDistribution.Plan Plan, object[] Values, ReparameterizationCheckMethod[] SeenBy)
    {
        /// <summary>Whether the method that Auto settles on sees it: a smooth path to another member of the same family is beyond it.</summary>
        public bool AutoSees { get; init; } = true;

        public Distribution Make() => PlantedDistribution.Of(Plan, [.. Values.Select(value => value switch
        {
            double[] many => tensor(many, ScalarType.Float64),
            double[,] matrix => tensor(matrix, ScalarType.Float64),
            _ => tensor((double)value, ScalarType.Float64),
        })]);
    }

    public static IReadOnlyList<Case> Faulty { get; } =
    [
        OfNormal("the sample is detached", (loc, scale, noise) => (loc + scale * noise).detach(), Frozen, Implicit, Expectation),
        OfNormal("only the location is detached", (loc, scale, noise) => loc.detach() + scale * noise, Frozen, Implicit, Expectation),
        OfNormal("the scale's gradient is doubled", (loc, scale, noise) => loc + (2 * scale - scale.detach()) * noise, Frozen, Implicit, Expectation),
        OfNormal("the scale's gradient has the wrong sign", (loc, scale, noise) => loc + (2 * scale.detach() - scale) * noise, Frozen, Implicit, Expectation),
        OfNormal("the location's gradient is one part in ten thousand off", (loc, scale, noise) => loc + 1e-4 * (loc - loc.detach()) + scale * noise, Frozen),
        OfNormal("the gradient is zero", (loc, scale, noise) => (loc + scale * noise).detach() + 0 * (loc + scale), Frozen, Implicit, Expectation),
        OfNormal("an unused branch makes NaN", (loc, scale, noise) => loc + scale * noise + where(noise > 100, (scale - 10).sqrt(), zeros_like(noise)), Frozen, Implicit, Expectation),
        OfNormal("the variance is taken for the deviation", (loc, scale, noise) => loc + scale.square() * noise, Implicit, Expectation),
        OfNormal("the noise is dropped from the gradient", (loc, scale, noise) => (loc + scale * noise).detach() + loc - loc.detach() + (scale - scale.detach()) * noise.abs().detach(), Frozen, Implicit, Expectation),
        OfNormal("the sample is rounded", (loc, scale, noise) => (loc + scale * noise).round(), Frozen, Implicit, Expectation),
        new("members of the batch are swapped", OfPlan(Normal.Definition, Reparameterization.LocationScale, (given, shape, random) =>
        {
            Tensor right = given[0] + given[1] * random.Normal(shape, ScalarType.Float64);
            return right.detach() + right.flip(-1) - right.flip(-1).detach();
        }), [new[] { 0.5, -1.0 }, new[] { 1.5, 0.3 }], [Frozen, Implicit, Expectation]),
        new("noise comes from another stream than the one given", OfPlan(Normal.Definition, Reparameterization.LocationScale,
            (given, shape, random) => given[0] + given[1].square() * randn(shape, ScalarType.Float64)), [0.5, 1.5], [Frozen, Implicit, Expectation]),
        new("the accepted proposal of a rejection sampler is differentiated", OfPlan(Gamma.Definition, Reparameterization.Implicit, RejectedGamma), [1.5, 1.5], [Implicit, Expectation]),
        new("the same, called a composition", OfPlan(Gamma.Definition, Reparameterization.Composition, RejectedGamma), [1.5, 1.5], [Expectation]),
        new("the same, with as much noise for every draw", OfPlan(Gamma.Definition, Reparameterization.Composition, RejectedGammaOfManyProposals), [1.5, 1.5], [Expectation]),
        new("the covariance is taken for its factor", OfPlan(MultivariateNormal.Definition, Reparameterization.LocationScale, (given, shape, random) =>
            given[0] + given[1].matmul(random.Normal(shape, ScalarType.Float64).unsqueeze(-1)).squeeze(-1)), [new[] { 0.5, -1.0 }, new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } }], [Expectation]),
        new("the covariance off the diagonal is detached", OfPlan(MultivariateNormal.Definition, Reparameterization.LocationScale, (given, shape, random) =>
        {
            Tensor diagonal = given[1].diagonal(0, -2, -1).diag_embed(), attached = given[1].detach() + diagonal - diagonal.detach();
            return given[0] + linalg.cholesky(attached).matmul(random.Normal(shape, ScalarType.Float64).unsqueeze(-1)).squeeze(-1);
        }), [new[] { 0.5, -1.0 }, new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } }], [Frozen, Expectation]),
        new("the implicit gradient is lost", OfPlan(Gamma.Definition, Reparameterization.Implicit,
            (given, shape, random) => random.StandardGamma(given[0].expand(shape).detach()) / given[1]), [2.5, 1.5], [Implicit, Expectation]),
        new("the rate is detached", OfPlan(Gamma.Definition, Reparameterization.Implicit,
            (given, shape, random) => random.StandardGamma(given[0].expand(shape)) / given[1].detach()), [2.5, 1.5], [Implicit, Expectation]),
        new("the sign of a Gumbel's noise", OfPlan(Gumbel.Definition, Reparameterization.InverseCdf,
            (given, shape, random) => given[0] + given[1] * random.OpenUniform(shape, ScalarType.Float64).log().neg().log()), [0.5, 1.5], [Expectation]) { AutoSees = false },
        new("the transpose of the Cholesky factor carries the gradient", OfPlan(MultivariateNormal.Definition, Reparameterization.LocationScale, (given, shape, random) =>
        {
            Tensor factor = linalg.cholesky(given[1]), noise = random.Normal(shape, ScalarType.Float64).unsqueeze(-1), turned = factor.mT.matmul(noise);
            return given[0] + (factor.detach().matmul(noise) + turned - turned.detach()).squeeze(-1);
        }), [new[] { 0.5, -1.0 }, new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } }], [Frozen, Expectation]),
    ];

    public static IReadOnlyList<Case> Honest { get; } =
    [
        OfNormal("a normal", (loc, scale, noise) => loc + scale * noise, Frozen, Implicit, Expectation),
        OfNormal("a normal whose noise is mirrored", (loc, scale, noise) => loc - scale * noise, Frozen, Implicit, Expectation),
        new("a batch of normals", OfPlan(Normal.Definition, Reparameterization.LocationScale,
            (given, shape, random) => given[0] + given[1] * random.Normal(shape, ScalarType.Float64)), [new[] { 0.5, -1.0 }, 1.5], [Frozen, Implicit, Expectation]),
        new("a far and narrow normal", OfPlan(Normal.Definition, Reparameterization.LocationScale,
            (given, shape, random) => given[0] + given[1] * random.Normal(shape, ScalarType.Float64)), [1000.0, 1e-3], [Frozen, Implicit, Expectation]),
        new("a gamma", OfPlan(Gamma.Definition, Reparameterization.Implicit, (given, shape, random) => GammaMath.StandardDraw(given[0], shape, random) / given[1]), [2.5, 1.5], [Implicit, Expectation]),
    ];

    private static Case OfNormal(string name, Func<Tensor, Tensor, Tensor, Tensor> draw, params ReparameterizationCheckMethod[] seenBy) => new(
        name, OfPlan(Normal.Definition, Reparameterization.LocationScale, (given, shape, random) => draw(given[0], given[1], random.Normal(shape, ScalarType.Float64))), [0.5, 1.5], seenBy);

    private static PlantedDistribution.Plan OfPlan(DistributionType kind, Reparameterization how, Func<Tensor[], long[], RandomSource, Tensor> draw) => new(kind, how, draw);

    // Marsaglia and Tsang's sampler, with the accepted noise held fixed: the draws are right, their gradient isn't.
    private static Tensor RejectedGamma(Tensor[] given, long[] shape, RandomSource random) => Rejected(given, shape, random, waiting => waiting.any().item<bool>());

    private static Tensor RejectedGammaOfManyProposals(Tensor[] given, long[] shape, RandomSource random)
    {
        int left = 12;
        return Rejected(given, shape, random, _ => left-- > 0);
    }

    private static Tensor Rejected(Tensor[] given, long[] shape, RandomSource random, Func<Tensor, bool> goOn)
    {
        Tensor d = given[0].expand(shape) - 1.0 / 3, c = 1 / (9 * d).sqrt();
        Tensor accepted = zeros(shape, ScalarType.Float64), waiting = ones(shape, ScalarType.Bool);
        while (goOn(waiting))
        {
            Tensor x = random.Normal(shape, ScalarType.Float64), u = random.OpenUniform(shape, ScalarType.Float64);
            Tensor root = (1 + c.detach() * x).clamp(0), v = root.pow(3);
            Tensor good = (root > 0).logical_and(u.log() < 0.5 * x.square() + d.detach() * (1 - v + v.log()));
            accepted = where(waiting.logical_and(good), x, accepted);
            waiting = waiting.logical_and(good.logical_not());
        }
        return d * (1 + c * accepted).pow(3) / given[1];
    }
}
