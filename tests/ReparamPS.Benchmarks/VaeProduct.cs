using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks;

/// <summary>A matrix product of a step of the 784-400-20 VAE.</summary>
/// <param name="Phase">The product of its layer: forward, or one of the two backward.</param>
/// <param name="Layer">The layer from 0.</param>
/// <param name="Run">Computes it.</param>
internal sealed record VaeProduct(VaePhase Phase, int Layer, Action Run)
{
    /// <summary>Inputs and outputs of each layer.</summary>
    public static IReadOnlyList<(int Inputs, int Outputs)> Layers { get; } = [(784, 400), (400, 40), (20, 400), (400, 784)];

    /// <summary>The products of a step forward and backward, in order, with the operands and results that training has, in the current scope.</summary>
    public static IReadOnlyList<VaeProduct> All(int batch)
    {
        Tensor Matrix(int rows, int columns) => rand(rows, columns);
        Tensor x = Matrix(batch, 784), w1 = Matrix(400, 784), h1 = Matrix(batch, 400), w2 = Matrix(40, 400), s = Matrix(batch, 40);
        Tensor z = Matrix(batch, 20), w3 = Matrix(400, 20), h2 = Matrix(batch, 400), w4 = Matrix(784, 400), y = Matrix(batch, 784);
        Tensor g1 = Matrix(400, 784), g2 = Matrix(40, 400), g3 = Matrix(400, 20), g4 = Matrix(784, 400), dz = Matrix(batch, 20), d1 = Matrix(batch, 400), d2 = Matrix(batch, 400);
        Tensor w1t = w1.t(), w2t = w2.t(), w3t = w3.t(), w4t = w4.t(), yt = y.t(), st = s.t(), h1t = h1.t(), h2t = h2.t();
        VaeProduct Of(VaePhase phase, int layer, Tensor into, Tensor left, Tensor right) => new(phase, layer, () => into.addmm_(left, right, 0, 1));
        return
        [
            Of(VaePhase.Product, 0, h1, x, w1t),
            Of(VaePhase.Product, 1, s, h1, w2t),
            Of(VaePhase.Product, 2, h2, z, w3t),
            Of(VaePhase.Product, 3, y, h2, w4t),
            Of(VaePhase.WeightGradient, 3, g4, yt, h2),
            Of(VaePhase.InputGradient, 3, d2, y, w4),
            Of(VaePhase.WeightGradient, 2, g3, h2t, z),
            Of(VaePhase.InputGradient, 2, dz, d2, w3),
            Of(VaePhase.WeightGradient, 1, g2, st, h1),
            Of(VaePhase.InputGradient, 1, d1, s, w2),
            Of(VaePhase.WeightGradient, 0, g1, h1t, x),
        ];
    }
}
