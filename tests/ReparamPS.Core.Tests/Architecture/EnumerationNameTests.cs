using Newtonsoft.Json;
using TorchSharp;

namespace ReparamPS.Core.Tests.Architecture;

/// <summary>ConvertTo-Json hands enumerations to Newtonsoft.Json, which writes the names of those that ask for it.</summary>
public sealed class EnumerationNameTests
{
    public static TheoryData<Type> Enumerations => [.. typeof(Distributions.Distribution).Assembly.GetExportedTypes().Where(type => type.IsEnum), typeof(torch.ScalarType), typeof(DeviceType)];

    [Theory, MemberData(nameof(Enumerations))]
    public void A_public_enumeration_is_its_name_in_JSON(Type type)
    {
        foreach (object value in Enum.GetValues(type)) Assert.Equal($"\"{Enum.GetName(type, value)}\"", JsonConvert.SerializeObject(value));
    }
}
