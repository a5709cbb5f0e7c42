using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Problems;

/// <summary>
/// The pendulum swing-up: angle θ from the upright and speed θ̇, a torque within ±2 that is too weak to lift it at once (m = l = 1, g = 10, steps of 0.05 s). The
/// cost wrap(θ)² + 0.1 θ̇² + 0.001 u² counts before the step. The policy sees cos θ, sin θ and θ̇. As Pendulum-v1 of Gymnasium, where the return is −cost.
/// </summary>
public sealed class PendulumProblem : ControlProblem
{
    private const double MaxTorque = 2, MaxSpeed = 8, TimeStep = 0.05, Gravity = 15, Torque = 3;

    /// <summary>Creates the problem.</summary>
    /// <param name="initialState">The distribution of θ and θ̇ at the start; null is uniform on [−π, π] and [−1, 1].</param>
    /// <param name="settings">Horizon and the like; null takes 200 steps.</param>
    public PendulumProblem(Distribution? initialState = null, ControlProblemSettings? settings = null)
        : base("Pendulum", 2, 1, initialState ?? AnyAngle(), (settings ?? new() { Horizon = DefaultHorizon }) with { ActionBound = MaxTorque }) { }

    /// <summary>The default number of steps per trajectory.</summary>
    public static int DefaultHorizon => 200;

    /// <inheritdoc/>
    public override int ObservationSize => 3;

    /// <inheritdoc/>
    protected override string DynamicsText => "1";

    private protected override string[] ShownDynamics => [];

    /// <inheritdoc/>
    public override Tensor Observe(Tensor state)
    {
        Tensor[] parts = state.unbind(-1);
        return stack([parts[0].cos(), parts[0].sin(), parts[1]], -1);
    }

    /// <inheritdoc/>
    public override Tensor Cost(Tensor state, Tensor action)
    {
        Tensor[] parts = state.unbind(-1);
        Tensor angle = parts[0] - (2 * Math.PI * ((parts[0].detach() + Math.PI) / (2 * Math.PI)).floor());
        Tensor torque = action.squeeze(-1).clamp(-MaxTorque, MaxTorque);
        return angle.square() + (0.1 * parts[1].square()) + (0.001 * torque.square());
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor state, Tensor action)
    {
        Tensor[] parts = state.unbind(-1);
        Tensor torque = action.squeeze(-1).clamp(-MaxTorque, MaxTorque);
        Tensor speed = (parts[1] + (TimeStep * Gravity * parts[0].sin()) + (TimeStep * Torque * torque)).clamp(-MaxSpeed, MaxSpeed);
        return stack([parts[0] + (TimeStep * speed), speed], -1);
    }

    private static Distribution AnyAngle()
    {
        Native.NativeLibraries.LoadTorch();
        return new Uniform(tensor(new[] { -Math.PI, -1 }).DetachFromDisposeScope(), tensor(new[] { Math.PI, 1 }).DetachFromDisposeScope());
    }
}
