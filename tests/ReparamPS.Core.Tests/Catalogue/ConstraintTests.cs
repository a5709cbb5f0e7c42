using System.Text.Json;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A parameter outside its constraint is refused by name, in a batch too.</summary>
public sealed class ConstraintTests
{
    public static TheoryData<string, int> Rows() => Cases.Rows("invalid");

    /// <summary>The rows whose parameter the example gives too, so that a batch can hold a good value beside the bad one.</summary>
    public static TheoryData<string, int> RowsWithExample() =>
        [.. Cases.Rows("invalid").Where(row => ReferenceFile.Of(row.Data.Item1).Root.GetProperty("example").TryGetProperty(Parameter(ReferenceFile.Of(row.Data.Item1), row.Data.Item2), out _))];

    private static string Parameter(ReferenceFile file, int row) => file.Rows("invalid")[row].GetProperty("parameter").GetString()!;

    [Theory, MemberData(nameof(Rows))]
    public void A_value_outside_the_constraint_is_refused_by_name(string name, int row)
    {
        using var scope = NewDisposeScope();
        ReferenceFile file = ReferenceFile.Of(name);
        JsonElement invalid = file.Rows("invalid")[row];
        string parameter = Parameter(file, row);
        // Which of two bounds in the wrong order is to blame is a matter of taste.
        string[] blamed = parameter is "Low" or "High" ? ["Low", "High"] : [parameter];
        var refused = Assert.Throws<ParameterConstraintException>(() => ReferenceDistribution.Make(file, invalid.GetProperty("parameters")));
        Assert.Contains(refused.ParamName, blamed);
        Assert.Contains(refused.ParamName!, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Constraint);
    }

    [Theory, MemberData(nameof(RowsWithExample))]
    public void One_bad_element_of_a_batch_is_enough(string name, int row)
    {
        using var scope = NewDisposeScope();
        ReferenceFile file = ReferenceFile.Of(name);
        JsonElement invalid = file.Rows("invalid")[row], good = file.Root.GetProperty("example");
        string parameter = Parameter(file, row);
        JsonElement fine = good.GetProperty(parameter);
        Assert.Throws<ParameterConstraintException>(() => ReferenceDistribution.Make(file, invalid.GetProperty("parameters"), change: (path, leaf) => path == parameter
            ? stack([ReferenceDistribution.Values(JsonNumbers.Doubles(fine), JsonNumbers.Shape(fine)), leaf])
            : leaf));
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Unknown_and_missing_parameters_are_refused_by_name(string name)
    {
        DistributionType type = DistributionCatalog.Get(name);
        var unknown = Assert.ThrowsAny<ArgumentException>(() => type.Create(new Dictionary<string, object> { ["Nonsense"] = tensor(1.0) }));
        Assert.Contains("Nonsense", unknown.Message, StringComparison.Ordinal);
        if (type.Parameters.FirstOrDefault(parameter => parameter.Default is null) is not null)
            Assert.ThrowsAny<ArgumentException>(() => type.Create(new Dictionary<string, object>()));
    }
}
