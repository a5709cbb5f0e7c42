using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// Adam (Kingma, Ba 2014, arXiv:1412.6980) over one flat buffer, with PyTorch's arithmetic. On the CPU one pass reads and writes each value once;
/// elsewhere it is a handful of tensor operations.
/// </summary>
internal sealed class AdamOptimizer : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly TensorPool pool = new();
    private readonly Tensor values, gradient, first, second;
    private long step;

    /// <summary>Starts with moments of zero.</summary>
    public AdamOptimizer(FlatParameters parameters, FlatParameters gradient)
    {
        (values, this.gradient) = (parameters.Buffer, gradient.Buffer);
        using var scope = NewDisposeScope();
        (first, second) = (pool.Own(zeros_like(values)), pool.Own(zeros_like(values)));
    }

    /// <summary>Makes one step against the gradient.</summary>
    public void Step(double learningRate)
    {
        step++;
        double size = learningRate / (1 - Math.Pow(Beta1, step)), correction = Math.Sqrt(1 - Math.Pow(Beta2, step));
        if (values.device_type != DeviceType.CPU) StepByTensors(size, correction);
        else if (values.dtype == ScalarType.Float32) StepInOnePass<float>((float)size, (float)(1 / correction));
        else StepInOnePass<double>(size, 1 / correction);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private void StepByTensors(double size, double correction)
    {
        first.mul_(Beta1).add_(gradient, 1 - Beta1);
        second.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        using Tensor denominator = second.sqrt().div_(correction).add_(Epsilon);
        values.addcdiv_(first, denominator, -size);
    }

    private void StepInOnePass<T>(T size, T inverseCorrection) where T : struct, IFloatingPointIeee754<T>
    {
        Span<T> p = MemoryMarshal.Cast<byte, T>(values.bytes), g = MemoryMarshal.Cast<byte, T>(gradient.bytes);
        Span<T> m = MemoryMarshal.Cast<byte, T>(first.bytes), v = MemoryMarshal.Cast<byte, T>(second.bytes);
        T beta1 = T.CreateChecked(Beta1), beta2 = T.CreateChecked(Beta2), rest1 = T.CreateChecked(1 - Beta1), rest2 = T.CreateChecked(1 - Beta2), epsilon = T.CreateChecked(Epsilon);
        int width = Vector<T>.Count, i = 0;
        Vector<T> epsilons = new(epsilon);
        for (; i <= p.Length - width; i += width)
        {
            var slope = new Vector<T>(g[i..]);
            Vector<T> mean = new Vector<T>(m[i..]) * beta1 + slope * rest1;
            Vector<T> square = new Vector<T>(v[i..]) * beta2 + slope * slope * rest2;
            mean.CopyTo(m[i..]);
            square.CopyTo(v[i..]);
            (new Vector<T>(p[i..]) - mean * size / (Vector.SquareRoot(square) * inverseCorrection + epsilons)).CopyTo(p[i..]);
        }
        for (; i < p.Length; i++)
        {
            m[i] = m[i] * beta1 + g[i] * rest1;
            v[i] = v[i] * beta2 + g[i] * g[i] * rest2;
            p[i] -= m[i] * size / (T.Sqrt(v[i]) * inverseCorrection + epsilon);
        }
    }
}
