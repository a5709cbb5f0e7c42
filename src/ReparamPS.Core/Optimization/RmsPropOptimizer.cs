using static TorchSharp.torch;

namespace ReparamPS.Optimization;

/// <summary>RMSprop (Tieleman, Hinton 2012).</summary>
internal sealed class RmsPropOptimizer(FlatParameters parameters, FlatParameters gradient, double weightDecay) : FlatOptimizer(parameters, gradient, "square")
{
    private const double Smoothing = 0.99, Epsilon = 1e-8;

    protected override void Move(double learningRate)
    {
        Decay(weightDecay);
        using Tensor root = State[0].Value.mul_(Smoothing).addcmul_(Gradient, Gradient, 1 - Smoothing).sqrt();
        Values.addcdiv_(Gradient, root.add_(Epsilon), -learningRate);
        FlushState();
    }
}
