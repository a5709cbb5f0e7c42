using System.Globalization;
using System.Numerics;
using Parquet.Data;
using Parquet.Schema;

namespace ReparamPS.Tables;

/// <summary>Decimal numbers in Parquet: 38 digits, as many as other programs allow.</summary>
internal static class ParquetDecimals
{
    /// <summary>The bytes of a number.</summary>
    public const int Bytes = 16;

    private const int Precision = 38, MaxScale = 28;

    private static readonly BigInteger MaxMantissa = new(decimal.MaxValue);

    // With 9 digits after the point, every whole number of a decimal fits before it.
    private static readonly int[] Scales = [9, 18, 28];

    /// <summary>The field that keeps all values exactly; null if there is none. It has room for values that are appended later.</summary>
    public static DataField? FieldFor(string name, IReadOnlyCollection<object?> values)
    {
        foreach (int scale in Scales)
        {
            if (values.All(value => value is null || Fits(Precision, scale, Convert.ToDecimal(value, CultureInfo.InvariantCulture)))) return new BigDecimalDataField(name, Precision, scale, isNullable: true);
        }
        return null;
    }

    /// <summary>Whether a field keeps a value exactly.</summary>
    public static bool Fits(DataField field, decimal value) => DigitsOf(field) is { } known && Fits(known.Precision, known.Scale, value);

    /// <summary>A value as a field of enough digits stores it.</summary>
    public static BigDecimal Stored(DataField field, decimal value)
    {
        (int precision, int scale) = DigitsOf(field) ?? (Precision, 0);
        decimal trimmed = Trimmed(value);
        return new BigDecimal(Mantissa(trimmed) * BigInteger.Pow(10, scale - trimmed.Scale), precision, scale);
    }

    /// <summary>The number of a cell, without the zeros that only the column's scale brings; a number that no decimal holds is the nearest double.</summary>
    public static object Read(BigDecimal cell)
    {
        (BigInteger digits, int scale) = (cell.UnscaledValue, cell.Scale);
        while ((scale > MaxScale || BigInteger.Abs(digits) > MaxMantissa) && scale > 0 && digits % 10 == 0) (digits, scale) = (digits / 10, scale - 1);
        if (scale > MaxScale || BigInteger.Abs(digits) > MaxMantissa)
        {
            return double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digits}E-{scale}"), CultureInfo.InvariantCulture);
        }
        int[] bits = decimal.GetBits((decimal)BigInteger.Abs(digits));
        return Trimmed(new decimal(bits[0], bits[1], bits[2], digits.Sign < 0, (byte)scale));
    }

    // The quotient has no trailing zeros.
    private static decimal Trimmed(decimal value) => value / 1.000000000000000000000000000000m;

    private static BigInteger Mantissa(decimal value)
    {
        int[] bits = decimal.GetBits(value);
        return new BigInteger(new decimal(bits[0], bits[1], bits[2], value < 0, 0));
    }

    /// <summary>The digits of a field of decimals, and those after its point; null for another field.</summary>
    public static (int Precision, int Scale)? DigitsOf(DataField field) => field switch
    {
        BigDecimalDataField known => (known.Precision, known.Scale),
        DecimalDataField known => (known.Precision, known.Scale),
        _ => null,
    };

    private static bool Fits(int precision, int scale, decimal value)
    {
        decimal trimmed = Trimmed(value);
        return trimmed.Scale <= scale && BigInteger.Abs(new BigInteger(decimal.Truncate(trimmed))) < BigInteger.Pow(10, precision - scale);
    }
}
