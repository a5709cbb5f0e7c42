using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Optimization;

/// <summary>Moves one flat buffer of parameters against its gradient, with PyTorch's arithmetic and defaults.</summary>
internal abstract class FlatOptimizer : IDisposable
{
    private readonly TensorPool pool = new();

    /// <summary>Starts with a state of zeros.</summary>
    /// <param name="parameters">What moves.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="stateNames">What is remembered between steps, a buffer each.</param>
    protected FlatOptimizer(FlatParameters parameters, FlatParameters gradient, params string[] stateNames)
    {
        (Values, Gradient) = (parameters.Buffer, gradient.Buffer);
        using var scope = NewDisposeScope();
        State = [.. stateNames.Select(name => (name, pool.Own(zeros_like(Values))))];
    }

    /// <summary>What is remembered between steps, beside their number.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>Steps made.</summary>
    public long StepCount { get; set; }

    /// <summary>What moves.</summary>
    protected Tensor Values { get; }

    /// <summary>Its gradient.</summary>
    protected Tensor Gradient { get; }

    /// <summary>The optimizer that settings name.</summary>
    public static FlatOptimizer Create(VaeOptions options, FlatParameters parameters, FlatParameters gradient) => options.Optimizer.ToLowerInvariant() switch
    {
        "adam" => new AdamOptimizer(parameters, gradient, options.WeightDecay, isDecoupled: false),
        "adamw" => new AdamOptimizer(parameters, gradient, options.WeightDecay, isDecoupled: true),
        "adagrad" => new AdagradOptimizer(parameters, gradient, options.WeightDecay),
        "rmsprop" => new RmsPropOptimizer(parameters, gradient, options.WeightDecay),
        "sgd" => new SgdOptimizer(parameters, gradient, options.WeightDecay, options.Momentum),
        var other => throw new ArgumentException($"Optimizer '{other}' is unknown.", nameof(options)),
    };

    /// <summary>Makes one step.</summary>
    public void Step(double learningRate)
    {
        StepCount++;
        Move(learningRate);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    /// <summary>Makes the step, the <see cref="StepCount"/>th.</summary>
    protected abstract void Move(double learningRate);

    /// <summary>Adds the decay to the gradient.</summary>
    protected void Decay(double weightDecay)
    {
        if (weightDecay > 0) Gradient.add_(Values, weightDecay);
    }
}

/// <summary>Adagrad (Duchi, Hazan, Singer 2011).</summary>
internal sealed class AdagradOptimizer(FlatParameters parameters, FlatParameters gradient, double weightDecay) : FlatOptimizer(parameters, gradient, "sum")
{
    private const double Epsilon = 1e-10;

    protected override void Move(double learningRate)
    {
        Decay(weightDecay);
        using Tensor root = State[0].Value.addcmul_(Gradient, Gradient, 1).sqrt();
        Values.addcdiv_(Gradient, root.add_(Epsilon), -learningRate);
    }
}

/// <summary>RMSprop (Tieleman, Hinton 2012).</summary>
internal sealed class RmsPropOptimizer(FlatParameters parameters, FlatParameters gradient, double weightDecay) : FlatOptimizer(parameters, gradient, "square")
{
    private const double Smoothing = 0.99, Epsilon = 1e-8;

    protected override void Move(double learningRate)
    {
        Decay(weightDecay);
        using Tensor root = State[0].Value.mul_(Smoothing).addcmul_(Gradient, Gradient, 1 - Smoothing).sqrt();
        Values.addcdiv_(Gradient, root.add_(Epsilon), -learningRate);
    }
}

/// <summary>Gradient descent with momentum.</summary>
internal sealed class SgdOptimizer(FlatParameters parameters, FlatParameters gradient, double weightDecay, double momentum) : FlatOptimizer(parameters, gradient, "momentum")
{
    protected override void Move(double learningRate)
    {
        Decay(weightDecay);
        Values.add_(State[0].Value.mul_(momentum).add_(Gradient), -learningRate);
    }
}
