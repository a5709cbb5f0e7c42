using static TorchSharp.torch;

namespace ReparamPS.Torch.Randomness;

/// <summary>Counts the noise that a stream yields, and keeps the last of it. It owns that stream.</summary>
internal sealed class RecordingSource(RandomSource stream) : RandomSource(stream.Seed, stream.Device)
{
    /// <summary>The number of numbers drawn.</summary>
    public long Count { get; private set; }

    /// <summary>The last numbers drawn.</summary>
    public double[] Last { get; private set; } = [];

    /// <summary>Their shape.</summary>
    public long[] Shape { get; private set; } = [0];

    /// <summary>For each of the last numbers the probability of a smaller one; null if they are not uniform, normal or exponential.</summary>
    public double[]? Levels { get; private set; }

    /// <summary>A hash of all parameters in which draws are implicit.</summary>
    public int ImplicitParameters { get; private set; }

    /// <inheritdoc/>
    internal override void NoteImplicit(params Tensor[] parameters)
    {
        foreach (Tensor parameter in parameters)
        {
            using Tensor exact = parameter.detach().to(ScalarType.Float64, copy: true);
            ImplicitParameters = ManagedValues.ToDoubles(exact).Aggregate(ImplicitParameters, HashCode.Combine);
        }
    }

    /// <inheritdoc/>
    public override Tensor Uniform(long[] shape, ScalarType dtype) => Record(() => stream.Uniform(shape, dtype), draws => draws.alias());

    /// <inheritdoc/>
    public override Tensor Normal(long[] shape, ScalarType dtype) => Record(() => stream.Normal(shape, dtype), special.ndtr);

    /// <inheritdoc/>
    public override Tensor Exponential(long[] shape, ScalarType dtype) => Record(() => stream.Exponential(shape, dtype), draws => -(-draws).expm1());

    /// <inheritdoc/>
    public override Tensor Cauchy(long[] shape, ScalarType dtype) => Record(() => stream.Cauchy(shape, dtype), null);

    /// <inheritdoc/>
    public override Tensor StandardGamma(Tensor concentration) => Record(() => stream.StandardGamma(concentration), null, concentration);

    /// <inheritdoc/>
    public override Tensor Bernoulli(Tensor probs) => Record(() => stream.Bernoulli(probs), null);

    /// <inheritdoc/>
    public override Tensor Poisson(Tensor rate) => Record(() => stream.Poisson(rate), null, rate);

    /// <inheritdoc/>
    public override Tensor Binomial(Tensor count, Tensor probs) => Record(() => stream.Binomial(count, probs), null, count, probs);

    /// <inheritdoc/>
    public override Tensor Categorical(Tensor probs, long draws) => Record(() => stream.Categorical(probs, draws), null);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        stream.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Record(Func<Tensor> draw, Func<Tensor, Tensor>? levels, params Tensor[] rejecting)
    {
        NoteImplicit(rejecting);
        Tensor drawn = draw();
        Count += drawn.numel();
        // As managed numbers, since a sampler may change its noise in place.
        using Tensor exact = drawn.detach().to(ScalarType.Float64, copy: true);
        (Last, Shape) = (ManagedValues.ToDoubles(exact), drawn.shape);
        using Tensor? known = levels?.Invoke(exact);
        Levels = known is null ? null : ManagedValues.ToDoubles(known);
        return drawn;
    }
}
