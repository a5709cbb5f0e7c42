using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Makes a policy that draws actions around the output of a dense network with tanh units.</summary>
/// <remarks>
/// <para>The network maps an observation to the mean of x ~ N(mean, σ²), with one σ per action variable. With -Distribution Normal, the action is x. With TanhNormal, it is bound · tanh(x), where bound is the problem's limit on actions (2 for Pendulum), or 1 without a limit. The log-density of actions is accurate even close to the limit.</para>
/// <para>The sizes of the input and output layers are those of the first problem on which the policy is used. The weights are drawn at that first use; equal seeds give equal weights.</para>
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
/// <para>The gradient with respect to the weights of the last layer of a small network</para>
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

    /// <summary>The sizes of the hidden layers, such as 64 or 64,64. An empty list makes the mean linear. Allowed: positive integers. Default: 64,64.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), IntegerList(EmptyHint = "For no hidden layers, write @()."), AllowEmptyCollection]
    public int[] HiddenSize { get; set => field = value ?? [.. Defaults.HiddenSize]; } = [.. Defaults.HiddenSize];

    /// <summary>The distribution of actions. Default: Normal.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<ActionDistribution>(BlankIsDefault = true)]
    public ActionDistribution Distribution { get; set; } = Defaults.Distribution;

    /// <summary>The initial σ: one number, or one per action variable. Training changes it, unless it is 0. Allowed: at least 0. Default: 0.5.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object Scale { get; set; } = Defaults.Scale[0];

    /// <summary>The seed of the initial weights. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public long Seed { get; set; } = Defaults.Seed;

    /// <summary>
    /// The random number generator of the initial weights. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<RandomGenerator>(BlankIsDefault = true)]
    public RandomGenerator Generator { get; set; }

    /// <summary>The element type of parameters and trajectories. Allowed: float64, float32. Default: float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string DType { get; set; } = Defaults.DType;

    /// <inheritdoc/>
    protected override void Process()
    {
        RefuseUnread([nameof(HiddenSize)], MyInvocation.MyCommand.Name);
        WriteObject(new NeuralPolicy(new NeuralPolicySettings
        {
            HiddenSize = HiddenSize, Distribution = Distribution, Scale = MatrixInput.List(Scale, nameof(Scale)), Seed = Seed, Generator = Generator, DType = DType,
        }));
    }
}
