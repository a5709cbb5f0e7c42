using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Philox;

/// <summary>Turns the random bits of four counters into eight draws.</summary>
internal interface IPhiloxKernel
{
    /// <summary>The draws.</summary>
    static abstract (Vector256<double> First, Vector256<double> Second) Draws(Vector256<ulong> first, Vector256<ulong> second);
}

/// <summary>Multiples of 2^-53 in [0, 1).</summary>
internal readonly struct UniformKernel : IPhiloxKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<double> First, Vector256<double> Second) Draws(Vector256<ulong> first, Vector256<ulong> second) => (Of(first), Of(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Of(Vector256<ulong> bits) => ExactFunctions.Number(bits >>> 11) * Vector256.Create(1.0 / (1L << 53));
}

/// <summary>Multiples of 2^-24 in [0, 1): the uniform draws of float32, rounded down.</summary>
internal readonly struct SingleUniformKernel : IPhiloxKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<double> First, Vector256<double> Second) Draws(Vector256<ulong> first, Vector256<ulong> second) => (Of(first), Of(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Of(Vector256<ulong> bits) => ExactFunctions.Number(bits >>> 40) * Vector256.Create(1.0 / (1L << 24));
}

/// <summary>Standard normal draws by the method of Box and Muller (1958), with a radius of 64 bits: tails reach 9.5 standard deviations.</summary>
internal readonly struct NormalKernel : IPhiloxKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<double> First, Vector256<double> Second) Draws(Vector256<ulong> first, Vector256<ulong> second)
    {
        // The uniform can be rounded to 1, whose logarithm is 0.
        Vector256<double> radius = Vector256.Sqrt(Vector256.Create(-2.0) * ExactFunctions.Log(ExactFunctions.Fraction(first)));
        (Vector256<double> sine, Vector256<double> cosine) = ExactFunctions.SineAndCosine(second);
        return (radius * cosine, radius * sine);
    }
}

/// <summary>Standard exponential draws, up to 45.</summary>
internal readonly struct ExponentialKernel : IPhiloxKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<double> First, Vector256<double> Second) Draws(Vector256<ulong> first, Vector256<ulong> second) => (Of(first), Of(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Of(Vector256<ulong> bits) => Vector256<double>.Zero - ExactFunctions.Log(ExactFunctions.Fraction(bits));
}

/// <summary>Standard Cauchy draws: the tangent of a uniform angle.</summary>
internal readonly struct CauchyKernel : IPhiloxKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<double> First, Vector256<double> Second) Draws(Vector256<ulong> first, Vector256<ulong> second) => (Of(first), Of(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Of(Vector256<ulong> bits)
    {
        (Vector256<double> sine, Vector256<double> cosine) = ExactFunctions.SineAndCosine(bits);
        return sine / cosine;
    }
}
