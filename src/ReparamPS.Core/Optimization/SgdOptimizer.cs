namespace ReparamPS.Optimization;

/// <summary>Gradient descent with momentum.</summary>
internal sealed class SgdOptimizer(FlatParameters parameters, FlatParameters gradient, double weightDecay, double momentum) : FlatOptimizer(parameters, gradient, "momentum")
{
    protected override void Move(double learningRate)
    {
        Decay(weightDecay);
        Values.add_(State[0].Value.mul_(momentum).add_(Gradient), -learningRate);
        FlushState(Subnormals.BeforeStepSize);
    }
}
