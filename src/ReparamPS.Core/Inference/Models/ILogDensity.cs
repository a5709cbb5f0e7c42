namespace ReparamPS.Inference.Models;

/// <summary>
/// An unnormalized log-density over unconstrained vectors, evaluated at many points at once. Points lie dimension by dimension: coordinate i of point s is element i · count + s.
/// </summary>
internal interface ILogDensity
{
    /// <summary>The number of coordinates.</summary>
    int Dimension { get; }

    /// <summary>Evaluates the density. Where it is undefined, values are NaN or −∞.</summary>
    /// <param name="points">The points, dimension by dimension.</param>
    /// <param name="values">The log-densities, one for each point.</param>
    /// <param name="gradients">The gradients, laid out as the points; empty to leave them out.</param>
    void Evaluate(ReadOnlySpan<double> points, Span<double> values, Span<double> gradients);
}
