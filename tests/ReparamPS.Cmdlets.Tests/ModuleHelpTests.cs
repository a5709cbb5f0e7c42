using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What holds for every cmdlet, read from the module: a new one is covered without a line here.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ModuleHelpTests(ModuleRunspace module)
{
    private const int MinExamples = 2, MaxLineLength = 74;

    private static readonly HashSet<string> ApprovedVerbs = new(
        typeof(VerbsCommon).Assembly.GetExportedTypes()
            .Where(type => type.IsAbstract && type.IsSealed && type.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetRawConstantValue()!),
        StringComparer.Ordinal);

    private CmdletInfo[] Cmdlets => [.. module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet").Select(command => (CmdletInfo)command.BaseObject)];

    [Fact]
    public void The_module_exports_cmdlets() => Assert.Contains(Cmdlets, cmdlet => cmdlet.Name == "New-NormalDistribution");

    [Fact]
    public void Every_cmdlet_has_an_approved_verb_a_singular_noun_and_an_output_type()
    {
        Assert.Contains("Get", ApprovedVerbs);
        Assert.Empty(Cmdlets.Where(cmdlet => !ApprovedVerbs.Contains(cmdlet.Verb)).Select(cmdlet => $"{cmdlet.Name}: the verb isn't approved"));
        Assert.Empty(Cmdlets.Where(cmdlet => IsPlural(cmdlet.Noun)).Select(cmdlet => $"{cmdlet.Name}: the noun is a plural"));
        Assert.Empty(Cmdlets.Where(cmdlet => cmdlet.OutputType.Count == 0).Select(cmdlet => $"{cmdlet.Name}: no output type"));
    }

    [Fact]
    public void The_syntax_shows_WhatIf_and_Confirm_where_a_cmdlet_has_them()
    {
        CmdletInfo[] changing = [.. Cmdlets.Where(cmdlet => cmdlet.Parameters.ContainsKey("WhatIf"))];
        Assert.NotEmpty(changing);
        Assert.All(changing, cmdlet =>
        {
            string[] names = [.. module.Run($"(Get-Help {cmdlet.Name}).syntax.syntaxItem | ForEach-Object {{ $_.parameter }} | ForEach-Object {{ $_.name }}").Select(name => name.ToString())];
            Assert.Contains("WhatIf", names);
            Assert.Contains("Confirm", names);
        });
    }

    [Fact]
    public void Lines_of_examples_fit_on_a_screen_of_80_columns_behind_the_indent_of_help()
    {
        string[] wide = [.. Cmdlets.SelectMany(cmdlet => Examples(Help(cmdlet.Name)).SelectMany(example => example.Properties["code"].Value.ToString()!.Split('\n'))
            .Where(line => line.TrimEnd().Length > MaxLineLength).Select(line => $"{cmdlet.Name}: {line}"))];
        Assert.True(wide.Length == 0, $"An example has lines of more than {MaxLineLength} characters:\n{string.Join('\n', wide)}");
    }

    [Fact]
    public void The_help_of_a_distribution_names_its_own_parameters_and_kin()
    {
        foreach (PSObject type in module.Run("Get-DistributionType | Where-Object Cmdlet -Match '^New-'"))
        {
            string cmdlet = (string)type.Properties["Cmdlet"].Value, parameters = (string)type.Properties["Parameters"].Value;
            Match example = Regex.Match(module.Get<string>($"(Get-Help {cmdlet} -Parameter InputObject).description.Text"), @"@\{ (\w+) = ");
            Assert.True(example.Success && cmdlet.Length > 0 && module.Get<bool>($"(Get-Command {cmdlet}).Parameters.ContainsKey('{example.Groups[1].Value}')"), $"{cmdlet}: {parameters}");
        }
        string[] links = [.. module.Run("(Get-Help New-BernoulliDistribution).relatedLinks.navigationLink.linkText").Select(link => link.ToString())];
        Assert.Contains("New-RelaxedBernoulliDistribution", links);
        Assert.Contains("Invoke-Sample", links);
        Assert.Contains("Invoke-RSample", module.Run("(Get-Help New-NormalDistribution).relatedLinks.navigationLink.linkText").Select(link => link.ToString()));
    }

    [Fact]
    public void Every_cmdlet_has_a_synopsis_a_description_and_two_titled_examples()
    {
        Assert.All(Cmdlets, cmdlet =>
        {
            PSObject help = Help(cmdlet.Name);
            string synopsis = help.Properties["Synopsis"].Value.ToString()!.Trim();
            Assert.False(synopsis.Length == 0 || synopsis.StartsWith(cmdlet.Name, StringComparison.Ordinal), $"{cmdlet.Name} has no synopsis of its own: '{synopsis}'");
            Assert.NotEmpty(Text(help.Properties["description"]?.Value));
            PSObject[] examples = Examples(help);
            Assert.True(examples.Length >= MinExamples, $"{cmdlet.Name} has {examples.Length} examples.");
            Assert.All(examples, example => Assert.Matches(@"^Example \d+: \S", example.Properties["title"].Value.ToString()));
        });
    }

    [Fact]
    public void Every_parameter_is_described_and_bound_as_the_help_says()
    {
        HashSet<string> common = [.. Cmdlet.CommonParameters];
        Assert.All(Cmdlets, cmdlet =>
        {
            PSObject[] described = [.. Each(Help(cmdlet.Name), "parameters", "parameter")];
            string[] names = [.. described.Select(parameter => parameter.Properties["name"].Value.ToString()!).Order(StringComparer.Ordinal)];
            Assert.Equal(cmdlet.Parameters.Keys.Where(name => !common.Contains(name)).Order(StringComparer.Ordinal), names);
            Assert.All(described, parameter =>
            {
                string name = parameter.Properties["name"].Value.ToString()!;
                Assert.True(Text(parameter.Properties["description"]?.Value).Length > 0, $"{cmdlet.Name} -{name} is not described.");
                bool fromPipeline = cmdlet.Parameters[name].ParameterSets.Values.Any(set => set.ValueFromPipeline || set.ValueFromPipelineByPropertyName);
                Assert.StartsWith(fromPipeline ? "True" : "False", parameter.Properties["pipelineInput"].Value.ToString(), StringComparison.Ordinal);
            });
        });
    }

    [Fact]
    public void The_help_shows_each_parameter_set()
    {
        Assert.All(Cmdlets, cmdlet => Assert.Equal(cmdlet.ParameterSets.Count, Each(Help(cmdlet.Name), "Syntax", "syntaxItem").Count()));
    }

    [Fact]
    public void Every_example_runs_as_it_stands()
    {
        string before = Directory.GetCurrentDirectory();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps-examples-");
        List<string> failures = [];
        int count = 0;
        try
        {
            Directory.SetCurrentDirectory(folder.FullName);
            module.Run("$null = $ExecutionContext.SessionState.Path.PushCurrentLocation('examples'); $null = $ExecutionContext.SessionState.Path.SetLocation($folder)", ("folder", folder.FullName));
            foreach (CmdletInfo cmdlet in Cmdlets)
            {
                foreach (PSObject example in Examples(Help(cmdlet.Name)))
                {
                    string code = example.Properties["code"].Value.ToString()!;
                    string name = $"{cmdlet.Name}, {example.Properties["title"].Value}";
                    count++;
                    Parser.ParseInput(code, out _, out ParseError[] syntaxErrors);
                    failures.AddRange(syntaxErrors.Select(error => $"{name}: {error.Message}"));
                    if (syntaxErrors.Length > 0) continue;
                    (_, ErrorRecord[] errors) = module.TryRun(code);
                    failures.AddRange(errors.Select(error => $"{name}: {error}"));
                }
            }
        }
        finally
        {
            module.Run("$null = $ExecutionContext.SessionState.Path.PopLocation('examples')");
            Directory.SetCurrentDirectory(before);
            folder.Delete(recursive: true);
        }
        Assert.True(count >= MinExamples * Cmdlets.Length);
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    [Theory, InlineData("en-US"), InlineData("ja-JP")]
    public void A_command_in_the_text_of_the_tutorial_runs_as_it_stands(string culture)
    {
        string text = File.ReadAllText(Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", culture, "about_ReparamPS_Tutorial.help.txt"));
        string command = Regex.Match(text, @"New-IndependentDistribution \$d( \d)?").Value;
        Assert.Equal("3", module.Get<string>($"$d = New-NormalDistribution 0, 1, 2 1, 0.5, 0.1; ({command}).EventShape -join ','"));
    }

    [Theory]
    [InlineData("about_ReparamPS_Tables", "reparamps_exact")]
    [InlineData("about_ReparamPS_Random", "-Generator Philox")]
    [InlineData("about_ReparamPS", "HASRSAMPLE")]
    [InlineData("about_ReparamPS_Distributions", "New-NormalDistribution")]
    [InlineData("about_ReparamPS_Inference", "THE VERDICT")]
    [InlineData("about_ReparamPS_Sweeps", "Invoke-ExperimentSweep")]
    [InlineData("about_ReparamPS_Policies", "Invoke-PolicyTraining")]
    public void The_topics_are_found(string topic, string contains) =>
        Assert.Contains(contains, module.Run($"Get-Help {topic}")[0].ToString(), StringComparison.Ordinal);

    // Get-Help shows the first line of several topics as their synopsis.
    [Fact]
    public void The_short_description_of_a_topic_is_one_line()
    {
        string[] topics = Directory.GetFiles(Path.Combine(ModuleRunspace.Root, "module", "ReparamPS"), "about_*.help.txt", SearchOption.AllDirectories);
        Assert.True(topics.Length > 14);
        Assert.All(topics, topic =>
        {
            string line = Regex.Match(File.ReadAllText(topic).ReplaceLineEndings("\n"), @"^TOPIC\n +\S+\n\n[^\n]+\n    ([^\n]+)\n\n").Groups[1].Value;
            Assert.True(line.EndsWith('.') || line.EndsWith('。'), $"{topic}: '{line}'");
        });
    }

    [Fact]
    public void The_topic_on_distributions_lists_every_cmdlet_that_makes_one()
    {
        string topic = module.Run("Get-Help about_ReparamPS_Distributions")[0].ToString();
        CmdletInfo[] makers = [.. Cmdlets.Where(cmdlet => cmdlet.Verb == VerbsCommon.New && cmdlet.Noun.EndsWith("Distribution", StringComparison.Ordinal) && cmdlet.Noun != "Distribution")];
        Assert.NotEmpty(makers);
        Assert.All(makers, cmdlet => Assert.Contains(cmdlet.Name, topic, StringComparison.Ordinal));
    }

    [Fact]
    public void The_readme_lists_every_cmdlet_that_makes_no_distribution()
    {
        string readme = File.ReadAllText(Path.Combine(ModuleRunspace.Root, "README.md"));
        Assert.Empty(Cmdlets.Where(cmdlet => !cmdlet.Noun.EndsWith("Distribution", StringComparison.Ordinal) && !readme.Contains($"`{cmdlet.Name}`", StringComparison.Ordinal)).Select(cmdlet => cmdlet.Name));
    }

    private static bool IsPlural(string noun) =>
        noun.EndsWith('s') && !noun.EndsWith("ss", StringComparison.Ordinal) && !noun.EndsWith("us", StringComparison.Ordinal) && !noun.EndsWith("is", StringComparison.Ordinal);

    private PSObject Help(string cmdlet) => Assert.Single(module.Run($"Get-Help {cmdlet} -Full"));

    private static PSObject[] Examples(PSObject help) => [.. Each(help, "examples", "example")];

    private static IEnumerable<PSObject> Each(PSObject help, string list, string item) =>
        help.Properties[list]?.Value is PSObject container && container.Properties[item]?.Value is { } value
            ? LanguagePrimitives.GetEnumerable(value)?.Cast<object>().Select(PSObject.AsPSObject) ?? [PSObject.AsPSObject(value)]
            : [];

    private static string Text(object? paragraphs) =>
        paragraphs is null
            ? ""
            : string.Join(' ', (LanguagePrimitives.GetEnumerable(paragraphs)?.Cast<object>() ?? [paragraphs])
                .Select(paragraph => PSObject.AsPSObject(paragraph).Properties["Text"]?.Value?.ToString())).Trim();
}
