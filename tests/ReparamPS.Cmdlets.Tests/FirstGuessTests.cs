using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Calls that newcomers try: they work, or one sentence says what to do.</summary>
[Collection(ModuleCollection.Name)]
public sealed partial class FirstGuessTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-guess-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_wrong_path_of_a_model_says_what_to_give()
    {
        module.Run($"$null = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -Seed 1 -OutPath '{folder}/run'");
        Assert.Contains("Give the folder of a run (-OutPath of Invoke-VaeTraining) or its model.safetensors.", Message($"Import-VaeModel '{folder}/none'"), StringComparison.Ordinal);
        Assert.Contains($"holds no model.safetensors, but its subfolder run does. Give '{folder}/run'.", Message($"Import-VaeModel '{folder}'"), StringComparison.Ordinal);
        Assert.Contains("this is not a model. Give the folder", Message($"Import-VaeModel '{folder}/run/run.json'"), StringComparison.Ordinal);
        Assert.Contains("Name the parameter that 2 is for, such as -Count 2.", Message($"Import-VaeModel '{folder}/run' | Invoke-VaeSampling 2"), StringComparison.Ordinal);
    }

    // A number in a message has the decimal point with which it is typed.
    [Theory]
    [InlineData("Invoke-RSample (New-NormalDistribution) -Count 1.5", "got '1.5'.")]
    [InlineData("New-Tensor ([bigint]::Pow(10, 400))", "between -1.7976931348623157E+308 and 1.7976931348623157E+308")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 1; Y = 2 }) -Response Y -Predictor X -Likelihood Normal -PriorScale -2.5", "got -2.5.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 1; Y = 2.5 }) -Response Y -Predictor X -Likelihood PoissonLog", "got 2.5 in row 1.")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution } { param($p) -0.5 * $p.A.detach().square() } | Invoke-VariationalInference", "finite differences give 0.")]
    public void Messages_have_the_decimal_point_in_every_culture(string command, string says)
    {
        string message = module.Get<string>($"$culture = [cultureinfo]::CurrentCulture; $commas = [cultureinfo]::new(''); $commas.NumberFormat.NumberDecimalSeparator = ','; try {{ [cultureinfo]::CurrentCulture = $commas; {command} -ErrorAction Stop }} catch {{ $_.Exception.Message }} finally {{ [cultureinfo]::CurrentCulture = $culture }}");
        module.Forget("culture", "commas");
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1..3 | Export-Chart Value chart.png", "Path: the file comes first, then the columns. Write Export-Chart chart.png Value.")]
    [InlineData("1..3 | Export-Chart Value Other chart.png", "Write Export-Chart chart.png Value Other.")]
    [InlineData("[pscustomobject]@{ A = 1 } | Export-Chart chart.png -X A -Y D", "Y: the rows have no column 'D'; they have A.")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ A = $_; B = $_ } } | Show-Chart A B -Kind Bar -LogX", "LogX applies only to charts of kind Line, Scatter or Histogram; got kind Bar.")]
    [InlineData("1..3 | Show-Chart -LogY", "LogY requires Kind Line or Scatter in a text chart; got Histogram. Leave out -LogY, or use Export-Chart.")]
    [InlineData("New-ExperimentGrid @{ X = 1 } | Invoke-ExperimentSweep sweep { $_.X } -Engine Slurm -ThrottleLimit 2", "ThrottleLimit requires -Engine Local. With -Engine Slurm, use -MaxParallel.")]
    [InlineData("New-NormalDistribution -DType int64", "DType must be float64 or float32; got 'int64'.")]
    [InlineData("New-LKJCholeskyDistribution 2, 3", "Dim must be an integer; got a list.")]
    [InlineData("New-MultivariateNormalDistribution 0 -CovarianceMatrix ((1, 0), (0, 1))", "CovarianceMatrix must be 1 × 1, because Loc has length 1; got the shape [2, 2].")]
    [InlineData("New-TransformedDistribution Normal (New-DistributionTransform Exp)", "A name is not a distribution; create one, such as (New-NormalDistribution …).")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution) (New-DistributionTransform StickBreaking)", "StickBreaking needs vectors, but draws of Normal are single numbers. Give BaseDistribution a batch, as in (New-NormalDistribution (0, 0) 1).")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution) (New-DistributionTransform Exp), (New-DistributionTransform StickBreaking)", "The transforms Exp, StickBreaking need vectors, but draws of Normal are single numbers.")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution (0, 0, 0) 1) (New-DistributionTransform LowerCholesky)", "LowerCholesky needs values with at least 2 dimensions, but draws of Normal have the shape [3]. Give BaseDistribution a batch, so that its draws have 2 dimensions, as in (New-NormalDistribution ((0, 0), (0, 0)) 1).")]
    [InlineData("New-DistributionTransform Affine -EventDim -1", "EventDim must be at least 0; got -1.")]
    [InlineData("(New-DistributionTransform CorrCholesky).Inverse((New-Tensor ((1, 2, 3), (1, 2, 3))))", "CorrCholesky: the matrix must be square; got the shape [2, 3].")]
    [InlineData("'Normal' | New-Distribution", "InputObject must be a hashtable or an object with properties, such as @{ Name = 'Normal'; Loc = 0 }; got 'Normal'.")]
    [InlineData("New-CustomDistribution X @{ A = 1 } { } -Support Simplex", "Support 'Simplex' needs an EventShape with one size, such as 3; it was left out.")]
    [InlineData("New-CustomDistribution X @{ A = 1 } { } -Support 'in [0, B]'", "an interval whose bounds are numbers or parameters (A); got 'in [0, B]', in which 'B' is neither.")]
    [InlineData("[pscustomobject]@{ A = 1 } | Export-ExperimentData rows.sqlite -Table sqlite_x", "Table must not start with sqlite_, which SQLite reserves; got 'sqlite_x'.")]
    [InlineData("New-BernoulliDistribution 0.4 | Measure-Gradient -Objective { param($z) $z }", "Bernoulli is not reparameterized, so its samples carry no gradient. Use -Estimator ScoreFunction, which does not need reparameterized samples.")]
    [InlineData("New-BernoulliDistribution 0.4 | Test-ReparameterizationGradient", "Bernoulli is not reparameterized, so its samples carry no gradient. There is no gradient to check.")]
    [InlineData("New-NormalDistribution | Invoke-Sample 2, 3", "Expected an integer; got a list. A shape is given as -SampleShape 2,3.")]
    [InlineData("Invoke-VaeTraining ./no-such-folder", "To store a run in a folder, use -OutPath.")]
    [InlineData("New-IndependentDistribution (New-NormalDistribution (0, 0) 1)", "requires ReinterpretedBatchNdims, which must be a non-negative integer.")]
    [InlineData("Measure-KLDivergence ((New-NormalDistribution), (New-NormalDistribution))", "For several arguments, separate them by spaces, not by commas, and without parentheses around them.")]
    [InlineData("Invoke-RSample ((New-NormalDistribution), 3)", "For several arguments, separate them by spaces, not by commas, and without parentheses around them.")]
    [InlineData("Get-LogProbability ((New-NormalDistribution), 0)", "For several arguments, separate them by spaces, not by commas, and without parentheses around them.")]
    [InlineData("New-CustomDistribution R @{ A = 1 } { param($noise, $shape) $noise.Normal($shape) } | Invoke-Sample", "The first argument is the table of parameters. Begin the block with param($p, $noise, $shape).")]
    [InlineData("New-CustomDistribution R @{ A = 1 } -Quantile { param($q) $q * 2 } | Get-Quantile 0.5", "The first argument is the table of parameters. Begin the block with param($p, $q).")]
    [InlineData("Invoke-VaeTraining -LearningRate '0,001'", "Expected a number; got '0,001'. Write 0.001, with a point.")]
    [InlineData("Test-Distribution (New-NormalDistribution), (New-NormalDistribution)", "got a list. For several distributions, pipe them, or create one with a batch")]
    [InlineData("New-ExperimentGrid @{ X = 1 } | Invoke-ExperimentSweep sweep { $_.X } -MemoryMB 1gb", "MemoryMB, in megabytes, must be at most 16777216 (16 TB); got 1073741824. For 1 GB, write 1024.")]
    [InlineData("New-NormalDistribution '1,000'", "Write 1000 if the comma separates thousands, or 1.000 if it is a decimal comma.")]
    [InlineData("New-TransformedDistribution (New-DistributionTransform Exp) (New-NormalDistribution)", "The distribution comes first, then Transforms: New-TransformedDistribution $distribution $value.")]
    [InlineData("New-IndependentDistribution 1 (New-NormalDistribution (1, 2) 1)", "The distribution comes first, then ReinterpretedBatchNdims")]
    [InlineData("New-NormalDistribution | New-TransformedDistribution", "TransformedDistribution requires Transforms, one or more transforms from New-DistributionTransform.")]
    [InlineData("New-MixtureSameFamilyDistribution (New-CategoricalDistribution 0.5, 0.5) (New-NormalDistribution -1 1), (New-NormalDistribution 2 1)", "create one with a batch, such as (New-NormalDistribution (-1, 2) 1).")]
    [InlineData("New-MixtureSameFamilyDistribution (New-CategoricalDistribution 0.5, 0.5) (New-NormalDistribution)", "must have a batch dimension for the components, as in (New-NormalDistribution (-1, 2) 1); got the batch shape [].")]
    [InlineData("New-DistributionTransform CumulativeDistribution -Distribution Normal", "A name is not a distribution; create one, such as (New-NormalDistribution …).")]
    [InlineData("New-Distribution('Normal', @{ Loc = 1 })", "Expected text; got a list. Separate arguments by spaces, without parentheses and commas.")]
    [InlineData("Get-LogProbability (New-NormalDistribution) (New-NormalDistribution | Invoke-Sample 2 -Seed 1 -Expand)", "got a row of Invoke-Sample or Invoke-RSample with -Expand. Give its column Value, or leave out -Expand.")]
    [InlineData("(New-DistributionTransform Exp).Forward($null)", "x is null; Forward() takes a tensor or a number.")]
    [InlineData("New-CustomDistribution R @{ A = 1 } { param($p, $noise, $shape) $noise.Uniform(0, 1, $shape) } | Invoke-Sample", "Uniform takes only the shape: $noise.Uniform($shape).")]
    [InlineData("New-CustomDistribution R @{ A = 1 } { param($p, $noise, $shape) $noise.From('Normal', $shape) } | Invoke-Sample", "From takes a distribution and the shape, as in $noise.From((New-NormalDistribution), $shape).")]
    [InlineData("New-CustomDistribution R @{ A = 1 } { param($p, $noise, $shape) $noise.Gamma($shape) } | Invoke-Sample 3", "Gamma takes the concentration and the shape, as in $noise.Gamma($p.Concentration, $shape)")]
    [InlineData("New-NormalDistribution '1,5'", "Write 1.5 for one number, or 1, 5 without quotes for two.")]
    [InlineData("New-NormalDistribution New-Tensor", "Put a command in parentheses.")]
    [InlineData("New-ControlProblem Pendulum | Measure-PolicyReturn New-NeuralPolicy", "The name of a cmdlet is not a policy; write (New-NeuralPolicy …).")]
    [InlineData("New-ControlProblem Pendulum | Measure-PolicyReturn nope.safetensors", "does not exist. Policy must come from New-LinearPolicy")]
    [InlineData("Import-PolicyModel (New-LinearPolicy 1)", "It is loaded already: use it as it is.")]
    [InlineData("New-BayesianModel (New-NormalDistribution)", "a hashtable of names and prior distributions, such as @{ Mu = New-NormalDistribution 0 1 }")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution } -LogLikelihood Normal", "To name a likelihood, use -Data with -Likelihood, such as -Likelihood Normal.")]
    [InlineData("New-BayesianModel ([ordered]@{ B = { param($p) New-NormalDistribution $p.A 1 }; A = New-NormalDistribution })", "If A is a parameter, put it first: [ordered]@{ A = …; B = … }.")]
    [InlineData("$trace = New-BayesianModel @{ A = New-NormalDistribution } | Invoke-VariationalInference -Trace; $trace[0] | Measure-VariationalFit", "Leave out -Trace, with which")]
    [InlineData("Measure-KLDivergence (New-NormalDistribution) $nope", "Q must be a distribution; got null. If the value comes from a variable, the variable is not set.")]
    [InlineData("Measure-KLDivergence $nope (New-NormalDistribution)", "P must be a distribution; got null. If the value comes from a variable, the variable is not set.")]
    [InlineData("New-NormalDistribution | Measure-KLDivergence $nope", "Q must be a distribution; got null. If the value comes from a variable, the variable is not set.")]
    [InlineData("New-NormalDistribution | Measure-KLDivergence", "Q must be a distribution; got none. Give -Q.")]
    [InlineData("New-ExperimentSearch @{ A = 1, 2 } -Count 1 -Condition { $false }", "points met it; 1 is needed. Relax the condition, or lower -Count.")]
    [InlineData("New-NormalDistribution | Measure-Gradient Square", "where z is the draw and k the value of the parameter K; or a script block, such as { $_.pow(2) }.")]
    [InlineData("New-CustomDistribution Foo @{ A = 1.0 } { param($p, $n, $s) $p.A + $n.Normal($s) } -LogProbability { param($p, $x) ($x - $p.A).pow(2).sum() } | Get-LogProbability 0, 1", "each draw is a single number, so do not sum the result.")]
    [InlineData("New-CustomDistribution Foo @{ A = 1.0 } { param($shape) $shape } | Invoke-RSample 2", "The first argument of the block is a hashtable")]
    [InlineData("Export-ExperimentReport . sweep", "OutPath must end in .html; got 'sweep'.")]
    [InlineData("1 | ForEach-Object { [pscustomobject]@{ Loss = 1; Score = 2; Seconds = 3 } } | Measure-ExperimentRun -GroupBy Loss", "Metric is required: the column by which runs are compared. The columns are Score, Seconds.")]
    [InlineData("@() | Measure-ExperimentRun", "No rows came from the pipeline")]
    [InlineData("Invoke-VaeTraining digits", "Without -DataPath, the embedded digits are used.")]
    [InlineData("New-ExperimentGrid @{ lr = 0.1, 0.2 } | Invoke-ExperimentSweep ./sw-lr -Command Invoke-VaeTraining", "Did you mean LearningRate?")]
    [InlineData("[pscustomobject]@{ bs = 8 } | Invoke-VaeTraining -Epochs 1", "Did you mean BatchSize?")]
    [InlineData("Invoke-VaeTraining -HiddenSize '64,x'", "Expected one or more integers, such as 500 or (500, 300); got '64,x'.")]
    [InlineData("Invoke-VaeTraining -HiddenSize 32, $null", "Expected one or more integers, such as 500 or (500, 300); got a list that contains null.")]
    [InlineData("New-NormalDistribution | Invoke-Sample -SampleShape 2, $null", "Expected one or more integers, such as 500 or (500, 300); got a list that contains null.")]
    [InlineData("Invoke-VaeTraining -HiddenSize 8, x", "Expected one or more integers, such as 500 or (500, 300); got 'x' in the list.")]
    [InlineData("Invoke-VaeTraining -HiddenSize x", "Expected one or more integers, such as 500 or (500, 300); got 'x'.")]
    [InlineData("New-NormalDistribution $misspelt 1", "Loc is null. Give a value, or leave the parameter out for its default.")]
    [InlineData("New-Distribution Normal @{ Loc = $misspelt }", "Loc is null. Give a value, or leave the parameter out for its default.")]
    [InlineData("@{ Scale = $misspelt } | New-NormalDistribution", "Scale is null. Give a value, or leave the parameter out for its default.")]
    [InlineData("New-Distribution Poisson @{ Rate = $misspelt }", "Rate is null. Give a value.")]
    [InlineData("New-Distribution Normal $misspelt", "-Parameter is null. Give it a hashtable, such as @{ Loc = 0 }, or leave out -Parameter.")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution) Exp", "must be a transform from New-DistributionTransform; got 'Exp'.")]
    [InlineData("(New-NormalDistribution).LogProb($null)", "Value cannot be null. (Parameter 'value')")]
    [InlineData("(New-NormalDistribution).Expand(-2)", "A batch shape must have sizes of at least 0; got [-2].")]
    [InlineData("Import-VaeModel x | Export-ImageGrid digits.gif", "Path must end in .png; got 'digits.gif'.")]
    [InlineData("@{ A = 1 } | Measure-ExperimentRun sweep Y", "Path 'sweep' and rows from the pipeline cannot be combined.")]
    public void A_wrong_call_says_what_is_right(string call, string advice) => Assert.Contains(advice, Message(call), StringComparison.Ordinal);

    [Theory]
    [InlineData("Epochs = 1; Beta = 1", "Epochs = 1; Beta = 2", "-OutPath { \"runs/$($_.Epochs)-$($_.Beta)\" }.")]
    [InlineData("Epochs = 1; Seed = 1", "Epochs = 1; Seed = 2", "-OutPath { \"runs/$($_.Epochs)-$($_.Seed)\" }.")]
    [InlineData("Epochs = 1; Seed = 1; Beta = 1; LatentSize = 2", "Epochs = 1; Seed = 2; Beta = 1; LatentSize = 2", "-OutPath { \"runs/$($_.Seed)\" }.")]
    public void A_folder_for_several_runs_is_answered_with_one_per_run(string first, string second, string advice) =>
        Assert.EndsWith(advice, Message($"[pscustomobject]@{{ {first} }}, [pscustomobject]@{{ {second} }} | Invoke-VaeTraining -OutPath '{folder}/same' -HiddenSize 2"), StringComparison.Ordinal);

    [Fact]
    public void A_folder_without_pictures_names_the_files_that_are_looked_for() =>
        Assert.Contains("train-images-idx3-ubyte", Message($"Invoke-VaeTraining -DataPath '{folder}' -Epochs 1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-NormalDistribution(0, 1)", "The whole list in parentheses is the value of Loc, so this makes a batch of 2 distributions. To set Loc and Scale, write New-NormalDistribution 0 1.")]
    [InlineData("New-NormalDistribution (0, 1)", "")]
    [InlineData("New-NormalDistribution(0, 1) 2", "")]
    [InlineData("New-DirichletDistribution(1, 2)", "")]
    public void Call_syntax_is_a_warning(string call, string warning) => Assert.Equal(warning, module.Get<string>($"\"$({call} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\""));

    [Theory]
    [InlineData("500x300", "500,300")]
    [InlineData("500 × 300", "500,300")]
    [InlineData("[8, 4]", "8,4")]
    public void Sizes_may_be_written_with_a_cross(string text, string sizes) =>
        Assert.Equal(sizes.Replace(",", ", ", StringComparison.Ordinal), module.Get<string>($"(Invoke-VaeTraining -HiddenSize '{text}' -Epochs 1).HiddenSize -replace ',\\s*', ', '"));

    [Fact]
    public void A_chart_of_a_batch_is_a_chart_of_its_draws()
    {
        module.Run($"New-NormalDistribution | Invoke-RSample 100 -Seed 1 | Export-Chart '{folder}/batch.svg'; New-NormalDistribution | Invoke-RSample 100 -Seed 1 -Expand | Export-Chart '{folder}/rows.svg'");
        Assert.Equal(Picture("rows"), Picture("batch"));
    }

    // The numbers of clip paths go on from picture to picture.
    private string Picture(string name) => ClipPath().Replace(File.ReadAllText($"{folder}/{name}.svg"), "cl");

    [GeneratedRegex("cl_[0-9a-f]+")]
    private static partial Regex ClipPath();

    private string Message(string script) => Assert.Single(module.TryRun(script).Errors).Exception.Message;
}
