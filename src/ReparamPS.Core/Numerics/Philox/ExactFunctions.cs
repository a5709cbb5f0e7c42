using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Philox;

/// <summary>
/// Elementary functions made of additions, multiplications, divisions and square roots, which IEEE 754 rounds in one way: they have the same bits on every processor. The functions of the
/// C library, and fused multiplications, do not. Reductions and polynomials are those of FDLIBM (Sun Microsystems 1993), with errors below 1 unit in the last place.
/// </summary>
internal static class ExactFunctions
{
    private const ulong One = 0x3FF0000000000000, RootHalf = 0x3FE6A09E667F3BCD, Mantissa = 0x000FFFFFFFFFFFFF, LowWord = 0xFFFFFFFF;
    private const double LogTwoHigh = 6.93147180369123816490e-01, LogTwoLow = 1.90821492927058770002e-10;
    private const double Two51 = 1L << 51, Two52 = 1L << 52, Two63 = 9223372036854775808.0, Two84 = 19342813113834066795298816.0;

    /// <summary>log(x) of a positive normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> x)
    {
        // x = 2^k m, with m between √½ and √2.
        Vector256<ulong> bits = x.AsUInt64() + Vector256.Create(One - RootHalf);
        Vector256<double> k = ((bits >>> 52) | Vector256.Create(0x4330000000000000UL)).AsDouble() - Vector256.Create(Two52 + 1023);
        Vector256<double> f = ((bits & Vector256.Create(Mantissa)) + Vector256.Create(RootHalf)).AsDouble() - Vector256.Create(1.0);
        Vector256<double> s = f / (f + Vector256.Create(2.0)), z = s * s, w = z * z;
        Vector256<double> even = w * (C(3.999999999940941908e-01) + w * (C(2.222219843214978396e-01) + w * C(1.531383769920937332e-01)));
        Vector256<double> odd = z * (C(6.666666666666735130e-01) + w * (C(2.857142874366239149e-01) + w * (C(1.818357216161805012e-01) + w * C(1.479819860511658591e-01))));
        Vector256<double> half = C(0.5) * f * f;
        return k * C(LogTwoHigh) - ((half - (s * (half + (even + odd)) + k * C(LogTwoLow))) - f);
    }

    /// <inheritdoc cref="Log(Vector256{double})"/>
    public static double Log(double x) => Log(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>exp(x) of a number that is not positive; 0 if the result is not a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ExpOfNegative(Vector256<double> x)
    {
        Vector256<double> isNormal = Vector256.GreaterThan(x, C(-708.0)), at = Vector256.Max(x, C(-708.0));
        // Adding 1.5 · 2^52 rounds to an integer, which then lies in the low bits.
        Vector256<double> shifted = at * C(1.44269504088896338700) + C(1.5 * Two52), k = shifted - C(1.5 * Two52);
        Vector256<double> high = at - k * C(LogTwoHigh), low = k * C(LogTwoLow), r = high - low, t = r * r;
        Vector256<double> c = r - t * (C(1.66666666666666019037e-01) + t * (C(-2.77777777770155933842e-03) + t * (C(6.61375632143793436117e-05) + t * (C(-1.65339022054652515390e-06) + t * C(4.13813679705723846039e-08)))));
        Vector256<double> y = C(1.0) - ((low - r * c / (C(2.0) - c)) - high);
        return (y.AsUInt64() + (shifted.AsUInt64() << 52)).AsDouble() & isNormal;
    }

    /// <summary>sin and cos of a full turn times a 64-bit fraction. Neither is ever 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<double> Sine, Vector256<double> Cosine) SineAndCosine(Vector256<ulong> turn)
    {
        // The upper two bits are the quarter; the others are the place in it, from −1/8 to 1/8 of a turn, with all their digits near 0.
        Vector256<ulong> place = (turn & Vector256.Create(0x3FFFFFFFFFFFFFFFUL)) + Vector256.Create(0x8000000000000000UL - 0x2000000000000000UL);
        Vector256<double> x = (((place >>> 32) | Vector256.Create(0x4530000000000000UL)).AsDouble() - C(Two84 + Two63 + Two51) + LowHalf(place)) * C(Math.PI / Two63);
        Vector256<double> z = x * x, w = z * z, half = C(0.5) * z, less = C(1.0) - half;
        Vector256<double> sine = x + x * z * (C(-1.66666666666666324348e-01) + z * (C(8.33333333332248946124e-03) + z * (C(-1.98412698298579493134e-04)
            + z * (C(2.75573137070700676789e-06) + z * (C(-2.50507602534068634195e-08) + z * C(1.58969099521155010221e-10))))));
        Vector256<double> rest = z * (C(4.16666666666666019037e-02) + z * (C(-1.38888888888741095749e-03) + z * C(2.48015872894767294178e-05)))
            + w * w * (C(-2.75573143513906633035e-07) + z * (C(2.08757232129817482790e-09) + z * C(-1.13596475577881948265e-11)));
        Vector256<double> cosine = less + (((C(1.0) - less) - half) + z * rest);
        Vector256<ulong> isOdd = Vector256<ulong>.Zero - ((turn >>> 62) & Vector256<ulong>.One), sign = Vector256.Create(0x8000000000000000UL);
        Vector256<ulong> s = Vector256.ConditionalSelect(isOdd, cosine.AsUInt64(), sine.AsUInt64()), c = Vector256.ConditionalSelect(isOdd, sine.AsUInt64(), cosine.AsUInt64());
        return ((s ^ (turn & sign)).AsDouble(), (c ^ ((turn ^ (turn << 1)) & sign)).AsDouble());
    }

    /// <summary>(bits + ½) / 2^64, rounded: uniform on (0, 1], with all digits near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Fraction(Vector256<ulong> bits) =>
        (((bits >>> 32) | Vector256.Create(0x4530000000000000UL)).AsDouble() - C(Two84 + Two51) + LowHalf(bits)) * C(1 / (2 * Two63));

    /// <summary>An integer below 2^53 as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Number(Vector256<ulong> integer) =>
        ((integer >>> 32) | Vector256.Create(0x4530000000000000UL)).AsDouble() - C(Two84 + Two52) + ((integer & Vector256.Create(LowWord)) | Vector256.Create(0x4330000000000000UL)).AsDouble();

    // 2^51 + the low word + ½, exactly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LowHalf(Vector256<ulong> bits) => (((bits & Vector256.Create(LowWord)) << 1) | Vector256.Create(0x4320000000000001UL)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> C(double value) => Vector256.Create(value);
}
