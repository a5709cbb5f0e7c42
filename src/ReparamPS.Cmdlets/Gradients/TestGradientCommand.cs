using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Gradients;
using ReparamPS.Messages;
using ReparamPS.Native;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Checks the gradient of a script block or .NET delegate of tensors.</summary>
/// <remarks>
/// <para>PyTorch's counterparts are torch.autograd.gradcheck and gradgradcheck, which have the same defaults. Each derivative is compared with a central difference of the function's values. It passes if |analytic − numeric| ≤ AbsoluteTolerance + RelativeTolerance · |numeric|.</para>
/// <para>There is one row per input, for the entry of the Jacobian with the largest error. If entries fail, the worst of these are returned instead, up to -WorstEntries per input. The column Verdict is Agrees, or the kind of failure: Mismatch, NoGradient, Nondeterministic, NonFinite, Kink (the derivative is wrong because the slopes on both sides differ) or NotDifferentiable (libtorch cannot compute the derivative). The column Reason gives details. With -Order 2, the function's results are also multiplied by random vectors (grad_outputs in PyTorch) and summed. The derivatives of the gradient of this sum are checked too. These vectors count as further inputs, with rows named cotangent0, cotangent1, …</para>
/// <para>The inputs that require gradients are checked; if there are none, all floating-point inputs. Inputs are copied, so the originals do not change. Checked inputs and results must be float64 or float32; other inputs, such as integer indices, are passed on unchanged. For a complex result, check its real and imaginary parts.</para>
/// <para>If all derivatives with respect to an input are 0 and the function has the same value one step away, the row says Agrees, and a warning asks whether the function uses this input.
/// There is also a warning if an element of the input, such as 1e12, is so large that adding Epsilon does not change it.</para>
/// <para>On CUDA, the gradients of indexing (index_select, gather, index_put) are added in an order that changes from run to run, so their last digits differ. The verdict is then Nondeterministic. To accept such differences in float64, set -NondeterminismTolerance to about 1e-12.</para>
/// </remarks>
/// <example>
/// <para>A function of two tensors</para>
/// <code>$x = New-Tensor @(@(0.1, 0.2), @(0.3, 0.4)); $w = New-Tensor 0.5, -0.5
/// Test-Gradient { param($x, $w)
///     $x.matmul($w).tanh().sum()
/// } -InputTensor $x, $w</code>
/// </example>
/// <example>
/// <para>A kink: the gradient of relu at 0</para>
/// <code>Test-Gradient { param($x) $x.relu() } -InputTensor (New-Tensor -1, 0, 1)</code>
/// </example>
/// <example>
/// <para>Second order, as one Boolean</para>
/// <code>Test-Gradient {
///     $_.pow(3).sum()
/// } -InputTensor (New-Tensor 1, 2, 3) -Order 2 -Quiet</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "Gradient"), OutputType(typeof(GradientCheckRow), typeof(bool))]
public sealed class TestGradientCommand : CheckCmdlet
{
    /// <summary>The function: a script block or .NET delegate that takes the inputs as tensors and returns one or more tensors. A script block also gets the first input as $_.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("ScriptBlock")]
    public object Function { get; set; } = null!;

    /// <summary>The inputs at which the gradient is checked: one tensor, number or nested array per parameter of the function. For a function of one parameter, a list of numbers is one vector.</summary>
    [Parameter(Mandatory = true, Position = 1), Alias("Input")]
    public object[] InputTensor { get; set; } = [];

    /// <summary>The order of derivatives: 1 checks the gradient; 2 also checks the second derivatives.</summary>
    [Parameter, AllowedRange(1, 2), Exact<int>]
    public int Order { get; set; } = 1;

    /// <summary>Compares random projections of the Jacobian instead of every entry. If the projections disagree, every entry is checked, unless the entries do not fit into memory.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Fast { get; set; }

    /// <summary>The step of the central differences. Allowed: positive.</summary>
    [Parameter, Alias("eps"), Exact<double>]
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>The absolute part of the tolerance.</summary>
    [Parameter, Alias("atol"), AllowedRange(0), Exact<double>]
    public double AbsoluteTolerance { get; set; } = 1e-5;

    /// <summary>The part of the tolerance that is relative to the numeric derivative.</summary>
    [Parameter, Alias("rtol"), AllowedRange(0), Exact<double>]
    public double RelativeTolerance { get; set; } = 1e-3;

    /// <summary>The largest difference that passes when the gradient is computed twice at the same inputs. A larger one has the verdict Nondeterministic.</summary>
    [Parameter, AllowedRange(0), Exact<double>]
    public double NondeterminismTolerance { get; set; }

    /// <summary>The maximum number of rows per failing input.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int WorstEntries { get; set; } = 5;

    /// <summary>The device to which inputs are moved. Allowed: cpu, cuda, cuda:N. Default: tensors stay on their device, and numbers are on the CPU.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <summary>The seed of the random projections of -Fast, and of the random vectors of -Order 2.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => TensorInput.Unwrap(Function);

    private protected override string NothingToCheck => "InputTensor holds no floating-point number";

    /// <inheritdoc/>
    protected override void Check()
    {
        NativeLibraries.LoadTorch();
        if (TensorInput.Unwrap(Function) is not (ScriptBlock or Delegate) && InputTensor is [var first, ..] && TensorInput.Unwrap(first) is ScriptBlock)
            throw new ArgumentException("The function comes first, then its inputs: Test-Gradient { $_.exp() } $x.", nameof(Function));
        ScriptFunction function = ScriptFunction.From(Function, nameof(Function), SessionState.PSVariable);
        IReadOnlyList<GradientCheckRow> rows;
        using (torch.NewDisposeScope())
        {
            torch.Tensor[] inputs = Inputs(function);
            bool isPrecisionGiven = IsGiven(nameof(Epsilon)) && (IsGiven(nameof(AbsoluteTolerance)) || IsGiven(nameof(RelativeTolerance)));
            if (!isPrecisionGiven && inputs.Any(input => input.dtype == torch.ScalarType.Float32))
                WriteWarning("An input is float32, which is too imprecise for the default Epsilon and tolerances. Use float64, the default of New-Tensor.");
            rows = GradientCheck.Run(given => Evaluate(() => function.Evaluate([.. given]), isSameForAll: CommandLine.Contains(nameof(Function))), inputs, new GradientCheckOptions
            {
                Epsilon = Epsilon, AbsoluteTolerance = AbsoluteTolerance, RelativeTolerance = RelativeTolerance, NondeterminismTolerance = NondeterminismTolerance,
                Order = Order, Fast = Fast, WorstEntries = WorstEntries, Seed = Seed, Generator = Generator, InputNames = function.Names,
            }, WriteWarning, Cancellation);
        }
        WriteRows(rows, row => row.Passed);
    }

    // The engine hands over the first number of '-1, 2' as text.
    private static bool IsNumber(object item) =>
        TensorInput.Unwrap(item) is IConvertible value && (value is not string text || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private bool IsGiven(string name) => MyInvocation.BoundParameters.ContainsKey(name);

    private torch.Tensor[] Inputs(ScriptFunction function)
    {
        bool oneVector = function.Names.Count <= 1 && InputTensor.Length > 1 && InputTensor.All(IsNumber);
        torch.Device? device = Device is null ? null : TorchDevices.Parse(Device);
        object?[] values = oneVector ? [InputTensor] : InputTensor;
        if (function.Names.Count > 0 && function.Names.Count != values.Length)
            throw new ArgumentException($"InputTensor must have one tensor for each parameter of the function, {function.Names.Count} in all ({ShortText.List(function.Names)}); got {values.Length}.", nameof(InputTensor));
        return [.. values.Select(value => TensorInput.ToTensor(value, nameof(InputTensor), device: device))];
    }
}
