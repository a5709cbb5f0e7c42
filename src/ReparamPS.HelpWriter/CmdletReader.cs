using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using ReparamPS.Settings;

namespace ReparamPS.HelpWriter;

/// <summary>Reads what the engine knows of each cmdlet, joined with what its XML documentation says.</summary>
internal static class CmdletReader
{
    private const int MinExamples = 2;

    // What SupportsShouldProcess adds is not among the parameters of a type's metadata.
    private static readonly (string Set, ParameterHelp Help)[] ShouldProcess =
    [
        (ParameterAttribute.AllParameterSets, new("WhatIf", "Shows what would happen. Nothing is changed.", "SwitchParameter", true, false, false, null, "False", ["wi"], "False", [])),
        (ParameterAttribute.AllParameterSets, new("Confirm", "Asks before anything is changed.", "SwitchParameter", true, false, false, null, "False", ["cf"], "False", [])),
    ];

    /// <summary>The help of every cmdlet in an assembly, by name.</summary>
    /// <exception cref="HelpException">Something is not documented.</exception>
    public static IReadOnlyList<CmdletHelp> Read(Assembly assembly, XmlDocumentation documentation)
    {
        List<string> problems = [];
        CmdletHelp[] cmdlets =
        [
            .. assembly.GetExportedTypes()
                .Where(type => !type.IsAbstract && type.GetCustomAttribute<CmdletAttribute>() is not null)
                .Select(type => Read(type, documentation, problems))
                .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal),
        ];
        return problems.Count == 0 ? cmdlets : throw new HelpException(problems);
    }

    private static CmdletHelp Read(Type type, XmlDocumentation documentation, List<string> problems)
    {
        CmdletAttribute attribute = type.GetCustomAttribute<CmdletAttribute>()!;
        string name = $"{attribute.VerbName}-{attribute.NounName}";
        var metadata = new CommandMetadata(type);
        using var instance = (IDisposable?)(Activator.CreateInstance(type) as IDisposable);

        (string Set, ParameterHelp Help)[] parameters =
        [
            .. metadata.Parameters.Values.SelectMany(parameter => Parameters(parameter, type, instance, documentation)),
            .. attribute.SupportsShouldProcess ? ShouldProcess : [],
        ];
        ParameterHelp[] all = [.. parameters.Select(pair => pair.Help)];
        List<IReadOnlyList<ParameterHelp>> sets = [];
        foreach (string set in SetNames(metadata))
        {
            sets.Add([.. parameters
                .Where(pair => pair.Set == set || pair.Set == ParameterAttribute.AllParameterSets)
                .Select(pair => pair.Help)
                .OrderBy(parameter => parameter.Position ?? int.MaxValue)
                .ThenByDescending(parameter => parameter.IsRequired)
                .ThenBy(parameter => parameter.IsSwitch)]);
        }
        var help = new CmdletHelp(
            name,
            documentation.Summary(type),
            DistributionFacts.KindOf(name) is { } kind && DistributionFacts.Batches(kind) is { } batches ? [.. documentation.Remarks(type), batches] : documentation.Remarks(type),
            sets,
            [.. all.Where(parameter => parameter.PipelineInput.Contains("ByValue", StringComparison.Ordinal)).Select(parameter => parameter.Type).Distinct()],
            [.. all.Where(parameter => parameter.PipelineInput.Contains("ByPropertyName", StringComparison.Ordinal)).OrderBy(parameter => parameter.Name, StringComparer.Ordinal).Select(PropertyNames).Distinct()],
            [.. type.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type).Where(output => output.Type != typeof(void)).Select(output => output.Type is { } known ? known.FullName!.Replace('+', '.') : output.Name).Distinct()],
            documentation.Examples(type),
            RelatedLinks.Of(type, documentation));
        Check(help, problems);
        return help;
    }

    private static void Check(CmdletHelp help, List<string> problems)
    {
        if (help.Synopsis.Length == 0) problems.Add($"{help.Name} has no synopsis.");
        if (help.Examples.Count < MinExamples) problems.Add($"{help.Name} has {help.Examples.Count} examples; at least {MinExamples} are needed.");
        if (help.Examples.Any(example => example.Title.Length == 0 || example.Code.Length == 0)) problems.Add($"{help.Name} has an example without <para> or <code>.");
        problems.AddRange(help.Parameters.Where(parameter => parameter.Description.Length == 0).Select(parameter => $"{help.Name} -{parameter.Name} is not described."));
    }

    private static string[] SetNames(CommandMetadata metadata)
    {
        string[] names = [.. metadata.Parameters.Values.SelectMany(parameter => parameter.ParameterSets.Keys).Where(set => set != ParameterAttribute.AllParameterSets).Distinct()];
        if (names.Length == 0) return [ParameterAttribute.AllParameterSets];
        // The default set is one of them also if no parameter is in it alone.
        return metadata.DefaultParameterSetName is { } standard && standard != ParameterAttribute.AllParameterSets ? [.. names.Prepend(standard).Distinct()] : names;
    }

    private static IEnumerable<(string Set, ParameterHelp Help)> Parameters(ParameterMetadata parameter, Type type, object? instance, XmlDocumentation documentation)
    {
        PropertyInfo? property = type.GetProperty(parameter.Name, BindingFlags.Public | BindingFlags.Instance);
        if (property is null) yield break;
        Type valueType = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        Type elementType = valueType.IsArray ? valueType.GetElementType()! : valueType;
        string[] values = elementType.IsEnum
            ? Enum.GetNames(elementType)
            : [.. parameter.Attributes.OfType<ValidateSetAttribute>().SelectMany(set => set.ValidValues)];
        Setting? setting = type.GetCustomAttribute<SettingsOfAttribute>()?.Table.Find(parameter.Name);
        string description = setting?.Help ?? documentation.Summary(property);
        if (type.GetCustomAttribute<CmdletAttribute>() is { } attribute && DistributionFacts.KindOf($"{attribute.VerbName}-{attribute.NounName}") is { } kind)
            description = DistributionFacts.Fit(description, kind, type);
        string? allowed = Facts.Allowed(parameter, values) ?? Facts.Allowed(setting), @default = Facts.Default(description, parameter, DefaultOf(property, instance));
        foreach ((string set, ParameterSetMetadata binding) in parameter.ParameterSets)
        {
            bool isMandatory = binding.IsMandatory || property.IsDefined(typeof(CheckedMandatoryAttribute));
            yield return (set, new ParameterHelp(
                parameter.Name,
                Facts.Append(description, allowed, isMandatory ? null : @default),
                TypeName(valueType),
                parameter.SwitchParameter,
                valueType.IsArray,
                isMandatory,
                binding.Position >= 0 ? binding.Position : null,
                PipelineInput(binding),
                parameter.Aliases,
                isMandatory ? null : @default,
                values,
                parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any()));
        }
    }

    // A property of an alias's name binds as well.
    private static string PropertyNames(ParameterHelp parameter) => parameter.Aliases.Count == 0 ? parameter.Name : $"{parameter.Name} (or {string.Join(", ", parameter.Aliases)})";

    private static string PipelineInput(ParameterSetMetadata binding) => (binding.ValueFromPipeline, binding.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string? DefaultOf(PropertyInfo property, object? instance)
    {
        object? value = instance is null || !property.CanRead ? null : property.GetValue(instance);
        return value switch
        {
            null or string { Length: 0 } => null,
            SwitchParameter flag => flag.IsPresent ? "True" : "False",
            System.Collections.IEnumerable list and not string => string.Join(", ", list.Cast<object>()) is { Length: > 0 } text ? text : null,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }

    private static string TypeName(Type type) => type.IsArray ? TypeName(type.GetElementType()!) + "[]" : type.Name;
}
