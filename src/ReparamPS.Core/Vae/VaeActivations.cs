using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// The activations of hidden layers: each in place, and its derivative from its own output, so that a backward pass needs nothing but what the
/// forward pass left.
/// </summary>
public static class VaeActivations
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["relu", "tanh", "sigmoid", "softplus", "elu"];

    /// <summary>The activation of a tensor, as a new one that keeps its graph.</summary>
    internal static Tensor Apply(string name, Tensor value) => name.ToLowerInvariant() switch
    {
        "relu" => value.relu(),
        "tanh" => value.tanh(),
        "sigmoid" => value.sigmoid(),
        "softplus" => logaddexp(value, value.new_zeros(1)),
        "elu" => nn.functional.elu(value, 1),
        _ => throw Unknown(name),
    };

    /// <summary>The activation in place, without a graph.</summary>
    internal static void ApplyInPlace(string name, Tensor value)
    {
        switch (name.ToLowerInvariant())
        {
            case "relu": value.relu_(); break;
            case "tanh": value.tanh_(); break;
            case "sigmoid": value.sigmoid_(); break;
            default:
                using (Tensor applied = Apply(name, value)) value.copy_(applied);
                break;
        }
    }

    /// <summary>Multiplies a gradient by the activation's derivative. The activation's output is needed no more and may be written over.</summary>
    internal static void MultiplyByDerivative(string name, Tensor gradient, Tensor output)
    {
        switch (name.ToLowerInvariant())
        {
            case "relu":
                gradient.mul_(output.sign_());
                break;
            case "tanh":
                gradient.mul_(output.mul_(output).neg_().add_(Constant.One));
                break;
            case "sigmoid":
                using (Tensor slope = output.square()) gradient.mul_(output.sub_(slope));
                break;
            case "softplus":
                gradient.mul_(output.neg_().expm1_().neg_());
                break;
            case "elu":
                gradient.mul_(output.clamp_max_(Constant.Zero).add_(Constant.One));
                break;
            default: throw Unknown(name);
        }
    }

    private static ArgumentException Unknown(string name) => new($"Activation '{name}' is unknown: allowed are {string.Join(", ", Names)}.", nameof(name));

    // Native, so made only once the native library is there.
    private static class Constant
    {
        internal static readonly TorchSharp.Scalar One = 1, Zero = 0;
    }
}
