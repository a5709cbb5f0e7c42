using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Distributions;
using static TorchSharp.torch;
using ReparamPS.Messages;

namespace ReparamPS.Inference.Models;

/// <summary>The likelihood of a generalized linear model, with η = intercept + Σ coefficient · predictor.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum RegressionLikelihood
{
    /// <summary>y ~ N(η, Sigma²).</summary>
    Normal,

    /// <summary>y ~ Bernoulli with logit η.</summary>
    BernoulliLogit,

    /// <summary>y ~ Poisson with log-rate η.</summary>
    PoissonLog,
}

/// <summary>The data and the priors of a generalized linear model.</summary>
/// <param name="Response">The response, one number per row.</param>
/// <param name="PredictorNames">The names of the predictors.</param>
/// <param name="Predictors">The predictors' columns.</param>
/// <param name="Likelihood">The likelihood.</param>
/// <param name="PriorScale">The standard deviation of the normal priors of all coefficients, and the scale of the half-normal prior of Sigma.</param>
/// <param name="HasIntercept">Whether there is an intercept.</param>
/// <param name="NoiseScale">The standard deviation of the noise of a normal likelihood; null makes it the parameter Sigma.</param>
public sealed record RegressionData(
    double[] Response, IReadOnlyList<string> PredictorNames, IReadOnlyList<double[]> Predictors, RegressionLikelihood Likelihood,
    double PriorScale = 2.5, bool HasIntercept = true, double? NoiseScale = null)
{
    /// <summary>The name of the intercept.</summary>
    public const string Intercept = "Intercept";

    /// <summary>The name of the noise's standard deviation.</summary>
    public const string Sigma = "Sigma";

    private const double HugePredictor = 1e6, ManyStandardDeviations = 10;

    /// <summary>The number of rows.</summary>
    public int Rows => Response.Length;

    /// <summary>Whether the noise's standard deviation is a parameter.</summary>
    public bool HasSigma => Likelihood == RegressionLikelihood.Normal && NoiseScale is null;

    /// <summary>The number of coefficients, with the intercept.</summary>
    public int Coefficients => Predictors.Count + (HasIntercept ? 1 : 0);

    /// <summary>What the log-likelihood counts: more than 1 if the rows stand for more than themselves.</summary>
    internal double Weight { get; init; } = 1;

    /// <summary>The columns of all coefficients one after the other, with ones for the intercept.</summary>
    internal double[] Design { get; private init; } = [];

    /// <summary>The model, with a parameter for each coefficient by its predictor's name.</summary>
    /// <exception cref="ArgumentException">A value does not fit the likelihood, or a name is used twice.</exception>
    public BayesianModel ToModel()
    {
        Check();
        Native.NativeLibraries.LoadTorch();
        IEnumerable<string> names = HasIntercept ? [Intercept, .. PredictorNames] : PredictorNames;
        List<ParameterDefinition> definitions = [.. names.Select(name => new ParameterDefinition(name, new Normal(tensor(0.0), tensor(PriorScale))))];
        if (HasSigma) definitions.Add(new ParameterDefinition(Sigma, new HalfNormal(tensor(PriorScale))));
        return new BayesianModel(definitions, this with { Design = JoinColumns() });
    }

    /// <summary>Some of the rows, which stand for all.</summary>
    internal RegressionData Batch(int[] rows)
    {
        double[] design = new double[Coefficients * rows.Length];
        for (int j = 0; j < Coefficients; j++)
        {
            for (int i = 0; i < rows.Length; i++) design[j * rows.Length + i] = Design[j * Rows + rows[i]];
        }
        return this with { Response = [.. rows.Select(row => Response[row])], Design = design, Weight = (double)Rows / rows.Length };
    }

    /// <summary>Advice for a log-density that is not finite: exp overflows where a large predictor has a coefficient that is small for its prior. Empty if predictors are not the likely cause.</summary>
    internal string ScaleAdvice()
    {
        double[] sizes = [.. Predictors.Select(column => column.Max(Math.Abs))];
        if (sizes.Length == 0 || (Likelihood != RegressionLikelihood.PoissonLog && sizes.Max() < HugePredictor)) return "";
        string name = ShortText.Of(PredictorNames[Array.IndexOf(sizes, sizes.Max())]);
        return string.Create(CultureInfo.InvariantCulture, $" Center and scale the predictors; the values of {name} are as large as {sizes.Max():G6}.");
    }

    /// <summary>The warning that the priors exclude the response of a normal likelihood; null if they do not.</summary>
    public string? PriorWarning()
    {
        if (Likelihood != RegressionLikelihood.Normal || Rows == 0) return null;
        double noise = NoiseScale ?? PriorScale;
        // The number of standard deviations, by the priors, between 0 and the response.
        double[] distances = [.. Enumerable.Range(0, Rows).Select(i => Math.Abs(Response[i]) / Math.Sqrt(noise * noise + PriorScale * PriorScale * ((HasIntercept ? 1 : 0) + Predictors.Sum(column => column[i] * column[i])))).Order()];
        return distances[Rows / 2] <= ManyStandardDeviations ? null : string.Create(CultureInfo.InvariantCulture,
            $"The response is far from what the priors allow: its mean is {Response.Average():G4}, and the prior of {(HasIntercept ? "the intercept and of each coefficient" : "each coefficient")} is N(0, {PriorScale}²). Center and scale the response and the predictors, or raise -PriorScale.");
    }

    private double[] JoinColumns()
    {
        double[] design = new double[Coefficients * Rows];
        int next = 0;
        if (HasIntercept) design.AsSpan(next++ * Rows, Rows).Fill(1);
        foreach (double[] column in Predictors) column.CopyTo(design, next++ * Rows);
        return design;
    }

    private void Check()
    {
        if (Rows == 0) throw new ArgumentException("Data has no rows. Give at least one row.", "Data");
        if (Coefficients == 0) throw new ArgumentException("A regression needs a predictor or an intercept. Give -Predictor, or leave out -NoIntercept.", "Predictor");
        if (!(PriorScale > 0 && double.IsFinite(PriorScale))) throw new ArgumentException($"PriorScale must be positive and finite; got {ShortText.Of(PriorScale)}.", nameof(PriorScale));
        if (NoiseScale is { } noise && !(noise > 0 && double.IsFinite(noise))) throw new ArgumentException($"NoiseScale must be positive and finite; got {ShortText.Of(noise)}.", nameof(NoiseScale));
        if (NoiseScale is not null && Likelihood != RegressionLikelihood.Normal) throw new ArgumentException($"NoiseScale is only for -Likelihood Normal; {Likelihood} has no noise scale.", nameof(NoiseScale));
        CheckNames();
        for (int j = 0; j < Predictors.Count; j++) RequireFinite($"Column '{ShortText.Of(PredictorNames[j])}'", Predictors[j]);
        RequireFinite("The response", Response);
        for (int i = 0; i < Rows; i++)
        {
            double y = Response[i];
            if (Likelihood == RegressionLikelihood.BernoulliLogit && y is not (0 or 1)) throw new ArgumentException($"The response of BernoulliLogit must be 0 or 1; got {ShortText.Of(y)} in row {i + 1}.", "Response");
            if (Likelihood == RegressionLikelihood.PoissonLog && (y < 0 || y != Math.Floor(y))) throw new ArgumentException($"The response of PoissonLog must be a non-negative integer; got {ShortText.Of(y)} in row {i + 1}.", "Response");
        }
    }

    private void CheckNames()
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in PredictorNames)
        {
            if (!names.Add(name)) throw new ArgumentException($"Predictor names the column '{ShortText.Of(name)}' twice.", "Predictor");
            if (HasIntercept && name.Equals(Intercept, StringComparison.OrdinalIgnoreCase)) throw Taken(name, "intercept", "-NoIntercept");
            if (HasSigma && name.Equals(Sigma, StringComparison.OrdinalIgnoreCase)) throw Taken(name, "standard deviation of the noise", "-NoiseScale");
        }
    }

    private static ArgumentException Taken(string name, string parameter, string remedy) =>
        new($"Predictor must not be '{name}': the model has a parameter of that name, the {parameter}. Rename the column, or use {remedy}.", "Predictor");

    private static void RequireFinite(string name, double[] column)
    {
        int at = Array.FindIndex(column, value => !double.IsFinite(value));
        if (at >= 0) throw new ArgumentException($"{name} must be finite; got {ShortText.Of(column[at])} in row {at + 1}.", "Data");
    }
}
