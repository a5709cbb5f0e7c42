using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class VaeTrainingTests(ModuleRunspace module)
{
    private const string Settings =
        "DataPath,TestPath,MaximumValue,LabelColumn,TestFraction,ValidationFraction,SplitSeed,Binarization,LatentSize,"
        + "HiddenSize,Activation,Initialization,InitialScale,Likelihood,LikelihoodScale,Prior,PriorComponents,Posterior,"
        + "Temperature,Objective,Samples,Beta,KlWarmup,KlWarmupEpochs,KlCycles,FreeBits,Epochs,BatchSize,Optimizer,"
        + "LearningRate,LearningRateSchedule,LearningRateEnd,ScheduleEpochs,Momentum,WeightDecay,GradientClip,Patience,Seed,DType,Device,Generator";

    private const string Small = "Invoke-VaeTraining -Epochs 1 -HiddenSize 2 -LatentSize 2 -Seed 1";

    // The scale of other images says nothing: they are not those that were meant.
    [Fact]
    public void Test_images_of_another_size_are_refused_for_their_size()
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-").FullName, train = Path.Combine(folder, "train.csv"), test = Path.Combine(folder, "test.csv");
        try
        {
            File.WriteAllText(train, "254,3,0,16\n0,254,7,1\n5,6,254,8\n");
            File.WriteAllText(test, "p1,p2,p3\n0,1,0\n1,0,1\n");
            string message = module.Fails($"Invoke-VaeTraining '{train}' -TestPath '{test}' -Epochs 1 -HiddenSize 2 -LatentSize 1", "ShapeMismatch").ToString();
            Assert.EndsWith("test.csv' has 3 pixels; each training image has 4. The numbers must be equal.", message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_row_has_figures_and_all_settings_and_is_flat()
    {
        PSObject[] rows = module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 16,8 -Epochs 2 -Seed 5");
        Assert.Equal(2, rows.Length);
        string[] names = [.. rows[0].Properties.Select(property => property.Name)];
        Assert.Empty("RunId,Epoch,TrainElbo,Reconstruction,KlDivergence,TestElbo,Seconds,SamplesPerSecond,".Split(',', StringSplitOptions.RemoveEmptyEntries).Concat(Settings.Split(',')).Except(names));
        Assert.Equal("16,8", rows[0].Properties["HiddenSize"].Value);
        Assert.Equal(5L, rows[0].Properties["Seed"].Value);
        Assert.All(rows[0].Properties, property => Assert.True(property.Value is null or string or int or long or double or bool, property.Name));
    }

    [Fact]
    public void Rows_show_names_in_the_spelling_of_the_table()
    {
        PSObject row = Assert.Single(module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 4 -Epochs 1 -Seed 1 -Activation RELU -Posterior RELAXEDBERNOULLI -Optimizer Adam"));
        Assert.Equal(["relu", "RelaxedBernoulli", "adam"], new[] { "Activation", "Posterior", "Optimizer" }.Select(name => row.Properties[name].Value));
    }

    [Fact]
    public void Every_setting_binds_by_property_name()
    {
        PSObject[] bound = module.Run(
            "(Get-Command Invoke-VaeTraining).Parameters.Values | Where-Object { $_.Attributes.Where({ $_.ValueFromPipelineByPropertyName }) } | ForEach-Object Name");
        Assert.Empty(Settings.Split(',').Except(bound.Select(name => name.ToString())));
    }

    [Fact]
    public void Parameters_have_the_defaults_and_the_help_of_the_table()
    {
        PSObject[] problems = module.Run("""
            $table = [ReparamPS.Vae.VaeSettings]::Table
            $cmdlet = (Get-Command Invoke-VaeTraining).ImplementingType::new()
            $help = @{}
            foreach ($parameter in Get-Help Invoke-VaeTraining -Parameter *) { $help[$parameter.name] = $parameter.description.Text -join ' ' }
            foreach ($setting in $table.All) {
                $default = $table.DefaultOf($setting)
                if ($setting.Name -ne 'Seed' -and "$($cmdlet.($setting.Name))" -ne "$default") { "default of $($setting.Name): $($cmdlet.($setting.Name)), not $default" }
                if (-not $help[$setting.Name].StartsWith($setting.Help)) { "help of $($setting.Name): $($help[$setting.Name])" }
                foreach ($name in $setting.Allowed.Names) { if (-not $help[$setting.Name].Contains($name)) { "help of $($setting.Name) lacks $name" } }
            }
            "settings: $($table.All.Count)"
            """);
        Assert.Equal([$"settings: {Settings.Split(',').Length}"], problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Each_object_that_comes_in_is_one_run()
    {
        PSObject[] rows = module.Run(
            "[pscustomobject]@{ LatentSize = 2; HiddenSize = 8 }, [pscustomobject]@{ LatentSize = '3'; HiddenSize = '8,6' } | Invoke-VaeTraining -Epochs 2 -Seed 1");
        Assert.Equal(["2/8/1", "2/8/2", "3/8,6/1", "3/8,6/2"],
            rows.Select(row => $"{row.Properties["LatentSize"].Value}/{row.Properties["HiddenSize"].Value}/{row.Properties["Epoch"].Value}"));
        Assert.Equal(2, rows.Select(row => row.Properties["RunId"].Value).Distinct().Count());
    }

    [Fact]
    public void Rows_that_went_through_CSV_run_again_to_the_same_figures()
    {
        PSObject[] first = module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 12,7 -Epochs 2 -LearningRate 0.004 -Activation tanh");
        PSObject[] again = module.Run("""
            $text = [ordered]@{}
            foreach ($column in $row.PSObject.Properties) { $text[$column.Name] = [string]$column.Value }
            [pscustomobject]$text | Invoke-VaeTraining
            """, ("row", first[0]));
        string[] figures = ["RunId", "Epoch", "TrainElbo", "KlDivergence", "TestElbo"];
        Assert.Equal(first.Select(row => figures.Select(name => row.Properties[name].Value)), again.Select(row => figures.Select(name => row.Properties[name].Value)));
    }

    [Theory]
    [InlineData("$rows | Export-ExperimentData $folder/rows.csv; Import-ExperimentData $folder/rows.csv")]
    [InlineData("$rows | Export-ExperimentData $folder/rows.jsonl; Import-ExperimentData $folder/rows.jsonl")]
    [InlineData("$rows | Export-ExperimentData $folder/rows.parquet; Import-ExperimentData $folder/rows.parquet")]
    [InlineData("$rows | Export-ExperimentData $folder/rows.sqlite; Import-ExperimentData $folder/rows.sqlite")]
    [InlineData("Import-ExperimentData $folder/run/epochs.csv")]
    [InlineData("$rows")]
    public void Rows_of_a_run_without_hidden_layers_come_back_as_such_a_run(string script)
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-vae-").FullName;
        try
        {
            string[] ids = [.. module.Run($"$folder = '{folder}'; $rows = @(Invoke-VaeTraining -HiddenSize @() -LatentSize 2 -Epochs 1 -Seed 1 -OutPath $folder/run); $back = & {{ {script} }} | Where-Object {{ $_ -isnot [IO.FileInfo] }}; $rows.RunId; ($back | Invoke-VaeTraining).RunId; ($back | Invoke-VaeTraining -HiddenSize @() 3>&1).RunId; $rows.HiddenSize").Select(id => id.ToString())];
            // The id is the one from before the text of an empty list was [].
            Assert.Equal(["b516fe8178ed", "b516fe8178ed", "b516fe8178ed", "[]"], ids);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Rows_stream_out_as_epochs_finish()
    {
        Assert.Equal(2, module.Get<int>(
            "$n = 0; foreach ($once in 1) { Invoke-VaeTraining -LatentSize 2 -HiddenSize 8 -Epochs 100000 -Seed 1 | ForEach-Object { $n++; if ($n -eq 2) { break } } }; $n"));
    }

    [Theory]
    [InlineData("Invoke-VaeTraining -LatentSize 0", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -LearningRate NaN", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -Activation swish", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -DType float16", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -DataPath /nowhere/a.csv", "PathNotFound")]
    [InlineData("Invoke-VaeTraining -Device cuda:99 -Epochs 1", "DeviceNotAvailable")]
    [InlineData("Invoke-VaeTraining -Device tpu -Epochs 1", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -LearningRate 1e30 -Seed 1", "TrainingDiverged")]
    [InlineData("Invoke-VaeTraining -TestFraction 0.9999", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -Objective elbow", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -Patience 3", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -FreeBits 0.1 -Objective iwae", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -Posterior VonMisesFisher -LatentSize 1", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -Posterior Beta -Prior mixture", "InvalidArgument")]
    [InlineData("Invoke-VaeTraining -Resume", "InvalidArgument")]
    [InlineData("Import-VaeModel /nowhere", "PathNotFound")]
    [InlineData("Measure-VaeLikelihood /nowhere/model.safetensors", "PathNotFound")]
    public void Wrong_input_is_one_error_of_its_kind(string script, string errorId) => module.Fails(script, errorId);

    [Theory]
    [InlineData("-Temperature 0.3", "Temperature requires Posterior RelaxedBernoulli or RelaxedOneHotCategorical; got normal (the default).")]
    [InlineData("-PriorComponents 5", "PriorComponents requires Prior mixture; got normal (the default).")]
    [InlineData("-InitialScale 0.1", "InitialScale requires Initialization normal; got uniform (the default).")]
    [InlineData("-LikelihoodScale 0.1", "LikelihoodScale requires Likelihood gaussian or learnedgaussian; got bernoulli (the default).")]
    [InlineData("-KlWarmup cyclic -KlWarmupEpochs 2", "KlWarmupEpochs requires KlWarmup linear; got cyclic.")]
    [InlineData("-KlCycles 2", "KlCycles requires KlWarmup cyclic; got none (the default).")]
    [InlineData("-LearningRateEnd 0.2", "LearningRateEnd requires LearningRateSchedule linear, cosine or exponential; got constant (the default).")]
    [InlineData("-ScheduleEpochs 2", "ScheduleEpochs requires LearningRateSchedule linear, cosine or exponential, or KlWarmup cyclic; got constant (the default) and none (the default).")]
    [InlineData("-Momentum 0.2 -Optimizer adamw", "Momentum requires Optimizer sgd; got adamw.")]
    [InlineData("-Momentum 0.9 -Optimizer adam", "Momentum requires Optimizer sgd; got adam (the default).")]
    [InlineData("-Temperature 0.5", "Temperature requires Posterior RelaxedBernoulli or RelaxedOneHotCategorical; got normal (the default).")]
    [InlineData("-ScheduleEpochs 0", "ScheduleEpochs requires LearningRateSchedule")]
    [InlineData("-CheckpointEpochs 1", "CheckpointEpochs requires OutPath, the folder in which the run is stored.")]
    [InlineData("-LabelColumn last", "LabelColumn requires a CSV file as DataPath or TestPath; got none.")]
    [InlineData("-TestPath any.csv -TestFraction 0.5", "TestFraction and TestPath cannot be combined: TestPath names the test images, and no others are held out.")]
    [InlineData("-Force", "Force requires OutPath, the folder in which the run is stored.")]
    [InlineData("-CheckpointEpochs 5", "CheckpointEpochs requires OutPath, the folder in which the run is stored.")]
    [InlineData("-CheckpointMinutes 5", "CheckpointMinutes requires OutPath, the folder in which the run is stored.")]
    [InlineData("-Beta 0 -FreeBits 0.5", "FreeBits requires a positive Beta; got 0.")]
    [InlineData("-Beta 0 -KlWarmup linear", "KlWarmup requires a positive Beta; got 0.")]
    [InlineData("-SplitSeed 3 -TestFraction 0", "SplitSeed requires a positive ValidationFraction, a positive TestFraction without separate test images, or Binarization static or dynamic; got TestFraction 0, ValidationFraction 0, Binarization none.")]
    [InlineData("-SplitSeed 3 -TestPath any.csv", "SplitSeed requires a positive ValidationFraction, a positive TestFraction without separate test images, or Binarization static or dynamic; got ")]
    [InlineData("-FreeBits 0.1 -Objective iwae", "FreeBits must be 0 with Objective iwae, Posterior normal and Prior normal, because only Objective elbo with Posterior and Prior normal has the KL term of each dimension; got 0.1.")]
    public void A_setting_without_effect_on_the_command_line_is_an_error(string settings, string message) =>
        Assert.StartsWith(message, module.Fails($"Invoke-VaeTraining -Epochs 1 -HiddenSize 2 {settings}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Invoke-VaeTraining -DataPath $nosuch -Epochs 1", "DataPath")]
    [InlineData("Invoke-VaeTraining '' -Epochs 1", "DataPath")]
    [InlineData("Invoke-VaeTraining -TestPath $null -Epochs 1", "TestPath")]
    [InlineData("Invoke-VaeTraining -OutPath '' -Epochs 1", "OutPath")]
    [InlineData("New-ControlProblem Pendulum | Invoke-PolicyTraining (New-NeuralPolicy -HiddenSize 2) -OutPath $nosuch -Iterations 1", "OutPath")]
    public void A_path_that_is_typed_without_a_value_is_an_error(string script, string name) =>
        Assert.Equal($"{name} must not be empty. Give a path, or leave out -{name}.", module.Fails(script, "InvalidArgument").ToString());

    [Theory]
    [InlineData("Invoke-VaeTraining -HiddenSize $nosuch -Epochs 1")]
    [InlineData("New-NeuralPolicy -HiddenSize $nosuch")]
    public void A_list_that_is_typed_without_a_value_is_an_error(string script) =>
        Assert.Equal("HiddenSize must be one or more integers, such as 500 or (500, 300); got null. For no hidden layers, write @().", module.Fails(script, "InvalidArgument").ToString());

    [Fact]
    public void An_empty_list_is_a_linear_model_and_a_blank_list_of_a_row_is_the_default()
    {
        Assert.Equal("[]", module.Get<string>("(Invoke-VaeTraining -HiddenSize @() -LatentSize 1 -Epochs 1 -Seed 1).HiddenSize"));
        Assert.Equal("128", module.Get<string>("([pscustomobject]@{ HiddenSize = $null; LatentSize = 1; Epochs = 1 } | Invoke-VaeTraining -Seed 1).HiddenSize"));
        Assert.Equal("64 64", module.Get<string>("\"$(([pscustomobject]@{ HiddenSize = $null; Seed = 1 } | New-NeuralPolicy).HiddenSize)\""));
    }

    // An undefined variable would be a training with all defaults.
    [Fact]
    public void Null_from_the_pipeline_is_an_error_and_an_empty_pipeline_a_warning()
    {
        Assert.EndsWith("such as a row of a CSV file; got null. Check the variable or command before the pipe.", module.Fails("$nosuch | Invoke-VaeTraining -Epochs 1", "InvalidArgument").ToString(), StringComparison.Ordinal);
        foreach (string call in new[] { "Invoke-VaeTraining -Epochs 1", "Invoke-PolicyTraining (New-NeuralPolicy -HiddenSize 2) Pendulum -Iterations 1" })
            Assert.Equal("No valid settings arrived from the pipeline, so nothing was trained.", module.Get<string>($"(@() | {call} 3>&1).Message"));
    }

    [Fact]
    public void Test_images_that_are_the_training_images_are_a_warning()
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-same-").FullName, path = Path.Combine(folder, "a.csv"), link = Path.Combine(folder, "b.csv"), other = Path.Combine(folder, "c.csv");
        File.WriteAllLines(path, Enumerable.Range(0, 30).Select(i => $"{7 * i % 30},1,2,3"));
        File.Copy(path, other);
        File.CreateSymbolicLink(link, path);
        string[] Warnings(string test) => [.. module.Run($"$null = Invoke-VaeTraining '{path}' -TestPath '{test}' -Epochs 1 -HiddenSize 2 -LatentSize 1 -LabelColumn none -WarningVariable w -WarningAction SilentlyContinue; $w").Select(warning => warning.ToString())];
        foreach (string same in new[] { path, link }) Assert.StartsWith("TestPath is the same as DataPath, so the test ELBO is that of training images.", Assert.Single(Warnings(same)), StringComparison.Ordinal);
        Assert.Empty(Warnings(other));
        module.Forget("w");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("Invoke-VaeTraining https://example.com/mnist.npz", "DataPath must be a path of the file system; got the address 'https://example.com/mnist.npz'. To read a file from the network, download it first: Invoke-WebRequest with -OutFile.")]
    [InlineData("Import-VaeModel https://example.com/run", "Path must be a path of the file system; got the address 'https://example.com/run'.")]
    public void An_address_is_not_taken_for_a_drive(string script, string message) =>
        Assert.StartsWith(message, module.Fails(script, "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_last_column_that_may_hold_pixels_is_a_warning()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("reparamps-labels-").FullName, "a.csv");
        File.WriteAllLines(path, Enumerable.Range(0, 30).Select(i => $"{i % 3},1,2,3,{i}"));
        Assert.StartsWith("Column 5, the last one, is read as labels", Assert.IsType<WarningRecord>(module.Run($"Invoke-VaeTraining '{path}' -Epochs 1 -HiddenSize 2 -LatentSize 1 3>&1")[0].BaseObject).Message, StringComparison.Ordinal);
        Assert.Single(module.Run($"Invoke-VaeTraining '{path}' -Epochs 1 -HiddenSize 2 -LatentSize 1 -MaximumValue 29 -LabelColumn 1 3>&1"));
    }

    [Fact]
    public void A_blank_path_of_a_row_is_one_that_is_not_given() =>
        Assert.Equal("digits", module.Get<string>("([pscustomobject]@{ DataPath = ''; TestPath = $null; OutPath = '' } | Invoke-VaeTraining -Epochs 1 -HiddenSize 2 -Seed 1).DataSet"));

    // All points of a grid have all columns, and a stored row holds the default of every setting.
    [Theory]
    [InlineData("New-ExperimentGrid @{ Prior = 'normal', 'mixture'; PriorComponents = 5 } | {0}", 2)]
    [InlineData("New-ExperimentGrid @{ Prior = 'normal', 'mixture' } | {0} -PriorComponents 5", 2)]
    [InlineData("[pscustomobject]@{ Momentum = 0.5; Temperature = 0.1; LabelColumn = 'last'; CheckpointEpochs = 3 } | {0}", 1)]
    [InlineData("{0} | {0}", 1)]
    [InlineData("{0} -Force:$false", 1)]
    [InlineData("{0} -SplitSeed 3", 1)]
    [InlineData("{0} -SplitSeed 3 -TestFraction 0 -ValidationFraction 0.1", 1)]
    [InlineData("{0} -SplitSeed 3 -TestFraction 0 -Binarization static", 1)]
    [InlineData("[pscustomobject]@{ Beta = 0; FreeBits = 0.5; KlWarmup = 'linear' } | {0}", 1)]
    [InlineData("{0} -Momentum 0.5 -Optimizer sgd -LearningRate 1e-5", 1)]
    [InlineData("& {{ $PSDefaultParameterValues = @{{ 'Invoke-VaeTraining:Momentum' = 0.5 }}; {0} }}", 1)]
    public void A_setting_without_effect_in_input_objects_is_accepted(string script, int rows) =>
        Assert.Equal(rows, module.Run((script.Contains("{{", StringComparison.Ordinal) ? string.Format(script, Small) : script.Replace("{0}", Small, StringComparison.Ordinal))).Length);

    [Theory]
    [InlineData("Invoke-VaeTraining -LatentSize 2 -HiddenSize 4 -Seed 1 -Epochs 1 -LearningRate 0.001", "Invoke-VaeTraining -Epochs 2", "Invoke-VaeTraining:LearningRate")]
    [InlineData("Invoke-PolicyTraining -Problem (New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1) -Policy (New-LinearPolicy 0.5 -Scale 0.1) -Trajectories 4 -Seed 1 -Iterations 1 -LearningRate 0.001", "Invoke-PolicyTraining -Problem (New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1) -Policy (New-LinearPolicy 0.5 -Scale 0.1) -Iterations 2", "Invoke-PolicyTraining:LearningRate")]
    public void A_run_is_resumed_with_its_own_settings_and_not_with_a_default_of_the_session(string first, string second, string key)
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-vae-").FullName;
        try
        {
            PSObject[] rows = module.Run($"$null = {first} -OutPath '{folder}/run'; try {{ $PSDefaultParameterValues['{key}'] = 0.01; {second} -Resume -OutPath '{folder}/run' }} finally {{ $PSDefaultParameterValues.Clear() }}");
            Assert.Equal(2, rows.Length);
            Assert.All(rows, row => Assert.Equal(0.001, row.Properties["LearningRate"].Value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_activation_without_hidden_layers_is_an_error() =>
        Assert.StartsWith("Activation requires at least one hidden layer in HiddenSize; got [].", module.Fails("Invoke-VaeTraining -Epochs 1 -HiddenSize @() -Activation tanh", "InvalidArgument").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_sweep_shows_lists_of_layers_so_that_they_come_back()
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-vae-").FullName;
        try
        {
            string[] rows = [.. module.Run($"New-ExperimentGrid @{{ HiddenSize = @(4, 3), @(), @(4); Epochs = 1; Seed = 1; LatentSize = 2 }} | Invoke-ExperimentSweep '{folder}/sweep' -Command Invoke-VaeTraining -ThrottleLimit 1 | Out-Null; Get-ExperimentRun '{folder}/sweep' | ForEach-Object {{ \"$($_.HiddenSize) $($_.OutputRunId)\" }}").Select(row => row.ToString())];
            Assert.Equal(["[] ", "4 ", "4,3 "], rows.Select(row => row[..(row.IndexOf(' ', StringComparison.Ordinal) + 1)]));
            Assert.Equal("[] b516fe8178ed", rows[0]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_sweep_over_a_command_accepts_settings_without_effect()
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-vae-").FullName;
        try
        {
            PSObject[] rows = module.Run($"New-ExperimentGrid @{{ Prior = 'normal', 'mixture'; PriorComponents = 5; Epochs = 1; HiddenSize = 2; LatentSize = 2 }} | Invoke-ExperimentSweep '{folder}/sweep' -Command Invoke-VaeTraining -ThrottleLimit 1");
            Assert.Equal(["Done", "Done"], rows.Select(row => row.Properties["Status"].Value.ToString()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_missing_file_within_a_file_is_not_taken_for_a_folder_to_write()
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-vae-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "a.csv"), "1,2\n");
            Assert.EndsWith("a.csv/x' does not exist.", module.Fails($"Invoke-VaeTraining '{folder}/a.csv/x'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
            Assert.EndsWith("use -OutPath.", module.Fails($"Invoke-VaeTraining '{folder}/run'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
            Assert.EndsWith("none.npz' does not exist.", module.Fails($"Invoke-VaeTraining '{folder}/none.npz/x_train'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("a-idx3-ubyte", "000008030000000200000002000000020102", "truncated")]
    [InlineData("a-idx3-ubyte", "0000090900000002", "not an IDX file")]
    [InlineData("a.csv", "302C310A302C780A", "line 2, column 2: expected a number; got 'x'")]
    public void A_damaged_data_file_is_InvalidData(string name, string hex, string problem)
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-vae-").FullName;
        try
        {
            string path = Path.Combine(folder, name);
            File.WriteAllBytes(path, Convert.FromHexString(hex));
            ErrorRecord error = module.Fails($"Invoke-VaeTraining -DataPath '{path}'", "InvalidData");
            Assert.Contains(problem, error.Exception.Message, StringComparison.Ordinal);
            Assert.Equal(path, error.TargetObject);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void One_bad_run_of_several_does_not_stop_the_others()
    {
        (PSObject[] rows, ErrorRecord[] errors) = module.TryRun(
            "2, -1, 3 | ForEach-Object { [pscustomobject]@{ LatentSize = $_ } } | Invoke-VaeTraining -Epochs 1 -HiddenSize 8 -Seed 1");
        Assert.Equal([2, 3], rows.Select(row => row.Properties["LatentSize"].Value));
        Assert.Contains("LatentSize must be", Assert.Single(errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_would_take_hours_can_be_stopped()
    {
        using var own = PowerShell.Create(InitialSessionState.CreateDefault2());
        own.AddScript($"Import-Module '{ModuleRunspace.ManifestPath}'; Invoke-VaeTraining -HiddenSize 256,256 -Epochs 100000 -BatchSize 200 -Seed 1");
        var rows = new PSDataCollection<PSObject>();
        IAsyncResult running = own.BeginInvoke<PSObject, PSObject>(null, rows);
        Assert.True(SpinWait.SpinUntil(() => rows.Count > 0, TimeSpan.FromSeconds(60)));
        await Task.Run(own.Stop, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Throws<PipelineStoppedException>(() => own.EndInvoke(running));
    }

    [Fact]
    public void Progress_is_shown_at_most_five_times_a_second_and_taken_away()
    {
        using var own = PowerShell.Create(InitialSessionState.CreateDefault2());
        own.AddScript($"Import-Module '{ModuleRunspace.ManifestPath}'; Invoke-VaeTraining -HiddenSize 64 -Epochs 60 -Seed 1");
        var clock = Stopwatch.StartNew();
        own.Invoke();
        ProgressRecord[] shown = [.. own.Streams.Progress.Where(record => record.Activity == "Training a VAE")];
        Assert.InRange(shown.Length, 1, 1 + 5 * (int)Math.Ceiling(clock.Elapsed.TotalSeconds));
        Assert.Equal(ProgressRecordType.Completed, shown[^1].RecordType);
    }

    [Theory]
    [InlineData("Invoke-VaeTraining -Activation ta", "tanh")]
    [InlineData("Invoke-VaeTraining -Device c", "cpu")]
    [InlineData("Invoke-VaeTraining -DType float6", "float64")]
    [InlineData("Invoke-VaeTraining -Objective iw", "iwae")]
    [InlineData("Invoke-VaeTraining -Optimizer ada", "adagrad")]
    [InlineData("Invoke-VaeTraining -Likelihood cont", "continuousbernoulli")]
    [InlineData("Measure-VaeLikelihood x -Part va", "validation")]
    public void Names_complete(string line, string expected) =>
        Assert.Contains(expected, module.Run($"(TabExpansion2 '{line}' {line.Length}).CompletionMatches.CompletionText").Select(text => text.ToString()));
}
