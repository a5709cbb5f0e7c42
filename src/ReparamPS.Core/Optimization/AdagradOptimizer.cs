using static TorchSharp.torch;

namespace ReparamPS.Optimization;

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
