using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Inference.Models;
using ReparamPS.Messages;
using ReparamPS.Native;
using ReparamPS.Settings;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Makes a Bayesian model from priors and a log-likelihood, or a regression model from rows.</summary>
/// <remarks>
/// <para>With -Parameter, each parameter has a prior: a continuous distribution, or a script block that makes one from earlier parameters. Script blocks begin with param($p), and $p holds draws of the parameters: for a parameter Mu, $p.Mu is a tensor of shape [draws] + the shape of Mu.</para>
/// <para>Inference works on unconstrained numbers: each parameter is transformed according to the support of its prior, for example by log x if it must be positive. Variables of the session that a block reads are captured when the model is made. Tensors that a block makes are disposed after the call. If several calls use a tensor, make it before the block, not inside it.</para>
/// <para>With -Data, the model is a generalized linear model. Intercept and coefficients have the prior N(0, PriorScale²); each coefficient has the name of its predictor. With -Likelihood Normal, the standard deviation of the noise is NoiseScale. Without -NoiseScale, it is a parameter Sigma with the prior HalfNormal(PriorScale).</para>
/// </remarks>
/// <example>
/// <para>A hierarchical model: effects in eight schools, which scatter around a common mean Mu</para>
/// <code>$y = New-Tensor 28, 8, -3, 7, -1, 1, 18, 12
/// $sigma = New-Tensor 15, 10, 16, 11, 9, 11, 10, 18
/// New-BayesianModel ([ordered]@{
///     Mu = New-NormalDistribution 0 5
///     Tau = New-HalfCauchyDistribution 5
///     Eta = New-NormalDistribution (@(0) * 8) 1
/// }) { param($p) (New-NormalDistribution (
///     $p.Mu.unsqueeze(-1) + $p.Tau.unsqueeze(-1) * $p.Eta
/// ) $sigma).LogProb($y) }</code>
/// </example>
/// <example>
/// <para>A prior that depends on an earlier parameter: Neal's funnel</para>
/// <code>New-BayesianModel (
///     [ordered]@{
///         V = New-NormalDistribution 0 3
///         Y = { param($p)
///             New-NormalDistribution 0 $p.V.mul(0.5).exp()
///         }
///     }
/// )</code>
/// </example>
/// <example>
/// <para>A logistic regression</para>
/// <code>$rows = 1..40 |
///     ForEach-Object {
///         [pscustomobject]@{ Dose = $_ / 20; Died = [int]($_ -gt 20) }
///     }
/// $regression = @{
///     Response = 'Died'; Predictor = 'Dose'; Likelihood = 'BernoulliLogit'
/// }
/// New-BayesianModel -Data $rows @regression |
///     Invoke-VariationalInference -Family FullRank | Get-PosteriorSummary</code>
/// </example>
[Cmdlet(VerbsCommon.New, "BayesianModel", DefaultParameterSetName = Blocks), OutputType(typeof(BayesianModel))]
public sealed class NewBayesianModelCommand : ReparamCmdlet
{
    private const string Blocks = "Blocks", Rows = "Rows";
    private readonly RowReader reader = new();
    private readonly List<ExperimentRow> rows = [];

    /// <summary>The parameters: names with their priors. A prior is a distribution, or a script block that makes one from earlier parameters; script blocks require an [ordered] dictionary.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Blocks), Exact<IDictionary>(Expected = "a hashtable of names and prior distributions, such as @{ Mu = New-NormalDistribution 0 1 }")]
    public IDictionary Parameter { get; set; } = new Hashtable();

    /// <summary>The log-likelihood: a script block, { param($p) … }, that returns a tensor of shape [draws], or [draws, …], which is summed to [draws]. Default: none, so that the posterior is the prior.</summary>
    [Parameter(Position = 1, ParameterSetName = Blocks)]
    public object? LogLikelihood { get; set; }

    /// <summary>The rows of a regression: objects such as those of Import-Csv. Predictors and response must be numbers or Booleans, or text of these, such as '1.5'.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = Rows), AllowNull, AllowEmptyCollection]
    public PSObject[]? Data { get; set; } = [];

    /// <summary>The column that is predicted.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Rows), Exact<string>]
    public string Response { get; set; } = "";

    /// <summary>The columns of the predictors. Default: none, only the intercept.</summary>
    [Parameter(ParameterSetName = Rows), Exact<string[]>(RefusesNull = true)]
    public string[] Predictor { get; set; } = [];

    // Not mandatory for the engine, whose error would not list the names.
    /// <summary>The distribution of the response. Allowed: Normal, BernoulliLogit for a response of 0 or 1, PoissonLog for counts.</summary>
    [Parameter(ParameterSetName = Rows), CheckedMandatory, Exact<RegressionLikelihood>]
    public RegressionLikelihood Likelihood { get; set; }

    /// <summary>The standard deviation of the priors of intercept and coefficients, and the scale of the prior of Sigma. Allowed: a positive number. Default: 2.5.</summary>
    [Parameter(ParameterSetName = Rows), Exact<double>]
    public double PriorScale { get; set; } = 2.5;

    /// <summary>Makes a model without an intercept.</summary>
    [Parameter(ParameterSetName = Rows), Exact<SwitchParameter>]
    public SwitchParameter NoIntercept { get; set; }

    /// <summary>The known standard deviation of the noise of a Normal likelihood. Allowed: a positive number. Default: unknown, a parameter named Sigma.</summary>
    [Parameter(ParameterSetName = Rows), OptionalNumber<double>]
    public double? NoiseScale { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName != Rows) return;
        CheckLikelihood();
        if (Data is null) ThrowTerminatingError(ErrorRecords.From(new ArgumentException("Data is null. Give rows, such as those of Import-Csv.", nameof(Data)), null));
        try
        {
            rows.AddRange((Data ?? []).Select(reader.Read));
        }
        catch (ArgumentException error)
        {
            // A model of the other rows would be another one.
            ThrowTerminatingError(ErrorRecords.From(error, Data));
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (ParameterSetName == Rows) CheckLikelihood();
        NativeLibraries.LoadTorch();
        WriteObject(ParameterSetName == Rows ? Regression() : FromBlocks());
    }

    private BayesianModel FromBlocks()
    {
        List<ParameterDefinition> definitions = [];
        foreach ((string name, object? value) in Entries())
        {
            string[] earlier = [.. definitions.Select(definition => definition.Name)];
            definitions.Add(TensorInput.Unwrap(value) switch
            {
                Distribution prior => new ParameterDefinition(name, prior),
                PriorFunction function => new ParameterDefinition(name, null, function),
                ScriptBlock script => new ParameterDefinition(name, null, new ModelBlock(script, ModelBlock.PriorOf + name, "model", SessionState.PSVariable, earlier, "p").Prior),
                var other => throw new ArgumentException($"The prior of {ShortText.Of(name)} must be a distribution or a script block; got {NestedNumbers.Quoted(other)}.", nameof(Parameter)),
            });
        }
        return new BayesianModel(definitions, Likelihoods([.. definitions.Select(definition => definition.Name)]));
    }

    private LogLikelihoodFunction? Likelihoods(string[] names) => TensorInput.Unwrap(LogLikelihood) switch
    {
        null => null,
        LogLikelihoodFunction function => function,
        ScriptBlock script => new ModelBlock(script, nameof(LogLikelihood), "model", SessionState.PSVariable, names, "p").LogLikelihood,
        var other => throw new ArgumentException($"LogLikelihood must be a script block; got {NestedNumbers.Quoted(other)}.{(other is string { Length: > 0 } ? " To name a likelihood, use -Data with -Likelihood, such as -Likelihood Normal." : "")}", nameof(LogLikelihood)),
    };

    // The order of a plain table differs between sessions: names in alphabetical order give the same numbers in all of them.
    private IEnumerable<(string Name, object? Value)> Entries()
    {
        IEnumerable<(string Name, object? Value)> entries = Parameter.Cast<DictionaryEntry>().Select(entry => (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value));
        if (Parameter is IOrderedDictionary) return entries;
        return entries.Any(entry => TensorInput.Unwrap(entry.Value) is ScriptBlock or PriorFunction)
            ? throw new ArgumentException("A prior that is a script block can read earlier parameters, so their order matters, but a hashtable has no order. Write [ordered]@{ … }.", nameof(Parameter))
            : entries.OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
    }

    private void CheckLikelihood()
    {
        if (GivenParameters.Contains(nameof(Likelihood))) return;
        ThrowTerminatingError(ErrorRecords.From(new ArgumentException("Likelihood is required with -Data: Normal, BernoulliLogit for a response of 0 or 1, or PoissonLog for counts. Add -Likelihood Normal, for example.", nameof(Likelihood)), null));
    }

    private BayesianModel Regression()
    {
        if (Predictor.Contains(Response, StringComparer.OrdinalIgnoreCase)) throw new ArgumentException($"Predictor must not contain '{ShortText.Of(Response)}', which is the response. Remove it from -Predictor.", nameof(Predictor));
        var data = new RegressionData(Column(Response), Predictor, [.. Predictor.Select(Column)], Likelihood, PriorScale, !NoIntercept, NoiseScale);
        BayesianModel model = data.ToModel();
        if (data.PriorWarning() is { } warning) WriteWarning(warning);
        return model;
    }

    private double[] Column(string name) => [.. rows.Select((row, i) => row.Columns.Contains(name, StringComparer.OrdinalIgnoreCase)
        ? Number(row[name], name, i)
        : throw new ArgumentException($"Data has no column '{ShortText.Of(name)}' in row {i + 1}; its columns are {ShortText.List(row.Columns)}.{UnknownColumn.Hint(name, row.Columns, column => row[column])}", nameof(Data)))];

    private static double Number(object? value, string column, int row) => value switch
    {
        bool flag => flag ? 1 : 0,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) => parsed,
        string text when bool.TryParse(text, out bool flag) => flag ? 1 : 0,
        char letter => Number(letter.ToString(), column, row),
        IConvertible number and not (string or DateTime or DBNull) => number.ToDouble(CultureInfo.InvariantCulture),
        null or DBNull or "" => throw new ArgumentException($"Column '{ShortText.Of(column)}' must hold a number in each row; row {row + 1} has none. Fill the cell, or leave out the row.", nameof(Data)),
        _ => throw new ArgumentException($"Column '{ShortText.Of(column)}' must hold numbers; got {NestedNumbers.Quoted(value)} in row {row + 1}.{(value is IEnumerable and not string ? " Data must be rows: one object per observation, not one list per column." : "")}", nameof(Data)),
    };
}
