using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>No property of an input object is silently ignored, and none is converted with loss.</summary>
public sealed class InputPropertiesTests : IDisposable
{
    private const string Train = "Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -WarningAction SilentlyContinue";
    private const string Fit = "Invoke-VariationalInference (New-BayesianModel @{ a = New-NormalDistribution 0 1 } { $_.a.pow(2).mul(-0.5) })";
    private const string Regression = "(New-BayesianModel -Data (1..5 | ForEach-Object { [pscustomobject]@{ X = $_; Y = $_ } }) -Response Y -Predictor X -Likelihood Normal -NoiseScale 1)";
    private const string Calibrate = "Test-VariationalInference " + Regression + " -Simulations 10";
    private const string TrainPolicy = "Invoke-PolicyTraining -Problem (New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1) -Policy (New-LinearPolicy 0.5 -Scale 0.1) -Iterations 1 -Trajectories 4";
    private const string Copied = " | ForEach-Object { $copy = [pscustomobject]@{}; foreach ($p in $_.psobject.Properties) { $copy.psobject.Properties.Add([psnoteproperty]::new($p.Name, $p.Value)) }; $copy } | ";
    private readonly ModuleRunspace session = new();

    public void Dispose() => session.Dispose();

    [Theory]
    [InlineData("LatentSize", "two", "parameter 'LatentSize'. Expected an integer")]
    [InlineData("LatentSize", "2.5", "parameter 'LatentSize'. Expected an integer")]
    [InlineData("Seed", "abc", "parameter 'Seed'. Expected an integer")]
    [InlineData("LearningRate", "1e-3x", "parameter 'LearningRate'. Expected a number")]
    [InlineData("LearningRate", "0,001", "parameter 'LearningRate'. Expected a number")]
    public void ATextThatDoesNotConvertExactlyIsAnError(string column, string text, string message)
    {
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"[pscustomobject]@{{ BatchSize = '64'; {column} = '{text}' }} | {Train}");
        Assert.Empty(output);
        Assert.Contains(message, Assert.Single(errors).ToString());
        Assert.Contains($"'{text}'", errors[0].ToString());
    }

    [Fact]
    public void ATextThatConvertsExactlyIsTaken()
    {
        dynamic row = Assert.Single(session.Run($"[pscustomobject]@{{ LatentSize = '3'; LearningRate = '1e-2'; Seed = '7'; HiddenSize = '5,4'; Samples = 2.0 }} | Invoke-VaeTraining -Epochs 1"));
        Assert.Equal(3, (int)row.LatentSize);
        Assert.Equal(0.01, (double)row.LearningRate);
        Assert.Equal(7L, (long)row.Seed);
        Assert.Equal(2, (int)row.Samples);
    }

    [Fact]
    public void ABlankCellMeansNotGiven()
    {
        dynamic row = Assert.Single(session.Run("[pscustomobject]@{ HiddenSize = ''; LatentSize = ' '; Binarization = ''; Samples = $null; Seed = '1'; BatchSize = '512' } | Invoke-VaeTraining -Epochs 1"));
        dynamic plain = Assert.Single(session.Run("Invoke-VaeTraining -Epochs 1 -Seed 1 -BatchSize 512"));
        Assert.Equal((string)plain.RunId, (string)row.RunId);
    }

    [Fact]
    public void ABlankCellAfterAFullOneIsNotTheFullOne()
    {
        PSObject[] rows = session.Run("[pscustomobject]@{ LatentSize = '3'; Seed = '1' }, [pscustomobject]@{ LatentSize = ''; Seed = '1' } | Invoke-VaeTraining -Epochs 1 -HiddenSize 4");
        Assert.Equal([3, 8], rows.Select(row => (int)((dynamic)row).LatentSize));
    }

    [Fact]
    public void AMistypedSettingIsAnErrorWithTheNearestNames()
    {
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"New-ExperimentGrid @{{ LatentSiz = 2, 4; BatchSize = 512 }} | {Train}");
        Assert.Empty(output);
        Assert.Equal(2, errors.Length);
        Assert.All(errors, error => Assert.Contains("LatentSiz. Did you mean LatentSize?", error.ToString()));
        Assert.Equal(2, session.Run($"New-ExperimentGrid @{{ LatentSiz = 2, 4; BatchSize = 512 }} | {Train} -IgnoreUnknown").Length);
    }

    [Fact]
    public void TheModulesOwnRowsAreSettings()
    {
        PSObject[] rows = session.Run($"$row = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -Seed 3; $copy = [pscustomobject]@{{}}; foreach ($p in $row.psobject.Properties) {{ $copy.psobject.Properties.Add([psnoteproperty]::new($p.Name, $p.Value)) }}; $row | Invoke-VaeTraining; $copy | Invoke-VaeTraining");
        Assert.Equal(2, rows.Length);
        Assert.Equal((string)((dynamic)rows[0]).RunId, (string)((dynamic)rows[1]).RunId);
    }

    [Fact]
    public void UnknownPropertiesOfADistributionAreOneWarning()
    {
        dynamic found = Assert.Single(session.Run("$two = 1..2 | ForEach-Object { [pscustomobject]@{ Loc = '0'; Sigma = '2' } } | New-NormalDistribution -WarningVariable warned -WarningAction SilentlyContinue; [pscustomobject]@{ Count = @($two).Count; Warned = @($warned).Count; Text = \"$warned\" }"));
        Assert.Equal(2, (int)found.Count);
        Assert.Equal(1, (int)found.Warned);
        Assert.Contains("Sigma", (string)found.Text);
    }

    [Theory]
    [InlineData("New-NormalDistribution")]
    [InlineData("New-Distribution Normal")]
    public void EachUnknownPropertyOfADistributionIsOneWarning(string command) => Assert.Equal(
        ["The input has properties that are not parameters of Normal: Note. They are ignored. Normal has the parameters Loc, Scale.", "The input has properties that are not parameters of Normal: Scal. They are ignored. Did you mean Scale?"],
        session.Run($"[pscustomobject]@{{ Loc = 1; Note = 'x' }}, [pscustomobject]@{{ Loc = 2; note = 'y'; Scal = 5 }} | {command} 3>&1 | Where-Object {{ $_ -is [System.Management.Automation.WarningRecord] }}").Select(each => ((WarningRecord)each.BaseObject).Message));

    [Theory]
    [InlineData(Train, "Resume")]
    [InlineData(Train, "Force")]
    [InlineData(TrainPolicy, "Resume")]
    [InlineData(Fit, "Trace")]
    [InlineData(Fit, "IgnoreUnknown")]
    [InlineData(Calibrate, "Simulator")]
    public void APropertyOfAParameterThatNoPropertySetsIsAnError(string command, string name)
    {
        string settings = $"[pscustomobject]@{{ Seed = 1; {name} = 'True' }}";
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"{settings} | {command}");
        Assert.Empty(output);
        Assert.StartsWith($"The input's property {name} cannot set the parameter of that name. Use -{name} on the command line, or -IgnoreUnknown to ignore the property.", Assert.Single(errors).ToString());
        Assert.NotEmpty(session.Run($"{settings} | {command} -IgnoreUnknown"));
        Assert.NotEmpty(session.Run($"[pscustomobject]@{{ Seed = 1; {name} = '' }} | {command}"));
    }

    [Fact]
    public void ThePropertyOfASwitchOnTheCommandLineIsNoError() => Assert.NotEmpty(session.Run($"[pscustomobject]@{{ Seed = 1; Trace = 'True' }} | {Fit} -Trace"));

    [Fact]
    public void TheNumberOfSimulationsMayBeAProperty()
    {
        PSObject[] rows = session.Run($"[pscustomobject]@{{ Simulations = '12' }} | Test-VariationalInference {Regression}");
        Assert.All(rows, row => Assert.Equal(12, row.Properties["Simulations"].Value));
        Assert.Contains("at least 10", Assert.Single(session.TryRun($"[pscustomobject]@{{ Simulations = 9 }} | Test-VariationalInference {Regression}").Errors).ToString());
    }

    [Theory]
    [InlineData("'True'", true)]
    [InlineData("'False'", false)]
    [InlineData("$true", true)]
    [InlineData("''", false)]
    [InlineData("$null", false)]
    public void RequiresGradMayBeAProperty(string value, bool expected)
    {
        foreach (string command in new[] { "New-NormalDistribution", "New-Distribution Normal" })
        {
            // A blank cell after a full one means 'not given' too.
            PSObject[] grads = session.Run($"[pscustomobject]@{{ Loc = 1; RequiresGrad = $true }}, [pscustomobject]@{{ Loc = 1; RequiresGrad = {value} }} | {command} | ForEach-Object {{ $_.Loc.requires_grad }}");
            Assert.Equal([true, expected], grads.Select(each => (bool)each.BaseObject));
        }
        (_, ErrorRecord[] errors) = session.TryRun("[pscustomobject]@{ Loc = 1; RequiresGrad = 'yes' } | New-NormalDistribution");
        Assert.Contains("RequiresGrad", Assert.Single(errors).ToString());
    }

    // Columns of results may come back with a whole row; alone, they are a mistake for a setting.
    [Theory]
    [InlineData("Epoch", "Epoch. Did you mean Epochs?", Train)]
    [InlineData("Iteration", "Iteration. Did you mean Iterations?", TrainPolicy)]
    [InlineData("FitDraws", "FitDraws. Did you mean Draws?", Fit)]
    public void AResultColumnAloneIsNotASetting(string name, string message, string train)
    {
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"New-ExperimentGrid @{{ {name} = 2 }} | {train}");
        Assert.Empty(output);
        Assert.Contains(message, Assert.Single(errors).ToString());
        Assert.Single(session.Run($"New-ExperimentGrid @{{ {name} = 2 }} | {train} -IgnoreUnknown"));
    }

    [Theory]
    [InlineData(Fit + Copied + Fit)]
    [InlineData(TrainPolicy + Copied + TrainPolicy)]
    [InlineData("[pscustomobject]@{ Epoch = 2; RunId = 'a'; LatentSize = 2 } | " + Train)]
    public void ResultColumnsOfAWholeRowComeBack(string script) => Assert.Single(session.Run(script));

    [Theory]
    [InlineData(Train)]
    [InlineData(Train + " -IgnoreUnknown")]
    [InlineData(TrainPolicy + " -IgnoreUnknown")]
    [InlineData(Fit)]
    [InlineData("Invoke-ExperimentSweep ([System.IO.Path]::GetTempFileName() + 's') -Command Invoke-VaeTraining")]
    public void AFileReadWithTheWrongDelimiterIsNamed(string command)
    {
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"[pscustomobject]@{{ 'LatentSize;Epochs' = '2;1' }} | {command}");
        Assert.Empty(output);
        Assert.EndsWith(" The delimiter of the file may be ';': import the file with -Delimiter ';'.", Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("@{ 'Loc;Scale' = '1;2' }", "The input has a property that is not a parameter of Normal: Loc;Scale. It is ignored. The delimiter of the file may be ';': import the file with -Delimiter ';'.")]
    [InlineData("@{ Mean = 3; Scale = 2 }", "The input has properties that are not parameters of Normal: Mean. They are ignored. Normal has the parameters Loc, Scale.")]
    public void PropertiesThatADistributionDoesNotKnowAreAWarning(string row, string warning) =>
        Assert.Equal(warning, Assert.IsType<WarningRecord>(session.Run($"[pscustomobject]{row} | New-Distribution Normal 3>&1")[0].BaseObject).Message);

    [Fact]
    public void TheMeanOfARowIsNotThatOfADistribution() =>
        Assert.Contains("Mean", Assert.IsType<WarningRecord>(session.Run("[pscustomobject]@{ Mean = 3; Scale = 2 } | New-NormalDistribution 3>&1")[0].BaseObject).Message);

    [Theory]
    [InlineData("LatentSiz", "2", "LatentSiz. Did you mean LatentSize?", Train)]
    [InlineData("LatentSize", "two", "parameter 'LatentSize'. Expected an integer", Train)]
    [InlineData("Estimatr", "Pathwise", "Estimatr. Did you mean Estimator?", TrainPolicy)]
    [InlineData("Estimator", "Pathwize", "parameter 'Estimator'. Expected one of Pathwise, ScoreFunction, RewardToGo; got 'Pathwize'", TrainPolicy)]
    [InlineData("Trajectorie", "9", "Trajectorie. Did you mean Trajectories?", TrainPolicy)]
    public void AnObjectWithNothingButAMistakeIsNamed(string name, string value, string message, string train)
    {
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"[pscustomobject]@{{ {name} = '{value}' }} | {train}");
        Assert.Empty(output);
        Assert.Contains(message, Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("'x' | " + Train, "got 'x'")]
    [InlineData("3 | " + Train, "got '3'")]
    [InlineData(Train + " -InputObject 3", "InputObject comes from the pipeline")]
    public void InputThatIsNotSettingsIsRefused(string script, string message) => Assert.Contains(message, Assert.Single(session.TryRun(script).Errors).ToString());

    [Fact]
    public void AFitRefusesPropertiesThatAreNotSettings()
    {
        const string settings = "[pscustomobject]@{ Seed = 1; Drawz = 64 }";
        Assert.Contains("not settings of Invoke-VariationalInference: Drawz. Did you mean Draws?", Assert.Single(session.TryRun($"{settings} | {Fit}").Errors).ToString());
        Assert.Single(session.Run($"{settings} | {Fit} -IgnoreUnknown"));
    }

    [Theory]
    [InlineData("New-ExperimentGrid @{ Family = 'FullRank' } -Repeat 2 | " + Fit + " -Seed 5", "-Seed 5 on the command line replaces the Seed of the input objects.")]
    [InlineData("[pscustomobject]@{ Family = 'FullRank' } | " + Fit + " -Family MeanField", "-Family MeanField on the command line replaces the Family of the input objects.")]
    [InlineData("[pscustomobject]@{ Seed = '5'; Family = 'fullrank' } | " + Fit + " -Seed 5 -Family FullRank", "")]
    [InlineData("[pscustomobject]@{ Loc = 1; Scale = '2' } | New-NormalDistribution -Scale 2", "")]
    [InlineData("[pscustomobject]@{ Loc = 1; Scale = '2' } | New-NormalDistribution -Scale 3", "-Scale 3 on the command line replaces the Scale of the input objects.")]
    [InlineData("[pscustomobject]@{ Iterations = 2; Seed = '' } | " + TrainPolicy + " -Seed 3", "-Iterations 1 on the command line replaces the Iterations of the input objects.")]
    [InlineData("[pscustomobject]@{ HiddenSize = '4, 5'; LatentSize = 2 } | " + Train, "-HiddenSize 4 on the command line replaces the HiddenSize of the input objects.")]
    [InlineData("$PSDefaultParameterValues['New-NormalDistribution:Scale'] = 7; [pscustomobject]@{ Loc = 1; Scale = 2 } | New-NormalDistribution -Scale 3; $PSDefaultParameterValues.Clear()", "-Scale 3 on the command line replaces the Scale of the input objects.")]
    [InlineData("$PSDefaultParameterValues['Invoke-VaeTraining:HiddenSize'] = '5, 4'; [pscustomobject]@{ HiddenSize = '3'; LatentSize = 2 } | Invoke-VaeTraining -Epochs 1; $PSDefaultParameterValues.Clear()", "-HiddenSize 5, 4 in $PSDefaultParameterValues replaces the HiddenSize of the input objects.")]
    [InlineData("$PSDefaultParameterValues['New-NormalDistribution:Scale'] = 7; [pscustomobject]@{ Loc = 1; Scale = 2 } | New-NormalDistribution; $PSDefaultParameterValues.Clear()", "-Scale 7 in $PSDefaultParameterValues replaces the Scale of the input objects.")]
    public void AParameterThatReplacesAPropertyOfTheInputIsOneWarning(string script, string warning)
    {
        PSObject[] output = session.Run($"& {{ {script.Replace("-WarningAction SilentlyContinue", "", StringComparison.Ordinal)} }} 3>&1");
        Assert.Equal(warning.Length > 0 ? [warning] : [], output.Select(each => each.BaseObject).OfType<WarningRecord>().Select(each => each.Message));
        Assert.Contains(output, each => each.BaseObject is not WarningRecord);
    }

    [Theory]
    [InlineData("3 | " + Fit, "The input must be an object whose properties are settings, such as a row of a CSV file; got '3'")]
    [InlineData("@{ Epochs = 1 } | Invoke-VaeTraining", "got a hashtable. Write [pscustomobject]@{ … }.")]
    [InlineData(Fit + " -InputObject 3", "InputObject comes from the pipeline only. Write $settings | Invoke-VariationalInference.")]
    public void InputOfAFitThatIsNotSettingsIsRefused(string script, string message) => Assert.Contains(message, Assert.Single(session.TryRun(script).Errors).ToString());

    [Fact]
    public void AControlProblemIsNotAnObjectOfSettings() =>
        Assert.Single(session.Run("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 | Invoke-PolicyTraining (New-LinearPolicy 0.5 -Scale 0.1) -Iterations 1 -Trajectories 4"));

    [Theory]
    [InlineData(Train, "OutPath { $_.Sed }")]
    [InlineData(Train, "OutPath { '' }")]
    [InlineData(Train, "DataPath { $_.Dat }")]
    [InlineData(Train, "Seed { $_.Sed }")]
    [InlineData(TrainPolicy, "OutPath { $_.Sed }")]
    public void AScriptBlockWithoutAResultIsAnError(string train, string parameter)
    {
        (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"[pscustomobject]@{{ BatchSize = 512 }} | {train} -IgnoreUnknown -{parameter}");
        Assert.Empty(output);
        Assert.StartsWith($"{parameter.Split(' ')[0]} must not be empty, but its script block returned nothing for the input object. Check the names of properties in the block.", Assert.Single(errors).Exception.Message);
    }

    [Theory]
    [InlineData(Train)]
    [InlineData(TrainPolicy)]
    public void OneFolderForTwoRunsIsRefused(string train)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            (PSObject[] output, ErrorRecord[] errors) = session.TryRun($"New-ExperimentGrid @{{ Seed = 1, 2 }} | {train} -OutPath '{folder}/run' -Force");
            Assert.Single(output);
            string message = Assert.Single(errors).ToString();
            Assert.Contains("$($_.Seed)", message);
            Assert.DoesNotContain("Force", message);
            Assert.Equal(2, session.Run($"New-ExperimentGrid @{{ Seed = 1, 2 }} | {train} -OutPath {{ \"{folder}/$($_.Seed)\" }}").Length);
            errors = session.TryRun($"New-ExperimentGrid @{{ Seed = 1, 2 }} | {train} -OutPath '{folder}/run'").Errors;
            Assert.Equal(2, errors.Length);
            Assert.All(errors, error => Assert.Contains("already holds a run", error.ToString()));
            Assert.All(errors, error => Assert.DoesNotContain("Force", error.ToString()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("iwae")]
    [InlineData("dreg")]
    public void AnObjectiveOfManyDrawsWarnsAboutOne(string objective) =>
        Assert.Equal([1, 0], session.Run($"1, 2 | ForEach-Object {{ $null = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -BatchSize 512 -Objective {objective} -Samples $_ -WarningVariable warned -WarningAction SilentlyContinue; @($warned).Count }}").Select(count => (int)count.BaseObject));

    [Theory]
    [InlineData("New-NormalDistribution 0 1 | Test-ReparameterizationGradient -DType nonsense")]
    [InlineData("New-NormalDistribution 0 1 | Test-ReparameterizationGradient -DType float32")]
    [InlineData("New-Tensor @(@(1, 2, 3), [double[,]]::new(1, 2), @(4, 5, 6))")]
    [InlineData("New-Tensor ((1, 2), 3)")]
    [InlineData("New-Tensor (1, (2, 3))")]
    [InlineData("$a = [object[]]::new(2); $a[0] = 1; $a[1] = $a; New-Tensor $a")]
    [InlineData("$a = [System.Collections.ArrayList]::new(); $null = $a.Add($a); New-Tensor $a")]
    public void WrongInputIsRefused(string script) => Assert.Single(session.TryRun(script).Errors);

    [Fact]
    public void NestedListsKeepTheirShape() =>
        Assert.Equal(["2 3", "2 0", "2 1 2", "1"], session.Run("(New-Tensor ((1,2,3),(4,5,6))), (New-Tensor @(@(),@())), (New-Tensor @([double[,]]::new(1,2), [double[,]]::new(1,2))), (New-Tensor @([bigint]5)) | ForEach-Object { $_.shape -join ' ' }").Select(shape => shape.ToString()));
}
