using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Values of the wrong type, of enormous length or of enormous size are one clear sentence.</summary>
public sealed class OddInputTests : IDisposable
{
    private static readonly string[] Odd =
        ["[char]'x'", "[datetime]::MinValue", "[guid]::Empty", "[version]'1.2'", "@{ a = 1 }", "[DayOfWeek]::Friday", "[timespan]::MaxValue", "2.5", "1e30", "'abc'"];

    private readonly ModuleRunspace session = new();

    public static TheoryData<string> Calls =>
    [
        "New-NeuralPolicy -HiddenSize {0}",
        "Invoke-VaeTraining -Epochs 1 -HiddenSize {0}",
        "New-NormalDistribution | Invoke-RSample -SampleShape {0}",
        "Invoke-ExperimentSweep ./odd {{ 1 }} -AllowedExitCode {0} -WhatIf",
        "[pscustomobject]@{{ HiddenSize = {0}; Epochs = 1 }} | Invoke-VaeTraining",
        "[pscustomobject]@{{ LatentSize = {0}; Epochs = 1 }} | Invoke-VaeTraining",
    ];

    public void Dispose() => session.Dispose();

    [Theory, MemberData(nameof(Calls))]
    public void AValueThatIsNotAnIntegerIsNamedWithoutInternals(string call)
    {
        foreach (string value in Odd)
        {
            ErrorRecord error = Assert.Single(session.TryRun(string.Format(System.Globalization.CultureInfo.InvariantCulture, call, $"({value})")).Errors);
            Assert.Contains("integer", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotMatch(MistakeTests.Internals(), error.ToString());
        }
    }

    [Theory]
    [InlineData("New-NormalDistribution -Device $long")]
    [InlineData("New-Distribution $long")]
    [InlineData("Import-VaeModel $long")]
    [InlineData("Get-ExperimentRun $long")]
    [InlineData("Import-ExperimentData $long")]
    [InlineData("[pscustomobject]@{ A = 1 } | Export-Chart ./x.png $long A")]
    [InlineData("[pscustomobject]@{ A = 1 } | Export-ExperimentData $long")]
    [InlineData("New-ExperimentGrid $long")]
    [InlineData("New-ExperimentSearch $long -Count 1")]
    [InlineData("New-ExperimentSearch @{ $long = @{ Min = 2; Max = 1 } } -Count 1")]
    [InlineData("[pscustomobject]@{ $long = 1; Epochs = 1 } | Invoke-VaeTraining")]
    [InlineData("Invoke-VaeTraining -Likelihood $long -Epochs 1")]
    [InlineData("Compare-ExperimentRun . $long, x")]
    public void AMessageNeverEchoesMegabytes(string script)
    {
        ErrorRecord error = Assert.Single(session.TryRun($"$long = 'a' * 1000000; {script}").Errors);
        Assert.InRange(error.ToString().Length, 10, 2100);
    }

    [Fact]
    public void ALargeDrawIsTheSameAsItsPartsInARow()
    {
        // Uniform numbers come one after the other from the stream, on whatever thread they are drawn.
        Assert.Equal(true, session.Run("$large = (New-UniformDistribution 0 1 | Invoke-RSample -Count 1100000 -Seed 3).Values; $small = (New-UniformDistribution 0 1 | Invoke-RSample -Count 1000 -Seed 3).Values; [System.Linq.Enumerable]::SequenceEqual([double[]]$small, [double[]]$large[0..999])")[^1].BaseObject);
    }
}
