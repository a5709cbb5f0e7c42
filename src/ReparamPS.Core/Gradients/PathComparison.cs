using System.Globalization;
using ReparamPS.Torch;

namespace ReparamPS.Gradients;

/// <summary>A reference for the derivative of each output of each draw, against which analytic derivatives are judged.</summary>
/// <param name="Reference">The derivatives, draw by draw.</param>
/// <param name="Error">The error of the reference.</param>
/// <param name="Roundoff">The derivatives that rounding alone produces if the true ones are zero.</param>
/// <param name="Outputs">The number of outputs of each draw.</param>
internal sealed record PathComparison(double[] Reference, double[] Error, double[] Roundoff, int Outputs)
{
    /// <summary>Why a gradient of 0 is right if the reference is 0 too; null if the sample should move.</summary>
    public string? Stillness { get; init; }

    /// <summary>Finds the worst entry.</summary>
    /// <param name="analytic">The derivatives, draw by draw; null if the sample does not depend on the parameter.</param>
    /// <param name="tolerance">The allowed relative error.</param>
    /// <param name="row">The row to complete.</param>
    /// <param name="reference">The description of the reference.</param>
    public ReparameterizationCheckRow Judge(double[]? analytic, double tolerance, ReparameterizationCheckRow row, string reference)
    {
        double typical = Median(Reference.Chunk(Outputs).Where(draw => draw.All(double.IsFinite)).Select(draw => draw.Max(Math.Abs)));
        double Size(int entry) => Math.Max(Math.Abs(Reference[entry]), typical);
        double Scale(int entry) => Math.Max(Size(entry), Roundoff[entry] / tolerance);
        int[] usable = [.. Enumerable.Range(0, Reference.Length).Where(entry => double.IsFinite(Reference[entry]) && Error[entry] <= 0.5 * tolerance * Scale(entry))];
        // Where there is no reference, as at draws at an end of the support, nothing is judged.
        int judged = Reference.Count(value => !double.IsNaN(value));
        if (judged == 0) return row with { Passed = false, Reason = "all draws lie at an end of the support, where their gradient cannot be checked" };
        if (usable.Length < (judged + 1) / 2)
        {
            string unsure = $"finite differences converge for only {Count(usable.Length)} of {Places(judged)}: either the sample is not a smooth function of the parameter here, or Tolerance {TensorText.Number(tolerance)} is smaller than the error of the finite differences. If you lowered Tolerance, raise it";
            return row with { Analytic = analytic is null ? double.NaN : analytic[0], Passed = false, Reason = unsure };
        }
        if (analytic is null)
        {
            int largest = usable.MaxBy(entry => Math.Abs(Reference[entry]));
            double size = Math.Abs(Reference[largest]);
            return row with
            {
                Analytic = 0, Reference = Reference[largest], AbsoluteError = size, RelativeError = 1, Passed = false,
                Reason = "no gradient: the sample is detached from this parameter",
            };
        }
        int broken = Array.FindIndex(analytic, value => !double.IsFinite(value));
        if (broken >= 0 && double.IsFinite(Reference[broken]))
            return row with { Analytic = analytic[broken], Reference = Reference[broken], Passed = false, Reason = $"the gradient of draw {Count(broken / Outputs)} is not finite" };

        double Relative(int entry) => Math.Abs(analytic[entry] - Reference[entry]) is var error and > 0 ? error / Scale(entry) : 0;
        int worst = usable.MaxBy(Relative);
        bool passed = Relative(worst) <= tolerance;
        if (passed && usable.All(entry => Math.Abs(Reference[entry]) <= Roundoff[entry] && analytic[entry] == 0))
            return row with { Analytic = 0, Reference = 0, AbsoluteError = 0, RelativeError = 0, Passed = Stillness is not null, Reason = Stillness ?? "no gradient: the sample does not move with this parameter" };
        return row with
        {
            Analytic = analytic[worst], Reference = Reference[worst], AbsoluteError = Math.Abs(analytic[worst] - Reference[worst]), RelativeError = Relative(worst) > 0 ? Math.Abs(analytic[worst] - Reference[worst]) / Size(worst) : 0, Passed = passed,
            Reason = passed ? $"agrees with {reference}, for {Places(usable.Length)}" : Mismatch(analytic, usable, tolerance, Scale, reference),
        };
    }

    // A constant factor is the most common fault, and shows where to look.
    private string Mismatch(double[] analytic, int[] usable, double tolerance, Func<int, double> scale, string reference)
    {
        int off = usable.Count(entry => Math.Abs(analytic[entry] - Reference[entry]) > tolerance * scale(entry));
        string text = $"differs from {reference}, for {Count(off)} of {Places(usable.Length)}";
        double[] ratios = [.. usable.Where(entry => Math.Abs(Reference[entry]) > 1e-3 * scale(entry)).Select(entry => analytic[entry] / Reference[entry])];
        double ratio = Median(ratios);
        if (ratios.Length > 0 && ratios.All(value => value == 0)) return text + ": the gradient is zero";
        if (ratios.Length > 1 && ratios.All(value => Math.Abs(value - ratio) <= 10 * tolerance * Math.Max(1, Math.Abs(ratio))) && Factor(ratio) is { } factor) text += $", always{factor}";
        return text;
    }

    /// <summary>A constant factor in words; null if it is 1 to the digits shown.</summary>
    public static string? Factor(double ratio) => TensorText.Number(ratio) is var text and not "1" ? $" by the factor {text}" : null;

    private string Places(int number) => $"{Count(number)} {(Outputs == 1, number == 1) switch { (true, true) => "draw", (true, false) => "draws", (false, true) => "entry", _ => "entries" }}";

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
