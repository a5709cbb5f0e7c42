using ReparamPS.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference.Models;

/// <summary>The target of a generalized linear model with its gradient by hand, on plain doubles: no tensor, no graph.</summary>
internal sealed class RegressionDensity : ILogDensity
{
    private readonly RegressionData data;
    private readonly LinearPredictor predictor;
    private readonly double priorConstant, likelihoodConstant, precision;
    private readonly double[] coefficients, slopes, linear, residual, scratch;

    /// <param name="data">The data.</param>
    /// <param name="parameters">The parameters: a coefficient each, then Sigma if there is one.</param>
    public RegressionDensity(RegressionData data, IReadOnlyList<ModelParameter> parameters)
    {
        this.data = data;
        Dimension = parameters.Count;
        predictor = new LinearPredictor(data.Design, data.Rows, data.Coefficients);
        (coefficients, slopes) = (new double[data.Coefficients], new double[data.Coefficients]);
        (linear, residual, scratch) = (new double[data.Rows], new double[data.Rows], new double[data.Rows]);
        precision = 1 / (data.PriorScale * data.PriorScale);
        priorConstant = -data.Coefficients * (GammaFunctions.HalfLogTwoPi + Math.Log(data.PriorScale)) + (data.HasSigma ? Math.Log(2) - GammaFunctions.HalfLogTwoPi - Math.Log(data.PriorScale) : 0);
        likelihoodConstant = data.Likelihood switch
        {
            RegressionLikelihood.Normal => -data.Rows * GammaFunctions.HalfLogTwoPi,
            RegressionLikelihood.PoissonLog => -data.Response.Sum(count => GammaFunctions.LogGamma(count + 1)),
            _ => 0,
        };
    }

    public int Dimension { get; }

    public void Evaluate(ReadOnlySpan<double> points, Span<double> values, Span<double> gradients)
    {
        int count = values.Length;
        for (int s = 0; s < count; s++)
        {
            for (int j = 0; j < coefficients.Length; j++) coefficients[j] = points[j * count + s];
            double logSigma = data.HasSigma ? points[coefficients.Length * count + s] : 0;
            predictor.Multiply(coefficients, linear);
            values[s] = LogLikelihood(logSigma, out double sigmaSlope) * data.Weight + LogPrior(logSigma, ref sigmaSlope);
            if (gradients.IsEmpty) continue;
            predictor.MultiplyTransposed(residual, slopes);
            for (int j = 0; j < coefficients.Length; j++) gradients[j * count + s] = slopes[j] * data.Weight - coefficients[j] * precision;
            if (data.HasSigma) gradients[coefficients.Length * count + s] = sigmaSlope;
        }
    }

    private double LogPrior(double logSigma, ref double sigmaSlope)
    {
        double value = priorConstant - 0.5 * precision * TensorPrimitives.SumOfSquares<double>(coefficients);
        if (!data.HasSigma) return value;
        double square = Math.Exp(2 * logSigma) * precision;
        sigmaSlope = sigmaSlope * data.Weight + 1 - square;
        return value - 0.5 * square + logSigma;
    }

    // Leaves the derivatives in the linear predictor in the residuals.
    private double LogLikelihood(double logSigma, out double sigmaSlope)
    {
        sigmaSlope = 0;
        switch (data.Likelihood)
        {
            case RegressionLikelihood.BernoulliLogit:
                return LogisticKernel.Evaluate(linear, data.Response, residual, scratch);
            case RegressionLikelihood.PoissonLog:
                TensorPrimitives.Exp<double>(linear, scratch);
                TensorPrimitives.Subtract<double>(data.Response, scratch, residual);
                return TensorPrimitives.Dot<double>(data.Response, linear) - TensorPrimitives.Sum<double>(scratch) + likelihoodConstant;
            default:
                double logScale = data.NoiseScale is { } given ? Math.Log(given) : logSigma, inverse = Math.Exp(-2 * logScale);
                TensorPrimitives.Subtract<double>(data.Response, linear, residual);
                double squares = TensorPrimitives.SumOfSquares<double>(residual) * inverse;
                TensorPrimitives.Multiply<double>(residual, inverse, residual);
                sigmaSlope = squares - data.Rows;
                return likelihoodConstant - 0.5 * squares - data.Rows * logScale;
        }
    }
}
