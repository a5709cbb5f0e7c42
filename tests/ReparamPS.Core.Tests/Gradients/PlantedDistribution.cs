using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>A distribution whose density, CDF and moments are those of an honest one, and whose sampler is given: right or with a fault in it.</summary>
internal sealed class PlantedDistribution : Distribution
{
    private readonly Plan plan;
    private readonly Distribution honest;

    private PlantedDistribution(DistributionType type, Plan plan, Distribution honest)
        : base(type, [.. honest.Parameters.Select(parameter => (parameter.Name, parameter.Value))], honest.EventShape) => (this.plan, this.honest) = (plan, honest);

    /// <summary>A sampler in place of an honest one.</summary>
    /// <param name="Kind">The honest kind.</param>
    /// <param name="Reparameterization">How the sampler says it works.</param>
    /// <param name="Draw">The sampler: parameters in the kind's order, the full shape, the stream.</param>
    internal sealed record Plan(DistributionType Kind, Reparameterization Reparameterization, Func<Tensor[], long[], RandomSource, Tensor> Draw);

    public static Distribution Of(Plan plan, params Tensor[] values)
    {
        DistributionType? type = null;
        type = new DistributionType("Planted" + plan.Kind.Name, plan.Reparameterization, plan.Kind.Support, plan.Kind.Parameters, given =>
        {
            var honest = plan.Kind.Parameters.Where(info => given.TensorOrNull(info.Name) is not null).ToDictionary(info => info.Name, info => (object)given.Tensor(info.Name));
            return new PlantedDistribution(type!, plan, plan.Kind.Create(honest));
        })
        {
            Density = plan.Kind.Density, Moments = plan.Kind.Moments, Source = "a test",
            HasMoments = plan.Kind.HasMoments, HasCdf = plan.Kind.HasCdf, HasQuantile = plan.Kind.HasQuantile,
        };
        return type.Create(plan.Kind.Parameters.Zip(values).ToDictionary(pair => pair.First.Name, pair => (object)pair.Second));
    }

    public override Constraint Support => honest.Support;

    protected override Tensor ComputeMean() => honest.Mean;

    protected override Tensor ComputeVariance() => honest.Variance;

    protected override Tensor ComputeLogProb(Tensor value) => honest.LogProb(value);

    protected override Tensor Draw(long[] shape, RandomSource random) => plan.Draw([.. Parameters.Select(parameter => parameter.Value)], shape, random);

    protected override Tensor ComputeCdf(Tensor value) => honest.Cdf(value);

    protected override Tensor ComputeSurvival(Tensor value) => honest.Survival(value);

    protected override Tensor ComputeIcdf(Tensor probability) => honest.Icdf(probability);
}
