using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Rows on screens of several widths. A row holds long names, and numbers of the most characters that six digits take.</summary>
[Collection(ModuleCollection.Name)]
public sealed partial class ViewTests(ModuleRunspace module)
{
    private const double Number = -1.23456789e-05;

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
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void Rows_are_readable_on_a_screen_of_a_width(int width)
    {
        object[] rows = [.. RowTypes.Select(Sample), .. CustomRows.Keys.Select(Custom)];
        Assert.True(rows.Length > 25);
        string faults = string.Join("\n\n", rows.Select(row => Faults(row, width)).Where(found => found.Length > 0));
        Assert.True(faults.Length == 0, faults);
    }

    [Fact]
    public void Settings_of_grids_runs_and_measurements_keep_their_digits()
    {
        foreach (string name in new[] { "ReparamPS.ExperimentPoint", "ReparamPS.ExperimentRun", "ReparamPS.RunMeasurement", "ReparamPS.SettingEffect", "ReparamPS.RunDifference" })
            Assert.Contains(Render(Custom(name), 80), line => line.Contains("0.001", StringComparison.Ordinal));
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
        foreach (Type type in RowTypes.Where(type => type.GetProperty("Reason") is not null))
            Assert.Contains(Render(Sample(type), 120), line => line.Contains("Reason", StringComparison.Ordinal));
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

    private static PSObject Custom(string typeName)
    {
        var row = new PSObject();
        row.TypeNames.Insert(0, typeName);
        foreach ((string name, object? value) in CustomRows[typeName]) row.Properties.Add(new PSNoteProperty(name, value));
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

    private static object Sample(Type type)
    {
        object row = RuntimeHelpers.GetUninitializedObject(type);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            if (Value(field.FieldType) is { } value) field.SetValue(row, value);
        }
        return row;
    }

    private static object? Value(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var number when number == typeof(double) => Number,
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

    [GeneratedRegex(@"…[0-9.E-]+(\s|$)")]
    private static partial Regex CutOnTheLeft();

    [GeneratedRegex(@"^\s*-+(\s+-+)*\s*$")]
    private static partial Regex Rule();
}
