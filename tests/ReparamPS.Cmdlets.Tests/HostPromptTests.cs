namespace ReparamPS.Cmdlets.Tests;

/// <summary>Editing at the prompt.</summary>
public sealed class HostPromptTests
{
    private static readonly (string, string) Ready = ("Type 'exit' to leave.", "function prompt { 'pro' + 'mpt:' }\r");

    private const string Backspace = "\u007f", Left = "\e[D", Delete = "\e[3~";

    [Theory]
    [InlineData("'le' + 'n=' + \"😀a" + Backspace + Backspace + "b\".Length")]
    [InlineData("'le' + 'n=' + \"e\u0301" + Left + Delete + "b\".Length")]
    [InlineData("'le' + 'n=' + \"👍🏽" + Left + "b" + Delete + "\".Length")]
    public void A_character_of_several_units_is_deleted_as_a_whole(string line)
    {
        (string screen, int code) = HostTerminal.RunPrompt(Ready, ("prompt:", line + "\r"), ("len=1", "exit\r"));
        Assert.DoesNotContain("Unhandled", screen, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public void The_cursor_stands_after_wide_characters_and_combining_marks()
    {
        (string screen, _) = HostTerminal.RunPrompt(Ready, ("prompt:", "'日本e\u0301'" + Left), ("prompt:'日本e\u0301'\e[J\r\e[13C", "\rexit\r"));
        Assert.Contains("prompt:'日本e\u0301'\e[J\r\e[14C", screen, StringComparison.Ordinal);
    }
}
