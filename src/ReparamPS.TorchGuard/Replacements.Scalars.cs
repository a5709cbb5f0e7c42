namespace ReparamPS.TorchGuard;

public static partial class Replacements
{
    private const byte DoubleType = 7, ComplexType = 10;
    private const double BFloat16Max = 3.3895313892515355e38;

    /// <summary>The number as a Boolean.</summary>
    public static bool THSTorch_scalar_to_bool(nint scalar)
    {
        if (Native.THSTorch_scalar_type(scalar) < DoubleType || Native.THSTorch_scalar_type(scalar) > ComplexType) return Native.THSTorch_scalar_to_int64(scalar) != 0;
        (double real, double imaginary) = Complex(scalar);
        return real != 0 || imaginary != 0;
    }

    /// <summary>The number as an SByte.</summary>
    public static sbyte THSTorch_scalar_to_int8(nint scalar) => (sbyte)Integer(scalar, sbyte.MinValue, sbyte.MaxValue, nameof(SByte));

    /// <summary>The number as a Byte.</summary>
    public static byte THSTorch_scalar_to_uint8(nint scalar) => (byte)Integer(scalar, byte.MinValue, byte.MaxValue, nameof(System.Byte));

    /// <summary>The number as an Int16.</summary>
    public static short THSTorch_scalar_to_int16(nint scalar) => (short)Integer(scalar, short.MinValue, short.MaxValue, nameof(Int16));

    /// <summary>The number as an Int32.</summary>
    public static int THSTorch_scalar_to_int32(nint scalar) => (int)Integer(scalar, int.MinValue, int.MaxValue, nameof(Int32));

    /// <summary>The number as an Int64.</summary>
    public static long THSTorch_scalar_to_int64(nint scalar) => Integer(scalar, long.MinValue, long.MaxValue, nameof(Int64));

    /// <summary>The number as a Double.</summary>
    public static double THSTorch_scalar_to_float64(nint scalar) => Real(scalar, double.PositiveInfinity, nameof(Double));

    /// <summary>The number as a Single.</summary>
    public static float THSTorch_scalar_to_float32(nint scalar) => (float)Real(scalar, float.MaxValue, nameof(Single));

    /// <summary>The number as a Half.</summary>
    public static void THSTorch_scalar_to_float16(nint scalar, out Half result) => result = (Half)Real(scalar, (double)Half.MaxValue, nameof(Half));

    /// <summary>The number as a BFloat16, in its bits.</summary>
    public static void THSTorch_scalar_to_bfloat16(nint scalar, out ushort result)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)Real(scalar, BFloat16Max, "BFloat16"));
        bool isNaN = (bits & 0x7fffffff) > 0x7f800000;
        // To the nearest, ties to even, as libtorch rounds.
        result = isNaN ? (ushort)0x7fc0 : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The number as two Singles.</summary>
    public static void THSTorch_scalar_to_complex32(nint scalar, out float real, out float imaginary)
    {
        (double first, double second) = Complex(scalar);
        (real, imaginary) = ((float)Within(first, float.MaxValue, "ComplexFloat32"), (float)Within(second, float.MaxValue, "ComplexFloat32"));
    }

    private static long Integer(nint scalar, long min, long max, string type)
    {
        if (Native.THSTorch_scalar_type(scalar) is < DoubleType or > ComplexType)
        {
            long whole = Native.THSTorch_scalar_to_int64(scalar);
            return whole >= min && whole <= max ? whole : throw Overflow(whole, type);
        }
        double value = Real(scalar, double.PositiveInfinity, type);
        // 2^63, to which the largest Int64 rounds as a Double, is one too many.
        if (!(value >= min && (max == long.MaxValue ? value < max : value <= max))) throw Overflow(value, type);
        return value == Math.Truncate(value) ? (long)value : throw new InvalidCastException(FormattableString.Invariant($"{value} is not an integer and cannot be converted to {type}. Round it first."));
    }

    private static double Real(nint scalar, double max, string type)
    {
        (double real, double imaginary) = Complex(scalar);
        return imaginary == 0 ? Within(real, max, type) : throw new InvalidCastException(FormattableString.Invariant($"The complex number {real}{imaginary:+0.######;-0.######}i has an imaginary part and cannot be converted to {type}."));
    }

    private static double Within(double value, double max, string type) => Math.Abs(value) > max && double.IsFinite(value) ? throw Overflow(value, type) : value;

    private static (double Real, double Imaginary) Complex(nint scalar)
    {
        Native.THSTorch_scalar_to_complex64(scalar, out double real, out double imaginary);
        return (real, imaginary);
    }

    private static OverflowException Overflow(IFormattable value, string type) =>
        new($"{value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)} is outside the range of {type}.");
}
