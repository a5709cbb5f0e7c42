using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>A discrete distribution as a threshold of continuous noise: draws, relaxed draws, and the noise given a draw.</summary>
internal abstract class DiscreteRelaxation
{
    /// <summary>The relaxation of a distribution; null if there is none.</summary>
    public static DiscreteRelaxation? Of(Distribution distribution) => distribution switch
    {
        Bernoulli bernoulli => new Binary(bernoulli),
        OneHotCategorical categories => new Category(categories, categories.Logits, asIndex: false),
        Categorical categories => new Category(categories, categories.Logits, asIndex: true),
        _ => null,
    };

    /// <summary>The noise, shifted by the logits.</summary>
    public abstract Tensor Noise(RandomSource random);

    /// <summary>The draw that the noise determines, without a gradient.</summary>
    public abstract Tensor Harden(Tensor noise);

    /// <summary>The relaxed draw that the noise determines.</summary>
    public abstract Tensor Soften(Tensor noise, double temperature);

    /// <summary>The weight of each possible value in the relaxed draw, shape [batch, values].</summary>
    public abstract Tensor Weights(Tensor noise, double temperature);

    /// <summary>The weight of each possible value in the draw: a single weight is 1.</summary>
    public abstract Tensor HardWeights(Tensor noise);

    /// <summary>Relaxed draws over the whole possible range, independent of the probabilities.</summary>
    public abstract Tensor Anywhere(RandomSource random);

    /// <summary>New noise that determines the same draw, from its distribution given that draw.</summary>
    public abstract Tensor NoiseGivenDraw(Tensor noise, RandomSource random);

    /// <summary>The mean of the draw, with its gradient.</summary>
    public abstract Tensor Mean { get; }

    private sealed class Binary(Bernoulli distribution) : DiscreteRelaxation
    {
        public override Tensor Mean => distribution.Logits.sigmoid();

        public override Tensor Noise(RandomSource random) => distribution.Logits + Logit(random.OpenUniform(distribution.BatchShape, distribution.DType));

        public override Tensor Harden(Tensor noise) => (noise > 0).to(distribution.DType);

        public override Tensor Soften(Tensor noise, double temperature) => (noise / temperature).sigmoid();

        public override Tensor Weights(Tensor noise, double temperature) => Both(Soften(noise, temperature));

        public override Tensor HardWeights(Tensor noise) => Both(Harden(noise));

        public override Tensor Anywhere(RandomSource random) => random.OpenUniform(distribution.BatchShape, distribution.DType);

        public override Tensor NoiseGivenDraw(Tensor noise, RandomSource random)
        {
            Tensor hard = Harden(noise), p = Mean, v = random.OpenUniform(distribution.BatchShape, distribution.DType);
            Tensor uniform = hard * (v * p + 1 - p) + (1 - hard) * v * (1 - p);
            double epsilon = TorchTypes.Epsilon(distribution.DType);
            return distribution.Logits + Logit(uniform.clamp(epsilon, 1 - epsilon));
        }

        private static Tensor Both(Tensor one) => stack([1 - one, one], -1);

        private static Tensor Logit(Tensor u) => u.log() - (-u).log1p();
    }

    private sealed class Category(Distribution distribution, Tensor logits, bool asIndex) : DiscreteRelaxation
    {
        private const double Spread = 4;
        private readonly Tensor logProbs = special.log_softmax(logits, -1);
        private readonly long count = logits.shape[^1];

        public override Tensor Mean => AsSample(logProbs.exp());

        public override Tensor Noise(RandomSource random) => logProbs - (-Uniform(random).log()).log();

        public override Tensor Harden(Tensor noise) => AsSample(OneHot(noise));

        public override Tensor Soften(Tensor noise, double temperature) => AsSample(Weights(noise, temperature));

        public override Tensor Weights(Tensor noise, double temperature) => (noise / temperature).softmax(-1);

        public override Tensor HardWeights(Tensor noise) => OneHot(noise);

        public override Tensor Anywhere(RandomSource random) => AsSample((Spread * random.Normal([.. distribution.BatchShape, count], distribution.DType)).softmax(-1));

        // The maximum of the noise has a Gumbel distribution; the others are truncated at it.
        public override Tensor NoiseGivenDraw(Tensor noise, RandomSource random)
        {
            Tensor hard = OneHot(noise), minusLog = -Uniform(random).log();
            Tensor largest = (minusLog * hard).sum(-1, keepdim: true);
            Tensor others = -(minusLog / logProbs.exp() + largest).log();
            return where(hard > 0, -largest.log(), others);
        }

        private Tensor Uniform(RandomSource random) => random.OpenUniform([.. distribution.BatchShape, count], distribution.DType);

        private Tensor OneHot(Tensor noise) => nn.functional.one_hot(noise.detach().argmax(-1), count).to(distribution.DType);

        private Tensor AsSample(Tensor weights) => asIndex ? (weights * arange(count, dtype: weights.dtype, device: weights.device)).sum(-1) : weights;
    }
}
