using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>Lists the kinds of distributions.</summary>
/// <remarks>
/// There is one row per kind: its name, whether and how it is reparameterized, its support, its parameters, and the cmdlet that creates it. Test-Distribution and
/// Test-ReparameterizationGradient accept the rows, and check each kind at typical parameters.
/// </remarks>
/// <seealso cref="NewDistributionCommand"/>
/// <seealso cref="NewCustomDistributionCommand"/>
/// <seealso cref="TestDistributionCommand"/>
/// <seealso cref="ReparamPS.Cmdlets.Gradients.TestReparameterizationGradientCommand"/>
/// <example>
/// <para>List all kinds of distributions</para>
/// <code>Get-DistributionType</code>
/// </example>
/// <example>
/// <para>List the kinds that are not reparameterized</para>
/// <code>Get-DistributionType | Where-Object HasRSample -EQ $false |
///     ForEach-Object Name</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "DistributionType"), OutputType(typeof(DistributionTypeRow))]
public sealed class GetDistributionTypeCommand : ReparamCmdlet
{
    /// <summary>The names to list; wildcards are allowed. Default: all kinds.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DistributionNameCompleter)), SupportsWildcards, ValidateNotNullOrEmpty, Exact<string[]>]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (string name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            DistributionType[] found = [.. DistributionCatalog.All.Where(type => pattern.IsMatch(type.Name))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) found = [DistributionCatalog.Get(name)];
            foreach (DistributionType type in found) WriteObject(new DistributionTypeRow(type));
        }
    }
}
