using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Input that is not what it looks like is named: text layout, lists, JSON, files and copies in the place of rows, and numbers in the place of tensors.</summary>
[Collection(ModuleCollection.Name)]
public sealed class InputMistakeTests(ModuleRunspace module)
{
    private const string Rows = "$rows = 1..3 | ForEach-Object { [pscustomobject]@{ Epoch = $_; Loss = 1 / $_ } };";

    private string Message(string script)
    {
        (_, ErrorRecord[] errors) = module.TryRun(Rows + script);
        module.Forget("rows");
        return Assert.Single(errors).ToString();
    }

    private string File(string extension) => Path.Combine(Directory.CreateTempSubdirectory("reparamps").FullName, "a" + extension);

    // What Format-Table returns; the tests run without its module.
    private const string Layout = "@([Activator]::CreateInstance([psobject].Assembly.GetType('Microsoft.PowerShell.Commands.Internal.Format.FormatStartData'), $true)) * 2";

    [Theory]
    [InlineData("Export-Chart 'PNG' Epoch Loss")]
    [InlineData("Show-Chart Epoch Loss")]
    [InlineData("Measure-ExperimentRun Loss -GroupBy Epoch")]
    [InlineData("Export-ExperimentData 'CSV'")]
    [InlineData("New-BayesianModel -Response Loss -Likelihood Normal")]
    [InlineData("Invoke-ExperimentSweep -Path 'FOLDER' { $_.Epoch }")]
    [InlineData("Invoke-VaeTraining -Epochs 1")]
    public void The_output_of_a_format_cmdlet_is_not_rows(string call)
    {
        string folder = File("");
        string message = Message($"{Layout} | {call.Replace("PNG", File(".png")).Replace("CSV", File(".csv")).Replace("FOLDER", folder)}");
        Assert.StartsWith("The input is the output of a Format- cmdlet", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "runs")) && Directory.EnumerateFileSystemEntries(Path.Combine(folder, "runs")).Any());
    }

    [Fact]
    public void The_output_of_a_format_cmdlet_is_not_a_distribution() =>
        Assert.Contains("got the output of a Format- cmdlet", module.TryRun($"{Layout} | Invoke-RSample").Errors[0].ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Export-Chart 'PNG' Epoch Loss -InputObject $rows", 3)]
    [InlineData("Export-ExperimentData 'CSV' -InputObject @($rows[0], $rows[1])", 2)]
    [InlineData("(1, 2), (3, 4) | Show-Chart", 2)]
    [InlineData("Measure-ExperimentRun -InputObject $rows -Metric Loss -GroupBy Epoch", 3)]
    [InlineData("New-BayesianModel -Data (, $rows) -Response Loss -Likelihood Normal", 3)]
    public void A_list_is_not_one_row(string call, int count) =>
        Assert.StartsWith($"A row must be an object; got a list of {count} values. If each value is a row, pipe the list.", Message(call.Replace("PNG", File(".png")).Replace("CSV", File(".csv"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-NormalDistribution 0 1 | Measure-Gradient { [math]::Pow($_, 2) }", 10000)]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) [math]::Log(1 + $p.A) } | Invoke-VariationalInference", 3)]
    [InlineData("Test-Gradient { [double]$_ } (New-Tensor 1, 2)", 2)]
    public void A_tensor_in_the_place_of_a_number_names_the_methods(string call, int count) =>
        Assert.Contains($"a tensor with {count} elements cannot be converted to a number. Use methods of tensors, such as $x.exp() instead of [math]::Exp($x).", Message(call), StringComparison.Ordinal);

    [Fact]
    public void Json_text_is_named() =>
        Assert.EndsWith("The input is JSON text, not rows. Leave out ConvertTo-Json, or add ConvertFrom-Json.", Message("'[ { \"Epoch\": 1 } ]' | Show-Chart Epoch Loss"), StringComparison.Ordinal);

    [Fact]
    public void A_file_in_the_place_of_its_rows_is_named()
    {
        string path = File(".csv");
        System.IO.File.WriteAllText(path, "Epoch,Loss\n1,2\n");
        Assert.EndsWith("The input is the file 'a.csv', not its rows. Import-Csv and Import-ExperimentData read a CSV file.", Message($"[IO.FileInfo]'{path}' | Show-Chart Epoch Loss"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pixels = '1'; Height = 1", "A copy of an image, such as one from a CSV or JSON file, is not an image. Pipe the images themselves.")]
    [InlineData("Index = 1; Z1 = 0.5", "For latent points from Invoke-VaeEncode, use Invoke-VaeDecode first.")]
    [InlineData("Epoch = 1; Loss = 2", "got a row with the columns Epoch, Loss.")]
    public void A_row_in_the_place_of_an_image_is_named(string row, string says) =>
        Assert.EndsWith(says, Message($"[pscustomobject]@{{ {row} }} | Export-ImageGrid '{File(".png")}'"), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-Distribution Independent @{ Base = New-NormalDistribution 0 1 }", "Independent has no parameter 'Base'.")]
    [InlineData("1 | New-PoissonDistribution", "Expected a hashtable of parameters; got '1'. Numbers are not piped, but given as arguments; a list makes a batch.")]
    [InlineData("New-UniformDistribution 0, 10", "Low is a list here, and High has its default. To set both, write New-UniformDistribution 0 10.")]
    [InlineData("New-MultivariateNormalDistribution((0, 0), ((1, 0), (0, 1)))", "Separate arguments by spaces, without parentheses and commas.")]
    [InlineData("[pscustomobject]@{ Concentration = ''; Rate = 1 } | New-GammaDistribution", "Concentration is empty in this row.")]
    [InlineData("[pscustomobject]@{ 'Name;Loc' = 'Normal;0' } | New-Distribution", "The delimiter of the file may be ';': import the file with -Delimiter ';'.")]
    [InlineData("New-Tensor 1..3", "Value must hold numbers; got '1..3'. Write (1..3), in parentheses.")]
    [InlineData("New-CategoricalDistribution '0.3;0.3,.4'", "Probs must hold numbers; got '0.3;0.3,.4'. Write 0.3, 0.3, .4 without quotes.")]
    [InlineData("Test-Gradient (New-Tensor 1) { $_.exp() }", "The function comes first, then its inputs: Test-Gradient { $_.exp() } $x.")]
    [InlineData("New-LowRankMultivariateNormalDistribution (0, 0) ((1), (1)) (1, 1)", "In PowerShell, ((1), (2)) is a list of numbers; a matrix of one column is ((, 1), (, 2)).")]
    [InlineData("New-NormalDistribution (0, 0) 1 | New-TransformedDistribution (New-DistributionTransform Reshape -InShape 4 -OutShape 2, 2)", "The Reshape transform needs values whose shape ends in [4]; got the shape [2].")]
    public void A_value_in_the_wrong_place_is_told_where_it_belongs(string call, string says) => Assert.Contains(says, Message(call), StringComparison.Ordinal);

    [Fact]
    public void All_kinds_without_gradient_are_named() =>
        Assert.Equal("Nothing was checked: Poisson, Binomial are not reparameterized, so their samples carry no gradient.", module.Get<string>("\"$('Poisson', 'Binomial' | Get-DistributionType | Test-ReparameterizationGradient 3>&1)\""));

    [Theory]
    [InlineData("Test-Gradient { param([double]$x) $x * 2 } (New-Tensor 1, 2)", "Function: its parameter [double]$x cannot take the tensor '[1, 2]'. Write $x without [double].")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param([double]$p) $p.A } | Invoke-VariationalInference", "LogLikelihood: its parameter [double]$p cannot take a hashtable. Write $p without [double].")]
    [InlineData("New-CategoricalDistribution 0.2, 0.8 | Measure-Gradient { $w = New-Tensor 1, 5; $w[$_] } ScoreFunction", "Indexing with a tensor, $w[$_], returns nothing in PowerShell. Use $w.index_select(0, $_.long()).")]
    [InlineData("New-CategoricalDistribution 0.2, 0.8 | Measure-Gradient { (New-Tensor 1, 5).index_select(0, $_) } ScoreFunction", "Draws and New-Tensor are float64 by default. Convert the index to integers, such as $_.long().")]
    public void A_block_that_cannot_use_its_tensor_is_told_how(string call, string says) => Assert.Contains(says, Message(call), StringComparison.Ordinal);

    // The exact derivative of E[w(z)] in the first weight at (0.2, 0.8): w₀ − E[w] = 1 − 4.2.
    [Fact]
    public void An_index_of_integers_works() =>
        Assert.Equal(-3.2, module.Get<double>("(New-CategoricalDistribution 0.2, 0.8 | Measure-Gradient { (New-Tensor 1, 5).index_select(0, $_.long()) } Enumerated)[0].Estimate"), 1e-12);
}
