using ReparamPS.Settings;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Steps;

/// <summary>The activation of hidden layers. Its derivative is a function of its own output, so a backward pass needs only what the forward pass left.</summary>
/// <param name="Apply">The activation of a tensor, as a new one that keeps its graph.</param>
/// <param name="MultiplyByDerivative">Multiplies a gradient by the derivative at an output, which may be overwritten.</param>
internal sealed record Activation(Func<Tensor, Tensor> Apply, Action<Tensor, Tensor> MultiplyByDerivative)
{
    /// <summary>The rectified linear unit, for which a fused pass exists.</summary>
    public static Activation Relu { get; } = new(value => value.relu(), (gradient, output) => gradient.mul_(output.sign_())) { InPlace = value => value.relu_() };

    /// <summary>The table. A new activation is a line here.</summary>
    public static NamedChoices<Activation> All { get; } = new(
        "Activation",
        ("relu", Relu),
        ("tanh", new(value => value.tanh(), (gradient, output) => gradient.mul_(output.mul_(output).neg_().add_(Constant.One))) { InPlace = value => value.tanh_() }),
        ("sigmoid", new(value => value.sigmoid(), MultiplyBySigmoidSlope) { InPlace = value => value.sigmoid_() }),
        ("softplus", new(value => logaddexp(value, value.new_zeros(1)), (gradient, output) => gradient.mul_(output.neg_().expm1_().neg_()))),
        ("elu", new(value => nn.functional.elu(value, 1), (gradient, output) => gradient.mul_(output.clamp_max_(Constant.Zero).add_(Constant.One)))));

    /// <summary>The activation in place, if libtorch has it.</summary>
    public Action<Tensor>? InPlace { get; init; }

    /// <summary>The activation in place, without a graph.</summary>
    public void ApplyInPlace(Tensor value)
    {
        if (InPlace is not null)
        {
            InPlace(value);
            return;
        }
        using Tensor applied = Apply(value);
        value.copy_(applied);
    }

    private static void MultiplyBySigmoidSlope(Tensor gradient, Tensor output)
    {
        using Tensor slope = output.square();
        gradient.mul_(output.sub_(slope));
    }

    // Native, so made only once the native library is loaded.
    private static class Constant
    {
        internal static readonly TorchSharp.Scalar One = 1, Zero = 0;
    }
}
