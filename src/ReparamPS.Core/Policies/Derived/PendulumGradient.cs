using System.Runtime.InteropServices;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Derived;

/// <summary>
/// The pathwise gradient of a neural policy on the pendulum by derivatives worked out by hand, in float32: what autograd computes, in a small part of its time, most of which goes into
/// operations on a hundred numbers.
/// </summary>
internal sealed class PendulumGradient
{
    private const int Lanes = DenseBlock.Lanes;

    private readonly DenseBlock network;
    private readonly RolloutOptions options;
    private readonly bool isBounded;
    private readonly float bound, scale;
    private readonly float[] discounts, angles, speeds, reached, squashed;
    private readonly float[] mean = new float[Lanes], slope = new float[Lanes], belowInput = new float[3 * Lanes];
    private double scaleSum;

    private PendulumGradient(PendulumProblem problem, NeuralPolicy policy, RolloutOptions options)
    {
        int steps = problem.Horizon;
        (network, this.options, isBounded) = (new DenseBlock(policy, steps), options, policy.Distribution == ActionDistribution.TanhNormal);
        (bound, scale) = ((float)problem.ActionBound!.Value, (float)policy.Scale[0]);
        discounts = [.. Enumerable.Range(0, steps).Select(t => (float)Math.Pow(problem.Discount, t))];
        (angles, speeds, reached, squashed) = (new float[steps * Lanes], new float[steps * Lanes], new float[steps * Lanes], new float[steps * Lanes]);
    }

    /// <summary>Whether these derivatives cover a case.</summary>
    public static bool Fits(ControlProblem problem, Policy policy, RolloutOptions options) =>
        problem is PendulumProblem { ProcessNoise: null } && policy is NeuralPolicy { DType: ScalarType.Float32 } && options.EntropyWeight == 0;

    /// <summary>Gradients summed over trajectories, in the policy's order, and the trajectories' costs.</summary>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Costs) Of(PendulumProblem problem, NeuralPolicy policy, long count, RandomSource random, RolloutOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor starts = options.Starts ?? problem.Starts.Draw(count, random, policy.DType), noise = random.Normal([problem.Horizon, count, 1], policy.DType);
        var gradient = new PendulumGradient(problem, policy, options);
        float[] costs = new float[count];
        ReadOnlySpan<float> first = MemoryMarshal.Cast<byte, float>(starts.contiguous().bytes), draws = MemoryMarshal.Cast<byte, float>(noise.bytes);
        for (int from = 0; from < count; from += Lanes) gradient.Add(first, draws, costs, from);
        Tensor[] gradients = [.. gradient.network.Gradients().Append(tensor(new[] { (float)gradient.scaleSum })).Select(each => each.MoveToOuterDisposeScope())];
        return (gradients, tensor(costs).MoveToOuterDisposeScope());
    }

    // Lanes beyond the last trajectory repeat it, and their sensitivities are zero.
    private void Add(ReadOnlySpan<float> starts, ReadOnlySpan<float> noise, float[] costs, int from)
    {
        int count = costs.Length, used = Math.Min(Lanes, count - from);
        Span<float> angle = stackalloc float[Lanes], speed = stackalloc float[Lanes];
        for (int k = 0; k < Lanes; k++)
        {
            int trajectory = from + Math.Min(k, used - 1);
            (angle[k], speed[k]) = (starts[2 * trajectory], starts[(2 * trajectory) + 1]);
        }
        for (int t = 0; t < discounts.Length; t++)
        {
            Span<float> input = network.Input(t);
            for (int k = 0; k < Lanes; k++) (input[k], input[Lanes + k], input[(2 * Lanes) + k]) = (MathF.Cos(angle[k]), MathF.Sin(angle[k]), speed[k]);
            network.Forward(t, mean);
            for (int k = 0; k < Lanes; k++)
            {
                int at = (t * Lanes) + k;
                float x = mean[k] + (scale * noise[(t * count) + from + Math.Min(k, used - 1)]), tanh = isBounded ? MathF.Tanh(x) : x / bound;
                float torque = Math.Clamp(bound * tanh, -bound, bound), wrapped = Wrap(angle[k]);
                if (k < used) costs[from + k] += discounts[t] * ((wrapped * wrapped) + (0.1f * speed[k] * speed[k]) + (0.001f * torque * torque));
                float next = speed[k] + (0.75f * input[Lanes + k]) + (0.15f * torque);
                (angles[at], speeds[at], squashed[at], reached[at]) = (angle[k], speed[k], tanh, next);
                speed[k] = Math.Clamp(next, -8, 8);
                angle[k] += 0.05f * speed[k];
            }
        }
        Backwards(noise, count, from, used);
    }

    private void Backwards(ReadOnlySpan<float> noise, int count, int from, int used)
    {
        // The derivatives of all later costs in angle and speed after the step.
        Span<float> byAngle = stackalloc float[Lanes], bySpeed = stackalloc float[Lanes], ofSpeed = stackalloc float[Lanes];
        byAngle.Clear();
        bySpeed.Clear();
        for (int t = discounts.Length - 1; t >= 0; t--)
        {
            for (int k = 0; k < Lanes; k++)
            {
                int at = (t * Lanes) + k;
                float tanh = squashed[at], torque = Math.Clamp(bound * tanh, -bound, bound);
                ofSpeed[k] = Math.Abs(reached[at]) <= 8 ? bySpeed[k] + (0.05f * byAngle[k]) : 0;
                float ofTorque = (0.15f * ofSpeed[k]) + (0.002f * discounts[t] * torque);
                slope[k] = k >= used ? 0 : isBounded ? ofTorque * bound * (1 - (tanh * tanh)) : Math.Abs(tanh) <= 1 ? ofTorque : 0;
                if (k < used) scaleSum += slope[k] * noise[(t * count) + from + k];
            }
            network.Backward(t, slope, belowInput);
            bool isCut = options.Truncation > 0 && t > 0 && (t - options.FirstCut) % options.Truncation == 0;
            Span<float> input = network.Input(t);
            for (int k = 0; k < Lanes; k++)
            {
                int at = (t * Lanes) + k;
                float throughPolicy = (input[k] * belowInput[Lanes + k]) - (input[Lanes + k] * belowInput[k]);
                byAngle[k] = isCut ? 0 : byAngle[k] + (0.75f * input[k] * ofSpeed[k]) + (2 * discounts[t] * Wrap(angles[at])) + throughPolicy;
                bySpeed[k] = isCut ? 0 : ofSpeed[k] + (0.2f * discounts[t] * speeds[at]) + belowInput[(2 * Lanes) + k];
            }
        }
    }

    private static float Wrap(float angle) => angle - (2 * MathF.PI * MathF.Floor((angle + MathF.PI) / (2 * MathF.PI)));
}
