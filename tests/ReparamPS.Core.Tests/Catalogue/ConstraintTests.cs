using System.Text.Json;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A parameter outside its constraint is refused by name, in a batch too.</summary>
public sealed class ConstraintTests
{
    public static TheoryData<string, int> Rows() => Cases.Rows("invalid");

    [Theory, MemberData(nameof(Rows))]
    public void A_value_outside_the_constraint_is_refused_by_name(string name, int row)
    {
        using var scope = NewDisposeScope();
        ReferenceFile file = ReferenceFile.Of(name);
        JsonElement invalid = file.Rows("invalid")[row];
        string parameter = invalid.GetProperty("parameter").GetString()!;
        // Which of two bounds in the wrong order is to blame is a matter of taste.
        string[] blamed = parameter is "Low" or "High" ? ["Low", "High"] : [parameter];
        var refused = Assert.Throws<ParameterConstraintException>(() => ReferenceDistribution.Make(file, invalid.GetProperty("parameters")));
        Assert.Contains(refused.ParamName, blamed);
        Assert.Contains(refused.ParamName!, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Constraint);
    }

    [Theory, MemberData(nameof(Rows))]
    public void One_bad_element_of_a_batch_is_enough(string name, int row)
    {
        using var scope = NewDisposeScope();
        ReferenceFile file = ReferenceFile.Of(name);
        JsonElement invalid = file.Rows("invalid")[row], good = file.Root.GetProperty("example");
        string parameter = invalid.GetProperty("parameter").GetString()!;
        Assert.SkipUnless(good.TryGetProperty(parameter, out JsonElement fine), $"The example gives no {parameter}.");
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
