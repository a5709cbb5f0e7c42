using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>A kind of distribution as a flat row, for tables, filters and CSV files. Cmdlets that test distributions take it from the pipeline.</summary>
public sealed class DistributionTypeRow
{
    internal DistributionTypeRow(DistributionType type) => Type = type;

    /// <summary>PyTorch's class name.</summary>
    public string Name => Type.Name;

    /// <summary>Whether samples carry gradients to the parameters.</summary>
    public bool HasRSample => Type.HasRSample;

    /// <summary>How samples are reparameterized.</summary>
    public Reparameterization Reparameterization => Type.Reparameterization;

    /// <summary>Where samples lie.</summary>
    public string Support => Type.Support.Name;

    /// <summary>The parameters with their defaults, in PyTorch's order; alternatives are joined by |.</summary>
    public string Parameters => string.Join(
        ", ", Type.Parameters.GroupBy(parameter => parameter.Group ?? parameter.Name).Select(group => string.Join(" | ", group)));

    /// <summary>The parameters that a sample's gradient reaches.</summary>
    public string ReparameterizedParameters => string.Join(", ", Type.ReparameterizedParameters);

    /// <summary>The density or mass.</summary>
    public string Density => Type.Density;

    /// <summary>Mean and variance.</summary>
    public string Moments => Type.Moments;

    /// <summary>Where it comes from.</summary>
    public string Source => Type.Source;

    /// <summary>The cmdlet that makes one.</summary>
    public string Cmdlet => Type.Cmdlet;

    internal DistributionType Type { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
