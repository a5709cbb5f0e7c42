using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>A value that does not fit its parameter is refused in one sentence that says what is allowed; natural calls and the pipeline bind as before.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ArgumentTests(ModuleRunspace module)
{
    // Any object will do for these.
    private static readonly Type[] Open = [typeof(object), typeof(object[]), typeof(PSObject), typeof(PSObject[])];

    private ParameterMetadata[] Parameters => [.. module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet").SelectMany(command => ((CommandInfo)command.BaseObject).Parameters.Values)
        .Where(parameter => !Open.Contains(parameter.ParameterType) && !Cmdlet.CommonParameters.Contains(parameter.Name) && !Cmdlet.OptionalCommonParameters.Contains(parameter.Name))];

    [Fact]
    public void Every_parameter_with_a_type_refuses_another_one_in_plain_words()
    {
        ParameterMetadata[] parameters = Parameters;
        Assert.True(parameters.Length > 500);
        Assert.Empty(parameters.Where(parameter => Attribute(parameter) is null).Select(parameter => $"{parameter.Name}: {parameter.ParameterType}").Distinct());
        Assert.All(parameters, parameter =>
        {
            object wrong = parameter.ParameterType == typeof(IDictionary) ? new Version(1, 2) : new Hashtable();
            string message = Assert.Throws<ArgumentTransformationMetadataException>(() => Attribute(parameter)!.Transform(null, wrong)).Message;
            Assert.Matches("^Expected .+; got (a hashtable|'1.2' of type Version)\\.$", message);
            Assert.DoesNotContain("object of type", message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_attribute_has_the_type_of_its_parameter() => Assert.All(Parameters, parameter =>
    {
        Type attribute = Attribute(parameter)!.GetType();
        if (!attribute.IsGenericType) return;
        Type type = attribute.GetGenericArguments()[0];
        if (attribute.Name.StartsWith("OptionalNumber", StringComparison.Ordinal)) type = typeof(Nullable<>).MakeGenericType(type);
        bool mayBeBlank = parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName);
        Assert.True(type == parameter.ParameterType || (mayBeBlank && Nullable.GetUnderlyingType(type) == parameter.ParameterType), $"{parameter.Name}: {type}");
    });

    [Theory]
    [InlineData("Invoke-RSample -Distribution", "[char]'x'", "Expected a distribution from New-NormalDistribution or another New-…Distribution; got 'x' of type Char.")]
    [InlineData("Invoke-RSample -Distribution", "(,$null)", "got a list.")]
    [InlineData("Invoke-RSample $n -Generator", "$null", "Expected one of Torch, Philox; got null.")]
    [InlineData("Invoke-RSample $n -Generator", "1.5", "Expected one of Torch, Philox; got '1.5'.")]
    [InlineData("Invoke-RSample $n -Generator", "@{}", "got a hashtable.")]
    [InlineData("Invoke-RSample $n -Generator", "('y' * 100000)", "…yyy")]
    [InlineData("Invoke-RSample -Distribution $n -Count", "(New-Tensor 1, 2)", "Expected an integer; got the tensor '[1, 2]'.")]
    [InlineData("Invoke-RSample -Distribution $n -Count", "$($t = New-Tensor 1; $t.Dispose(); $t)", "Expected an integer; got a disposed tensor.")]
    [InlineData("Invoke-ExperimentSweep x { } -AllowedExitCode", "0, 3221225786", "Expected one or more integers of at most 2147483647, such as 500 or (500, 300); got '3221225786' in the list.")]
    [InlineData("Measure-VaeLikelihood x -Samples", "$null", "Expected an integer; got null.")]
    [InlineData("Measure-VaeLikelihood x -Samples", "''", "Expected an integer; got an empty string.")]
    [InlineData("Invoke-RSample $n -Count", "''", "Expected an integer; got an empty string.")]
    [InlineData("Invoke-RSample $n -Count", "@()", "Expected an integer; got an empty list.")]
    [InlineData("Import-ExperimentData x.csv -Delimiter", "'`n'", "Expected one character, such as ';' or \"`t\" (a tab); got '`n'.")]
    [InlineData("Invoke-ExperimentSweep x { } -TimeBudget", "-1", "Expected a duration, such as 00:30:00 for 30 minutes; got '-1'.")]
    [InlineData("Invoke-ExperimentSweep x { } -TimeLimit", "'2'", "Expected a duration, such as 00:30:00 for 30 minutes; got '2'.")]
    [InlineData("Invoke-Sample $n 3 -Seed", "' '", "Expected an integer; got ' '.")]
    [InlineData("Test-ReparameterizationGradient $n -Tolerance", "''", "Expected a number; got an empty string.")]
    [InlineData("Test-Gradient { $_ } (New-Tensor 1) -Epsilon", "(New-Tensor 1, 2)", "Expected a number; got the tensor '[1, 2]'.")]
    [InlineData("Invoke-RSample $n -Device", "(1, 2)", "Expected text; got a list.")]
    [InlineData("Invoke-RSample $n -Device", "(New-Tensor 1, 2)", "Expected text; got the tensor '[1, 2]'.")]
    [InlineData("Invoke-RSample $n -AsTensor:", "'abc'", "Expected $true or $false; got the text 'abc'.")]
    [InlineData("New-NormalDistribution 0 1 | Invoke-RSample -SampleShape", "'x'", "Expected one or more integers, such as 500 or (500, 300); got 'x'.")]
    [InlineData("New-NormalDistribution 0 1 | Invoke-RSample -SampleShape", "'2,a'", "got '2,a'.")]
    [InlineData("Get-PosteriorSummary -Fit", "'abc'", "Expected a fit from Invoke-VariationalInference or Import-VariationalFit; got 'abc'.")]
    [InlineData("Get-DistributionType -Name", "((1, 2), 3)", "Expected text, or a list of texts; got a list.")]
    [InlineData("Import-ExperimentData x.csv -Delimiter", "'abc'", "Expected one character, such as ';' or \"`t\" (a tab); got 'abc'.")]
    [InlineData("Import-ExperimentData x.csv -Delimiter", "1.5", "Expected one character, such as ';' or \"`t\" (a tab); got '1.5'.")]
    [InlineData("Compare-GradientEstimator -Distribution $n -Objective { $_ } -Baseline", "'None', 'abc'", "Expected one or more of None, MovingAverage, LeaveOneOut, ControlVariate; got 'abc'.")]
    [InlineData("New-ExperimentGrid @{ a = 1, 2 } -Condition", "'abc'", "Expected a script block, such as { $_ * 2 }; got 'abc'.")]
    [InlineData("New-Distribution Normal -Parameter", "'abc'", "Expected a hashtable, such as @{ Loc = 0 }; got 'abc'.")]
    [InlineData("Measure-PolicyReturn -Policy", "@{}", "the path of a policy file; got a hashtable.")]
    [InlineData("Measure-PolicyReturn -Policy (New-LinearPolicy 0.5) -Problem", "1.5", "or the name Pendulum; got '1.5'.")]
    public void A_wrong_value_is_named_with_what_is_allowed(string call, string value, string says)
    {
        (_, ErrorRecord[] errors) = module.TryRun($"$n = New-NormalDistribution 0 1; {call}{(call.EndsWith(':') ? "" : " ")}({value})");
        string message = Assert.Single(errors).ToString();
        string parameter = call.Split(' ')[^1].Trim('-', ':');
        Assert.StartsWith($"Cannot process argument transformation on parameter '{parameter}'. Expected ", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 500);
    }

    [Theory]
    [InlineData("1.5 | New-NormalDistribution", "'1.5'. Numbers are not piped, but given as arguments; a list makes a batch.")]
    [InlineData("'abc' | New-GammaDistribution", "'abc'.")]
    public void A_number_or_a_text_piped_instead_of_parameters_is_named(string script, string got) => Assert.Equal(
        $"Cannot process argument transformation on parameter 'InputObject'. Expected a hashtable of parameters; got {got}", Assert.Single(module.TryRun(script).Errors).ToString());

    [Fact]
    public void Only_a_number_that_a_row_can_leave_blank_takes_blank_text() => Assert.All(
        Parameters.Where(parameter => (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType) is var type && (type == typeof(TimeSpan) || type == typeof(int) || type == typeof(long) || type == typeof(double)) && !parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName)),
        parameter => Assert.EndsWith("got an empty string.", Assert.Throws<ArgumentTransformationMetadataException>(() => Attribute(parameter)!.Transform(null, "")).Message, StringComparison.Ordinal));

    [Theory]
    [InlineData("Invoke-RSample $n 3 -Seed 1 -Generator phi | % Count", "3")]
    [InlineData("Invoke-RSample $n 3 -Seed 1 -AsTensor:0 | % Count", "3")]
    [InlineData("Invoke-RSample $n 3 -Seed 1 -Expand:$true | Measure-Object | % Count", "3")]
    [InlineData("Get-DistributionType Normal, Gamma | % Name", "Normal Gamma")]
    [InlineData("Get-DistributionType ([System.Collections.Generic.List[string]]('Normal', 'Gamma')) | % Name", "Normal Gamma")]
    [InlineData("Get-DistributionType Normal | Get-DistributionType | % Name", "Normal")]
    [InlineData("Get-DistributionType ([ordered]@{ Normal = 1; Gamma = 2 }).Keys | % Name", "Normal Gamma")]
    [InlineData("Get-DistributionType ([System.Collections.Generic.HashSet[string]]'Normal') | % Name", "Normal")]
    [InlineData("(Measure-ExperimentRun -InputObject ([pscustomobject]@{ A = 1; Y = 2.0 }) -Metric Y -GroupBy A -Maximize).Mean", "2")]
    [InlineData("Invoke-RSample -Distribution $n -Count (New-Tensor 3 -DType int64) | % Count", "3")]
    [InlineData("Invoke-RSample -Distribution $n -Count (New-Tensor 3) | % Count", "3")]
    [InlineData("Invoke-RSample -Distribution $n -Count 3 -Seed $null | % Count", "3")]
    [InlineData("'Gamma' | Get-DistributionType | % Name", "Gamma")]
    public void Natural_calls_bind(string script, string says)
    {
        PSObject[] output = module.Run("$n = New-NormalDistribution 0 1; " + script.Replace("Measure-Object | % Count", "% { $k = 0 } { $k++ } { $k }", StringComparison.Ordinal));
        Assert.Equal(says, string.Join(' ', output.Select(item => item.ToString())));
    }

    [Theory]
    [InlineData("''")]
    [InlineData("' '")]
    [InlineData("$null")]
    public void A_blank_cell_is_the_default(string cell) => Assert.Equal(1, module.Get<int>($"[pscustomobject]@{{ Estimator = {cell}; Baseline = {cell}; Iterations = 1 }} | Invoke-PolicyTraining -Problem Pendulum -Policy (New-LinearPolicy (1, 1, 1) -Scale 0.1) -Trajectories 4 | % {{ 1 }}"));

    [Fact]
    public void Every_choice_that_a_cell_can_leave_blank_defaults_to_its_first_name()
    {
        (PropertyInfo Property, object? Default)[] choices = [.. module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet").Select(command => ((CmdletInfo)command.BaseObject).ImplementingType)
            .SelectMany(type => type.GetProperties().Where(property => property.PropertyType.IsEnum && property.GetCustomAttributes<ParameterAttribute>().Any(each => each.ValueFromPipelineByPropertyName)), (type, property) => (property, property.GetValue(Activator.CreateInstance(type))))];
        Assert.True(choices.Length > 5);
        Assert.All(choices, choice =>
        {
            Assert.Equal(0, Convert.ToInt32(choice.Default, CultureInfo.InvariantCulture));
            CustomAttributeData exact = Assert.Single(choice.Property.CustomAttributes, attribute => attribute.AttributeType.Name.StartsWith("Exact", StringComparison.Ordinal));
            Assert.Equal(true, Assert.Single(exact.NamedArguments).TypedValue.Value);
        });
    }

    [Fact]
    public void A_switch_in_a_hashtable_of_parameters_is_read_as_a_parameter()
    {
        Assert.Equal("RequiresGrad must be $true or $false; got the text 'false'.", module.Fails("@{ Loc = 0; RequiresGrad = 'false' } | New-NormalDistribution", "InvalidArgument").ToString());
        Assert.True(module.Get<bool>("(@{ Loc = 0; RequiresGrad = $true } | New-NormalDistribution).Loc.requires_grad"));
    }

    [Fact]
    public void An_object_that_does_not_fit_by_value_binds_by_property_name() => Assert.Equal("Independent(Normal(Loc: [0, 1], Scale: 1), 1)", module.Get<string>(
        "[pscustomobject]@{ BaseDistribution = New-NormalDistribution (0, 1) 1; ReinterpretedBatchNdims = 1 } | New-IndependentDistribution | % ToString"));

    [Fact]
    public void The_input_chooses_the_parameter_set()
    {
        Assert.Equal("Normal(Loc: 2, Scale: 3)", module.Get<string>("@{ Loc = 2; Scale = 3 } | New-NormalDistribution | % ToString"));
        Assert.Equal("Normal(Loc: 2, Scale: 3)", module.Get<string>("[pscustomobject]@{ Loc = 2; Scale = 3 } | New-NormalDistribution | % ToString"));
        Assert.Equal(4, module.Get<int>("New-NormalDistribution 0 1 | Invoke-RSample 4 | % Count"));
        Assert.Equal(4, module.Get<int>("New-NormalDistribution 0 1 | Invoke-RSample -SampleShape 2, 2 | % Count"));
    }

    [Fact]
    public void One_wrong_object_of_many_is_one_error()
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun("(New-NormalDistribution 0 1), 'abc', (New-GammaDistribution 1 1) | Invoke-RSample -Seed 1");
        Assert.Equal(2, output.Length);
        Assert.StartsWith("InputObjectNotBound", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1, 2 | Show-Chart -Width 3", "Expected an integer from 30 to 1000; got 3.")]
    [InlineData("New-NormalDistribution | Invoke-RSample -Count (-1)", "Expected an integer of at least 0; got -1.")]
    [InlineData("@{ X = 1 } | Invoke-ExperimentSweep unused { 1 } -TimeoutSeconds ([double]::NaN)", "Expected a finite number from 0.001 to 1000000000; got NaN.")]
    [InlineData("Test-Gradient { $_ } 1.0 -AbsoluteTolerance Infinity", "Expected a finite number of at least 0; got Infinity.")]
    [InlineData("New-ControlProblem Cartpole", "Expected one of Lqr, Pendulum; got 'Cartpole'. A custom problem has -Dynamics, -Cost, -StateSize, -ActionSize and -InitialState instead of a name.")]
    [InlineData("Install-TorchRuntime -Device Gpu -WhatIf", "Expected one of Cpu, Cuda; got 'Gpu'.")]
    public void A_value_outside_its_range_is_one_sentence(string script, string says)
    {
        ErrorRecord error = module.Fails(script, "ParameterArgumentValidationError");
        Assert.EndsWith(says, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_parameter_has_a_range_in_PowerShell_s_words() => Assert.Empty(module.Run(
        "Get-Command -Module ReparamPS -CommandType Cmdlet | ForEach-Object { $_.ImplementingType.GetProperties() } | Where-Object { $_.IsDefined([ValidateRange], $true) } | ForEach-Object Name"));

    [Theory]
    [InlineData("New-ControlProblem ", "Lqr Pendulum")]
    [InlineData("Install-TorchRuntime -Device ", "Cpu Cuda")]
    [InlineData("New-Tensor 1 -DType ", "float64 float32 int64 bool")]
    [InlineData("New-NormalDistribution -DType ", "float64 float32")]
    public void Names_that_are_checked_are_completed(string line, string names) =>
        Assert.Equal(names, module.Get<string>($"(TabExpansion2 '{line}' {line.Length}).CompletionMatches.CompletionText -join ' '"));

    [Theory]
    [InlineData("New-NormalDistribution @{ Loc = 0 }", "Loc must hold numbers; got a hashtable. To set parameters by name, pipe a hashtable of Loc, Scale to New-NormalDistribution.")]
    [InlineData("[pscustomobject]@{ A = 1 } | Show-Chart", "X is required: the name of a column. The only column is A.")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2 } | Show-Chart", "X is required: the name of a column. The columns are A, B.")]
    public void A_first_guess_is_answered_with_the_names(string script, string message) => Assert.Equal(message, module.Fails(script, "InvalidArgument").ToString());

    [Theory]
    [InlineData("[pscustomobject]@{ Objective = 'abc'; Seed = 1 } | Invoke-VaeTraining -Epochs 1", "Objective")]
    [InlineData("[pscustomobject]@{ OutPath = @{}; Seed = 1 } | Invoke-VaeTraining -Epochs 1", "parameter 'OutPath'. Expected text; got a hashtable.")]
    public void A_property_that_does_not_fit_is_named(string script, string says)
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun(script);
        Assert.Empty(output);
        Assert.Contains(says, Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    private static ArgumentTransformationAttribute? Attribute(ParameterMetadata parameter) =>
        parameter.Attributes.OfType<ArgumentTransformationAttribute>().FirstOrDefault(attribute => attribute.GetType().Namespace!.StartsWith("ReparamPS", StringComparison.Ordinal));
}
