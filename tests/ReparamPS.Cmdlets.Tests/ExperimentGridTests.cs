using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class ExperimentGridTests(ModuleRunspace module)
{
    [Theory]
    [InlineData("New-ExperimentGrid ([ordered]@{ B = 1, 2; A = 'x', 'y' })", "B=1;A=x|B=1;A=y|B=2;A=x|B=2;A=y")]
    [InlineData("New-ExperimentGrid @{ b = 1, 2; A = 'x' }", "A=x;b=1|A=x;b=2")]
    [InlineData("@{ A = 1, 2 }, @{ B = 3 } | New-ExperimentGrid", "A=1|A=2|B=3")]
    [InlineData("New-ExperimentGrid @{ A = 1, 2 }, @{ B = 3 }", "A=1|A=2|B=3")]
    [InlineData("New-ExperimentGrid @{ A = 1, 2 } -Repeat 2 -SeedStart 5", "A=1;Seed=5|A=1;Seed=6|A=2;Seed=5|A=2;Seed=6")]
    [InlineData("New-ExperimentGrid @{ A = 1..2; N = 5, $null; S = 'text' }", "A=1;N=5;S=text|A=1;N=;S=text|A=2;N=5;S=text|A=2;N=;S=text")]
    [InlineData("[pscustomobject]@{ A = 1, 2; N = $null } | New-ExperimentGrid", "A=1;N=|A=2;N=")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2 } | New-ExperimentGrid -Repeat 1", "A=1;B=2;Seed=0")]
    [InlineData("New-ExperimentGrid @{ A = , @(1, 2) } | ForEach-Object { [pscustomobject]@{ Count = $_.A.Count } }", "Count=2")]
    public void Every_combination_is_an_object_in_a_stable_order(string script, string expected)
    {
        PSObject[] points = module.Run(script);
        Assert.Equal(expected, string.Join("|", points.Select(point => string.Join(";", point.Properties.Select(property => $"{property.Name}={property.Value}")))));
    }

    [Fact]
    public void A_setting_that_follows_a_distribution_takes_its_quantiles()
    {
        // Of a uniform distribution from 2 to 4, the quantile at u is 2 + 2 u.
        const string search = "New-ExperimentSearch -Strategy Sobol -Count 8 -Seed 3 @{ X = ";
        double[] uniform = [.. module.Run(search + "@{ Min = 0.0; Max = 1.0 } }").Select(point => (double)point.Properties["X"].Value)];
        double[] drawn = [.. module.Run(search + "New-UniformDistribution 2 4 }").Select(point => (double)point.Properties["X"].Value)];
        Assert.Equal(8, drawn.Length);
        Assert.All(uniform.Zip(drawn), pair => Assert.Equal(2 + 2 * pair.First, pair.Second, 12));
        Assert.Contains("batch shape", module.Fails(search + "New-NormalDistribution 0, 1 1 }", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Points_bind_to_parameters_by_name() =>
        Assert.Equal([1.0, 4.0], module.Run("New-ExperimentGrid @{ Loc = 0; Scale = 1, 2 } | New-NormalDistribution | ForEach-Object { $_.Variance.item[double]() }").Select(variance => (double)variance.BaseObject));

    [Fact]
    public void A_default_of_the_session_for_SeedStart_waits_for_Repeat() =>
        Assert.Equal(["no", "3"], module.Run("try { $PSDefaultParameterValues['*:SeedStart'] = 3; foreach ($point in (New-ExperimentGrid @{ A = 1 }), (New-ExperimentGrid @{ A = 1 } -Repeat 1)) { $point.PSObject.Properties['Seed'] ? \"$($point.Seed)\" : 'no' } } finally { $PSDefaultParameterValues.Clear() }").Select(seed => seed.ToString()));

    [Theory]
    [InlineData("New-ExperimentGrid @{ A = 1; Beta = @() }", "Beta")]
    [InlineData("New-ExperimentGrid @{ Seed = 1 } -Repeat 2", "Repeat adds the setting Seed to each point, but Space already has it.")]
    [InlineData("New-ExperimentGrid @{ A = 1 } -SeedStart 5", "SeedStart requires -Repeat, which adds the column Seed.")]
    [InlineData("New-ExperimentSearch @{ A = 1, 2 } -Count 1 -SeedStart 5", "SeedStart requires -Repeat, which adds the column Seed.")]
    [InlineData("New-ExperimentGrid @{ A = 1; Beta = $null }", "Beta must have a value or a list of values; got null. If the value comes from a variable, the variable is not set.")]
    [InlineData("New-ExperimentGrid @{ A = 1; Beta = & { } }", "Beta must have a value or a list of values; got null.")]
    [InlineData("New-ExperimentSearch @{ A = 1; Beta = $null } -Count 1", "Beta must have a value or a list of values; got null. If the value comes from a variable, the variable is not set.")]
    [InlineData("New-ExperimentSearch @{ Rate = '1e-4..1e-1' } -Count 1", "Rate: the text '1e-4..1e-1' is one value. A range is @{ Min = 1e-4; Max = 1e-1 }.")]
    [InlineData("New-ExperimentGrid @{}", "setting")]
    [InlineData("New-ExperimentGrid 5", "hashtable")]
    [InlineData("New-ExperimentGrid @{ '' = 1 }", "A setting needs a name; got an empty one.")]
    [InlineData("New-ExperimentSearch @{ '' = 1, 2 } -Count 1", "A setting needs a name; got an empty one.")]
    [InlineData("@{ '' = 1 } | Invoke-ExperimentSweep ([IO.Path]::GetTempPath() + 'reparamps-none') { 1 }", "A setting needs a name; got an empty one.")]
    [InlineData("New-ExperimentGrid @{ A = 1 } -Repeat 2 -SeedStart ([long]::MaxValue)", "SeedStart must be at most 9223372036854775806 for 2 seeds; got 9223372036854775807.")]
    [InlineData("New-ExperimentSearch @{ A = 1, 2 } -Count 1 -Repeat 2 -SeedStart ([long]::MaxValue)", "SeedStart must be at most 9223372036854775806 for 2 seeds; got 9223372036854775807.")]
    public void A_space_without_a_point_is_an_error_that_says_why(string script, string word) =>
        Assert.Contains(word, module.Fails(script, "InvalidArgument").Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("@{ A = 1, 2 } -Count 100", "Count is 100, but the space has only 2 different points, so points repeat.")]
    [InlineData("@{ A = 1, 1; B = @{ Min = 3; Max = 5 } } -Count 4", "Count is 4, but the space has only 3 different points")]
    [InlineData("@{ A = 5 } -Count 2", "the space has only 1 different point,")]
    [InlineData("@{ A = 1, 2; B = 1, 2 } -Count 4", "")]
    [InlineData("@{ A = 1; B = @{ Min = 0.5; Max = 2 } } -Count 4", "")]
    [InlineData("@{ A = 1; B = New-NormalDistribution } -Count 4", "")]
    public void More_points_than_a_finite_space_has_are_a_warning(string search, string warning)
    {
        string[] warnings = [.. module.Run($"$null = New-ExperimentSearch {search} -WarningVariable w -WarningAction SilentlyContinue; $w").Select(text => text.ToString())];
        if (warning.Length == 0) Assert.Empty(warnings);
        else Assert.Contains(warning, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Min = '0,5'; Max = '1,5'", "A: Min must be a number; got '0,5'.")]
    [InlineData("Min = 0; Max = 'x'", "A: Max must be a number; got 'x'.")]
    [InlineData("Min = [datetime]::new(2020, 1, 1); Max = 1", "A: Min must be a number; got '")]
    [InlineData("Min = $false; Max = $true", "A: Min must be a number; got 'False'.")]
    [InlineData("Min = 1", "A: a range needs Min and Max, such as @{ Min = 0.1; Max = 4 }; Max is missing or null.")]
    [InlineData("Min = 1; Max = 3; Log = 'false'", "A: Log must be $true or $false; got the text 'false'.")]
    [InlineData("Min = 1; Max = 3; Log = '0'", "A: Log must be $true or $false; got the text '0'.")]
    public void A_range_takes_numbers_and_a_Boolean_as_parameters_do(string range, string message) =>
        Assert.Contains(message, module.Fails($"New-ExperimentSearch @{{ A = @{{ {range} }} }} -Count 1", "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Min = '0.5'; Max = '64'", "Min = 0.5; Max = 64")]
    [InlineData("Min = 0.5; Max = 64; Log = $false", "Min = 0.5; Max = 64")]
    [InlineData("Min = 0.5; Max = 64; Log = [switch]$true", "Min = 0.5; Max = 64; Log = $true")]
    [InlineData("Min = 0.5; Max = 64; Log = 1", "Min = 0.5; Max = 64; Log = $true")]
    public void A_range_may_be_written_in_other_types(string range, string same)
    {
        double Point(string written) => module.Get<double>($"(New-ExperimentSearch @{{ A = @{{ {written} }} }} -Count 1 -Seed 1).A");
        Assert.Equal(Point(same), Point(range));
    }

    // Text, such as that of Read-Host or of a CSV file, is the number that it shows.
    [Theory]
    [InlineData("Min = '1'; Max = '8'", typeof(long))]
    [InlineData("Min = [byte]1; Max = [uint]8", typeof(long))]
    [InlineData("Min = '1'; Max = '8.5'", typeof(double))]
    [InlineData("Min = '1.0'; Max = '8'", typeof(double))]
    public void A_range_of_integers_as_text_gives_integers(string range, Type type) =>
        Assert.IsType(type, Assert.Single(module.Run($"New-ExperimentSearch @{{ K = @{{ {range} }} }} -Count 1")).Properties["K"].Value);

    [Theory]
    [InlineData("@{ A = '0.1..0.9' }", "A: the text '0.1..0.9' is one value. Write a list, such as A = 0.1, 0.9, or use New-ExperimentSearch with A = @{ Min = 0.1; Max = 0.9 }.")]
    [InlineData("@{ A = '-2 .. 9' }", "A: the text '-2 .. 9' is one value. For a list of integers, leave out the quotes: A = -2..9.")]
    [InlineData("@{ A = '1..3' }", "A: the text '1..3' is one value. For a list of integers, leave out the quotes: A = 1..3.")]
    [InlineData("@{ A = 1..3; B = 'a..b', '1..2' }", "")]
    [InlineData("@{ A = 'a..b' }", "")]
    public void A_list_in_quotes_is_a_warning(string space, string warning) =>
        Assert.Equal(warning, module.Get<string>($"\"$(New-ExperimentGrid {space} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\""));
}
