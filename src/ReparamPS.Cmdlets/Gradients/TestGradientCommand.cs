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
/// <para>The counterpart of torch.autograd.gradcheck and gradgradcheck, with their defaults. Every derivative is compared with a central difference in float64.
/// It passes if |analytic − numeric| ≤ AbsoluteTolerance + RelativeTolerance · |numeric|.</para>
/// <para>Each input is one row, its worst entry. If entries fail, the worst of them are rows, each with the reason: Mismatch, NoGradient, Nondeterministic, NonFinite, Kink or NotDifferentiable.</para>
/// <para>Inputs that require gradients are checked; if none does, all floating-point inputs. They are copied, so their values and gradients stay unchanged.
/// Inputs and results are float64 or float32. For a complex result, check its real and imaginary parts.</para>
/// <para>On CUDA, the gradients of indexing (index_select, gather, index_put) add in an order that changes from run to run. The last digits then differ, and the verdict is Nondeterministic
/// unless NondeterminismTolerance is above 0; 1e-12 is enough for most functions in float64.</para>
/// </remarks>
/// <example>
/// <para>A function of two tensors</para>
/// <code>$x = New-Tensor @(@(0.1, 0.2), @(0.3, 0.4)); $w = New-Tensor 0.5, -0.5
/// Test-Gradient { param($x, $w)
///     $x.matmul($w).tanh().sum()
/// } -InputTensor $x, $w</code>
/// </example>
/// <example>
/// <para>Why the gradient is wrong at a kink</para>
/// <code>Test-Gradient { param($x) $x.relu() } -InputTensor (New-Tensor -1, 0, 1)</code>
/// </example>
/// <example>
/// <para>Second order, as one Boolean</para>
/// <code>Test-Gradient {
///     $_.pow(3).sum()
/// } -InputTensor (New-Tensor 1, 2, 3) -Order 2 -Quiet</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "Gradient"), OutputType(typeof(GradientCheckRow), typeof(bool))]
public sealed class TestGradientCommand : RandomCmdlet
{
    private bool allPassed = true;

    /// <summary>The function: a script block or a delegate of tensors. A script block gets the inputs as parameters, and the first one as $_; it returns one or several tensors.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("ScriptBlock")]
    public object Function { get; set; } = null!;

    /// <summary>The point: one tensor, number or nested array per parameter of the function. Plain numbers for a function of one parameter are one vector.</summary>
    [Parameter(Mandatory = true, Position = 1), Alias("Input")]
    public object[] InputTensor { get; set; } = [];

    /// <summary>The order of derivatives: 1 checks the gradient, 2 also the gradient of the gradient.</summary>
    [Parameter, AllowedRange(1, 2), Exact<int>]
    public int Order { get; set; } = 1;

    /// <summary>Compares random projections of the Jacobian instead of every entry. If they disagree, every entry is checked.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Fast { get; set; }

    /// <summary>The step of the central differences.</summary>
    [Parameter, Alias("eps"), Exact<double>]
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>The largest absolute error that passes.</summary>
    [Parameter, Alias("atol"), AllowedRange(0), Exact<double>]
    public double AbsoluteTolerance { get; set; } = 1e-5;

    /// <summary>The largest error that passes, relative to the numeric derivative.</summary>
    [Parameter, Alias("rtol"), AllowedRange(0), Exact<double>]
    public double RelativeTolerance { get; set; } = 1e-3;

    /// <summary>The largest difference between two evaluations at the same inputs that passes.</summary>
    [Parameter, AllowedRange(0), Exact<double>]
    public double NondeterminismTolerance { get; set; }

    /// <summary>The number of entries shown per failing input.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int WorstEntries { get; set; } = 5;

    /// <summary>The device to which inputs are moved. Allowed: cpu, cuda, cuda:N. Default: tensors stay on their device, and numbers are on the CPU.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <summary>The seed of the random projections.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>Returns one Boolean instead of rows: True if everything passed.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => TensorInput.Unwrap(Function);

    /// <inheritdoc/>
    protected override void Process()
    {
        bool passed = false;
        try
        {
            passed = Check();
        }
        finally
        {
            allPassed &= passed;
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Quiet) WriteObject(allPassed);
    }

    private bool Check()
    {
        NativeLibraries.LoadTorch();
        ScriptFunction function = ScriptFunction.From(Function, nameof(Function));
        IReadOnlyList<GradientCheckRow> rows;
        using (torch.NewDisposeScope())
        {
            torch.Tensor[] inputs = Inputs(function);
            if (inputs.Any(input => input.dtype == torch.ScalarType.Float32))
                WriteWarning("An input is float32, which is too imprecise for the default Epsilon and tolerances. Use float64, the default of New-Tensor.");
            rows = GradientCheck.Run(function.Function, inputs, new GradientCheckOptions
            {
                Epsilon = Epsilon, AbsoluteTolerance = AbsoluteTolerance, RelativeTolerance = RelativeTolerance, NondeterminismTolerance = NondeterminismTolerance,
                Order = Order, Fast = Fast, WorstEntries = WorstEntries, Seed = Seed, Generator = Generator, InputNames = function.Names,
            }, Cancellation);
        }
        if (!Quiet) WriteObject(rows, enumerateCollection: true);
        return rows.All(row => row.Passed);
    }

    private torch.Tensor[] Inputs(ScriptFunction function)
    {
        bool oneVector = function.Names.Count <= 1 && InputTensor.Length > 1 && InputTensor.All(item => TensorInput.Unwrap(item) is IConvertible and not string);
        torch.Device? device = Device is null ? null : TorchDevices.Parse(Device);
        object?[] values = oneVector ? [InputTensor] : InputTensor;
        if (function.Names.Count > 0 && function.Names.Count != values.Length)
            throw new ArgumentException($"InputTensor must have one value per parameter of the function ({ShortText.List(function.Names)}); got {values.Length} for {function.Names.Count}.", nameof(InputTensor));
        return [.. values.Select(value => TensorInput.ToTensor(value, nameof(InputTensor), device: device))];
    }
}
