using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Makes a neural policy: a dense network with tanh units gives the mean of x; σ is one number per action.</summary>
/// <remarks>
/// Normal: the action u is x ~ N(mean, σ²). TanhNormal: u = bound · tanh(x), within the bound that the problem names (Pendulum: 2), otherwise ±1; its log-density is exact also
/// far in the tails. The policy takes its numbers of inputs and actions from the first problem that it is used on. Equal seeds then make equal weights.
/// </remarks>
/// <example>
/// <para>A policy for the pendulum, and its return before training</para>
/// <code>$network = @{
///     HiddenSize = 32, 32
///     Distribution = 'TanhNormal'
///     Scale = 0.1
/// }
/// $policy = New-NeuralPolicy @network -Seed 1
/// New-ControlProblem Pendulum |
///     Measure-PolicyReturn -Policy $policy -Episodes 100</code>
/// </example>
/// <example>
/// <para>The derivatives of a small network in its last layer</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10
/// $problem |
///     Measure-PolicyGradient -Policy (
///         New-NeuralPolicy -HiddenSize 4 -Seed 1
///     ) -Estimator Pathwise -Trajectories 1000 -Seed 1 |
///     Where-Object Parameter -eq mean.1.weight</code>
/// </example>
[Cmdlet(VerbsCommon.New, "NeuralPolicy"), OutputType(typeof(NeuralPolicy))]
public sealed class NewNeuralPolicyCommand : ReparamCmdlet
{
    private static readonly NeuralPolicySettings Defaults = new();

    /// <summary>The sizes of the hidden layers, such as 64 or 64,64; an empty list for a linear mean. Default: 64,64.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), IntegerList, AllowEmptyCollection]
    public int[] HiddenSize { get; set; } = [.. Defaults.HiddenSize];

    /// <summary>The distribution of actions. Default: Normal.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<ActionDistribution>(BlankIsDefault = true)]
    public ActionDistribution Distribution { get; set; } = Defaults.Distribution;

    /// <summary>σ at the start: one number, or one per action. Allowed: at least 0. Default: 0.5.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object Scale { get; set; } = Defaults.Scale[0];

    /// <summary>The seed of the weights. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public long Seed { get; set; } = Defaults.Seed;

    /// <summary>
    /// The random number generator. Torch: PyTorch's draws. Philox: draws in parallel, with the same result for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<RandomGenerator>(BlankIsDefault = true)]
    public RandomGenerator Generator { get; set; }

    /// <summary>The element type of parameters and trajectories: float32 or float64. Default: float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string DType { get; set; } = Defaults.DType;

    /// <inheritdoc/>
    protected override void Process() => WriteObject(new NeuralPolicy(new NeuralPolicySettings
    {
        HiddenSize = HiddenSize, Distribution = Distribution, Scale = MatrixInput.List(Scale, nameof(Scale)), Seed = Seed, Generator = Generator, DType = DType,
    }));
}
