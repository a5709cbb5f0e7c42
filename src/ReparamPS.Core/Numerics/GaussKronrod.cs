namespace ReparamPS.Numerics;

/// <summary>The Gauss–Kronrod rule with 15 nodes on [−1, 1], and the Gauss rule on 7 of them; their difference estimates the error.</summary>
internal static class GaussKronrod
{
    // From the middle outwards.
    private static readonly double[] Half = [0, 0.207784955007898467600689403773245, 0.405845151377397166906606412076961, 0.586087235467691130294144691258685, 0.741531185599394439863864773280788, 0.864864423359769072789712788640926, 0.949107912342758524526189684047851, 0.991455371120812639206854697526329];
    private static readonly double[] HalfFine = [0.209482141084727828012999174891714, 0.204432940075298892414161999234649, 0.190350578064785409913256402421014, 0.169004726639267902826583426598550, 0.140653259715525918745189590510238, 0.104790010322250183839876322541518, 0.063092092629978553290700663189204, 0.022935322010529224963732008058970];
    private static readonly double[] HalfCoarse = [0.417959183673469387755102040816327, 0, 0.381830050505118944950369775488975, 0, 0.279705391489276667901467771423780, 0, 0.129484966168869693270611432679082, 0];

    /// <summary>The nodes, in ascending order.</summary>
    public static double[] Nodes { get; } = [.. Half.Skip(1).Reverse().Select(node => -node), .. Half];

    /// <summary>The weights of all nodes.</summary>
    public static double[] Fine { get; } = [.. HalfFine.Skip(1).Reverse(), .. HalfFine];

    /// <summary>The weights of the Gauss rule; 0 at the nodes that it lacks.</summary>
    public static double[] Coarse { get; } = [.. HalfCoarse.Skip(1).Reverse(), .. HalfCoarse];
}
