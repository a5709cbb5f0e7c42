using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Files;

public sealed class WindowsNameTests
{
    [Theory]
    [InlineData("nul.csv", "nul is a device")]
    [InlineData("COM1", "COM1 is a device")]
    [InlineData("aux .txt", "aux is a device")]
    [InlineData("a:b.png", "must not contain ':'")]
    [InlineData("what?.csv", "must not contain '?'")]
    [InlineData("x.csv ", "must not end with a space or a dot")]
    [InlineData("x.", "must not end with a space or a dot")]
    public void A_name_that_Windows_does_not_keep_is_refused(string name, string text)
    {
        Assert.Contains(text, WindowsNames.Problem(name), StringComparison.Ordinal);
        Assert.Contains(text, Assert.Throws<ArgumentException>(() => WindowsNames.Check(@"C:\runs\" + name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("epochs.csv")]
    [InlineData("console.csv")]
    [InlineData("COM0")]
    [InlineData("com10.csv")]
    [InlineData(".hidden")]
    [InlineData("größe ü.parquet")]
    public void Other_names_are_allowed(string name)
    {
        Assert.Null(WindowsNames.Problem(name));
        WindowsNames.Check(@"C:\runs.old\" + name);
    }
}
