using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>Every type in every format comes back from our own reader.</summary>
public sealed class TypedColumnTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-types-").FullName;

    public static TheoryData<string, string> Combinations { get; } = new(TypedColumns.All.Keys.SelectMany(type => ExperimentFile.Extensions.Select(extension => (type, extension))));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Combinations))]
    public void A_column_comes_back_value_by_value(string type, string extension)
    {
        TypedColumn column = TypedColumns.All[type];
        string path = Path.Combine(folder, "t" + extension);
        ExperimentFile.Write(path, column.Values.Select(value => new ExperimentRow(["n", "c"], [1, value])));
        AssertSame(extension is ".parquet" or ".sqlite" ? column.FromTypes : column.FromText, path);

        // The first half settles the digits of a Parquet column.
        if (type == "decimal" && extension == ".parquet") return;
        // Half of the rows, then the others: the columns are those of the first half.
        int half = column.Values.Length / 2;
        if (type is "mixed" or "whole numbers and decimals" or "last date" or "small decimal" or "early and late date") return;
        foreach ((object?[] part, bool append) in new[] { (column.Values[..half], false), (column.Values[half..], true) })
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, append, cancellation: TestContext.Current.CancellationToken);
            foreach (object? value in part) writer.Write(new ExperimentRow(["n", "c"], [1, value]));
            writer.Complete();
        }
        AssertSame(extension is ".parquet" or ".sqlite" ? column.FromTypes : column.FromText, path);
    }

    private static void AssertSame(object?[] expected, string path)
    {
        object?[] actual = [.. ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).Select(row => row["c"])];
        Assert.Equal(expected, actual);
        Assert.Equal(expected.Select(value => value?.GetType()), actual.Select(value => value?.GetType()));
        for (int i = 0; i < expected.Length; i++)
        {
            switch (expected[i], actual[i])
            {
                case (double a, double b): Assert.Equal(double.IsNegative(a) || double.IsNaN(a), double.IsNegative(b) || double.IsNaN(b)); break;
                case (float a, float b): Assert.Equal(float.IsNegative(a) || float.IsNaN(a), float.IsNegative(b) || float.IsNaN(b)); break;
                case (DateTime a, DateTime b): Assert.Equal(a.Kind, b.Kind); break;
                case (DateTimeOffset a, DateTimeOffset b): Assert.Equal(a.Offset, b.Offset); break;
            }
        }
    }
}
