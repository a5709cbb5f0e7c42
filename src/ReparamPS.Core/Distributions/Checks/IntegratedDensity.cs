using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// The CDF of a custom distribution of single numbers as the integral of its density, in float64, by an adaptive Gauss–Kronrod rule. A double-exponential substitution, placed by draws and by the
/// ends of the support, reaches heavy tails and singular ends.
/// </summary>
internal sealed class IntegratedDensity
{
    private const double Reach = 5.7, Wanted = 1e-12, Acceptable = 1e-7;
    private const int FirstPanels = 24, MaxRounds = 48, MaxPanels = 4000, PilotDraws = 1025, Marks = 33, MaxMarkedMembers = 8, MaxGradedMarks = 1000;
    private const double WideGap = 8, Narrowest = 1e-12;
    // A far mode may have a few draws only.
    private static readonly int[] Neighbors = [2, 8];
    private static readonly int Order = GaussKronrod.Nodes.Length;

    private readonly double[] centres, spreads;
    private readonly double[] edges;

    private IntegratedDensity(double[] centres, double[] spreads, double[] edges) => (this.centres, this.spreads, this.edges) = (centres, spreads, edges);

    /// <summary>Whether there is a density of single numbers to integrate.</summary>
    public static bool Applies(CustomDistribution distribution) => distribution.HasLogProb && distribution.EventShape.Length == 0 && !distribution.Support.IsDiscrete && distribution.BatchShape.All(size => size > 0);

    /// <summary>Places the rule by draws.</summary>
    public static IntegratedDensity Of(CustomDistribution distribution, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        using var random = seed.Open(distribution.Device);
        int members = (int)TensorShapes.Count(distribution.BatchShape);
        double[] draws = ManagedValues.ToDoubles(distribution.Sample([PilotDraws], random));
        double[] centres = new double[members], spreads = new double[members];
        var marks = new SortedSet<double>(Enumerable.Range(0, FirstPanels + 1).Select(i => -Reach + 2 * Reach * i / FirstPanels));
        (double[] low, double[] high) = EndsOf(distribution, members);
        for (int member = 0; member < members; member++)
        {
            double[] sorted = [.. Enumerable.Range(0, PilotDraws).Select(i => draws[i * members + member]).Where(draw => draw > low[member] && draw < high[member]).Order()];
            bool isKnown = sorted.Length > PilotDraws / 2 && sorted[0] < sorted[^1];
            centres[member] = isKnown ? sorted[sorted.Length / 2] : Inside(low[member], high[member]);
            double spread = isKnown ? (sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4]) / 2 : 1;
            spreads[member] = spread > 0 ? spread : isKnown ? sorted[^1] - sorted[0] : 1;
            if (!isKnown || member >= MaxMarkedMembers) continue;
            // Narrow peaks are where draws are.
            var place = new Place(low[member], high[member], centres[member], spreads[member]);
            double[] at = [.. sorted.Select(place.Inverse).Where(t => Math.Abs(t) < Reach)];
            if (at.Length == 0) continue;
            marks.UnionWith(Enumerable.Range(0, Marks).Select(i => at[i * (at.Length - 1) / (Marks - 1)]));
            marks.UnionWith(GradedMarks(at).Take(MaxGradedMarks));
        }
        return new IntegratedDensity(centres, spreads, [.. marks]);
    }

    // Beside a gap between draws, as between two far modes, the density may fall within a small part of a panel, where no node of the rule sees it. Panels grow from there with the distance.
    private static IEnumerable<double> GradedMarks(double[] sorted)
    {
        int last = sorted.Length - 1;
        for (int i = -1; i <= last; i++)
        {
            double from = i < 0 ? -Reach : sorted[i], to = i == last ? Reach : sorted[i + 1];
            IEnumerable<double> widths = Neighbors.SelectMany(count => new[] { i < count ? 0 : (from - sorted[i - count]) / count, i + 1 + count > last ? 0 : (sorted[i + 1 + count] - to) / count });
            double near = Math.Max(Narrowest, Neighbors[^1] * widths.Where(width => width > 0).DefaultIfEmpty(to - from).Min());
            if (to - from <= WideGap * near) continue;
            if (i >= 0) yield return from;
            if (i < last) yield return to;
            for (double width = near; width < to - from; width *= 2)
            {
                if (i >= 0) yield return from + width;
                if (i < last) yield return to - width;
            }
        }
    }

    /// <summary>The integral of the density below and above each value, and in total.</summary>
    /// <param name="Below">Shape of the values.</param>
    /// <param name="Above">Shape of the values.</param>
    /// <param name="Totals">One per member of the batch; NaN where the rule does not converge.</param>
    /// <param name="LowRounding">The mass at the lower end of the support that the rounding of values hides, one per member.</param>
    /// <param name="HighRounding">The same at the upper end.</param>
    public sealed record Result(double[] Below, double[] Above, double[] Totals, double[] LowRounding, double[] HighRounding)
    {
        /// <summary>The hidden mass at both ends.</summary>
        public double Rounding(int member) => LowRounding[member] + HighRounding[member];
    }

    /// <summary>Integrates.</summary>
    /// <param name="distribution">The distribution, which may have other parameters than that by which the rule was placed.</param>
    /// <param name="values">Values in float64, shape [n] + batch.</param>
    public Result At(CustomDistribution distribution, Tensor values)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int members = centres.Length;
        (double[] low, double[] high) = EndsOf(distribution, members);
        Place[] places = [.. Enumerable.Range(0, members).Select(i => new Place(low[i], high[i], centres[i], spreads[i]))];
        (double[] lowRounding, double[] highRounding) = EndRounding.Of(distribution, low, high);
        List<Panel> panels = Panels(distribution, places);
        double[] z = ManagedValues.ToDoubles(values), below = new double[z.Length], above = new double[z.Length], totals = new double[members];
        double[] starts = [.. panels.Select(panel => panel.From)];
        double[][] sums = Sums(panels, members);
        for (int member = 0; member < members; member++)
        {
            double error = panels.Sum(panel => panel.Error[member]);
            totals[member] = error <= Acceptable * Math.Max(1, sums[^1][member]) + lowRounding[member] + highRounding[member] ? sums[^1][member] : double.NaN;
        }
        // Both parts of the panel in which a value lies, so that either tail keeps its digits.
        int[] at = new int[z.Length];
        double[] nodes = new double[z.Length * 2];
        for (int i = 0; i < z.Length; i++)
        {
            double t = Math.Clamp(places[i % members].Inverse(z[i]), -Reach, Reach);
            int index = Array.BinarySearch(starts, t);
            at[i] = Math.Clamp(index >= 0 ? index : ~index - 1, 0, panels.Count - 1);
            nodes[i] = t;
        }
        double[] parts = Parts(distribution, places, [.. at.Select((panel, i) => (panels[panel].From, nodes[i])), .. at.Select((panel, i) => (nodes[i], panels[panel].To))]);
        for (int i = 0; i < z.Length; i++)
        {
            int member = i % members;
            below[i] = sums[at[i]][member] + parts[i];
            double rest = 0;
            for (int k = panels.Count - 1; k > at[i]; k--) rest += panels[k].Value[member];
            above[i] = rest + parts[z.Length + i];
        }
        return new Result(below, above, totals, lowRounding, highRounding);
    }

    private static double[][] Sums(List<Panel> panels, int members)
    {
        var sums = new double[panels.Count + 1][];
        sums[0] = new double[members];
        for (int k = 0; k < panels.Count; k++) sums[k + 1] = [.. sums[k].Zip(panels[k].Value, (sum, value) => sum + value)];
        return sums;
    }

    private sealed record Panel(double From, double To, double[] Value, double[] Error);

    private List<Panel> Panels(CustomDistribution distribution, Place[] places)
    {
        List<Panel> panels = [.. Evaluate(distribution, places, [.. edges.Zip(edges.Skip(1))])];
        for (int round = 0; round < MaxRounds && panels.Count < MaxPanels; round++)
        {
            double[] totals = [.. Enumerable.Range(0, places.Length).Select(i => panels.Sum(panel => panel.Value[i]))];
            HashSet<Panel> coarse = [.. panels.Where(panel => panel.To - panel.From > 1e-13 && Enumerable.Range(0, places.Length).Any(i => panel.Error[i] > Wanted * totals[i]))];
            if (coarse.Count == 0) break;
            (double, double)[] halves = [.. coarse.SelectMany(panel => new[] { (panel.From, (panel.From + panel.To) / 2), ((panel.From + panel.To) / 2, panel.To) })];
            panels = [.. panels.Where(panel => !coarse.Contains(panel)), .. Evaluate(distribution, places, halves)];
        }
        panels.Sort((left, right) => left.From.CompareTo(right.From));
        return panels;
    }

    private static IEnumerable<Panel> Evaluate(CustomDistribution distribution, Place[] places, (double From, double To)[] at)
    {
        int members = places.Length;
        double[] t = [.. at.SelectMany(panel => GaussKronrod.Nodes.Select(node => (panel.From + panel.To) / 2 + node * (panel.To - panel.From) / 2))];
        double[] mass = Mass(distribution, [.. t.SelectMany(each => places.Select(place => (place, each)))], [t.Length]);
        for (int k = 0; k < at.Length; k++)
        {
            double half = (at[k].To - at[k].From) / 2;
            double[] fine = new double[members], error = new double[members];
            for (int member = 0; member < members; member++)
            {
                double coarse = 0;
                for (int i = 0; i < Order; i++)
                {
                    double value = mass[(k * Order + i) * members + member];
                    fine[member] += half * GaussKronrod.Fine[i] * value;
                    coarse += half * GaussKronrod.Coarse[i] * value;
                }
                error[member] = Math.Abs(fine[member] - coarse);
            }
            yield return new Panel(at[k].From, at[k].To, fine, error);
        }
    }

    // The integrals over intervals of their own for each value, member after member.
    private static double[] Parts(CustomDistribution distribution, Place[] places, (double From, double To)[] at)
    {
        int members = places.Length, rows = at.Length / members;
        var points = new (Place, double)[at.Length * Order];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < Order; i++)
            {
                for (int member = 0; member < members; member++)
                {
                    (double from, double to) = at[row * members + member];
                    points[(row * Order + i) * members + member] = (places[member], (from + to) / 2 + GaussKronrod.Nodes[i] * (to - from) / 2);
                }
            }
        }
        double[] mass = Mass(distribution, points, [rows * Order]), result = new double[at.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int member = 0; member < members; member++)
            {
                (double from, double to) = at[row * members + member];
                for (int i = 0; i < Order; i++) result[row * members + member] += (to - from) / 2 * GaussKronrod.Fine[i] * mass[(row * Order + i) * members + member];
            }
        }
        return result;
    }

    private static double[] Mass(CustomDistribution distribution, (Place Place, double T)[] points, long[] rows)
    {
        double[] values = new double[points.Length], slopes = new double[points.Length];
        for (int i = 0; i < points.Length; i++) (values[i], slopes[i]) = points[i].Place.At(points[i].T);
        using var scope = NewDisposeScope();
        double[] logs = ManagedValues.ToDoubles(distribution.LogProb(tensor(values, [.. rows, .. distribution.BatchShape], ScalarType.Float64, distribution.Device)));
        for (int i = 0; i < logs.Length; i++)
        {
            double mass = Math.Exp(logs[i]) * slopes[i];
            // At the outermost points a density can be infinite, and a formula overflow.
            logs[i] = double.IsFinite(mass) ? mass : 0;
        }
        return logs;
    }

    private static (double[] Low, double[] High) EndsOf(CustomDistribution distribution, int members)
    {
        (Tensor low, Tensor high) = distribution.Ends();
        double[] Each(Tensor end) => ManagedValues.ToDoubles(end.detach().expand(distribution.BatchShape).reshape(members));
        return (Each(low), Each(high));
    }

    private static double Inside(double low, double high) => (double.IsFinite(low), double.IsFinite(high)) switch
    {
        (true, true) => (low + high) / 2,
        (true, false) => low + 1,
        (false, true) => high - 1,
        _ => 0,
    };

    // The substitution z(t), which depends on the ends of the support.
    private readonly record struct Place(double Low, double High, double Centre, double Spread)
    {
        private bool HasLow => double.IsFinite(Low);

        private bool HasHigh => double.IsFinite(High);

        // A support that moves may have left the centre behind.
        private double Gap => HasLow ? (Centre > Low ? Centre - Low : Spread) : Centre < High ? High - Centre : Spread;

        public (double Value, double Slope) At(double t)
        {
            double x = Math.PI / 2 * Math.Sinh(t), slope = Math.PI / 2 * Math.Cosh(t);
            if (HasLow && HasHigh)
            {
                double width = High - Low, up = 1 / (1 + Math.Exp(-2 * x)), down = 1 / (1 + Math.Exp(2 * x));
                return (t < 0 ? Low + width * up : High - width * down, 2 * width * up * down * slope);
            }
            if (HasLow) return (Low + Gap * Math.Exp(x), Gap * Math.Exp(x) * slope);
            if (HasHigh) return (High - Gap * Math.Exp(-x), Gap * Math.Exp(-x) * slope);
            return (Centre + Spread * Math.Sinh(x), Spread * Math.Cosh(x) * slope);
        }

        public double Inverse(double value)
        {
            double x = HasLow && HasHigh ? Math.Log((value - Low) / (High - value)) / 2
                : HasLow ? Math.Log((value - Low) / Gap)
                : HasHigh ? -Math.Log((High - value) / Gap)
                : Math.Asinh((value - Centre) / Spread);
            if (double.IsNaN(x)) x = value <= Low ? double.NegativeInfinity : double.PositiveInfinity;
            return Math.Asinh(x / (Math.PI / 2));
        }
    }
}
