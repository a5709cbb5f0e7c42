namespace ReparamPS.Inference;

/// <summary>One gradient evaluation of a fit.</summary>
/// <param name="Evaluation">Its number, from 1.</param>
/// <param name="Draws">The draws of the noise.</param>
/// <param name="Fit">The number of the fit that it belongs to: fits differ in their noise.</param>
/// <param name="Bound">The bound on that noise; NaN for a failed step.</param>
/// <param name="GradientNorm">The norm of the gradient in the coordinates of the optimizer; for frozen noise.</param>
/// <param name="Seconds">The time since the start.</param>
public sealed record FitTraceRow(int Evaluation, int Draws, int Fit, double Bound, double GradientNorm, double Seconds) : VariationalRow
{
    /// <summary>Creates the row of a fit with given settings.</summary>
    internal FitTraceRow(VariationalOptions options, int evaluation, int draws, int fit, double bound, double gradientNorm, double seconds)
        : this(evaluation, draws, fit, bound, gradientNorm, seconds) => Options = options;
}
