using System.Text;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;

namespace ReparamPS.HelpWriter;

/// <summary>Writes about_ReparamPS_Distributions from the catalogue.</summary>
internal static class DistributionsTopic
{
    private const int Width = 80, Indent = 4, LabelWidth = 18;

    /// <summary>The topic's text, at most 80 columns wide.</summary>
    public static string Write()
    {
        IReadOnlyList<DistributionType> types = DistributionCatalog.All;
        var text = new StringBuilder();
        Section(text, "TOPIC", "about_ReparamPS_Distributions");
        Section(text, "SHORT DESCRIPTION", $"The {types.Count} kinds of distribution: densities, supports, parameters, moments.");
        Section(
            text,
            "LONG DESCRIPTION",
            "Names and meanings are those of torch.distributions, for the kinds that PyTorch has; Source says where each kind comes from. A parameter with an equals sign has that default. Get-DistributionType returns the same as objects.",
            "Each distribution has a cmdlet of its own; New-Distribution takes its name: New-Distribution Normal @{ Loc = 1; Scale = 2 }.",
            "Rows from the pipeline set parameters by their columns. A blank cell means the default.",
            "New-CustomDistribution makes a distribution of your own from script blocks: see about_ReparamPS_Gradients.");
        Section(text, "CONTENTS", string.Join(", ", types.Select(type => type.Name)));
        foreach (DistributionType type in types) Append(text, type);
        Section(text, "SEE ALSO", "about_ReparamPS", "about_ReparamPS_Gradients", "Get-DistributionType");
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
        string what = parameter.Kind switch
        {
            ParameterKind.Distribution => "a distribution",
            ParameterKind.Transform => "one transform or several",
            _ => parameter.Allowed ?? parameter.Constraint.Name,
        };
        return others.Length == 0 ? what : $"{what}; instead of {string.Join(", ", others)}";
    }

    private static void Section(StringBuilder text, string heading, params string[] paragraphs)
    {
        text.AppendLine(heading);
        foreach (string paragraph in paragraphs) Wrap(text, new string(' ', Indent), paragraph);
        text.AppendLine();
    }

    private static void Row(StringBuilder text, string label, string value) => Wrap(text, new string(' ', Indent) + $"{label + ":",-LabelWidth} ", value);

    // Continuation lines are indented as far as the first line's head.
    private static void Wrap(StringBuilder text, string head, string value)
    {
        int indent = Math.Min(head.Length, Indent + LabelWidth + 1);
        var line = new StringBuilder(head);
        bool isEmpty = true;
        foreach (string word in value.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Width)
            {
                text.AppendLine(line.ToString());
                line.Clear().Append(' ', indent);
                isEmpty = true;
            }
            if (!isEmpty) line.Append(' ');
            line.Append(word);
            isEmpty = false;
        }
        text.AppendLine(line.ToString());
    }
}
