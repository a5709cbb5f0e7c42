using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Calls that can be done as they stand, but are hardly meant so: one warning per call, and none in ordinary use.</summary>
[Collection(ModuleCollection.Name)]
public sealed class DoubtfulCallTests(ModuleRunspace module) : IDisposable
{
    private const string Training = "Invoke-VaeTraining -HiddenSize 2 -LatentSize 1 -Seed 1";

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-doubt-").FullName;

    public void Dispose()
    {
        module.Forget("w", "rows", "sweep");
        Directory.Delete(folder, recursive: true);
    }

    private string[] Warnings(string script) => [.. module.Run($"& {{ {script.Replace("FOLDER", folder, StringComparison.Ordinal)} }} 3>&1").Select(item => item.BaseObject).OfType<WarningRecord>().Select(warning => warning.Message)];

    private void Check(string script, string? start)
    {
        string[] warnings = Warnings(script);
        if (start is null) Assert.Empty(warnings);
        else Assert.StartsWith(start, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Epochs 2 -KlWarmup linear", "The KL warm-up takes 10 epochs (KlWarmupEpochs), but the run has 2 (Epochs), so the KL weight does not reach Beta. Set KlWarmupEpochs to at most 2, or use more Epochs.")]
    [InlineData("-Epochs 2 -KlWarmup linear -KlWarmupEpochs 2", null)]
    [InlineData("-Epochs 1 -KlWarmup cyclic -KlCycles 1", null)]
    [InlineData("-Epochs 1 -Binarization static -Likelihood gaussian", "Binarization static sets each pixel to 0 or 1, but the likelihood gaussian is for continuous pixels. Use Likelihood bernoulli, or Binarization none.")]
    [InlineData("-Epochs 1 -Binarization dynamic -Likelihood LearnedGaussian", "Binarization dynamic sets each pixel to 0 or 1, but the likelihood learnedgaussian is for")]
    [InlineData("-Epochs 1 -Binarization static", null)]
    [InlineData("-Epochs 1 -Likelihood gaussian", null)]
    [InlineData("-Epochs 1 -MaximumValue 255", "The largest value of the training images is 16, far below MaximumValue (255), so all images are nearly black. If 16 means white, use -MaximumValue 16.")]
    public void Settings_that_are_hardly_meant_together_are_a_warning(string settings, string? start) => Check($"{Training} {settings}", start);

    [Fact]
    public void Runs_of_one_call_share_a_warning() =>
        Check($"New-ExperimentGrid @{{ Beta = 1, 2, 3 }} | {Training} -Epochs 1 -KlWarmup linear", "The KL warm-up takes 10 epochs");

    // The three epochs of a run are one run.
    [Fact]
    public void Rows_of_epochs_train_their_run_once()
    {
        PSObject[] all = module.Run($"{Training} -Epochs 3 | Invoke-VaeTraining 3>&1");
        Assert.Equal([1, 2, 3], all.Where(item => item.BaseObject is not WarningRecord).Select(row => (int)row.Properties["Epoch"].Value));
        Assert.Equal("2 input rows repeat the settings of an earlier row, and were not trained again. A training returns many rows with the same settings: to avoid this warning, pipe only the last row of each run.", Assert.Single(all.Select(item => item.BaseObject).OfType<WarningRecord>()).Message);
    }

    [Fact]
    public void Rows_with_other_settings_or_folders_and_points_without_results_are_trained_each()
    {
        string rows = Path.Combine(folder, "rows.csv");
        module.Run($"{Training} -Epochs 1 | Export-ExperimentData '{rows}'");
        Assert.Equal(2, module.Run($"1, 2 | ForEach-Object {{ $row = Import-ExperimentData '{rows}'; $row.Beta = $_; $row }} | Invoke-VaeTraining 3>&1").Length);
        Assert.Equal(2, module.Run($"1, 2 | ForEach-Object {{ Import-ExperimentData '{rows}' }} | Invoke-VaeTraining -OutPath {{ \"{folder}/$([guid]::NewGuid())\" }} 3>&1").Length);
        Assert.Equal(2, module.Run($"[pscustomobject]@{{ Beta = 1 }}, [pscustomobject]@{{ Beta = 1 }} | {Training} -Epochs 1 3>&1").Length);
    }

    [Fact]
    public void Files_that_share_a_folder_are_told_how_each_gets_its_own()
    {
        foreach (string name in new[] { "a.csv", "b.csv" }) File.WriteAllLines(Path.Combine(folder, name), Enumerable.Range(0, 12).Select(i => $"{(5 * i) % 12},2,12,4"));
        (PSObject[] rows, ErrorRecord[] errors) = module.TryRun($"[IO.FileInfo]'{folder}/a.csv', [IO.FileInfo]'{folder}/b.csv' | {Training} -Epochs 1 -OutPath '{folder}/run'");
        Assert.Single(rows);
        Assert.EndsWith("Use one folder per run, such as -OutPath { \"runs/$($_.BaseName)\" }.", Assert.Single(errors).Exception.Message, StringComparison.Ordinal);
        string each = $"[IO.FileInfo]'{folder}/a.csv', [IO.FileInfo]'{folder}/b.csv' | {Training} -Epochs 1 -OutPath {{ \"{folder}/runs/$($_.BaseName)\" }}";
        Assert.Equal(2, module.Run(each).Length);
        Assert.All(module.TryRun(each).Errors, error => Assert.EndsWith("already holds a run. Use -Resume to resume it, or -Force to restart it.", error.Exception.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ p0 = 1; p1 = 1; p2 = 1; p3 = 1; p4 = 1; p5 = 1; p6 = 1; p7 = 1; p8 = 1 } }", "Images are not piped: -DataPath names their file (.csv or .npy).")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ 'LatentSize;Epochs' = '2;3' } }", "The delimiter of the file may be ';': import the file with -Delimiter ';'.")]
    public void Rows_that_are_all_wrong_are_one_error(string rows, string part)
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun($"try {{ {rows} | Invoke-VaeTraining }} catch {{ $_.Exception.Message }}");
        Assert.Empty(errors);
        Assert.Contains(part, Assert.Single(output).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_other_images_than_the_training_is_named_with_both_sizes()
    {
        string data = Path.Combine(folder, "images.csv"), run = Path.Combine(folder, "run");
        File.WriteAllLines(data, Enumerable.Range(0, 12).Select(i => $"{(5 * i) % 12},2,12,4"));
        module.Run($"$null = {Training} '{data}' -Epochs 1 -LabelColumn none -OutPath '{run}'");
        File.WriteAllText(data, "1\n");
        Assert.Equal($"'{data}' has 1 image of 1 pixel, but the model was trained with images of 4 pixels. Restore the original images, or give others with -DataPath.", module.Fails($"Measure-VaeLikelihood '{run}'", "ShapeMismatch").Exception.Message);
        File.WriteAllText(data, "1,2,3,5\n");
        Assert.Equal($"'{data}': the file has 1 image, too few to split into training, validation and test images as the run did. Restore the original images, or give others with -DataPath.", module.Fails($"Invoke-VaeReconstruction '{run}' 1", "InvalidData").Exception.Message);
    }

    [Theory]
    [InlineData("'[{ \"A\": 1 }, { \"A\": 2 }]' | Export-ExperimentData FOLDER/a.csv", "The input is the text of ConvertTo-Json, so 'FOLDER/a.csv' has one column, Value, that holds this text. To write its values as columns, leave out ConvertTo-Json.")]
    [InlineData("\"{`n  `\"A`\": 1`n}\" | Export-ExperimentData FOLDER/a.jsonl", "The input is the text of ConvertTo-Json")]
    [InlineData("'\"A\",\"B\"', '\"1\",\"2\"' | Export-ExperimentData FOLDER/a.csv", "The input is the text of ConvertTo-Csv")]
    [InlineData("'[a]', '{b}', 'x,y' | Export-ExperimentData FOLDER/a.csv", null)]
    [InlineData("[pscustomobject]@{ A = '{\"B\": 1}' } | Export-ExperimentData FOLDER/a.csv", null)]
    public void Text_that_a_cmdlet_made_of_rows_is_a_warning(string script, string? start) => Check(script, start?.Replace("FOLDER", folder, StringComparison.Ordinal));

    [Theory]
    [InlineData("PAR1 and more of it", "csv", "it starts with PAR1, so it is a Parquet file. Rename it to .parquet.")]
    [InlineData("SQLite format 3\0 and more", "jsonl", "it is an SQLite database. Rename it to .sqlite.")]
    [InlineData("PK\u0003\u0004 and more of it", "csv", "it is a ZIP archive, such as an Excel workbook (.xlsx). Unpack it, or save the workbook as CSV in UTF-8.")]
    [InlineData("\u001f\u008b\u0008", "csv", "it is gzipped. Rename it to .csv.gz.")]
    public void A_table_under_the_name_of_a_text_file_is_recognized(string start, string extension, string part)
    {
        string path = Path.Combine(folder, "table." + extension);
        File.WriteAllBytes(path, [.. start.Select(character => (byte)character)]);
        Assert.Equal($"'{path}': not a .{extension} file: {part}", module.Fails($"Import-ExperimentData '{path}'", "InvalidData").Exception.Message);
    }

    [Theory]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ X = $_; Y = 1 } } | Export-Chart FOLDER/a.png X Y -Band MinMax", "No line has two rows with the same X ('X'), so there is no band to draw. -Band needs several rows per X, such as those of runs with different seeds.")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ X = $_; Mean = 1; StandardError = 2 } } | Export-Chart FOLDER/a.html X Mean -Band StandardError", "No line has two rows with the same X ('X'), so there is no band to draw. If the rows are means, as from Measure-ExperimentRun, use the rows of the runs instead, from Get-ExperimentRun.")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ X = $_; Y = 1 } } | Export-Chart FOLDER/a.svg X Y -Kind Bar -Band MinMax", "No bar has two rows with the same X ('X'), so there is no error bar to draw.")]
    [InlineData("1, 1, 2 | ForEach-Object { [pscustomobject]@{ X = $_; Y = 1 } } | Export-Chart FOLDER/a.png X Y -Band MinMax", null)]
    [InlineData("1, 2 | ForEach-Object { [pscustomobject]@{ X = 2; Y = $_; RunId = $_ } } | Export-Chart FOLDER/a.png X Y", "All rows have the same X: 'X' is 2. If these are the last rows of runs, Get-ExperimentRun -Expand returns all of their rows, such as one per epoch.")]
    [InlineData("1, 2 | ForEach-Object { [pscustomobject]@{ X = 2; Y = $_ } } | Show-Chart X Y", "All rows have the same X: 'X' is 2. To compare the rows, use another column as X, or -Kind Bar.")]
    [InlineData("[pscustomobject]@{ X = 2; Y = 1 } | Show-Chart X Y", null)]
    [InlineData("1, 2 | ForEach-Object { [pscustomobject]@{ X = 2; Y = $_ } } | Show-Chart X Y -Kind Bar", null)]
    [InlineData("1, 2 | ForEach-Object { [pscustomobject]@{ X = $_; Y = $_ } } | Show-Chart X Y", null)]
    public void A_chart_without_its_band_or_of_one_X_is_a_warning(string script, string? start) => Check(script, start);

    [Theory]
    [InlineData("@() | Show-Chart X Y")]
    [InlineData("@() | Export-Chart a.png X Y")]
    [InlineData("@() | Export-Chart a.html")]
    public void A_chart_of_no_rows_says_that_none_came(string script) =>
        Assert.Equal("No rows came from the pipeline, so there is nothing to draw.", module.Fails(script, "InvalidArgument").Exception.Message);

    [Fact]
    public void A_metric_that_is_nowhere_finite_is_a_warning()
    {
        string sweep = Path.Combine(folder, "sweep");
        module.Run($"$null = @{{ X = 1 }}, @{{ X = 2 }} | Invoke-ExperimentSweep '{sweep}' {{ [pscustomobject]@{{ Loss = [double]::NaN; X2 = $_.X }} }}");
        Check($"Measure-ExperimentRun '{sweep}'", "No finished run has a finite Loss, so there is no mean and no best run.");
        Check($"Export-ExperimentReport '{sweep}' '{folder}/a.html'", "No finished run has a finite Loss, so the page shows only the list of runs.");
        Check($"Measure-ExperimentRun '{sweep}' X2 -Maximize", null);
    }

    [Fact]
    public void A_report_of_a_run_without_test_images_says_so()
    {
        string sweep = Path.Combine(folder, "untested");
        module.Run($"$null = @{{ LatentSize = 2; HiddenSize = 2; Epochs = 1; TestFraction = 0 }} | Invoke-ExperimentSweep '{sweep}' -Command Invoke-VaeTraining");
        Check($"Export-ExperimentReport '{sweep}' '{folder}/b.html' -Metric Reconstruction", "Test images of the best run are left out, because it was trained with TestFraction 0.");
    }

    // Null means the default of the parameter, as in the pipeline of the command itself.
    [Fact]
    public void A_null_setting_of_a_sweep_is_one_that_is_not_given_and_a_report_without_its_model_says_so()
    {
        string sweep = Path.Combine(folder, "sweep");
        Assert.Equal("Done", module.Get<string>($"\"$((@{{ LatentSize = $null; HiddenSize = 2; Epochs = 1 }} | Invoke-ExperimentSweep '{sweep}' -Command Invoke-VaeTraining).Status)\""));
        Check($"Export-ExperimentReport '{sweep}' '{folder}/a.html'", null);
        string model = Directory.GetDirectories(Path.Combine(sweep, "runs")).Select(run => Path.Combine(run, "checkpoint")).Single();
        Directory.Delete(model, recursive: true);
        Check($"Export-ExperimentReport '{sweep}' '{folder}/a.html'", $"Images of the best run are left out: '{model}', the folder of its model, does not exist.");
    }
}
