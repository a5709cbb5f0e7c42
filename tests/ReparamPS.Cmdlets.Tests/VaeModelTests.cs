using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class VaeModelTests : IDisposable
{
    private readonly ModuleRunspace module;
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-model-").FullName;

    public VaeModelTests(ModuleRunspace module)
    {
        this.module = module;
        module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 12 -Epochs 3 -Seed 1 -OutPath $run | Out-Null", ("run", Run));
    }

    private string Run => Path.Combine(folder, "run");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_kept_run_is_gone_on_with_and_gives_all_its_rows()
    {
        Assert.True(File.Exists(Path.Combine(Run, "run.json")) && File.Exists(Path.Combine(Run, "epochs.csv")) && File.Exists(Path.Combine(Run, "model.safetensors")));
        Assert.Equal([1, 2, 3], module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 12 -Epochs 3 -Seed 1 -OutPath $run -Resume").Select(row => row.Properties["Epoch"].Value));
        Assert.Equal(3, module.Run("Import-ExperimentData $run/epochs.csv").Length);
        ErrorRecord error = module.Fails("Invoke-VaeTraining -LatentSize 2 -HiddenSize 12 -Epochs 3 -Seed 1 -OutPath $run", "InvalidArgument");
        Assert.Contains("already holds a run", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(module.Run("Invoke-VaeTraining -LatentSize 3 -Epochs 1 -Seed 1 -OutPath $run -Force -WhatIf"));
        Assert.Single(module.Run("Invoke-VaeTraining -LatentSize 3 -Epochs 1 -Seed 1 -OutPath $run -Force"));
    }

    [Theory]
    [InlineData("-HiddenSize 2000000000", "HiddenSize (2000000000)")]
    [InlineData("-Samples 1000000000", "Samples (1000000000)")]
    [InlineData("-HiddenSize 4 -Device cuda:99", "CUDA")]
    public void A_restart_that_cannot_start_leaves_the_stored_run(string settings, string message)
    {
        string[] files = [.. Directory.EnumerateFiles(Run).Order()];
        Assert.Contains(message, Assert.Single(module.TryRun($"Invoke-VaeTraining -Epochs 1 -Seed 2 {settings} -OutPath $run -Force").Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Equal(files, Directory.EnumerateFiles(Run).Order());
        Assert.Equal(2, module.Get<int>("(Import-VaeModel $run).Options.LatentSize"));
    }

    [Theory]
    [InlineData("-HiddenSize 2000000000")]
    [InlineData("-HiddenSize 4 -Device cuda:99")]
    public void A_new_run_without_a_model_leaves_no_folder(string settings)
    {
        Assert.Single(module.TryRun($"Invoke-VaeTraining -Epochs 1 -Seed 2 {settings} -OutPath '{folder}/new/run'").Errors);
        Assert.False(Directory.Exists(Path.Combine(folder, "new")));
    }

    [Fact]
    public void What_only_would_be_done_and_a_folder_without_a_run_leave_nothing_behind()
    {
        string other = Path.Combine(folder, "other");
        Assert.Empty(module.Run("Invoke-VaeTraining -Epochs 1 -OutPath $other -WhatIf; Invoke-VaeTraining -Epochs 1 -WhatIf", ("other", other)));
        Assert.Contains("holds no run to resume", module.Fails("Invoke-VaeTraining -OutPath $other -Resume -Force", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(other));
        Assert.Single(module.Run("Invoke-VaeTraining -OutPath $other -Resume -Epochs 1 -Seed 1"));
    }

    [Fact]
    public void A_kept_run_goes_further_with_its_own_settings()
    {
        PSObject[] further = module.Run("[pscustomobject]@{ Epochs = 5 } | Invoke-VaeTraining -OutPath $run -Resume", ("run", Run));
        PSObject[] whole = module.Run("Invoke-VaeTraining -LatentSize 2 -HiddenSize 12 -Epochs 5 -Seed 1");
        string[] figures = ["RunId", "Epoch", "Epochs", "Seed", "HiddenSize", "TrainElbo", "KlDivergence", "TestElbo"];
        Assert.Equal(whole.Select(row => figures.Select(name => row.Properties[name].Value)), further.Select(row => figures.Select(name => row.Properties[name].Value)));
        Assert.Contains("LatentSize is 2 in that run and 3 now", module.Fails("Invoke-VaeTraining -LatentSize 3 -OutPath $run -Resume", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Epochs must be at least 5", module.Fails("Invoke-VaeTraining -Epochs 2 -OutPath $run -Resume", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_of_the_input_without_effect_is_no_change_of_a_resumed_run()
    {
        Assert.Equal([0.9, 0.9, 0.9], module.Run("[pscustomobject]@{ Momentum = 0.5; KlCycles = 2 } | Invoke-VaeTraining -OutPath $run -Resume", ("run", Run)).Select(row => row.Properties["Momentum"].Value));
        Assert.Contains("Optimizer is adam in that run and sgd now, Momentum is 0.9 in that run and 0.5 now",
            module.Fails("[pscustomobject]@{ Momentum = 0.5; Optimizer = 'sgd' } | Invoke-VaeTraining -OutPath $run -Resume", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Import-VaeModel $run | Invoke-VaeDecode 1, 2", "Model: 1,2 is not a model; here, the model comes from the pipeline. Name the parameter that 1,2 is for, such as -Latent 1,2.")]
    [InlineData("Import-VaeModel $run | Invoke-VaeReconstruction 0", "Model: 0 is not a model; here, the model comes from the pipeline. Name the parameter that 0 is for, such as -Count 0.")]
    [InlineData("Measure-VaeLikelihood $run -ByDimension -Samples 5", "Samples and ByDimension cannot be combined, because the rows per dimension need no draws. Use one of them.")]
    [InlineData("(1, 2), (3, 4) | Invoke-VaeDecode $run -Steps 3", "Steps requires at least two latent points per piped object; got one. Do not pipe the points: give all of them as one argument, such as -Latent (0, 0), (1, 1).")]
    public void A_call_with_the_parts_in_the_wrong_place_names_the_parameter(string script, string message) =>
        Assert.Equal(message, module.Fails(script, "InvalidArgument").Exception.Message.Split(" (Parameter")[0]);

    [Fact]
    public void Images_that_were_deleted_after_the_training_can_be_given_anew()
    {
        string data = Path.Combine(folder, "gone.csv"), run = Path.Combine(folder, "gone");
        File.WriteAllText(data, string.Concat(Enumerable.Repeat("1,0,1,0\n0,1,0,1\n", 10)));
        module.Run($"$null = Invoke-VaeTraining '{data}' -LatentSize 1 -HiddenSize 2 -Epochs 1 -Seed 1 -OutPath '{run}'");
        File.Delete(data);
        Assert.Equal($"The data file '{data}', with which the model was trained, does not exist. Put it back, or give another file with -DataPath instead of -Part; all images of the other file are used.", module.Fails($"Invoke-VaeEncode '{run}'", "PathNotFound").Exception.Message);
    }

    [Fact]
    public void A_run_whose_images_were_moved_resumes_from_their_new_path()
    {
        string data = Path.Combine(folder, "here.csv"), there = Path.Combine(folder, "there.csv"), run = Path.Combine(folder, "moved");
        File.WriteAllText(data, string.Concat(Enumerable.Repeat("1,0,1,0\n0,1,0,1\n", 10)));
        string id = module.Get<string>($"(Invoke-VaeTraining '{data}' -LatentSize 1 -HiddenSize 2 -Epochs 1 -Seed 1 -OutPath '{run}').RunId");
        File.Move(data, there);
        Assert.Equal(
            $"The data file '{data}' does not exist. If it was moved, give its new path as -DataPath. A run resumes from another path if the images are the same.",
            module.Fails($"Invoke-VaeTraining -OutPath '{run}' -Resume", "PathNotFound").Exception.Message);
        Assert.Equal($"The data file '{data}' does not exist.", module.Fails($"Invoke-VaeTraining '{data}' -OutPath '{run}' -Resume", "PathNotFound").Exception.Message);
        PSObject row = Assert.Single(module.Run($"Invoke-VaeTraining '{there}' -OutPath '{run}' -Resume"));
        Assert.Equal((id, there), (row.Properties["RunId"].Value, row.Properties["DataPath"].Value));
        // The new path is stored.
        Assert.Single(module.Run($"Invoke-VaeTraining -OutPath '{run}' -Resume"));
    }

    [Fact]
    public void Images_that_changed_after_the_training_cause_a_warning()
    {
        (string, object?)[] paths = [("data", Path.Combine(folder, "images.csv")), ("other", Path.Combine(folder, "changed"))];
        module.Run("0..19 | ForEach-Object { [pscustomobject]@{ A = $_ % 3; B = $_ % 2; C = 1; D = 0 } } | Export-ExperimentData $data; Invoke-VaeTraining $data -LatentSize 1 -HiddenSize 2 -Epochs 1 -Seed 1 -OutPath $other | Out-Null", paths);
        Assert.Empty(module.Run("Measure-VaeLikelihood $other -Samples 2 -Seed 1 -WarningVariable w -WarningAction SilentlyContinue | Out-Null; $w", paths));
        module.Run("0..29 | ForEach-Object { [pscustomobject]@{ A = $_ % 2; B = $_ % 3; C = 0; D = 1 } } | Export-ExperimentData $data", paths);
        PSObject warning = Assert.Single(module.Run("Measure-VaeLikelihood $other -Samples 2 -Seed 1 -WarningVariable w -WarningAction SilentlyContinue | Out-Null; $w", paths));
        Assert.Contains("have changed since the model was trained", warning.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_warning_of_changed_images_names_the_file_of_test_images_too()
    {
        string test = Path.Combine(folder, "test.csv"), run = Path.Combine(folder, "tested");
        string Warning(string part) => module.Get<string>($"\"$(Measure-VaeLikelihood '{run}' -Part {part} -Samples 2 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\"");
        File.WriteAllLines(test, Enumerable.Repeat(string.Join(',', Enumerable.Range(0, 64).Select(i => i % 17)), 3));
        module.Run($"$null = Invoke-VaeTraining -TestPath '{test}' -LatentSize 1 -HiddenSize 2 -Epochs 1 -Seed 1 -OutPath '{run}'");
        Assert.Equal("", Warning("train"));
        File.AppendAllLines(test, File.ReadAllLines(test));
        Assert.StartsWith($"The images in '{test}' have changed since the model was trained, so test images may", Warning("test"), StringComparison.Ordinal);
        File.Delete(test);
        // The training images are the embedded ones, which are still there.
        Assert.Equal($"The data file '{test}' does not exist. So it cannot be checked whether the images have changed since the model was trained.", Warning("train"));
    }

    [Fact]
    public void A_model_that_is_written_again_between_objects_of_a_pipeline_is_read_again()
    {
        string run = Path.Combine(folder, "again");
        string[] Measured(string path) => [.. module.Run($"1..3 | ForEach-Object {{ $null = Invoke-VaeTraining -Seed $_ -OutPath '{run}' -Force -Epochs 1 -LatentSize 2 -HiddenSize 4; '{path}' }} | Measure-VaeLikelihood -Samples 2 | ForEach-Object {{ \"$($_.RunId) $($_.LogLikelihood)\" }}").Select(row => row.ToString())];
        foreach (string path in new[] { run, Path.Combine(run, "model.safetensors") }) Assert.Equal(3, Measured(path).Distinct().Count());
    }

    [Fact]
    public void A_run_without_its_checkpoint_restarts_with_a_warning()
    {
        string Warnings() => module.Get<string>($"\"$(Invoke-VaeTraining -OutPath '{Run}' -Resume 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\"");
        Assert.Equal("", Warnings());
        File.Delete(Path.Combine(Run, "checkpoint.safetensors"));
        Assert.Equal($"The checkpoint in '{Run}' is missing, so the run can only restart from epoch 1.", Warnings());
        Assert.Equal("", Warnings());
    }

    [Fact]
    public void Measuring_gives_a_bound_under_the_log_likelihood()
    {
        PSObject row = Assert.Single(module.Run("Import-VaeModel $run | Measure-VaeLikelihood -Samples 30 -Seed 1", ("run", Run)));
        Assert.True((double)row.Properties["Elbo"].Value < (double)row.Properties["LogLikelihood"].Value);
        Assert.Equal(359, row.Properties["Count"].Value);
        Assert.All(row.Properties, property => Assert.True(property.Value is string or int or double, property.Name));
        Assert.Equal(2, module.Run("Measure-VaeLikelihood $run -ByDimension").Length);
        module.Fails("Measure-VaeLikelihood $run -Part validation", "InvalidArgument");
        module.Fails("Measure-VaeLikelihood $run -Samples 0", "InvalidArgument");
        Assert.Contains("Part and DataPath cannot be combined", module.Fails("Measure-VaeLikelihood $run -Part test -DataPath x.npy", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_images_of_a_model_are_not_taken_for_a_folder_to_write_to() =>
        Assert.DoesNotContain("OutPath", module.Fails($"Invoke-VaeReconstruction '{Run}' -DataPath ./no-such-folder", "PathNotFound").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void Codes_are_flat_rows_with_labels()
    {
        PSObject[] rows = module.Run("Invoke-VaeEncode $run -Part all", ("run", Run));
        Assert.Equal(1797, rows.Length);
        Assert.Equal(["Index", "Label", "Z1", "Z2", "S1", "S2"], rows[0].Properties.Select(property => property.Name));
        Assert.InRange((int)rows[5].Properties["Label"].Value, 0, 9);
    }

    [Fact]
    public void Codes_are_decoded_from_the_pipeline()
    {
        PSObject[] images = module.Run("Invoke-VaeEncode $run -Count 3 | Invoke-VaeDecode $run", ("run", Run)), originals = module.Run("Invoke-VaeReconstruction $run -Count 3 | Where-Object Kind -eq reconstruction");
        Assert.Equal([0, 1, 2], images.Select(image => image.Properties["Index"].Value));
        Assert.Equal(originals.Select(image => image.Properties["Label"].Value), images.Select(image => image.Properties["Label"].Value));
        for (int i = 0; i < 3; i++)
            Assert.Equal((double[])originals[i].Properties["Pixels"].Value, (double[])images[i].Properties["Pixels"].Value, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Contains("no Z2", module.Fails("[pscustomobject]@{ Z1 = 1 } | Invoke-VaeDecode $run", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        // As a CSV file has them.
        PSObject read = Assert.Single(module.Run("[pscustomobject]@{ Index = '7'; Label = ''; Z1 = '0.5'; Z2 = '1' } | Invoke-VaeDecode $run"));
        Assert.Equal((7, (object?)null), ((int)read.Properties["Index"].Value, read.Properties["Label"].Value));
        Assert.Contains("Latent: Index of the row must be an integer; got 'a'.", module.Fails("[pscustomobject]@{ Index = 'a'; Z1 = 0.5; Z2 = 1 } | Invoke-VaeDecode $run", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("{0} | Invoke-VaeDecode $run"), InlineData("Invoke-VaeDecode $run -Latent ({0}, {0}) -Steps 3")]
    public void Rows_of_a_model_with_more_latent_dimensions_are_an_error(string script)
    {
        module.Run("", ("run", Run));
        Assert.StartsWith("Latent: the row has Z1 to Z4, but the LatentSize of the model is 2. Decode rows with the model that encoded them.",
            module.Fails(script.Replace("{0}", "[pscustomobject]@{ Index = 0; Z1 = 1; Z2 = 2; Z3 = 3; Z4 = 4; S1 = 1 }", StringComparison.Ordinal), "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_codes_are_decoded_and_interpolated_as_one_argument()
    {
        (string, object?) run = ("run", Run);
        double[][] Pixels(string script) => [.. module.Run(script, run).Select(image => (double[])image.Properties["Pixels"].Value)];
        double[][] piped = Pixels("Invoke-VaeEncode $run -Count 2 | Invoke-VaeDecode $run"), way = Pixels("Invoke-VaeDecode $run -Latent (Invoke-VaeEncode $run -Count 2) -Steps 3");
        Assert.Equal(3, way.Length);
        Assert.Equal(piped[0], way[0], (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(piped[1], way[2], (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(["7", "9"], module.Run("$rows = Invoke-VaeEncode $run -Part all | Where-Object Index -in 7, 9; (Invoke-VaeDecode $run -Latent $rows).Index", run).Select(index => index.ToString()));
        Assert.Contains("at least two", module.Fails("Invoke-VaeDecode $run -Latent (Invoke-VaeEncode $run -Count 1) -Steps 3", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Latent_points_must_be_finite_in_the_type_of_the_model()
    {
        foreach ((string point, string got) in new[] { ("1, ([double]::NaN)", "NaN"), ("1e39, 0", "1E+39"), ("(0, 1), (2, [double]::NegativeInfinity)", "-Infinity") })
            Assert.Contains($"Latent must hold numbers that are finite in float32; got {got}.", module.Fails($"Invoke-VaeDecode '{Run}' -Latent {point}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        string path = Path.Combine(folder, "nan.png");
        Assert.Contains("Pixels must be finite numbers; got NaN in image 1 of 1.", module.Fails($"[ReparamPS.Vae.VaeImage]::new('', 'sample', 0, $null, 1, 2, [double[]](0, [double]::NaN)) | Export-ImageGrid '{path}'", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_list_of_points_has_the_latent_size_of_the_model_in_an_example()
    {
        string space = Path.Combine(folder, "space"), wide = Path.Combine(folder, "wide");
        module.Run($"foreach ($size in 3, 9) {{ $null = Invoke-VaeTraining -LatentSize $size -TestFraction 0 -HiddenSize 2 -Epochs 1 -Seed 1 -OutPath $(if ($size -eq 3) {{ '{space}' }} else {{ '{wide}' }}) }}");
        string Message(string script, string id) => module.Fails(script, id).Exception.Message;
        Assert.EndsWith("such as (0, 0, 0), (1, 1, 1).", Message($"Invoke-VaeDecode '{space}' 1, 2, 3, 4, 5, 6", "ShapeMismatch"), StringComparison.Ordinal);
        Assert.EndsWith("as a list of lists of 9 numbers each.", Message($"Invoke-VaeDecode '{wide}' @(1..18)", "ShapeMismatch"), StringComparison.Ordinal);
        Assert.StartsWith("The run has no test images, because it was trained with TestFraction 0. Use -Part train, or give images with -DataPath.", Message($"Invoke-VaeEncode '{space}'", "InvalidArgument"), StringComparison.Ordinal);
    }

    [Fact]
    public void With_one_latent_dimension_a_number_is_a_point()
    {
        string line = Path.Combine(folder, "line");
        module.Run("Invoke-VaeTraining -LatentSize 1 -HiddenSize 2 -Epochs 1 -Seed 1 -OutPath $line | Out-Null", ("line", line));
        double[][] Pixels(string script) => [.. module.Run(script).Select(image => (double[])image.Properties["Pixels"].Value)];
        double[][] rows = Pixels("Invoke-VaeDecode $line (, 0.5), (, 2)");
        Assert.Equal(2, rows.Length);
        Assert.Equal([rows[0]], Pixels("Invoke-VaeDecode $line 0.5"));
        Assert.Equal(rows, Pixels("0.5, 2 | Invoke-VaeDecode $line"));
        Assert.Equal(rows, Pixels("Invoke-VaeDecode $line 0.5, 2"));
        Assert.Equal(3, Pixels("Invoke-VaeDecode $line -1, 1 -Steps 3").Length);
        Assert.EndsWith("got 4 numbers. Write several points as a list of lists, such as (0, 0), (1, 1).", module.Fails($"Invoke-VaeDecode '{Run}' 1, 2, 3, 4", "ShapeMismatch").Exception.Message, StringComparison.Ordinal);
        Assert.Contains("A latent point must have 2 numbers, the LatentSize of the model; got 1 number.", module.Fails($"Invoke-VaeDecode '{Run}' 0.5", "ShapeMismatch").Exception.Message, StringComparison.Ordinal);
    }

    // Draws of so many points would take minutes before they end for want of memory.
    [Theory]
    [InlineData("Invoke-VaeSampling $run -Count 2147483647")]
    [InlineData("Invoke-VaeDecode $run (New-Tensor ((0, 0), (1, 1))) -Steps 2147483647")]
    public void Images_that_do_not_fit_into_memory_are_refused_at_once(string call) =>
        Assert.StartsWith("Not enough memory: ", module.Fails(call.Replace("$run", $"'{Run}'", StringComparison.Ordinal), "NotEnoughMemory").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("a", "Latent must hold numbers; got 'a'. Each latent point is a list of 2 numbers, such as -Latent (0, 0), or a row of Invoke-VaeEncode.")]
    [InlineData("''", "Latent must hold numbers; got an empty string. Each latent point")]
    [InlineData("@{}", "Latent must hold numbers; got a hashtable. Each latent point")]
    public void A_latent_point_that_is_not_numbers_is_answered_with_one_that_is(string point, string starts) =>
        Assert.StartsWith(starts, module.Fails($"Import-VaeModel '{Run}' | Invoke-VaeDecode -Latent {point}", "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_damaged_model_is_answered_with_the_call_that_writes_it_again()
    {
        string copy = Path.Combine(folder, "damaged"), model = Path.Combine(copy, "model.safetensors");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(Run)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        File.WriteAllText(model, "{");
        string call = $"Invoke-VaeTraining -OutPath '{copy}' -Resume";
        Assert.EndsWith($"To write it again from the checkpoint, use {call}.", module.Fails($"Import-VaeModel '{copy}'", "InvalidData").ToString(), StringComparison.Ordinal);
        module.Run(call);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Run, "model.safetensors")), File.ReadAllBytes(model));
        File.WriteAllText(model, "{");
        File.Delete(Path.Combine(copy, "checkpoint.safetensors"));
        Assert.DoesNotContain("-Resume", module.Fails($"Import-VaeModel '{copy}'", "InvalidData").ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData("Seed 1"), InlineData("Count 3"), InlineData("Generator Philox")]
    public void A_manifold_takes_no_parameters_of_draws(string parameter) =>
        Assert.Contains($"Manifold and {parameter.Split(' ')[0]} cannot be combined", module.Fails($"Invoke-VaeSampling '{Run}' -Manifold 3 -{parameter}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_model_lists_its_settings_on_one_line() =>
        Assert.Contains("HiddenSize = 12, Activation = relu", module.Get<string>("\"$((Import-VaeModel $run).Options)\"", ("run", Run)), StringComparison.Ordinal);

    [Fact]
    public void An_unfinished_run_has_no_model_and_says_how_to_resume_it()
    {
        string cut = Path.Combine(folder, "cut"), failed = Path.Combine(folder, "failed");
        module.Run("do { Invoke-VaeTraining -LatentSize 2 -HiddenSize 4 -Epochs 3 -Seed 1 -OutPath $cut | ForEach-Object { break } } while ($false)", ("cut", cut));
        Assert.Contains($"The run in '{cut}' is not finished, so it has no model.safetensors yet. To resume it, use Invoke-VaeTraining -OutPath '{cut}' -Resume.", module.Fails($"Import-VaeModel '{cut}'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
        string lost = Path.Combine(folder, "lost");
        module.Run($"$null = Invoke-VaeTraining -LatentSize 2 -HiddenSize 4 -Epochs 1 -Seed 1 -OutPath '{lost}'");
        File.Delete(Path.Combine(lost, "model.safetensors"));
        Assert.Contains($"The run in '{lost}' is finished, but its model.safetensors was moved or deleted. To write it again from the checkpoint, use Invoke-VaeTraining -OutPath '{lost}' -Resume.", module.Fails($"Import-VaeModel '{lost}'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
        module.Run($"$null = Invoke-VaeTraining -OutPath '{lost}' -Resume; $null = Import-VaeModel '{lost}'");
        module.TryRun("Invoke-VaeTraining -LatentSize 2 -HiddenSize 4 -Epochs 3 -Seed 1 -Optimizer sgd -LearningRate 1e30 -OutPath $failed", ("failed", failed));
        Assert.Contains("failed, so it has no model.safetensors. Run ", module.Fails($"Import-VaeModel '{failed}'", "PathNotFound").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_from_before_an_extension_that_is_not_finished_comes_with_a_warning()
    {
        string Warnings(string script) => string.Join("|", module.Run($"& {{ {script} }} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }}", ("run", Run)));
        Assert.Equal("", Warnings("Import-VaeModel $run"));
        module.Run("do { Invoke-VaeTraining -Epochs 9 -Resume -OutPath $run | ForEach-Object { if ($_.Epoch -eq 5) { break } } } while ($false)", ("run", Run));
        string warning = $"The model in '{Run}' is older than the run: the run was extended to 9 epochs, and 5 are done. To finish it, use Invoke-VaeTraining -OutPath '{Run}' -Resume.";
        foreach (string script in new[] { "Import-VaeModel $run", "Import-VaeModel $run/model.safetensors", "Measure-VaeLikelihood $run -Samples 2", "Invoke-VaeSampling $run -Count 1" })
            Assert.Equal(warning, Warnings(script));
        string description = Path.Combine(Run, "run.json"), text = File.ReadAllText(description);
        File.WriteAllText(description, text.Replace("\"epochsDone\": 5", "\"epochsDone\": 1", StringComparison.Ordinal));
        Assert.Contains("extended to 9 epochs, and 1 is done.", Warnings("Import-VaeModel $run"), StringComparison.Ordinal);
        File.WriteAllText(description, text);
        File.Copy(Path.Combine(Run, "model.safetensors"), Path.Combine(Run, "of3.safetensors"));
        module.Run("$null = Invoke-VaeTraining -Resume -OutPath $run", ("run", Run));
        Assert.Equal("", Warnings("Import-VaeModel $run; Import-VaeModel $run/of3.safetensors"));
    }

    [Fact]
    public void Images_are_sampled_decoded_and_reconstructed()
    {
        (string, object?) run = ("run", Run);
        double[] Pixels(PSObject image) => (double[])image.Properties["Pixels"].Value;
        PSObject[] samples = module.Run("Invoke-VaeSampling $run -Count 3 -Seed 5", run), again = module.Run("Invoke-VaeSampling $run -Count 3 -Seed 5", run);
        Assert.Equal(samples.Select(Pixels), again.Select(Pixels));
        Assert.All(Pixels(samples[0]), value => Assert.InRange(value, 0, 1));
        PSObject[] way = module.Run("Invoke-VaeDecode $run -Latent (-1, 0), (1, 0.5), (0, 0) -Steps 4", run);
        Assert.Equal(8, way.Length);
        Assert.Equal(Pixels(module.Run("Invoke-VaeDecode $run -Latent 1, 0.5", run).Single()), Pixels(way[3]), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(9, module.Run("Invoke-VaeSampling $run -Manifold 3", run).Length);
        Assert.Equal(["original", "reconstruction", "original", "reconstruction"], module.Run("(Invoke-VaeReconstruction $run -Count 2).Kind", run).Select(kind => kind.ToString()));
        module.Fails("Invoke-VaeDecode $run -Latent 1, 2, 3", "ShapeMismatch");
    }

    [Fact]
    public void A_grid_is_a_PNG_of_the_size_of_its_images()
    {
        string path = Path.Combine(folder, "grid.png");
        module.Run("Invoke-VaeSampling $run -Count 6 -Seed 5 | Export-ImageGrid $path -Columns 3 -Scale 2 -Gap 1", ("run", Run), ("path", path));
        byte[] png = File.ReadAllBytes(path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal((3 * 17 + 1, 2 * 17 + 1), (png[19] + 256 * png[18], png[23] + 256 * png[22]));
        module.Fails("Invoke-VaeSampling $run -Count 6 -Seed 5 | Export-ImageGrid $path -NoClobber", "FileExists");
        // As in torchvision's make_grid, there are no columns without an image.
        module.Run("Invoke-VaeSampling $run -Count 3 -Seed 5 | Export-ImageGrid $path -Columns 1000 -Scale 2 -Gap 1", ("run", Run), ("path", path));
        png = File.ReadAllBytes(path);
        Assert.Equal((3 * 17 + 1, 17 + 1), (png[19] + 256 * png[18], png[23] + 256 * png[22]));
    }

    [Theory]
    [InlineData("Import-VaeModel", "Give the folder of a run (-OutPath of Invoke-VaeTraining) or its model.safetensors.")]
    [InlineData("Import-PolicyModel", "Give the folder of a run (-OutPath of Invoke-PolicyTraining), or a file from Export-PolicyModel.")]
    [InlineData("Import-VariationalFit -Model (New-BayesianModel @{ X = New-NormalDistribution 1 2 }) -Path", "Give a file that Export-VariationalFit wrote.")]
    public void A_file_of_another_format_is_an_error_that_says_what_to_give(string command, string advice)
    {
        string path = Path.Combine(folder, "model.pt");
        File.WriteAllBytes(path, "PK\x03\x04\0\0\b\b\0\0\0\0\0\0archive/data.pkl"u8.ToArray());
        Assert.Equal($"'{path}': not a safetensors file: it is a ZIP archive, such as a PyTorch .pt file. {advice}", module.Fails($"{command} '{path}'", "InvalidData").ToString());
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Equal($"'{path}': not a safetensors file: it ends within its first eight bytes. {advice}", module.Fails($"{command} '{path}'", "InvalidData").ToString());
    }

    [Fact]
    public void Images_are_not_rows_of_a_table_and_the_error_says_how_to_write_them() =>
        Assert.Equal("Column 'Pixels' holds the pixels of an image, but a cell holds one value. To write images, use Export-ImageGrid. To write the other columns, remove this one: Select-Object -ExcludeProperty Pixels.",
            module.Fails($"Invoke-VaeSampling '{Run}' 2 | Export-ExperimentData '{Path.Combine(folder, "images.csv")}'", "InvalidArgument").ToString());
}
