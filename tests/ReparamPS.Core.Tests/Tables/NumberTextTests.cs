using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>Numbers of files without types: a double comes back as that double, and a decimal as that number.</summary>
public sealed class NumberTextTests
{
    private const int Count = 100_000;

    [Fact]
    public void Any_double_comes_back_as_the_same_double()
    {
        var random = new Random(1);
        for (int i = 0; i < Count; i++)
        {
            CheckDouble(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
            CheckDouble(random.NextDouble());
            CheckDouble(random.Next(1, 200) / (float)random.Next(1, 200));
            // About 17 digits before the point.
            CheckDouble(random.NextDouble() * 1e17);
            CheckDouble((double)AnyDecimal(random));
        }
    }

    [Fact]
    public void Any_decimal_comes_back_as_the_same_number()
    {
        var random = new Random(2);
        for (int i = 0; i < Count; i++)
        {
            decimal number = AnyDecimal(random);
            object? read = ExperimentValue.TryNumber(ExperimentValue.FileText(number));
            decimal? back = read switch { double shown => ExperimentValue.FromDouble(shown), int or long or decimal => Convert.ToDecimal(read), _ => null };
            Assert.True(back == number, $"{number} came back as {read}");
        }
    }

    private static void CheckDouble(double number)
    {
        if (!double.IsFinite(number)) return;
        string text = ExperimentValue.FileText(number);
        Assert.True(ExperimentValue.TryNumber(text) is double read && BitConverter.DoubleToInt64Bits(read) == BitConverter.DoubleToInt64Bits(number), $"{number:R} came back from '{text}' as {ExperimentValue.TryNumber(text)}");
    }

    private static decimal AnyDecimal(Random random) => new(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29));
}
