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
        "New-NormalDistribution | Invoke-RSample -Count {0}",
        "New-NormalDistribution | Invoke-RSample -Seed {0}",
        "Invoke-VaeTraining -Epochs {0}",
        "New-ExperimentSearch @{{ A = 1, 2 }} -Count {0}",
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

    [Theory]
    [InlineData("[char]'x'")]
    [InlineData("[datetime]::MinValue")]
    [InlineData("[guid]::Empty")]
    [InlineData("@{ a = 1 }")]
    [InlineData("[DayOfWeek]::Friday")]
    [InlineData("'0,001'")]
    [InlineData("'1e-3x'")]
    public void AValueThatIsNotANumberIsNamedWithoutInternals(string value)
    {
        ErrorRecord error = Assert.Single(session.TryRun($"Invoke-VaeTraining -Epochs 1 -LearningRate ({value})").Errors);
        Assert.Contains("Expected a number", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotMatch(MistakeTests.Internals(), error.ToString());
    }

    [Theory]
    [InlineData("60")]
    [InlineData("([char]120)")]
    public void AValueThatIsNotADurationIsNamed(string value) =>
        Assert.Contains("Expected a duration", Assert.Single(session.TryRun($"Invoke-ExperimentSweep ./odd {{ 1 }} -TimeBudget {value} -WhatIf").Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("10", 10)]
    [InlineData("'10'", 10)]
    [InlineData("1e1", 10)]
    [InlineData("([byte]10)", 10)]
    [InlineData("(New-Tensor 10)", 10)]
    [InlineData("(New-Tensor 10 -DType int64)", 10)]
    public void AValueThatIsAnIntegerIsTaken(string value, int count) => Assert.Equal(count, session.Run($"(New-NormalDistribution | Invoke-RSample -Count {value}).Values.Count")[^1].BaseObject);

    [Theory]
    [InlineData("123456789012345678")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    public void ASeedKeepsAllItsDigits(string seed) => Assert.Equal(long.Parse(seed, System.Globalization.CultureInfo.InvariantCulture), session.Run($"(New-NormalDistribution | Invoke-RSample 2 -Seed ([long]'{seed}')).Seed")[^1].BaseObject);

    [Theory]
    [InlineData("2.5", "New-Tensor 2.5")]
    [InlineData("NaN", "New-Tensor ([double]::NaN)")]
    public void ATensorThatIsNotAnIntegerIsNotRounded(string shown, string tensor)
    {
        string message = Assert.Single(session.TryRun($"New-NormalDistribution | Invoke-RSample -Count ({tensor})").Errors).ToString();
        Assert.Contains("Expected an integer", message, StringComparison.Ordinal);
        Assert.Contains(shown, message, StringComparison.Ordinal);
    }
}
