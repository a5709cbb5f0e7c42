using System.Text.Json;
using ReparamPS.Messages;

namespace ReparamPS.Core.Tests;

/// <summary>Faults of JSON are told by line and byte, without the parser's own terms.</summary>
public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("garbage", "line 1, byte 1: 'g' is an invalid start of a value.")]
    [InlineData("", "line 1, byte 1: there is no JSON text.")]
    [InlineData("{\n\"a\": [1 ", "line 2, byte 9: an object or list is not closed.")]
    [InlineData("[]", "a value has the wrong type.")]
    [InlineData("{}", "a required entry is missing.")]
    [InlineData("{\"a\":\"x\"}", "a value has the wrong type.")]
    public void The_place_is_a_line_and_a_byte(string text, string expected)
    {
        Exception error = Assert.ThrowsAny<Exception>(() =>
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("a").GetInt32();
        });
        Assert.Equal(expected, JsonFault.Of(error));
    }

    [Fact]
    public void An_entry_that_a_dictionary_lacks_is_told_without_the_terms_of_DotNet()
    {
        Assert.Equal("a required entry is missing.", JsonFault.Of(Assert.Throws<KeyNotFoundException>(() => new Dictionary<string, string>()["options"])));
        Assert.Equal("its settings are null.", JsonFault.Of(new JsonException("its settings are null")));
    }

    [Fact]
    public void A_value_of_another_type_is_told_in_words() =>
        Assert.Equal("line 1, byte 4: a value has the wrong type.", JsonFault.Of(Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<int>("\"x\""))));
}
