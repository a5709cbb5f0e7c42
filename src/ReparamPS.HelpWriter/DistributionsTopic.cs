using System.Text;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;

namespace ReparamPS.HelpWriter;

/// <summary>Writes about_ReparamPS_Distributions from the catalogue.</summary>
internal static class DistributionsTopic
{
    /// <summary>The topic's text.</summary>
    public static string Write()
    {
        IReadOnlyList<DistributionType> types = DistributionCatalog.All;
        var text = new StringBuilder()
            .AppendLine("TOPIC").AppendLine("    about_ReparamPS_Distributions").AppendLine()
            .AppendLine("SHORT DESCRIPTION").AppendLine($"    The {types.Count} kinds of distribution: density, support, parameters, moments, and how samples carry gradients.").AppendLine()
            .AppendLine("LONG DESCRIPTION")
            .AppendLine("    Names and meanings are those of torch.distributions. A parameter with an equals sign has that default. Get-DistributionType")
            .AppendLine("    gives the same as objects.").AppendLine();
        foreach (DistributionType type in types) Append(text, type);
        text.AppendLine("SEE ALSO").AppendLine("    about_ReparamPS");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder text, DistributionType type)
    {
        text.AppendLine(type.Name.ToUpperInvariant());
        Row(text, "Cmdlet", type.Cmdlet);
        Row(text, "Density", type.Density);
        Row(text, "Support", type.Support.Name);
        Row(text, "Moments", type.Moments);
        Row(text, "Sampling", type.HasRSample ? $"{type.Reparameterization}, with gradients to {string.Join(", ", type.ReparameterizedParameters)}" : "not reparameterized: Invoke-Sample only");
        foreach (ParameterInfo parameter in type.Parameters)
            Row(text, parameter.ToString(), Describe(parameter, type));
        Row(text, "Source", type.Source);
        text.AppendLine();
    }

    private static string Describe(ParameterInfo parameter, DistributionType type)
    {
        string[] others = [.. type.Parameters.Where(other => other.Group is not null && other.Group == parameter.Group && other != parameter).Select(other => other.Name)];
        string what = parameter.Kind == ParameterKind.Tensor ? parameter.Constraint.Name : $"{parameter.Kind}, {parameter.Constraint.Name}";
        return others.Length == 0 ? what : $"{what}; instead of {string.Join(", ", others)}";
    }

    private static void Row(StringBuilder text, string label, string value) => text.AppendLine($"    {label + ":",-22} {value}");
}
