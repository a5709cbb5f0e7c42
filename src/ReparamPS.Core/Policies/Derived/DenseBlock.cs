using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Policies.Derived;

/// <summary>
/// The network of a neural policy for a few trajectories side by side, forwards and backwards over many steps, in float32. Numbers of one unit lie together, one per trajectory, so that
/// all arithmetic is on vectors of trajectories and nothing is spent on small tensor operations.
/// </summary>
internal sealed class DenseBlock
{
    /// <summary>Trajectories side by side.</summary>
    public const int Lanes = 16;

    private static readonly int Width = Vector<float>.Count;

    private readonly Layer[] layers;

    /// <summary>Takes the weights of a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="steps">The number of steps whose activations are kept.</param>
    public DenseBlock(NeuralPolicy policy, int steps)
    {
        IReadOnlyList<torch.Tensor> views = policy.Flat.Views;
        layers = [.. Enumerable.Range(0, views.Count / 2).Select(i => new Layer(views[2 * i], views[(2 * i) + 1], steps))];
    }

    /// <summary>The inputs of a step, to be filled: unit by unit, one number per trajectory.</summary>
    public Span<float> Input(int step) => layers[0].Input(step);

    /// <summary>Computes the outputs of a step, and keeps its activations.</summary>
    public void Forward(int step, Span<float> output)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            bool isLast = i == layers.Length - 1;
            Span<float> result = isLast ? output : layers[i + 1].Input(step);
            layers[i].Forward(step, result);
            if (!isLast) TensorPrimitives.Tanh(result, result);
        }
    }

    /// <summary>Adds a step to the gradients of weights and biases, and computes the sensitivities of its inputs.</summary>
    /// <param name="step">The step.</param>
    /// <param name="sensitivity">The derivatives of a cost in the outputs.</param>
    /// <param name="inputSensitivity">Takes the derivatives in the inputs.</param>
    public void Backward(int step, ReadOnlySpan<float> sensitivity, Span<float> inputSensitivity)
    {
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            Span<float> below = i == 0 ? inputSensitivity : layers[i].Below;
            layers[i].Backward(step, sensitivity, below);
            if (i == 0) return;
            Span<Vector<float>> slopes = MemoryMarshal.Cast<float, Vector<float>>(below), values = MemoryMarshal.Cast<float, Vector<float>>(layers[i].Input(step));
            for (int k = 0; k < slopes.Length; k++) slopes[k] *= Vector<float>.One - (values[k] * values[k]);
            sensitivity = below;
        }
    }

    /// <summary>The gradients so far, summed over trajectories: weight and bias of each layer.</summary>
    public IReadOnlyList<torch.Tensor> Gradients() => [.. layers.SelectMany(layer => layer.Gradients())];

    private sealed class Layer
    {
        private readonly int inputs, outputs;
        private readonly float[] weight, bias, activations, weightSums, biasSums, below;

        public Layer(torch.Tensor weight, torch.Tensor bias, int steps)
        {
            (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
            this.weight = [.. MemoryMarshal.Cast<byte, float>(weight.bytes)[..(outputs * inputs)]];
            this.bias = [.. MemoryMarshal.Cast<byte, float>(bias.bytes)[..outputs]];
            activations = new float[steps * inputs * Lanes];
            (weightSums, biasSums, below) = (new float[outputs * inputs * Width], new float[outputs * Width], new float[inputs * Lanes]);
        }

        public Span<float> Below => below;

        public Span<float> Input(int step) => activations.AsSpan(step * inputs * Lanes, inputs * Lanes);

        public void Forward(int step, Span<float> output)
        {
            Span<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(Input(step)), to = MemoryMarshal.Cast<float, Vector<float>>(output);
            int columns = Lanes / Width;
            for (int o = 0; o < outputs; o++)
            {
                ReadOnlySpan<float> row = weight.AsSpan(o * inputs, inputs);
                for (int column = 0; column < columns; column++)
                {
                    Vector<float> sum = new(bias[o]);
                    for (int i = 0, at = column; i < row.Length; i++, at += columns) sum += from[at] * row[i];
                    to[(o * columns) + column] = sum;
                }
            }
        }

        public void Backward(int step, ReadOnlySpan<float> sensitivity, Span<float> inputSensitivity)
        {
            Span<Vector<float>> inputOf = MemoryMarshal.Cast<float, Vector<float>>(Input(step)), sums = MemoryMarshal.Cast<float, Vector<float>>(weightSums.AsSpan());
            Span<Vector<float>> biases = MemoryMarshal.Cast<float, Vector<float>>(biasSums.AsSpan()), to = MemoryMarshal.Cast<float, Vector<float>>(inputSensitivity);
            ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(sensitivity);
            int columns = Lanes / Width;
            to.Clear();
            for (int o = 0; o < outputs; o++)
            {
                ReadOnlySpan<float> row = weight.AsSpan(o * inputs, inputs);
                Span<Vector<float>> rowSums = sums.Slice(o * inputs, inputs);
                for (int column = 0; column < columns; column++)
                {
                    Vector<float> slope = from[(o * columns) + column];
                    biases[o] += slope;
                    for (int i = 0, at = column; i < row.Length; i++, at += columns)
                    {
                        to[at] += slope * row[i];
                        rowSums[i] += slope * inputOf[at];
                    }
                }
            }
        }

        public IEnumerable<torch.Tensor> Gradients() => [Summed(weightSums, [outputs, inputs]), Summed(biasSums, [outputs])];

        private static torch.Tensor Summed(float[] sums, long[] shape)
        {
            float[] result = new float[TensorShapes.Count(shape)];
            for (int i = 0; i < result.Length; i++) result[i] = Vector.Sum(new Vector<float>(sums, i * Width));
            return torch.tensor(result, shape);
        }
    }
}
