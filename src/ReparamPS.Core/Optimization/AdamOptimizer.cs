using System.Numerics;
using System.Runtime.InteropServices;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Optimization;

/// <summary>
/// Adam (Kingma, Ba 2014, arXiv:1412.6980); AdamW if the decay is decoupled (Loshchilov, Hutter 2017, arXiv:1711.05101). On the CPU one pass reads and
/// writes each value once; other devices use tensor operations.
/// </summary>
internal sealed class AdamOptimizer(FlatParameters parameters, FlatParameters gradient, double weightDecay = 0, bool isDecoupled = false)
    : FlatOptimizer(parameters, gradient, "first", "second")
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly StoreTrial trial = new();

    protected override void Move(double learningRate)
    {
        double size = learningRate / (1 - Math.Pow(Beta1, StepCount)), correction = Math.Sqrt(1 - Math.Pow(Beta2, StepCount));
        double kept = isDecoupled ? 1 - learningRate * weightDecay : 1, added = isDecoupled ? 0 : weightDecay;
        if (!HostMemory.Holds(Values)) MoveByTensors(size, correction, kept, added);
        else if (Values.dtype == ScalarType.Float32) MoveInOnePass<float>((float)size, (float)(1 / correction), (float)kept, (float)added);
        else MoveInOnePass<double>(size, 1 / correction, kept, added);
    }

    private void MoveByTensors(double size, double correction, double kept, double added)
    {
        Decay(added);
        Tensor first = State[0].Value, second = State[1].Value;
        first.mul_(Beta1).add_(Gradient, 1 - Beta1);
        second.mul_(Beta2).addcmul_(Gradient, Gradient, 1 - Beta2);
        using Tensor denominator = second.sqrt().div_(correction).add_(Epsilon);
        if (kept < 1) Values.mul_(kept);
        Values.addcdiv_(first, denominator, -size);
    }

    private void MoveInOnePass<T>(T size, T inverseCorrection, T kept, T added) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int lines = (int)(Values.numel() / FlatParameters.Alignment);
        trial.Run(bypassesCaches => TorchThreads.Run(lines, Values.numel() * Values.ElementSize, (start, end) =>
        {
            Span<T> Of(Tensor tensor) => MemoryMarshal.Cast<byte, T>(tensor.bytes)[(start * FlatParameters.Alignment)..(end * FlatParameters.Alignment)];
            MoveSpan(Of(Values), Of(Gradient), Of(State[0].Value), Of(State[1].Value), size, inverseCorrection, kept, added, bypassesCaches && end - start < lines);
        }));
    }

    private static unsafe void MoveSpan<T>(Span<T> p, Span<T> g, Span<T> m, Span<T> v, T size, T inverseCorrection, T kept, T added, bool bypassesCaches)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T beta1 = T.CreateChecked(Beta1), beta2 = T.CreateChecked(Beta2), rest1 = T.CreateChecked(1 - Beta1), rest2 = T.CreateChecked(1 - Beta2);
        Vector<T> epsilons = new(T.CreateChecked(Epsilon)), meanLimit = Subnormals.Limit<T>(Subnormals.BeforeStepSize), squareLimit = Subnormals.Limit<T>();
        Span<Vector<T>> gs = MemoryMarshal.Cast<T, Vector<T>>(g), ms = MemoryMarshal.Cast<T, Vector<T>>(m), vs = MemoryMarshal.Cast<T, Vector<T>>(v);
        fixed (T* values = p)
        {
            for (int j = 0; j < gs.Length; j++)
            {
                T* at = values + j * Vector<T>.Count;
                Vector<T> value = Vector.Load(at), slope = gs[j] + value * added;
                Vector<T> mean = ms[j] * beta1 + slope * rest1, square = vs[j] * beta2 + slope * slope * rest2;
                (ms[j], vs[j]) = (Subnormals.Flush(mean, meanLimit), Subnormals.Flush(square, squareLimit));
                Vector<T> moved = value * kept - mean * size / (Vector.SquareRoot(square) * inverseCorrection + epsilons);
                if (bypassesCaches) Vector.StoreAlignedNonTemporal(moved, at);
                else moved.Store(at);
            }
        }
        // Without a barrier, other threads may read old values.
        if (bypassesCaches) Interlocked.MemoryBarrier();
    }
}
