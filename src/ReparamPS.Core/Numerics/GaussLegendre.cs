namespace ReparamPS.Numerics;

/// <summary>Gauss-Legendre quadrature, exact for polynomials up to degree 2n − 1.</summary>
internal sealed class GaussLegendre
{
    private readonly double[] nodes;
    private readonly double[] weights;

    /// <summary>Computes the nodes, the zeros of the Legendre polynomial, by Newton's method.</summary>
    public GaussLegendre(int count)
    {
        nodes = new double[count];
        weights = new double[count];
        for (int i = 0; i < count; i++)
        {
            double x = Math.Cos(Math.PI * (i + 0.75) / (count + 0.5)), slope = 1;
            for (int step = 0; step < 20; step++)
            {
                double previous = 0, value = 1;
                for (int k = 1; k <= count; k++) (previous, value) = (value, ((2 * k - 1) * x * value - (k - 1) * previous) / k);
                slope = count * (x * value - previous) / (x * x - 1);
                double change = value / slope;
                x -= change;
                if (Math.Abs(change) < 1e-16) break;
            }
            (nodes[i], weights[i]) = (x, 2 / ((1 - x * x) * slope * slope));
        }
    }

    /// <summary>A rule for smooth integrands over a few of their widths.</summary>
    public static GaussLegendre Short { get; } = new(12);

    /// <summary>A rule for bell-shaped integrands over ten of their widths.</summary>
    public static GaussLegendre Long { get; } = new(48);

    /// <summary>The number of nodes.</summary>
    public int Count => nodes.Length;

    /// <summary>The i-th node and its weight for an interval with a given start and width.</summary>
    public (double At, double Weight) Node(int i, double from, double width)
    {
        double half = 0.5 * width;
        return (from + half * (1 + nodes[i]), half * weights[i]);
    }
}
