using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Rows on screens of several widths. A row holds long names, and numbers of the most characters that six digits take.</summary>
[Collection(ModuleCollection.Name)]
public sealed partial class ViewTests(ModuleRunspace module)
{
    private const double Number = -1.23456789e-05;

    // The number of most characters: three digits of an exponent.
    private const double LongNumber = -1.23456789e-308;

    // The longest of each kind, and what a user may take.
    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["Distribution"] = "OneHotCategoricalStraightThrough", ["Name"] = "OneHotCategoricalStraightThrough", ["Parameter"] = "ComponentDistribution.Concentration1",
        ["Estimator"] = "ScoreFunction/ControlVariate", ["Check"] = "GoodnessOfFit", ["Measure"] = "JensenShannon", ["Method"] = "ClosedForm", ["Input"] = "temperature", ["Verdict"] = "NotDifferentiable",
        ["Setting"] = "LearningRateSchedule", ["RunId"] = "0123456789abcdef", ["Kind"] = "reconstruction", ["Problem"] = "InvertedPendulum", ["Reparameterization"] = "LocationScale",
        ["Support"] = "integer from 0 to TotalCount", ["Parameters"] = "TotalCount, Probs or Logits", ["P"] = "Normal(Loc: 0, Scale: 1)", ["Q"] = "Normal(Loc: 0, Scale: 2)",
        ["Reason"] = "no gradient: the sample is detached from this parameter, and this sentence is long",
    };

    private static readonly string[] Verdicts = ["Passed", "Verdict", "Status", "IsActive"];

    // The flat types that cmdlets say they return.
    private IEnumerable<Type> RowTypes => module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet | ForEach-Object { $_.OutputType.Type } | Where-Object { $_ }")
        .Select(type => (Type)type.BaseObject).Distinct()
        .Where(type => !type.IsAbstract && type.Namespace?.StartsWith("ReparamPS.", StringComparison.Ordinal) == true && Columns(type).All(column => IsFlat(column.PropertyType)));

    private static Dictionary<string, (string Name, object? Value)[]> CustomRows { get; } = new()
    {
        ["ReparamPS.ExperimentPoint"] = [("LearningRate", 0.001), ("Beta", 0.5), ("HiddenSize", 400), ("Activation", "softplus"), ("Likelihood", "bernoulli"), ("Optimizer", "adam")],
        ["ReparamPS.ExperimentRun"] = [("RunId", "0123456789abcdef"), ("Status", "OutOfMemory"), ("LearningRate", 0.001), ("Beta", 0.5), ("Epoch", 30), ("TestElbo", Number), ("Attempt", 1), ("Message", null)],
        ["ReparamPS.RunMeasurement"] = [("LearningRate", 0.001), ("Beta", 0.5), ("Metric", "TestElbo"), ("Count", 10), ("Missing", 0), ("Mean", Number), ("StandardError", Number), ("StdDev", Number), ("Best", Number), ("BestRunId", "0123456789abcdef"), ("BestSeed", 3)],
        ["ReparamPS.SettingEffect"] = [("Setting", "LearningRate"), ("Metric", "TestElbo"), ("Levels", 3), ("Share", 0.25), ("BestValue", 0.001), ("BestMean", Number), ("Count", 12)],
        ["ReparamPS.RunDifference"] = [("Kind", "Setting"), ("Name", "LearningRate"), ("Reference", 0.001), ("Other", 0.01), ("Difference", Number), ("Equal", false)],
        ["ReparamPS.VaeLatentPoint"] = [("Index", 1), ("Label", 7), ("Z1", Number), ("Z2", Number), ("S1", 0.001), ("S2", 0.5)],
    };

    [Theory]
    [InlineData(80, Number)]
    [InlineData(100, Number)]
    [InlineData(120, Number)]
    [InlineData(200, Number)]
    [InlineData(80, LongNumber)]
    [InlineData(100, LongNumber)]
    [InlineData(120, LongNumber)]
    [InlineData(200, LongNumber)]
    public void Rows_are_readable_on_a_screen_of_a_width(int width, double number)
    {
        object[] rows = [.. RowTypes.Select(type => Sample(type, number)), .. CustomRows.Keys.Select(name => Custom(name, number))];
        Assert.True(rows.Length > 25);
        string faults = string.Join("\n\n", rows.Select(row => Faults(row, width)).Where(found => found.Length > 0));
        Assert.True(faults.Length == 0, faults);
    }

    [Fact]
    public void Names_and_headers_are_whole_on_a_screen_of_80_columns()
    {
        ILookup<string, string> labels = Labels();
        object[] rows = [.. RowTypes.Select(type => Sample(type, Number, LongNames)), .. CustomRows.Keys.Where(name => name is not ("ReparamPS.ExperimentRun" or "ReparamPS.ExperimentPoint")).Select(name => Custom(name, Number))];
        Assert.True(rows.Length > 25);
        Assert.True(labels.Count > 25);
        string faults = string.Join("\n\n", rows.Select(row => Cut(row, labels)).Where(found => found.Length > 0));
        Assert.True(faults.Length == 0, faults);
    }

    private static string Cut(object row, ILookup<string, string> labels)
    {
        string[] lines = Render(row, 80);
        string type = PSObject.AsPSObject(row).TypeNames[0];
        List<string> faults = [];
        if (lines.Any(line => line.Contains('…', StringComparison.Ordinal))) faults.Add("a cell is cut");
        int rule = Array.FindIndex(lines, line => Rule().IsMatch(line));
        string header = rule > 0 ? labels[type].OrderByDescending(label => label.Length).Aggregate(lines[rule - 1], (rest, label) => rest.Replace(label, "", StringComparison.Ordinal)) : "";
        if (labels[type].Any() && !string.IsNullOrWhiteSpace(header)) faults.Add($"the header has '{header.Trim()}'");
        return faults.Count == 0 ? "" : $"{type}: {string.Join(", ", faults)}:\n{string.Join('\n', lines)}";
    }

    // The labels of each view of a table.
    private static ILookup<string, string> Labels() =>
        XDocument.Load(Path.ChangeExtension(ModuleRunspace.ManifestPath, ".Format.ps1xml")).Descendants("View")
            .SelectMany(view => view.Descendants("TypeName").SelectMany(type => view.Descendants("TableColumnHeader").Select(header => (Type: type.Value, Label: header.Element("Label")!.Value))))
            .ToLookup(pair => pair.Type, pair => pair.Label);

    [Fact]
    public void A_heading_is_a_property_or_cannot_be_taken_for_one()
    {
        XDocument types = XDocument.Load(Path.ChangeExtension(ModuleRunspace.ManifestPath, ".Types.ps1xml"));
        List<string> faults = [];
        foreach (XElement view in XDocument.Load(Path.ChangeExtension(ModuleRunspace.ManifestPath, ".Format.ps1xml")).Descendants("View"))
        {
            string name = view.Descendants("TypeName").First().Value;
            string[] added = [.. types.Descendants("Type").Where(type => type.Element("Name")!.Value == name).SelectMany(type => type.Descendants("Name")).Select(each => each.Value)];
            (string Label, string? Property)[] columns =
            [
                .. view.Descendants("TableColumnHeader").Zip(view.Descendants("TableColumnItem"), (header, item) => (header.Element("Label")!.Value, item.Element("PropertyName")?.Value)),
                .. view.Descendants("ListItem").Select(item => (item.Element("Label")?.Value ?? item.Element("PropertyName")!.Value, item.Element("PropertyName")?.Value)),
            ];
            if (columns.Length == 0) continue;
            string[] properties = CustomRows.TryGetValue(name, out (string Name, object? Value)[]? row) ? [.. row.Select(column => column.Name)] : PropertiesOf(name);
            faults.AddRange(columns.Where(column => !(column.Label.Any(" .,".Contains) || (properties.Concat(added).Contains(column.Label) && (column.Property ?? column.Label) == column.Label)))
                .Select(column => $"{name}: {column.Label}"));
        }
        Assert.Empty(faults);
    }

    // Of an abstract type, those of the types derived from it too.
    private string[] PropertiesOf(string type) => [.. module.Run(
        "$type = [type]$name; $type.Assembly.GetTypes() | Where-Object { $type.IsAssignableFrom($_) } | ForEach-Object { $_.GetProperties().Name }", ("name", type)).Select(property => property.ToString())];

    [Fact]
    public void Members_are_added_to_types_that_exist() =>
        Assert.All(XDocument.Load(Path.ChangeExtension(ModuleRunspace.ManifestPath, ".Types.ps1xml")).Descendants("Type"), type => Assert.Single(module.Run($"[{type.Element("Name")!.Value}]")));

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void A_batch_shows_that_more_values_follow(int count, bool isCut) =>
        Assert.Equal(isCut, Render(module.Run($"New-NormalDistribution | Invoke-RSample -Count {count} -Seed 1").Single(), 80).Any(line => line.EndsWith('…')));

    [Fact]
    public void The_reason_of_a_failed_check_is_on_a_screen_of_80_columns()
    {
        const string Script = "New-CustomDistribution Bad @{ Scale = 2.0 } -Support Positive -Sample { param($p, $noise, $shape) $p.Scale.detach() * $noise.Exponential($shape) } "
            + "-LogProbability { param($p, $x) -$p.Scale.log() - $x / $p.Scale } | Test-ReparameterizationGradient";
        string text = string.Join(' ', Render(module.Run(Script).Single(), 80).Select(line => line.Trim()));
        Assert.Matches("no gradient: the +sample is detached +from this parameter", text);
    }

    [Fact]
    public void A_comparison_of_estimators_shows_the_variance_on_a_screen_of_80_columns()
    {
        object row = module.Run("New-BetaDistribution 2 3 | Compare-GradientEstimator { param($z) $z * $z } -Estimator ScoreFunction -Baseline ControlVariate -Draws 100 -Seed 1")[0];
        string[] lines = Render(row, 80);
        Assert.Contains(lines, line => line.StartsWith("ScoreFunction/ControlVariate Concentration1[0]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("Var./draw", StringComparison.Ordinal));
    }

    [Fact]
    public void A_measured_VAE_shows_what_its_figures_are_judged_by_on_a_screen_of_80_columns() =>
        Assert.Contains(Render(Sample(RowTypes.Single(type => type.Name == "VaeLikelihoodEstimate"), 123.4), 80),
            line => new[] { "LogLikelihood", "Elbo", "ActiveUnits", "Samples", "EffectiveSamples" }.All(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains));

    [Fact]
    public void A_policy_gradient_shows_truth_standard_error_and_variance_on_a_screen_of_80_columns()
    {
        object row = module.Run("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 | Measure-PolicyGradient (New-LinearPolicy 0.5 -Scale 0.2) -Estimator ScoreFunction -Baseline Time -Trajectories 100 -Seed 1")[0];
        string[] lines = Render(row, 80);
        Assert.Contains(lines, line => line.StartsWith("ScoreFunction/Time Gain[0] ", StringComparison.Ordinal));
        Assert.Contains(lines, line => Headings().Split(line) is ["Estimator", "Parameter", "Estimate", "Std. err.", "Truth", "ZScore", "Var./traj."]);
    }

    [Theory]
    [InlineData("New-NormalDistribution (0, 1) 1 | Measure-Entropy", "[1]")]
    [InlineData("Measure-KLDivergence (New-NormalDistribution (0, 1) 1) (New-NormalDistribution 1 2) -MonteCarlo -Seed 1", "[1]")]
    [InlineData("New-NormalDistribution (0, 1) 1 | Invoke-RSample -Count 5 -Seed 1234567890", "1234567890")]
    public void The_element_and_the_seed_are_on_a_screen_of_80_columns(string script, string shown) =>
        Assert.Contains(Render(module.Run(script)[^1], 80), line => line.Contains(shown, StringComparison.Ordinal));

    [Fact]
    public void A_posterior_summary_shows_the_corrected_moments_on_a_screen_of_80_columns()
    {
        string[] lines = Render(module.Run("[ReparamPS.Inference.Evaluation.PosteriorSummary]::new('Intercept', '0,1', -1.25, 2.5, -3.5, -1, 3.5, 0.01, -1.2345678e-15, 1.2345678e-5)").Single(), 80);
        Assert.Contains(lines, line => line.EndsWith("Q95  Imp. mean Imp. std.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Intercept", StringComparison.Ordinal) && line.EndsWith("-1.235E-15 1.235E-05", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1, 0, 0, 0, 0, 0, 0, 1, 0", "1 OutOfMemory")]
    [InlineData("9, 1, 1, 1, 1, 1, 1, 1, 2", "1 Failed, 2 Died, 1 TimedOut, 1 OutOfMemory, 1 Pruned")]
    public void Every_state_of_a_sweep_is_on_a_screen_of_80_columns(string counts, string states)
    {
        string[] lines = Render(Counts("/data/sweep", counts), 80);
        Assert.Equal(states, string.Join(' ', lines.Skip(Array.FindIndex(lines, line => Rule().IsMatch(line)) + 1).Where(line => line.Length > 51).Select(line => line[51..].Trim())));
    }

    [Fact]
    public void The_path_of_a_sweep_breaks_between_folders()
    {
        string[] lines = Render(Counts("/home/somebody/experiments/learningrates/sweep", "1, 0, 0, 1, 0, 0, 0, 0, 0"), 120);
        Assert.Contains(lines, line => line.EndsWith(" /home/somebody/experiments/", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" learningrates/sweep", StringComparison.Ordinal));
    }

    // Total, pending, running, done, pruned, failed, timed out, out of memory, died.
    private object Counts(string path, string counts) => module.Run($"[ReparamPS.Sweeps.Store.SweepCounts]::new('{path}', {counts})").Single();

    [Fact]
    public void A_measurement_shows_the_best_run_and_the_missing_ones_on_a_screen_of_80_columns()
    {
        string[] lines = Render(Custom("ReparamPS.RunMeasurement", Number), 80);
        int rule = Array.FindIndex(lines, line => Rule().IsMatch(line));
        Assert.Equal(["Mean", "Std. err.", "Count", "Missing", "Best", "BestRunId", "Settings, values"], Headings().Split(lines[rule - 1].Trim()));
        Assert.EndsWith(" 0123456789abcdef LearningRate=0.001", lines[rule + 1]);
        Assert.Equal("Beta=0.5", lines[rule + 2].Trim());
    }

    [Theory]
    [InlineData("123456.789, 0.5", "123456.789", "123455.97")]
    [InlineData("0.25, 2", "0.25", "-3.04")]
    [InlineData("123456789, 0.5", "123456789", "123456788")]
    [InlineData("-0.123456789, 1e-5", "-0.1234568", "-0.123473")]
    public void The_digits_of_a_posterior_summary_follow_its_standard_deviation(string normal, string mean, string low)
    {
        string[] line = Render(module.Run($"$loc, $scale = {normal}; [ReparamPS.Inference.Evaluation.PosteriorSummary]::new('X', '', $loc, $scale, $loc - 1.645 * $scale, $loc, $loc + 1.645 * $scale, 0, $loc, $scale)").Single(), 80)
            .Single(text => text.StartsWith('X')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([mean, low], [line[1], line[3]]);
    }

    [Fact]
    public void Settings_of_grids_runs_and_measurements_keep_their_digits()
    {
        foreach (string name in new[] { "ReparamPS.ExperimentPoint", "ReparamPS.ExperimentRun", "ReparamPS.RunMeasurement", "ReparamPS.SettingEffect", "ReparamPS.RunDifference" })
            Assert.Contains(Render(Custom(name, Number), 80), line => line.Contains("0.001", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_of_sweeps_show_settings_and_metric_on_a_screen_of_80_columns()
    {
        string folder = Directory.CreateTempSubdirectory("reparamps-view-").FullName;
        try
        {
            const string points = "New-ExperimentGrid ([ordered]@{ LearningRate = 0.001, 0.002; LatentSize = 2, 8; Beta = 0.25, 0.5; Likelihood = 'bernoulli', 'continuousbernoulli'; Optimizer = 'adam', 'sgd' })";
            module.Run($"{points} | Invoke-ExperimentSweep '{folder}/long' {{ [pscustomobject]@{{ Epoch = 3; TestElbo = -41.25; Notes = 'x' * 300 }} }}");
            foreach (PSObject run in module.Run($"Get-ExperimentRun '{folder}/long'"))
            {
                string[] lines = Render(run, 80);
                string text = string.Join(' ', lines.Where(line => line.Length > 29).Select(line => line[29..].Trim()));
                Assert.Contains("Optimizer=", text, StringComparison.Ordinal);
                Assert.Contains("TestElbo=-41.25", text, StringComparison.Ordinal);
                Assert.DoesNotContain(lines, line => line.Length > 80);
                // Header and rule, and three lines for what a run is.
                Assert.InRange(lines.Count(line => line.Length > 0), 4, 6);
            }
            module.Run($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{folder}/short' {{ [pscustomobject]@{{ TestElbo = -41.25; Notes = 'x' * 300 }} }}");
            Assert.Contains(Render(module.Run($"Get-ExperimentRun '{folder}/short'")[0], 80), line => line.Contains("X=1  TestElbo=-41.25", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("(New-ExperimentGrid ([ordered]@{ Epochs = 10; LatentSize = 2, 8; Beta = 0.5 }))[0]", "LatentSize=2  Epochs=10  Beta=0.5")]
    [InlineData("(New-ExperimentGrid ([ordered]@{ Epochs = 10; Beta = 0.5 }) -Repeat 2)[0]", "Seed=0  Epochs=10  Beta=0.5")]
    [InlineData("New-ExperimentSearch ([ordered]@{ Epochs = 10; Activation = 'relu', 'tanh' }) -Count 1 -Seed 1", "Activation=")]
    public void Settings_that_vary_come_first(string script, string start)
    {
        Assert.StartsWith(start, module.Get<string>($"[ReparamPS.Cmdlets.Common.RowText]::All(({script}))"));
        Assert.Equal("Epochs", module.Run(script).Single().Properties.First().Name);
    }

    [Theory]
    [InlineData("Get-TorchEnvironment", "LibTorch")]
    [InlineData("New-DistributionTransform Affine -Loc 1 -Scale 2", "Affine(Loc: 1, Scale: 2)")]
    [InlineData("(New-NormalDistribution 1 2).Parameters[1]", "positive")]
    [InlineData("(New-NormalDistribution 1 2).Type", "New-NormalDistribution")]
    public void Objects_that_are_not_rows_fit_on_a_screen_of_80_columns(string script, string shown)
    {
        string[] lines = Render(module.Run(script).Single(), 80);
        Assert.Contains(lines, line => line.Contains(shown, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Length > 80);
    }

    [Fact]
    public void Cmdlets_name_the_type_of_their_custom_rows()
    {
        Assert.Equal("ReparamPS.ExperimentPoint", module.Run("New-ExperimentGrid @{ LearningRate = 0.001 }")[0].TypeNames[0]);
        Assert.Equal("ReparamPS.ExperimentPoint", module.Run("New-ExperimentSearch @{ LearningRate = @{ Min = 0.001; Max = 0.1 } } -Count 1")[0].TypeNames[0]);
    }

    [Fact]
    public void A_reason_is_on_a_screen_of_120_columns()
    {
        Type[] types = [.. RowTypes.Where(type => type.GetProperty("Reason") is not null)];
        Assert.NotEmpty(types);
        foreach (Type type in types)
            Assert.Contains(Render(Sample(type, Number), 120), line => line.Contains("Reason", StringComparison.Ordinal));
    }

    private static string Faults(object row, int width)
    {
        string[] lines = Render(row, width);
        List<string> faults = [];
        if (lines.Any(line => line.Length > width)) faults.Add("a line is too long");
        if (lines.Any(line => CutOnTheLeft().IsMatch(line))) faults.Add("a number is cut on the left");
        int rule = Array.FindIndex(lines, line => Rule().IsMatch(line));
        if (rule > 1 && lines[rule - 2].Length > 0) faults.Add("the header has more than one line");
        if (rule > 0 && Verdicts.Any(name => PSObject.AsPSObject(row).Properties[name] is not null) && !Verdicts.Any(lines[rule - 1].Contains)) faults.Add("no verdict");
        return faults.Count == 0 ? "" : $"{PSObject.AsPSObject(row).TypeNames[0]}: {string.Join(", ", faults)}:\n{string.Join('\n', lines)}";
    }

    private static PSObject Custom(string typeName, double number)
    {
        var row = new PSObject();
        row.TypeNames.Insert(0, typeName);
        foreach ((string name, object? value) in CustomRows[typeName]) row.Properties.Add(new PSNoteProperty(name, value is Number ? number : value));
        return row;
    }

    internal static string[] Render(object row, int width)
    {
        var host = new WidthHost(width);
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript($"Import-Module '{ModuleRunspace.ManifestPath}'").Invoke();
        shell.Commands.Clear();
        shell.AddCommand("Out-Default").Invoke(new[] { row });
        Assert.Empty(shell.Streams.Error);
        return [.. host.Lines.Select(line => Escape().Replace(line, ""))];
    }

    private static object Sample(Type type, double number, IReadOnlyDictionary<string, string>? texts = null)
    {
        object row = RuntimeHelpers.GetUninitializedObject(type);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            object? value = Value(field.FieldType, number);
            if (value is string && texts is not null) value = texts.GetValueOrDefault(BackingField().Match(field.Name).Groups[1].Value, "short");
            if (value is not null) field.SetValue(row, value);
        }
        return row;
    }

    private static object? Value(Type type, double number) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var real when real == typeof(double) => number,
        var whole when whole == typeof(int) => 12345,
        var whole when whole == typeof(long) => 12345L,
        var text when text == typeof(string) => "a name that is longer than its column",
        var list when list.IsGenericType && typeof(IEnumerable).IsAssignableFrom(list) && list.IsInterface => Array.CreateInstance(list.GetGenericArguments()[0], 0),
        { IsEnum: true } choice => Enum.GetValues(choice).GetValue(Enum.GetValues(choice).Length - 1),
        { Name: "VaeOptions" or "PolicyTrainingOptions" } options => Activator.CreateInstance(options),
        _ => null,
    };

    private static IEnumerable<PropertyInfo> Columns(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public);

    private static bool IsFlat(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsPrimitive || bare.IsEnum || bare == typeof(string) || bare == typeof(double[]) || bare == typeof(DateTime) || type.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Escape();

    // The spaces between headings: within one, a small letter follows.
    [GeneratedRegex(" +(?=[A-Z])")]
    private static partial Regex Headings();

    [GeneratedRegex("<(.+)>")]
    private static partial Regex BackingField();

    [GeneratedRegex(@"…[0-9.E-]+(\s|$)")]
    private static partial Regex CutOnTheLeft();

    [GeneratedRegex(@"^\s*-+(\s+-+)*\s*$")]
    private static partial Regex Rule();
}
