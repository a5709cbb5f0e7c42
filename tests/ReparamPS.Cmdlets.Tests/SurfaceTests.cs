using System.Management.Automation;
using System.Reflection;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>
/// The public surface of the module: commands, parameters, aliases, and the properties of what they write. Data/surface.txt is committed, so that a change is seen in review.
/// A name that disappears stays as an alias for one minor version (CONTRIBUTING.md).
/// </summary>
[Collection(ModuleCollection.Name)]
public sealed class SurfaceTests(ModuleRunspace module)
{
    private const string WriteVariable = "REPARAMPS_WRITE_SURFACE";

    private static string File => Path.Combine(ModuleRunspace.Root, "tests", "ReparamPS.Cmdlets.Tests", "Data", "surface.txt");

    [Fact]
    public void The_public_surface_is_the_committed_one()
    {
        string[] now = [.. Lines()];
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1") System.IO.File.WriteAllText(File, string.Join('\n', now) + "\n");
        string[] committed = System.IO.File.ReadAllText(File).TrimEnd().Split('\n');
        string[] changes = [.. committed.Except(now).Select(line => "- " + line), .. now.Except(committed).Select(line => "+ " + line)];
        Assert.True(changes.Length == 0,
            $"The public surface differs from Data/surface.txt:\n{string.Join('\n', changes)}\nIf that is intended, run this test with {WriteVariable}=1, commit the file, and note the change in CHANGELOG.md. An old name stays as an alias for one minor version.");
    }

    private IEnumerable<string> Lines()
    {
        CommandInfo[] commands = [.. module.Run("Get-Command -Module ReparamPS").Select(command => (CommandInfo)command.BaseObject).OrderBy(command => command.Name, StringComparer.Ordinal)];
        foreach (CommandInfo command in commands)
        {
            if (command is AliasInfo alias)
            {
                yield return $"{alias.Name}: alias of {alias.Definition}";
                continue;
            }
            yield return $"{command.Name}: returns {string.Join(", ", command.OutputType.Select(output => output.Name).Distinct().Order(StringComparer.Ordinal))}";
            foreach (ParameterMetadata parameter in command.Parameters.Values.Where(each => !Cmdlet.CommonParameters.Contains(each.Name)).OrderBy(each => each.Name, StringComparer.Ordinal))
                yield return $"{command.Name} -{parameter.Name} {Describe(parameter)}";
        }
        IEnumerable<Type> rows = commands.Where(command => command is not AliasInfo).SelectMany(command => command.OutputType).Select(output => output.Type)
            .Where(type => type?.Namespace?.StartsWith("ReparamPS", StringComparison.Ordinal) == true).Distinct().OrderBy(type => type.FullName, StringComparer.Ordinal);
        foreach (Type row in rows)
        {
            foreach (PropertyInfo property in row.GetProperties(BindingFlags.Instance | BindingFlags.Public).OrderBy(property => property.Name, StringComparer.Ordinal))
                yield return $"{row.FullName}.{property.Name}: {Name(property.PropertyType)}";
        }
    }

    private static string Describe(ParameterMetadata parameter)
    {
        ParameterSetMetadata[] sets = [.. parameter.ParameterSets.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
        List<string> parts = [Name(parameter.ParameterType)];
        int[] positions = [.. sets.Select(set => set.Position).Where(position => position >= 0).Distinct().Order()];
        if (positions.Length > 0) parts.Add($"position {string.Join(" or ", positions)}");
        if (sets.Any(set => set.IsMandatory)) parts.Add("mandatory");
        if (sets.Any(set => set.ValueFromPipeline)) parts.Add("from the pipeline");
        if (sets.Any(set => set.ValueFromPipelineByPropertyName)) parts.Add("by property name");
        if (parameter.Aliases.Count > 0) parts.Add($"alias {string.Join(", ", parameter.Aliases.Order(StringComparer.Ordinal))}");
        return string.Join("; ", parts);
    }

    private static string Name(Type type) => !type.IsGenericType ? type.Name : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
}
