using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Optimization;

/// <summary>Moves one flat buffer of parameters against its gradient, with PyTorch's arithmetic and defaults.</summary>
internal abstract class FlatOptimizer : IDisposable
{
    private readonly TensorPool pool = new();

    /// <summary>Starts with a state of zeros.</summary>
    /// <param name="parameters">The parameters to move.</param>
    /// <param name="gradient">Their gradient, of the same layout.</param>
    /// <param name="stateNames">The buffers that are kept between steps.</param>
    protected FlatOptimizer(FlatParameters parameters, FlatParameters gradient, params string[] stateNames)
    {
        (Values, Gradient) = (parameters.Buffer, gradient.Buffer);
        using var scope = NewDisposeScope();
        State = [.. stateNames.Select(name => (name, pool.Own(zeros_like(Values))))];
    }

    /// <summary>The buffers that are kept between steps; with <see cref="StepCount"/> they are the whole state.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>Steps done.</summary>
    public long StepCount { get; set; }

    /// <summary>The parameters to move.</summary>
    protected Tensor Values { get; }

    /// <summary>Their gradient.</summary>
    protected Tensor Gradient { get; }

    /// <summary>Makes one step.</summary>
    public void Step(double learningRate)
    {
        StepCount++;
        Move(learningRate);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    /// <summary>Makes step number <see cref="StepCount"/>, counted from 1.</summary>
    protected abstract void Move(double learningRate);

    /// <summary>Ends a step in which a state decays: see <see cref="Subnormals"/>.</summary>
    protected void FlushState(double factor = 1)
    {
        foreach ((_, Tensor value) in State) Subnormals.Flush(value, factor);
    }

    /// <summary>Adds the decay to the gradient.</summary>
    protected void Decay(double weightDecay)
    {
        if (weightDecay > 0) Gradient.add_(Values, weightDecay);
    }
}
