using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Gradients;
using ReparamPS.Native;
using TorchSharp;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Tells whether the gradient of a script block or .NET delegate of tensors is right.</summary>
/// <remarks>
/// The counterpart of torch.autograd.gradcheck and gradgradcheck, with their defaults: every derivative by automatic differentiation is compared with a central difference in float64, and
/// passes where |analytic − numeric| ≤ AbsoluteTolerance + RelativeTolerance · |numeric|.
/// There is one row for each input, its worst entry; where entries fail there are the worst of them, each with the reason: Mismatch, NoGradient, Nondeterministic, NonFinite, Kink or NotDifferentiable.
/// Inputs that require gradients are checked; where none does, all floating ones. They are copied, and keep their value and gradient.
/// Inputs and results are float64 or float32; complex results are refused, since real() and imag() of them can be checked.
/// </remarks>
/// <example>
/// <para>A function of two tensors</para>
/// <code>$x = New-Tensor @(@(0.1, 0.2), @(0.3, 0.4)); $w = New-Tensor 0.5, -0.5
/// Test-Gradient { param($x, $w) $x.matmul($w).tanh().sum() } -InputTensor $x, $w</code>
/// </example>
/// <example>
/// <para>Why a gradient is wrong: at a kink</para>
/// <code>Test-Gradient { param($x) $x.relu() } -InputTensor (New-Tensor -1, 0, 1)</code>
/// </example>
/// <example>
/// <para>Second order, as one Boolean</para>
/// <code>Test-Gradient { $_.pow(3).sum() } -InputTensor (New-Tensor 1, 2, 3) -Order 2 -Quiet</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "Gradient"), OutputType(typeof(GradientCheckRow), typeof(bool))]
public sealed class TestGradientCommand : ReparamCmdlet
{
    private bool allPassed = true;

    /// <summary>The function: a script block, which gets the inputs as its parameters and the first of them as $_ as well, or a delegate of tensors. It gives one tensor or several.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("ScriptBlock")]
    public object Function { get; set; } = null!;

    /// <summary>The point: one value for each parameter of the function, as tensors, numbers or nested arrays. Plain numbers for a function of one parameter are one vector.</summary>
    [Parameter(Mandatory = true, Position = 1), Alias("Input")]
    public object[] InputTensor { get; set; } = [];

    /// <summary>1 (default) checks the gradient; 2 checks the gradient of the gradient as well.</summary>
    [Parameter, ValidateRange(1, 2)]
    public int Order { get; set; } = 1;

    /// <summary>Compares random projections of the Jacobian instead of every entry: a few evaluations instead of two for each input element. Where they disagree the entries are checked.</summary>
    [Parameter]
    public SwitchParameter Fast { get; set; }

    /// <summary>The step of the central differences; 1e-6 unless given.</summary>
    [Parameter, Alias("eps")]
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>The absolute error that is allowed; 1e-5 unless given.</summary>
    [Parameter, Alias("atol"), ValidateRange(0.0, double.MaxValue)]
    public double AbsoluteTolerance { get; set; } = 1e-5;

    /// <summary>The error that is allowed relative to the numeric derivative; 1e-3 unless given.</summary>
    [Parameter, Alias("rtol"), ValidateRange(0.0, double.MaxValue)]
    public double RelativeTolerance { get; set; } = 1e-3;

    /// <summary>How far two evaluations at the same inputs may be apart; 0 unless given.</summary>
    [Parameter, ValidateRange(0.0, double.MaxValue)]
    public double NondeterminismTolerance { get; set; }

    /// <summary>How many entries of an input are shown where it fails; 5 unless given.</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int WorstEntries { get; set; } = 5;

    /// <summary>The seed of the random projections.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>Gives one Boolean, True if everything passed, instead of rows.</summary>
    [Parameter]
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
                WriteWarning("An input is float32, whose precision is too low for the default Epsilon and tolerances: New-Tensor makes float64.");
            rows = GradientCheck.Run(function.Function, inputs, new GradientCheckOptions
            {
                Epsilon = Epsilon, AbsoluteTolerance = AbsoluteTolerance, RelativeTolerance = RelativeTolerance, NondeterminismTolerance = NondeterminismTolerance,
                Order = Order, Fast = Fast, WorstEntries = WorstEntries, Seed = Seed, InputNames = function.Names,
            }, Cancellation);
        }
        if (!Quiet) WriteObject(rows, enumerateCollection: true);
        return rows.All(row => row.Passed);
    }

    private torch.Tensor[] Inputs(ScriptFunction function)
    {
        bool oneVector = function.Names.Count <= 1 && InputTensor.Length > 1 && InputTensor.All(item => TensorInput.Unwrap(item) is IConvertible and not string);
        object?[] values = oneVector ? [InputTensor] : InputTensor;
        if (function.Names.Count > 0 && function.Names.Count != values.Length)
            throw new ArgumentException($"The function has {function.Names.Count} parameter(s) ({string.Join(", ", function.Names)}), but {values.Length} input(s) came.", nameof(InputTensor));
        return [.. values.Select(value => TensorInput.ToTensor(value, nameof(InputTensor)))];
    }
}
