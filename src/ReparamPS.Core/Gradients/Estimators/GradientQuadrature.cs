using ReparamPS.Distributions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>
/// The gradient of E[f(z)] as ∫ f ∂p dz, by an adaptive Gauss–Kronrod rule. If the support moves with the parameters, the terms of its ends are added (Leibniz).
/// For univariate distributions, and batches of them whose f is a sum of functions of one member each. A double-exponential substitution avoids truncated tails and
/// singular ends. Panels are halved if the rule and a lower-order one disagree, as at a jump.
/// </summary>
internal sealed class GradientQuadrature
{
    private const double Reach = 5.7;
    private const int FirstPanels = 48;
    private const int MaxRounds = 48;
    private const int MaxPanels = 4000;
    private const int MaxMembers = 64;
    private const int PilotDraws = 1001;
    private const double Wanted = 1e-10;
    private const double Acceptable = 1e-5;

    private readonly EstimationProblem problem;
    private readonly Distribution distribution;
    private readonly long members;
    private readonly Tensor low, high, centre, spread;
    private readonly double atCentre;

    private GradientQuadrature(EstimationProblem problem)
    {
        this.problem = problem;
        distribution = problem.Distribution;
        members = TensorShapes.Count(distribution.BatchShape);
        (low, high, centre) = (Quantile(0), Quantile(1), Quantile(0.5));
        spread = Quantile(0.75) - centre;
        atCentre = Objective(centre.unsqueeze(0))[0].item<double>();
    }

    /// <summary>For each parameter the derivatives and their errors; null if the rule does not apply or does not converge.</summary>
    /// <param name="problem">The problem, in float64.</param>
    public static Dictionary<string, (double[] Value, double[] Error)>? Of(EstimationProblem problem)
    {
        Distribution distribution = problem.Distribution;
        if (distribution.Support.IsDiscrete || distribution.EventShape.Length > 0 || !(distribution.HasQuantile || HasFixedDensity(distribution)) || !distribution.HasLogProb || TensorShapes.Count(distribution.BatchShape) is < 1 or > MaxMembers) return null;
        var rule = new GradientQuadrature(problem);
        bool placed = (rule.centre.isfinite() & rule.spread.isfinite() & (rule.spread > 0) & (rule.low < rule.centre) & (rule.centre < rule.high)).all().item<bool>();
        return placed && (rule.members == 1 || rule.IsSum()) ? rule.Integrate() : null;
    }

    // A custom density on a support that does not move needs no quantiles.
    private static bool HasFixedDensity(Distribution distribution) => distribution is CustomDistribution && !distribution.Support.DependsOnParameters;

    private Tensor Quantile(double level)
    {
        using var noGrad = no_grad();
        if (!distribution.HasQuantile)
        {
            (Tensor from, Tensor to) = ((CustomDistribution)distribution).Ends();
            if (level is 0 or 1) return (level == 0 ? from : to).expand(distribution.BatchShape).reshape(members);
            using var random = new RandomSource(0, distribution.Device);
            return distribution.Sample([PilotDraws], random).quantile(full([], level, ScalarType.Float64, distribution.Device), dim: 0).reshape(members);
        }
        return distribution.Icdf(full(distribution.BatchShape, level, distribution.DType, distribution.Device)).reshape(members);
    }

    private Tensor Objective(Tensor draws)
    {
        using var noGrad = no_grad();
        return problem.Objective(draws.reshape([draws.shape[0], .. distribution.BatchShape]), [draws.shape[0]]).to(ScalarType.Float64);
    }

    // f at each member's value with the others at their centre, minus f at the centre.
    private Tensor Parts(Tensor z)
    {
        long count = z.shape[0];
        Tensor changed = centre.expand(members, count, members).clone();
        changed.diagonal(0, 0, 2).copy_(z);
        return Objective(changed.reshape(-1, members)).reshape(members, count).t() - atCentre;
    }

    private bool IsSum()
    {
        using var random = new RandomSource(0, distribution.Device);
        Tensor uniform = 2 * random.Uniform([1024, members], ScalarType.Float64) - 1;
        Tensor z = At(cat([uniform, 2.5 * uniform])).Value, parts = Parts(z), whole = Objective(z) - atCentre;
        Tensor known = whole.isfinite() & parts.isfinite().all(1);
        return (((parts.sum(1) - whole).abs() <= 1e-9 * (parts.abs().sum(1) + Math.Abs(atCentre))) | ~known).all().item<bool>();
    }

    // z and dz/dt of each member, depending on the ends of its support.
    private (Tensor Value, Tensor Slope) At(Tensor t)
    {
        Tensor x = Math.PI / 2 * t.sinh(), slope = Math.PI / 2 * t.cosh(), below = low.isfinite(), above = high.isfinite();
        Tensor from = where(below, low, centre - spread), to = where(above, high, centre + spread), width = to - from, up = (2 * x).sigmoid(), down = (-2 * x).sigmoid();
        Tensor grown = (centre - from) * x.exp(), shrunk = (to - centre) * (-x).exp();
        Tensor value = where(below & above, where(t < 0, from + width * up, to - width * down), where(below, from + grown, where(above, to - shrunk, centre + spread * x.sinh())));
        return (value, slope * where(below & above, 2 * width * up * down, where(below, grown, where(above, shrunk, spread * x.cosh()))));
    }

    private sealed record Panel(double From, double To, double[] Value, double[] Error, double[] Size);

    private Dictionary<string, (double[] Value, double[] Error)>? Integrate()
    {
        double width = 2 * Reach / FirstPanels;
        List<Panel> panels = [.. Evaluate([.. Enumerable.Range(0, FirstPanels).Select(i => (-Reach + i * width, -Reach + (i + 1) * width))])];
        int length = panels[0].Value.Length;
        double[] Total(IEnumerable<Panel> over, Func<Panel, double[]> part) => [.. Enumerable.Range(0, length).Select(i => over.Sum(panel => part(panel)[i]))];
        double[] Sum(Func<Panel, double[]> part) => Total(panels, part);
        for (int round = 0; round < MaxRounds && panels.Count < MaxPanels; round++)
        {
            double[] size = Sum(panel => panel.Size), error = Sum(panel => panel.Error);
            int[] open = [.. Enumerable.Range(0, length).Where(i => error[i] > Wanted * size[i])];
            Panel[] coarse = [.. panels.Where(panel => open.Any(i => panel.Error[i] > Wanted * size[i] / (2 * panels.Count)))];
            if (coarse.Length == 0) break;
            panels = [.. panels.Except(coarse), .. Evaluate([.. coarse.SelectMany(panel => new[] { (panel.From, (panel.From + panel.To) / 2), ((panel.From + panel.To) / 2, panel.To) })])];
        }
        // What lies beyond the outermost panels is less than they contribute, if that is little. In a tail that decreases slowly or not at all, it is much.
        Panel[] outermost = [.. panels.Where(panel => Math.Abs(panel.From + panel.To) / 2 > Reach - width)];
        double[] beyond = Total(outermost, panel => panel.Size);
        double[] value = Sum(panel => panel.Value), uncertain = Sum(panel => panel.Error), magnitude = Sum(panel => panel.Size), ends = Ends();
        int elements = (length - 1) / 2;
        double sizeOfF = value[^1];
        var result = new Dictionary<string, (double[], double[])>();
        int start = 0;
        foreach (ParameterLeaf leaf in problem.Leaves)
        {
            int own = (int)leaf.Value.numel();
            var values = new double[own];
            var errors = new double[own];
            for (int i = 0; i < own; i++, start++)
            {
                values[i] = value[start] + ends[start];
                // ∫ ∂p must be 0; the remainder measures the error of the rule.
                double missed = Math.Abs(value[elements + start] + ends[elements + start]);
                errors[i] = uncertain[start] + beyond[start] + missed * sizeOfF;
                if (!double.IsFinite(values[i]) || !(errors[i] <= Acceptable * (magnitude[start] + Math.Abs(ends[start])) || errors[i] == 0)) return null;
            }
            result[leaf.Path] = (values, errors);
        }
        return result;
    }

    // For each panel, the integrals of f ∂p and ∂p for all elements of the parameters, and of |f| p.
    private IEnumerable<Panel> Evaluate((double From, double To)[] at)
    {
        using var scope = NewDisposeScope();
        double[] nodes = GaussKronrod.Nodes;
        double[] all = [.. at.SelectMany(panel => nodes.Select(node => (panel.From + panel.To) / 2 + node * (panel.To - panel.From) / 2))];
        Tensor t = tensor(all, [all.Length, 1], ScalarType.Float64, distribution.Device).expand(all.Length, members);
        (Tensor z, Tensor slope) = At(t);
        Tensor density;
        using (no_grad()) density = distribution.LogProb(z.reshape([all.Length, .. distribution.BatchShape])).exp().reshape(all.Length, members);
        Tensor inside = (density > 0) & z.isfinite() & (density * slope).isfinite();
        z = where(inside, z, centre);
        Tensor mass = where(inside, density * slope, 0.0), f = Parts(z), weighted = where(inside, f * mass, 0.0);
        RepeatedParameters repeated = problem.Repeat(all.Length, 1);
        Tensor log = repeated.Distribution.LogProb(z.reshape([all.Length, 1, .. distribution.BatchShape])).reshape(all.Length, members);
        Tensor columns = cat([repeated.Columns(log * weighted), repeated.Columns(log * mass), weighted.abs().sum(1, keepdim: true)], 1);
        Tensor byPanel = columns.reshape(at.Length, nodes.Length, -1);
        Tensor Integral(Tensor values, double[] weights) =>
            (values * tensor(weights, device: distribution.Device).reshape(1, -1, 1)).sum(1) * tensor(at.Select(panel => (panel.To - panel.From) / 2).ToArray(), device: distribution.Device).unsqueeze(1);
        Tensor fine = Integral(byPanel, GaussKronrod.Fine);
        double[] value = ManagedValues.ToDoubles(fine), error = ManagedValues.ToDoubles((fine - Integral(byPanel, GaussKronrod.Coarse)).abs()), size = ManagedValues.ToDoubles(Integral(byPanel.abs(), GaussKronrod.Fine));
        int length = value.Length / at.Length;
        return [.. at.Select((panel, i) => new Panel(panel.From, panel.To, value[(i * length)..((i + 1) * length)], error[(i * length)..((i + 1) * length)], size[(i * length)..((i + 1) * length)]))];
    }

    // f p b′ at the upper end b of the support, minus the same at the lower end; then both without f.
    private double[] Ends()
    {
        using var scope = NewDisposeScope();
        int elements = problem.Leaves.Sum(leaf => (int)leaf.Value.numel());
        if (ReferenceEquals(distribution.Support, distribution.Type.Support) && !distribution.HasMovingEnds) return new double[2 * elements];
        Tensor total = zeros(2, elements, dtype: ScalarType.Float64, device: distribution.Device);
        foreach ((Tensor end, double level, double sign) in new[] { (low, 0.0, -1.0), (high, 1.0, 1.0) })
        {
            Tensor known = end.isfinite(), z = where(known, end, centre), gap = centre - z;
            Tensor near = z + gap.sign() * maximum(1e-12 * gap.abs(), 4e-16 * z.abs()), density;
            using (no_grad()) density = distribution.LogProb(near.reshape(distribution.BatchShape)).exp().reshape(members);
            known &= density * gap.abs() > 1e-9;
            if (!known.any().item<bool>()) continue;
            RepeatedParameters repeated = problem.Repeat(1, 1);
            Tensor moved = repeated.Distribution.Icdf(where(known, level, 0.5).reshape([1, 1, .. distribution.BatchShape])).reshape(1, members);
            Tensor weight = sign * where(known, density, 0.0).unsqueeze(0);
            total += cat([repeated.Columns(moved * weight * Parts(near.unsqueeze(0))), repeated.Columns(moved * weight)]);
        }
        return ManagedValues.ToDoubles(total);
    }
}
