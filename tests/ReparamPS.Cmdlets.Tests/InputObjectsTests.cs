using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>An object of which only options would be read, such as the type and device of a tensor, is refused by cmdlets whose input is settings.</summary>
[Collection(ModuleCollection.Name)]
public sealed class InputObjectsTests(ModuleRunspace module)
{
    private const string Train = "Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -WarningAction SilentlyContinue";
    private const string Model = "(New-BayesianModel @{ a = New-NormalDistribution 0 1 } { $_.a.pow(2).mul(-0.5) })";
    private const string TrainPolicy = "Invoke-PolicyTraining -Problem (New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1) -Policy (New-LinearPolicy 0.5 -Scale 0.1) -Iterations 1 -Trajectories 4";
    private const string Images = " Images are not piped: -DataPath names their file (.csv or .npy).";

    [Theory]
    [InlineData(", (New-Tensor (1, 2), (3, 4)) | " + Train, "got the tensor '[[1, 2], [3, 4]]'." + Images)]
    [InlineData("New-NormalDistribution | Invoke-RSample 3 -Seed 1 | " + Train, "got an object of type SampleBatch." + Images)]
    [InlineData("New-NormalDistribution | " + Train + " -IgnoreUnknown", "got 'Normal(Loc: 0, Scale: 1)' of type Normal." + Images)]
    [InlineData(Model + " | " + Train, "of type BayesianModel." + Images)]
    [InlineData("[TorchSharp.torch+Generator]::new(1) | " + Train, "got an object of type Generator." + Images)]
    [InlineData("New-NormalDistribution | Invoke-RSample 3 -Seed 1 | " + TrainPolicy, "got an object of type SampleBatch.")]
    [InlineData("Invoke-VariationalInference " + Model + " | " + TrainPolicy, "got a fit of Invoke-VariationalInference.")]
    [InlineData(Train + " -Seed 1 | " + TrainPolicy, "got a row of Invoke-VaeTraining.")]
    [InlineData("New-NormalDistribution | Invoke-RSample 3 -Seed 1 | Invoke-VariationalInference " + Model, "got an object of type SampleBatch.")]
    [InlineData("New-Tensor 1, 2 | New-NormalDistribution 0 1", "The input must be an object whose properties are parameters of Normal (Loc, Scale), such as a row of a CSV file; got the tensor '[1, 2]'.")]
    [InlineData("New-ExponentialDistribution 3 | New-NormalDistribution", "got 'Exponential(Rate: 3)' of type Exponential.")]
    [InlineData("New-Tensor 1, 2 | New-Distribution Normal", "InputObject must be a hashtable or an object with properties, such as @{ Name = 'Normal'; Loc = 0 }; got the tensor '[1, 2]'.")]
    [InlineData("New-NormalDistribution 3 | New-Distribution Normal", "got 'Normal(Loc: 3, Scale: 1)' of type Normal.")]
    [InlineData("New-Distribution Normal -InputObject ([pscustomobject]@{ Loc = 3 })", "InputObject must be a hashtable on the command line; got an object with properties. Pipe it: $row | New-Distribution.")]
    [InlineData("New-Tensor 1, 2 | New-NeuralPolicy", "parameters of New-NeuralPolicy (HiddenSize), such as a row of a CSV file; got the tensor '[1, 2]'.")]
    [InlineData("New-Tensor 1, 2 | New-LinearPolicy 0.3", "parameters of New-LinearPolicy (Gain), such as a row of a CSV file; got the tensor '[1, 2]'.")]
    [InlineData("New-NormalDistribution | Invoke-RSample 3 | Invoke-ExperimentSweep ([System.IO.Path]::GetTempFileName() + 's') { 1 } -WhatIf", "The input must be rows; got the draws of Invoke-Sample or Invoke-RSample as one object.")]
    public void AnObjectWithoutSettingsIsRefused(string script, string message)
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun(script);
        Assert.DoesNotContain(output, each => each.BaseObject.GetType().Namespace!.StartsWith("ReparamPS", StringComparison.Ordinal) && each.BaseObject.GetType().Name != "SweepPlan");
        Assert.Contains(message, Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("class InputTest { [int] $LatentSize = 2; [int] $Epohcs = 9 }; [InputTest]::new() | " + Train, "Epohcs. Did you mean Epochs?")]
    [InlineData("$t = [System.Data.DataTable]::new(); 'LatentSize', 'Seedd' | ForEach-Object { $null = $t.Columns.Add($_, [int]) }; $null = $t.Rows.Add(2, 3); $t.Rows | " + Train, "The input has properties that are not settings of Invoke-VaeTraining: Seedd. Did you mean Seed?")]
    public void AMistypedPropertyOfAnyObjectOfTheUserIsAnError(string script, string message)
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun(script);
        module.Forget("t");
        Assert.Empty(output);
        Assert.Contains(message, Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("class InputTest2 { [int] $LatentSize = 3; [long] $Seed = 7 }; [InputTest2]::new() | " + Train + " | ForEach-Object { \"$($_.LatentSize) $($_.Seed)\" }", "3 7")]
    [InlineData("$t = [System.Data.DataTable]::new(); 'LatentSize', 'Seed' | ForEach-Object { $null = $t.Columns.Add($_, [int]) }; $null = $t.Rows.Add(3, 7); $t.Rows | " + Train + " | ForEach-Object { \"$($_.LatentSize) $($_.Seed)\" }", "3 7")]
    [InlineData("Invoke-VariationalInference " + Model + " -Seed 5 | Invoke-VariationalInference " + Model + " | ForEach-Object { $_.Seed }", "5")]
    [InlineData(Model + " | Invoke-VariationalInference | ForEach-Object { $_.Model.GetType().Name }", "BayesianModel")]
    [InlineData("'Pendulum' | Invoke-PolicyTraining (New-LinearPolicy ((, (0.1, 0.1, 0.1))) -Scale 0.1) -Iterations 1 -Trajectories 4 | ForEach-Object { $_.Problem }", "Pendulum")]
    [InlineData("New-NormalDistribution 2 3 | New-NormalDistribution -Scale 4 | ForEach-Object { \"$_\" }", "Normal(Loc: 2, Scale: 4)")]
    [InlineData("Get-DistributionType Normal | New-Distribution | ForEach-Object { \"$_\" }", "Normal(Loc: 0, Scale: 1)")]
    [InlineData("class InputTest3 { [string] $Name = 'Normal'; [double] $Loc = 3 }; [InputTest3]::new() | New-Distribution | ForEach-Object { \"$_\" }", "Normal(Loc: 3, Scale: 1)")]
    public void AnObjectOfSettingsOrTheValueOfAParameterIsTaken(string script, string expected)
    {
        string[] found = [.. module.Run(script).Select(each => each.ToString())];
        module.Forget("t");
        Assert.Equal([expected], found);
    }

    [Theory]
    [InlineData("Invoke-VaeTraining (New-Tensor (1, 2), (3, 4))", "Expected text; got the tensor '[[1, 2], [3, 4]]'. DataPath takes the path of a file, not the images themselves. Save them as .csv or .npy first, with one row per image.")]
    [InlineData("Invoke-VaeTraining (1, 2, 3)", "Expected text; got a list. DataPath takes the path of a file, not the images themselves. Save them as .csv or .npy first, with one row per image.")]
    [InlineData("Invoke-VaeTraining -TestPath (New-NormalDistribution | Invoke-Sample 3)", "TestPath takes the path of a file, not the images themselves. Save them as .csv or .npy first, with one row per image.")]
    public void NumbersInsteadOfAFileOfImagesAreRefusedWithWhatToDo(string script, string message) => Assert.EndsWith(message, Assert.Single(module.TryRun(script).Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void RowsOfImagesAreRefusedWithWhatToDo()
    {
        const string row = "$row = [ordered]@{}; 0..15 | ForEach-Object { $row[\"p$_\"] = $_ }; [pscustomobject]$row | ";
        string message = Assert.Single(module.TryRun(row + Train).Errors).ToString();
        module.Forget("row");
        Assert.Contains("properties that are not settings of Invoke-VaeTraining: p0, p1,", message);
        Assert.Contains(" Images are not piped: -DataPath names their file (.csv or .npy).", message);
        Assert.DoesNotContain("images", Assert.Single(module.TryRun("[pscustomobject]@{ Latent = 2 } | " + Train).Errors).ToString());
    }
}
