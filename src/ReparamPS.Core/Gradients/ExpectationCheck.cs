using ReparamPS.Distributions;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Compares the mean gradient of test functions with the derivatives of their expectations.</summary>
internal sealed class ExpectationCheck
{
    // A larger share of draws that round to 0 biases a mean over scores by more than its standard error.
    private const double LargestLostShare = 0.01;

    private readonly CheckedDraws draws;
    private readonly ParameterTree exactTree;
    private readonly Lazy<bool> isScoreLost;
    private readonly (TestFunction Function, IReadOnlyDictionary<string, Tensor> Gradients, double[] Values)[] functions;
    private IReadOnlyDictionary<string, Tensor>? scores;

    /// <summary>Draws samples and evaluates the test functions.</summary>
    public ExpectationCheck(Distribution exact, ParameterTree exactTree, CheckedDraws draws)
    {
        (this.draws, this.exactTree) = (draws, exactTree);
        isScoreLost = new(IsScoreLost);
        functions =
        [
            .. TestFunction.For(exact, draws).Select(function =>
            {
                Tensor perDraw = function.PerDraw(draws.Values);
                return (function, draws.Gradients(perDraw), ManagedValues.ToDoubles(perDraw));
            }),
        ];
    }

    /// <summary>The verdict on one direction: that of the worst test function.</summary>
    public ReparameterizationCheckRow Judge(PerturbationDirection direction, PerturbationDirection exactDirection, double tolerance, ReparameterizationCheckRow row) =>
        functions.Select(each => Judge(each, direction, exactDirection, tolerance, row)).MaxBy(verdict => verdict.Excess)!.Row;

    private (ReparameterizationCheckRow Row, double Excess) Judge(
        (TestFunction Function, IReadOnlyDictionary<string, Tensor> Gradients, double[] Values) each,
        PerturbationDirection direction, PerturbationDirection exactDirection, double tolerance, ReparameterizationCheckRow row)
    {
        bool attached = each.Gradients.TryGetValue(direction.Leaf.Path, out Tensor? gradient);
        double[] analytic = attached ? CheckedDraws.Along(gradient!, direction) : new double[draws.Count];
        double reference, uncertainty, standardError;
        if (each.Function.Expectation is { } expectation)
        {
            (reference, uncertainty) = Differentiate(expectation, exactDirection, 0.1 * tolerance);
            standardError = Moments.Of(analytic).StandardError;
        }
        else if (isScoreLost.Value)
        {
            return (row with { Analytic = analytic.Average(), Passed = false, Reason = $"{ReparameterizationCheck.NoReference}too many draws have an element that rounds to 0, where the gradient of the log-density is not reliable" }, -1);
        }
        else
        {
            double[] score = ScoreFunctionGradient(each.Values, direction);
            (reference, uncertainty) = (score.Average(), 0);
            standardError = Moments.Of([.. analytic.Zip(score, (left, right) => left - right)]).StandardError;
        }
        double mean = analytic.Average(), error = Math.Abs(mean - reference);
        double scale = Math.Max(Math.Abs(reference), analytic.Average(Math.Abs));
        double allowed = ReparameterizationCheckOptions.StandardErrorsAllowed * standardError + tolerance * scale + uncertainty;
        bool passed = error <= allowed;
        row = row with
        {
            Analytic = mean, Reference = reference, StandardError = standardError, AbsoluteError = error,
            RelativeError = error > 0 ? error / scale : 0, Passed = passed, Reason = Explain(),
        };
        // Without a reference nothing is judged.
        if (double.IsNaN(reference)) return (row, -1);
        return (row, double.IsNaN(error) ? double.PositiveInfinity : error > 0 ? error / allowed : 0);

        string Explain()
        {
            string compared = $"the derivative of {each.Function.Text}";
            if (double.IsNaN(reference)) return $"{ReparameterizationCheck.NoReference}{compared} is not a number";
            if (!double.IsFinite(mean)) return "the gradient is not finite";
            if (!attached && !passed) return "no gradient: the sample is detached from this parameter";
            string distance = standardError > 1e-9 * scale ? Distance(error / standardError) : "";
            if (passed) return $"agrees with {compared}{distance}";
            return error == Math.Abs(reference) ? $"the gradient is zero, unlike {compared}" : $"differs from {compared}{distance}";
        }
    }

    /// <summary>A difference in standard errors, in words.</summary>
    public static string Distance(double errors) => TensorText.Number(errors) is var text ? $" (they differ by {text} {(text == "1" ? "standard error" : "standard errors")})" : "";

    private (double Value, double Error) Differentiate(Func<Distribution, double> expectation, PerturbationDirection direction, double precision)
    {
        double[] At(double step)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            return [expectation(exactTree.With(new Dictionary<string, Tensor> { [direction.Leaf.Path] = direction.At(step) }, []))];
        }
        (double[] value, double[] error) = FiniteDifference.Derivative(At, direction, ScalarType.Float64, precision);
        return (value[0], error[0]);
    }

    // Small weights underflow, in float32 often. A category of weight 0 is 0 in every draw, and has no score.
    private bool IsScoreLost()
    {
        using var scope = NewDisposeScope();
        Tensor flat = draws.Values.detach().reshape(draws.Count, -1), isTiny = flat.abs() <= TorchTypes.Tiny(flat.dtype);
        return (isTiny & ~isTiny.all(0, keepdim: true)).any(1).to(ScalarType.Float64).mean().item<double>() > LargestLostShare;
    }

    // f times the score, minus the control variate (mean of f) times the score.
    private double[] ScoreFunctionGradient(double[] values, PerturbationDirection direction)
    {
        scores ??= draws.Gradients(draws.Distribution.LogProb(draws.Values.detach()).reshape(draws.Count, -1).sum(1));
        // A density that does not depend on the parameter has the score 0.
        double[] score = scores.TryGetValue(direction.Leaf.Path, out Tensor? found) ? CheckedDraws.Along(found, direction) : new double[values.Length];
        double mean = values.Average(), correction = (double)values.Length / (values.Length - 1);
        return [.. values.Zip(score, (value, each) => (value - mean) * correction * each)];
    }
}
