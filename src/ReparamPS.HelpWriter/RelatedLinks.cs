using System.Management.Automation;
using System.Reflection;

namespace ReparamPS.HelpWriter;

/// <summary>The links of a cmdlet's help: its page on the web, related cmdlets, and the topic of its area.</summary>
internal static class RelatedLinks
{
    private const int MaxSiblings = 4;

    private static readonly Dictionary<string, string> Topics = new()
    {
        ["Distributions"] = "about_ReparamPS_Distributions",
        ["Sampling"] = "about_ReparamPS",
        ["Probability"] = "about_ReparamPS_Distributions",
        ["Divergences"] = "about_ReparamPS_Distributions",
        ["Gradients"] = "about_ReparamPS_Gradients",
        ["Tensors"] = "about_ReparamPS_Tensors",
        ["Torch"] = "about_ReparamPS",
        ["Vae"] = "about_ReparamPS_Vae",
        ["Sweeps"] = "about_ReparamPS_Sweeps",
        ["Points"] = "about_ReparamPS_Sweeps",
        ["Data"] = "about_ReparamPS_Tables",
        ["Charting"] = "about_ReparamPS_Charts",
        ["Inference"] = "about_ReparamPS_Inference",
        ["Policies"] = "about_ReparamPS_Policies",
    };

    /// <summary>The links; the first is the page that <c>Get-Help -Online</c> opens, if the build names one.</summary>
    /// <param name="cmdlet">The cmdlet's class. Its <c>seealso</c> elements name related cmdlets. A distribution has its kin and what uses it; anything else without such elements has cmdlets of its folder.</param>
    /// <param name="documentation">The XML documentation.</param>
    public static IReadOnlyList<(string Text, string Uri)> Of(Type cmdlet, XmlDocumentation documentation)
    {
        string area = cmdlet.Namespace!.Split('.')[^1];
        string[] named = documentation.SeeAlso(cmdlet);
        IEnumerable<string> related = DistributionFacts.KindOf(NameOf(cmdlet)) is { } kind ? DistributionFacts.Related(kind)
            : named.Length > 0 ? named.Select(name => cmdlet.Assembly.GetType(name, throwOnError: true)!).Select(NameOf)
            : Siblings(cmdlet);
        string topic = Topics.TryGetValue(area, out string? known) ? known : throw new HelpException([$"The folder {area} has no help topic in {nameof(RelatedLinks)}."]);
        return [.. OnlinePage(cmdlet.Assembly), .. related.Append(topic).Select(text => (text, ""))];
    }

    private static IEnumerable<string> Siblings(Type cmdlet) => cmdlet.Assembly.GetExportedTypes()
        .Where(type => type != cmdlet && type.Namespace == cmdlet.Namespace && !type.IsAbstract && type.GetCustomAttribute<CmdletAttribute>() is not null)
        .Select(NameOf).Order(StringComparer.Ordinal).Take(MaxSiblings);

    private static string NameOf(Type cmdlet) => cmdlet.GetCustomAttribute<CmdletAttribute>() is { } attribute
        ? $"{attribute.VerbName}-{attribute.NounName}"
        : throw new HelpException([$"{cmdlet.Name} is not a cmdlet."]);

    // None unless the publisher of the build names the project's page.
    private static IEnumerable<(string Text, string Uri)> OnlinePage(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Where(item => item is { Key: "ProjectUrl", Value.Length: > 0 }).Select(item => ("Online version", item.Value + "#cmdlets"));
}
