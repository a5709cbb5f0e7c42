using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// Draws angles by Best and Fisher's rejection (1979, Applied Statistics 28). Each round proposes an angle for every element, until all have one; the last accepted proposal counts.
/// Where the random numbers allow it, only the proposals that matter are computed, with the same result.
/// </summary>
internal static class VonMisesAngles
{
    /// <summary>Angles in [−π, π], in float64.</summary>
    /// <param name="concentration">The concentration κ, in float64.</param>
    /// <param name="envelope">The parameter r of the wrapped Cauchy envelope.</param>
    /// <param name="shape">The shape of the draws.</param>
    /// <param name="random">The random stream.</param>
    public static Tensor Draw(Tensor concentration, Tensor envelope, long[] shape, RandomSource random)
    {
        if (random is PhiloxSource philox && TensorQuestions.HasValues(concentration)) return philox.VonMises(concentration, envelope, shape);
        using TwisterStream? stream = random.Twister(TensorShapes.Count(shape));
        if (stream is null) return DrawAll(concentration, envelope, shape, random);
        return new VonMisesSampler(Flat(concentration, shape), Flat(envelope, shape), (int)TensorShapes.Count(shape), stream.Twister).Draw().reshape(shape);
    }

    private static Tensor DrawAll(Tensor concentration, Tensor envelope, long[] shape, RandomSource random)
    {
        Tensor angle = random.Uniform(shape, ScalarType.Float64);
        Tensor pending = ones(shape, ScalarType.Bool, angle.device);
        while (TensorQuestions.Any(pending))
        {
            using var scope = NewDisposeScope();
            Tensor uniform = random.Uniform([3, .. shape], ScalarType.Float64);
            Tensor cosine = (Math.PI * uniform[0]).cos_();
            Tensor f = (1 + envelope * cosine) / (envelope + cosine);
            Tensor c = concentration * (envelope - f);
            Tensor accepted = (c * (2 - c) > uniform[1]) | ((c / uniform[1]).log_() + 1 - c >= 0);
            angle.copy_(where(accepted, (uniform[2] - 0.5).sign_() * f.clamp_(-1, 1).acos_(), angle));
            pending.bitwise_and_(accepted.logical_not());
        }
        return angle;
    }

    // One element if all are equal, otherwise one for each draw.
    private static double[] Flat(Tensor parameter, long[] shape) => ManagedValues.ToDoubles(parameter.numel() == 1 ? parameter : TensorShapes.ExpandTo(parameter, shape));
}
