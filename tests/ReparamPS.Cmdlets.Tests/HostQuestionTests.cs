namespace ReparamPS.Cmdlets.Tests;

/// <summary>What the host asks for on a terminal.</summary>
public sealed class HostQuestionTests
{
    [Fact]
    public void Missing_parameters_are_asked_for_and_secrets_are_not_shown()
    {
        (string screen, int code) = HostTerminal.Run(
            """
            function f { param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string[]] $Many, [Parameter(Mandatory)] [securestring] $Pass, [Parameter(Mandatory)] [pscredential] $Cred)
                "$Name $($Many -join '+') $($Pass.Length) $($Cred.UserName) $($Cred.GetNetworkCredential().Password.Length)" }
            f
            """,
            ("Name:", "hello\r"), ("Many[0]:", "a\r"), ("Many[1]:", "b\r"), ("Many[2]:", "\r"), ("Pass:", "hidden\r"), ("User:", "me\r"), ("Password for user me:", "veiled\r"));
        Assert.Contains("hello a+b 6 me 6", screen, StringComparison.Ordinal);
        Assert.Contains("******", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("veiled", screen, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("y\r", "did it")]
    [InlineData("no\r", "ended")]
    [InlineData("\r", "did it")]
    public void A_choice_is_made_by_its_letter_its_name_or_the_default(string answer, string expected)
    {
        (string screen, _) = HostTerminal.Run(
            "function f { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if ($PSCmdlet.ShouldProcess('x')) { 'did', 'it' -join ' ' } }; f; 'end' + 'ed'",
            ("[?] Help:", answer));
        Assert.Contains(expected, screen, StringComparison.Ordinal);
        Assert.Contains("ended", screen, StringComparison.Ordinal);
        Assert.Equal(expected == "did it", screen.Contains("did it", StringComparison.Ordinal));
    }

    [Fact]
    public void Ctrl_C_ends_a_question()
    {
        (string screen, int code) = HostTerminal.Run("function f { param([Parameter(Mandatory)] $Name) 'bo' + 'dy' }; f; 'aft' + 'er'", ("Name:", "\u0003"));
        Assert.Equal(130, code);
        Assert.DoesNotContain("body", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("after", screen, StringComparison.Ordinal);
    }
}
