using System.Globalization;
using ReparamPS.Runtime;

namespace ReparamPS.Gradients;

/// <summary>A reference for the derivative of each draw, and the judgement of analytic derivatives by it.</summary>
/// <param name="Reference">The derivative of each draw.</param>
/// <param name="Error">How far the reference may be off.</param>
/// <param name="Roundoff">What rounding alone makes of a derivative of zero.</param>
internal sealed record PathComparison(double[] Reference, double[] Error, double Roundoff)
{
    /// <summary>Finds the worst draw.</summary>
    /// <param name="analytic">The derivative of each draw; null where the sample doesn't depend on the parameter.</param>
    /// <param name="tolerance">The relative error that is allowed.</param>
    /// <param name="row">What the row says already.</param>
    /// <param name="reference">What the reference is, in words.</param>
    public ReparameterizationCheckRow Judge(double[]? analytic, double tolerance, ReparameterizationCheckRow row, string reference)
    {
        double typical = Median(Reference.Where(double.IsFinite).Select(Math.Abs));
        double Scale(int draw) => Math.Max(Math.Max(Math.Abs(Reference[draw]), typical), Roundoff / tolerance);
        int[] usable = [.. Enumerable.Range(0, Reference.Length).Where(draw => double.IsFinite(Reference[draw]) && Error[draw] <= 0.5 * tolerance * Scale(draw))];
        if (usable.Length < (Reference.Length + 1) / 2)
        {
            string unsure = $"the differences settle at only {Count(usable.Length)} of {Count(Reference.Length)} draws: the sample is not a smooth function of the parameter here, or the tolerance is below what this reference can tell";
            return row with { Analytic = analytic is null ? double.NaN : analytic[0], Reference = Reference[0], Passed = false, Reason = unsure };
        }
        if (analytic is null)
        {
            int largest = usable.MaxBy(draw => Math.Abs(Reference[draw]));
            double size = Math.Abs(Reference[largest]);
            bool constant = size <= Roundoff;
            return row with
            {
                Analytic = 0, Reference = Reference[largest], AbsoluteError = size, RelativeError = constant ? 0 : 1, Passed = constant,
                Reason = constant ? "the sample does not depend on it" : "no gradient: the sample is detached from this parameter",
            };
        }
        int broken = Array.FindIndex(analytic, value => !double.IsFinite(value));
        if (broken >= 0 && double.IsFinite(Reference[broken]))
            return row with { Analytic = analytic[broken], Reference = Reference[broken], Passed = false, Reason = $"the gradient of draw {Count(broken)} is not finite" };

        double Relative(int draw) => Math.Abs(analytic[draw] - Reference[draw]) is var error and > 0 ? error / Scale(draw) : 0;
        int worst = usable.MaxBy(Relative);
        bool passed = Relative(worst) <= tolerance;
        return row with
        {
            Analytic = analytic[worst], Reference = Reference[worst], AbsoluteError = Math.Abs(analytic[worst] - Reference[worst]), RelativeError = Relative(worst), Passed = passed,
            Reason = passed ? $"agrees with {reference} at {Count(usable.Length)} draws" : Mismatch(analytic, usable, tolerance, Scale, reference),
        };
    }

    // A constant factor is the commonest fault, and says where to look.
    private string Mismatch(double[] analytic, int[] usable, double tolerance, Func<int, double> scale, string reference)
    {
        int off = usable.Count(draw => Math.Abs(analytic[draw] - Reference[draw]) > tolerance * scale(draw));
        string text = $"differs from {reference} at {Count(off)} of {Count(usable.Length)} draws";
        double[] ratios = [.. usable.Where(draw => Math.Abs(Reference[draw]) > 1e-3 * scale(draw)).Select(draw => analytic[draw] / Reference[draw])];
        double ratio = Median(ratios);
        if (ratio == 0 && ratios.All(value => value == 0)) return text + ": the gradient is zero";
        if (ratios.Length > 1 && ratios.All(value => Math.Abs(value - ratio) <= 10 * tolerance * Math.Max(1, Math.Abs(ratio)))) text += $", everywhere by the factor {TensorText.Number(ratio)}";
        return text;
    }

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
