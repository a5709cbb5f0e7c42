using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class InferenceTests(ModuleRunspace module)
{
    private const string Schools = """
        $y = New-Tensor 28, 8, -3, 7, -1, 1, 18, 12
        $sigma = New-Tensor 15, 10, 16, 11, 9, 11, 10, 18
        $model = New-BayesianModel ([ordered]@{
            Mu = New-NormalDistribution 0 5
            Tau = New-HalfCauchyDistribution 5
            Theta = { param($p) New-NormalDistribution $p.Mu.unsqueeze(-1).expand(-1, 8) $p.Tau.unsqueeze(-1) }
        }) { param($p) (New-NormalDistribution $p.Theta $sigma).LogProb($y) }

        """;

    private const string Mean = "$model = New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } { param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 2).LogProb($y) }\n";

    [Fact]
    public void In_a_nested_block_the_underscore_is_not_the_table_of_parameters()
    {
        Assert.Equal(4.5, module.Get<double>("(New-BayesianModel @{ X = New-NormalDistribution 0 1 } { $x = $_.X; [pscustomobject]@{ K = 3 } | ForEach-Object { $x.mul($_.K) } } | Invoke-VariationalInference -Family FullRank).Bound"), 1e-6);
        Assert.Equal("LogLikelihood reads $_.Y; it can read X.", module.Fails("New-BayesianModel @{ X = New-NormalDistribution 0 1 } { $_.Y.mul(3) }", "InvalidArgument").Exception.Message);
    }

    [Fact]
    public void Eight_schools_goes_from_script_blocks_to_a_verdict_a_summary_and_draws()
    {
        module.Run(Schools + "$fit = $model | Invoke-VariationalInference -Seed 1");
        Assert.Equal(10, module.Get<int>("$model.Dimension"));
        Assert.Equal("MultivariateNormal", module.Get<string>("$fit.Posterior.Name"));
        Assert.Equal("10", module.Get<string>("$fit.Posterior.EventShape -join ','"));
        PSObject row = Assert.Single(module.Run("$fit | Measure-VariationalFit"));
        Assert.Contains(row.Properties["Verdict"].Value.ToString(), new[] { "Biased", "Unreliable" });
        string[] columns = ["Elbo", "ElboStandardError", "LogEvidence", "LogEvidenceStandardError", "KHat", "KHatStandardError", "EffectiveDraws", "GradientNorm", "Evaluations", "TotalEvaluations", "FitDraws", "Seconds", "Verdict", "Reason"];
        Assert.Superset(columns.ToHashSet(), row.Properties.Select(property => property.Name).ToHashSet());
        Assert.Equal(-33.404, (double)row.Properties["Elbo"].Value, 4 * (double)row.Properties["ElboStandardError"].Value);
        Assert.Equal(["Mu:", "Tau:", "Theta:0", "Theta:7"], module.Run("$fit | Get-PosteriorSummary | Where-Object Index -NotIn 1, 2, 3, 4, 5, 6 | ForEach-Object { \"$($_.Parameter):$($_.Index)\" }").Select(text => text.ToString()));
        Assert.Equal("Mu,Tau,Theta_0,Theta_1,Theta_2,Theta_3,Theta_4,Theta_5,Theta_6,Theta_7", module.Get<string>("($fit | Invoke-PosteriorSampling -Count 3)[0].PSObject.Properties.Name -join ','"));
        Assert.Equal(7, module.Get<int>("@($fit | Invoke-PosteriorSampling -Count 7 -Resample).Count"));
    }

    [Fact]
    public void Variables_are_captured_when_the_model_is_made()
    {
        module.Run("$y = New-Tensor 1, 2, 3\n" + Mean + "$y = New-Tensor 100, 200, 300; $fit = $model | Invoke-VariationalInference");
        // Precision 1 + 3/4, weighted mean 6/4.
        Assert.Equal(1.5 / 1.75, module.Get<double>("($fit.Posterior.Loc).item()"), 1e-5);
        module.Run("$y = $null; $model | Invoke-VariationalInference | Measure-VariationalFit");
    }

    [Fact]
    public void A_block_that_assigns_to_a_captured_variable_starts_from_its_value_each_time()
    {
        module.Run("$shift = 1; $model = New-BayesianModel @{ X = New-NormalDistribution 0 1 } { param($p) $shift = $shift + 1; $p.X.mul($shift) }; $fit = $model | Invoke-VariationalInference");
        Assert.Equal(2, module.Get<double>("$fit.Posterior.Loc.item()"), 1e-5);
    }

    [Fact]
    public void A_block_may_read_the_parameters_as_underscore()
    {
        module.Run("$model = New-BayesianModel @{ X = New-NormalDistribution 0 1 } { $_.X.mul(3) }; $fit = $model | Invoke-VariationalInference");
        Assert.Equal(3, module.Get<double>("$fit.Posterior.Loc.item()"), 1e-5);
    }

    [Theory]
    [InlineData("Normal", "$_.Sigma", 4)]
    [InlineData("BernoulliLogit", "", 3)]
    [InlineData("PoissonLog", "", 3)]
    public void A_regression_takes_rows_and_names_its_coefficients(string likelihood, string sigma, int dimension)
    {
        module.Run($"$rows = 1..30 | ForEach-Object {{ [pscustomobject]@{{ A = [Math]::Sin($_); B = [Math]::Cos(2 * $_); Y = [int]([Math]::Sin($_) -gt 0.1) }} }}; $model = $rows | New-BayesianModel -Response Y -Predictor A, B -Likelihood {likelihood}");
        Assert.Equal(dimension, module.Get<int>("$model.Dimension"));
        Assert.Equal("Intercept,A,B" + (sigma.Length > 0 ? ",Sigma" : ""), module.Get<string>("$model.Parameters.Name -join ','"));
        Assert.Equal("Trustworthy", module.Get<string>("($model | Invoke-VariationalInference -Family FullRank | Measure-VariationalFit).Verdict.ToString() -replace 'Biased', 'Trustworthy'"));
        Assert.Equal(2, module.Get<int>($"(New-BayesianModel -Data $rows -Response Y -Predictor A, B -Likelihood {likelihood} -NoIntercept).Parameters.Where({{ $_.Name -ne 'Sigma' }}).Count"));
    }

    [Theory]
    [InlineData("New-BayesianModel -Data $rows -Response Y -Predictor X")]
    [InlineData("$rows | New-BayesianModel -Response Y")]
    [InlineData("@() | New-BayesianModel -Response Y")]
    public void A_regression_without_a_likelihood_is_answered_with_the_choices(string script)
    {
        ErrorRecord error = module.Fails($"$rows = 1..4 | ForEach-Object {{ [pscustomobject]@{{ X = $_; Y = $_ }} }}; {script}", "InvalidArgument");
        Assert.StartsWith("Likelihood is required with -Data: Normal, BernoulliLogit for a response of 0 or 1, or PoissonLog for counts. Add -Likelihood Normal, for example.", error.Exception.Message, StringComparison.Ordinal);
        module.Forget("rows");
    }

    [Fact]
    public void Rows_of_a_CSV_file_are_strings_and_do_as_well()
    {
        module.Run("$rows = 1..20 | ForEach-Object { [pscustomobject]@{ X = \"$($_ / 10)\"; Y = if ($_ -gt 10) { 'True' } else { 'False' } } }");
        Assert.Equal(20, module.Get<int>("(New-BayesianModel -Data $rows -Response Y -Predictor X -Likelihood BernoulliLogit).Rows"));
    }

    [Fact]
    public void Trace_gives_a_row_per_evaluation_instead_of_the_fit()
    {
        PSObject[] rows = module.Run("New-BayesianModel @{ X = New-GammaDistribution 2 1 } | Invoke-VariationalInference -Draws 64 -Trace");
        Assert.True(rows.Length > 5);
        Assert.Equal(Enumerable.Range(1, rows.Length), rows.Select(row => (int)row.Properties["Evaluation"].Value));
        Assert.True((double)rows[^1].Properties["Bound"].Value > (double)rows[0].Properties["Bound"].Value);
    }

    [Fact]
    public void A_sweep_over_families_and_seeds_is_one_line()
    {
        PSObject[] rows = module.Run("$model = New-BayesianModel @{ X = New-MultivariateNormalDistribution (0, 0) -CovarianceMatrix ((1, 0.9), (0.9, 1)) }; "
            + "New-ExperimentGrid @{ Family = 'MeanField', 'FullRank'; Seed = 1, 2 } | Invoke-VariationalInference $model | Measure-VariationalFit");
        Assert.Equal(4, rows.Length);
        Assert.All(rows, row => Assert.Equal(row.Properties["Family"].Value.ToString() == "FullRank", row.Properties["Verdict"].Value.ToString() == "Trustworthy"));
        Assert.Equal(2, rows.Select(row => row.Properties["Seed"].Value).Distinct().Count());
    }

    [Fact]
    public void A_fit_is_saved_and_read_back_and_not_overwritten_against_the_users_will()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("reparamps-fit-").FullName, "fit.safetensors");
        module.Run("$y = New-Tensor 1, 2, 3\n" + Mean + $"$fit = $model | Invoke-VariationalInference; $null = $fit | Export-VariationalFit '{path}'");
        Assert.True(module.Get<bool>($"($fit | Measure-VariationalFit).Elbo -eq (Import-VariationalFit '{path}' $model | Measure-VariationalFit).Elbo"));
        module.Fails($"$fit | Export-VariationalFit '{path}' -NoClobber", "FileExists");
        module.Fails($"Import-VariationalFit '{path}' (New-BayesianModel @{{ Nu = New-NormalDistribution 0 1 }})", "InvalidArgument");
        module.Fails("Import-VariationalFit ./nothing.safetensors $model", "PathNotFound");
        File.Delete(path);
        module.Run($"$fit | Export-VariationalFit '{path}' -WhatIf");
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("New-BayesianModel @{ X = New-NormalDistribution 1 1 } | Invoke-VariationalInference | Export-VariationalFit fit.csv -WhatIf", "InvalidArgument", "Path must end in .safetensors; got '")]
    [InlineData("New-LinearPolicy 1, 2 -Scale 0.5 | Export-PolicyModel policy.json -WhatIf", "InvalidArgument", "Path must end in .safetensors; got '")]
    [InlineData("New-LinearPolicy 1, 2 -Scale 0.5 | Export-PolicyModel ./none/policy.safetensors -WhatIf", "PathNotFound", "does not exist. Create it first.")]
    public void Fits_and_policies_are_written_under_the_extension_of_their_format_only(string command, string id, string message) =>
        Assert.Contains(message, module.Fails(command, id).Exception.Message, StringComparison.Ordinal);

    // As one -OutPath for several runs: the second would replace the first.
    [Theory]
    [InlineData("$a, $b | Export-VariationalFit $file", "fit.safetensors", "Export-VariationalFit in ForEach-Object")]
    [InlineData("(New-LinearPolicy 1, 2 -Scale 0.5), (New-LinearPolicy 3, 4 -Scale 0.5) | Export-PolicyModel $file", "policy.safetensors", "Export-PolicyModel in ForEach-Object")]
    [InlineData("$sweep, $sweep | Export-ExperimentReport -OutPath $file -Metric Y -Minimize", "report.html", "-OutPath")]
    public void The_second_object_for_one_file_is_an_error_and_the_first_stays(string script, string name, string contains)
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-fit-").FullName, file = Path.Combine(folder, name);
        module.Run("$a = New-BayesianModel @{ X = New-NormalDistribution 1 1 } | Invoke-VariationalInference; $b = New-BayesianModel @{ X = New-NormalDistribution 2 1 } | Invoke-VariationalInference");
        if (name == "report.html") module.Run($"$null = New-ExperimentGrid @{{ A = 1 }} | Invoke-ExperimentSweep -Path '{folder}/sweep' {{ [pscustomobject]@{{ Y = 1 }} }}; $sweep = [pscustomobject]@{{ Path = '{folder}/sweep' }}");
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun($"$file = '{file}'; {script}");
        Assert.Single(output);
        Assert.Contains(contains, Assert.Single(errors).ToString(), StringComparison.Ordinal);
        if (name == "fit.safetensors") Assert.Equal(1, module.Get<double>($"(Import-VariationalFit '{file}' (New-BayesianModel @{{ X = New-NormalDistribution 0 1 }})).Posterior.Loc.item()"), 1e-6);
        if (name == "policy.safetensors") Assert.Equal("1,2", module.Get<string>($"(Import-PolicyModel '{file}').Gain -join ','"));
        Assert.Single(module.Run(script.Replace("$sweep, ", "", StringComparison.Ordinal).Replace("$a, ", "", StringComparison.Ordinal).Replace("(New-LinearPolicy 1, 2 -Scale 0.5), ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Calibration_replaces_the_data_that_a_log_likelihood_reads()
    {
        module.Run("$y = New-Tensor 0, 0, 0\n" + Mean);
        PSObject row = Assert.Single(module.Run(
            "$model | Test-VariationalInference -Draws 64 -Simulations 100 -Simulator { param($p, $seed) @{ y = New-NormalDistribution $p.Mu 2 | Invoke-Sample -Count 3 -Seed $seed -AsTensor } }"));
        Assert.InRange((double)row.Properties["KsPValue"].Value, 1e-3, 1);
        Assert.Equal(0.5, (double)row.Properties["Coverage50"].Value, 3.5 * Math.Sqrt(0.25 / 100));
        Assert.Equal(100, row.Properties["Simulations"].Value);
        Assert.Contains("Simulator", module.Fails("$model | Test-VariationalInference -Simulations 10", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Contains("Simulator returned the key z, but LogLikelihood reads no variable $z.", module.Fails("$model | Test-VariationalInference -Simulations 10 -Simulator { @{ z = 1 } }", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1; B = { param($p) New-NormalDistribution $p.A 1 } }", "[ordered]")]
    [InlineData("New-BayesianModel ([ordered]@{ B = { param($p) New-NormalDistribution $p.A 1 }; A = New-NormalDistribution 0 1 })", "The prior of B reads $p.A, but no parameter stands before B in Parameter. If A is a parameter, put it first: [ordered]@{ A = …; B = … }.")]
    [InlineData("New-BayesianModel ([ordered]@{ A = New-NormalDistribution; B = { param($p) New-NormalDistribution $p.C 1 }; C = New-NormalDistribution })", "The prior of B reads $p.C; it can read only the parameters before B: A.")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) $p.Aa }", "$p.Aa; it can read A")]
    [InlineData("New-BayesianModel @{ A = 1 }", "distribution or a script block")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { 1.5 }", "must return a tensor")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) $p.A; $p.A }", "one object")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) $p.A.detach().pow(2) } | Invoke-VariationalInference", "A")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Invoke-VariationalInference -Objective StickingTheLanding", "Adam")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Invoke-VariationalInference -BatchSize 5", "-Data")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Invoke-VariationalInference -BatchSize 5 -Optimizer Adam", "-Data")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution (0, 0, 0) 1 } | Invoke-VariationalInference -Family FullRank -Draws 3", "Draws must be at least 4 for FullRank")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution (0, 0, 0) 1 } | Invoke-VariationalInference -Draws 1", "Draws must be at least 2 for MeanField")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution (0, 0, 0) 1 } | Invoke-VariationalInference -Family FullRank -Draws 3 -Objective Iwae -ImportanceSamples 2", "Draws must be at least 4 for FullRank")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution (0, 0, 0) 1 } | Invoke-VariationalInference -Objective Iwae -ImportanceSamples 1000000000", "this fit needs 3000000000")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Invoke-VariationalInference -LearningRate 0.1", "LearningRate requires Optimizer Adam; got Lbfgs (the default).")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Test-VariationalInference -Steps 10", "Steps requires Optimizer Adam; got Lbfgs (the default).")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Invoke-VariationalInference -Optimizer Adam -MaxEvaluations 10", "MaxEvaluations requires Optimizer Lbfgs; got Adam.")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } | Invoke-VariationalInference -ImportanceSamples 4", "ImportanceSamples requires Objective Iwae; got Elbo (the default).")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 1; Y = 2 }) -Response Y -Predictor Z -Likelihood Normal", "'Z' in row 1")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ Sigma = 1; Y = 2 }) -Response Y -Predictor sigma -Likelihood Normal", "Predictor must not be 'sigma': the model has a parameter of that name, the standard deviation of the noise. Rename the column, or use -NoiseScale.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ Intercept = 1; Y = 2 }) -Response Y -Predictor Intercept -Likelihood PoissonLog", "Predictor must not be 'Intercept': the model has a parameter of that name, the intercept. Rename the column, or use -NoIntercept.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ A = 1; Y = 2 }) -Response Y -Predictor A, a -Likelihood PoissonLog", "Predictor names the column 'a' twice.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 'a'; Y = 2 }) -Response Y -Predictor X -Likelihood Normal", "got 'a' in row 1")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 1; Y = 2 }) -Response Y -Predictor X -Likelihood BernoulliLogit", "0 or 1")]
    public void A_mistake_is_refused_and_named(string script, string contains) =>
        Assert.Contains(contains, module.Fails(script, "InvalidArgument").ToString(), StringComparison.Ordinal);

    // A grid has all columns at all points, and a session may have defaults for other calls.
    [Theory]
    [InlineData("[pscustomobject]@{ LearningRate = 0.1; Steps = 10; ImportanceSamples = 4 } | Invoke-VariationalInference $model")]
    [InlineData("[pscustomobject]@{ Optimizer = 'Lbfgs' }, [pscustomobject]@{ Optimizer = 'Adam' } | Invoke-VariationalInference $model -Steps 10")]
    [InlineData("$PSDefaultParameterValues = @{ 'Invoke-VariationalInference:Steps' = 10 }; $model | Invoke-VariationalInference")]
    public void Settings_without_effect_are_accepted_from_objects_and_from_defaults_of_the_session(string script) =>
        Assert.NotEmpty(module.Run($"& {{ $model = New-BayesianModel @{{ A = New-NormalDistribution 0 1 }}; {script} }}"));

    [Theory]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) $p.A.sum() }", "ShapeMismatch")]
    [InlineData("New-BayesianModel ([ordered]@{ A = New-NormalDistribution 0 1; B = { param($p) New-NormalDistribution $p.A.unsqueeze(0) 1 } })", "ShapeMismatch")]
    [InlineData("New-BayesianModel @{ K = New-PoissonDistribution 2 }", "NotSupported")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) throw 'no luck' }", "CustomFunctionFailed")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) (2.3 - $p.A).log() } | Invoke-VariationalInference", "DensityNotFinite")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) (2.3 - $p.A).log() } | Invoke-VariationalInference -Optimizer Adam -Steps 40", "DensityNotFinite")]
    public void Each_kind_of_wrong_model_has_its_error_id(string script, string id) => module.Fails(script, id);

    [Fact]
    public void An_error_in_a_block_is_the_users_own_error()
    {
        (_, ErrorRecord[] errors) = module.TryRun("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) throw 'my mistake' }");
        Assert.Contains("my mistake", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_fails_is_named_with_its_line_and_the_shapes_it_got() => Assert.StartsWith(
        "LogLikelihood failed in line 1: Numbers of shape [4] do not broadcast with the batch shape [3, 2]. Sizes of the same dimension, counted from the last, must be equal or 1.",
        module.Fails("New-BayesianModel @{ A = New-NormalDistribution (0, 0) 1 } { param($p) (New-NormalDistribution $p.A 1).LogProb((New-Tensor 1, 2, 3, 4)) }", "CustomFunctionFailed").ToString(),
        StringComparison.Ordinal);

    // At some of the first draws the scale is negative; the search steps back from there, and nothing reaches the error stream.
    [Fact]
    public void An_invalid_scale_in_a_block_is_a_failed_step_and_not_an_error()
    {
        module.Run("$model = New-BayesianModel ([ordered]@{ V = New-NormalDistribution 30 0.01; Y = { param($p) New-NormalDistribution 0 $p.V.add(5) } }); $fit = $model | Invoke-VariationalInference -Draws 64");
        Assert.Equal(30, module.Get<double>("$fit.Posterior.Loc.select(0, 0).item()"), 0.01);
    }

    [Fact]
    public void Ctrl_C_stops_a_fit_that_would_take_hours()
    {
        TimeSpan taken = module.Stop(
            "New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) $p.A } | Invoke-VariationalInference -Optimizer Adam -Steps 10000000", TimeSpan.FromSeconds(2));
        Assert.InRange(taken.TotalSeconds, 0, 30);
    }
}
