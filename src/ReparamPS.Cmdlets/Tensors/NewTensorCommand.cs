using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Native;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Tensors;

/// <summary>Makes a tensor from numbers.</summary>
/// <remarks>
/// The counterpart of torch.tensor(): a number gives a scalar, an array a vector, nested arrays of equal lengths a matrix and so on. Whoever takes the tensor may dispose of it; otherwise the garbage
/// collector does.
/// </remarks>
/// <example>
/// <para>A 2 × 2 matrix</para>
/// <code>New-Tensor @(@(1, 2), @(3, 4))</code>
/// </example>
/// <example>
/// <para>A leaf that gathers a gradient</para>
/// <code>$x = New-Tensor 1, 2, 3 -RequiresGrad
/// $x.pow(2).sum().backward()
/// $x.grad   # [2, 4, 6]</code>
/// </example>
[Cmdlet(VerbsCommon.New, "Tensor"), OutputType(typeof(torch.Tensor))]
public sealed class NewTensorCommand : ReparamCmdlet
{
    /// <summary>A number, nested arrays of numbers, numeric text (invariant culture), or a tensor, which is copied.</summary>
    [Parameter(Mandatory = true, Position = 0), AllowEmptyCollection]
    public object Value { get; set; } = null!;

    /// <summary>The element type: float64 (default), float32, int64 or bool.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter))]
    public string DType { get; set; } = "float64";

    /// <summary>Where the tensor lives: cpu (default), cuda or cuda:N.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "cpu";

    /// <summary>Makes it a leaf that requires gradients.</summary>
    [Parameter]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Value;

    /// <inheritdoc/>
    protected override void Process()
    {
        NativeLibraries.LoadTorch();
        torch.ScalarType dtype = TorchTypes.Parse(DType);
        if (RequiresGrad && dtype is not (torch.ScalarType.Float64 or torch.ScalarType.Float32))
            throw new ArgumentException($"RequiresGrad needs a floating DType (float64, float32), not {DType}.", nameof(RequiresGrad));
        torch.Device device = TorchDevices.Parse(Device);
        torch.Tensor made = TensorInput.ToTensor(Value, nameof(Value), dtype, device, RequiresGrad);
        if (TensorInput.IsTensor(Value))
        {
            using torch.Tensor detached = made.detach();
            made = detached.clone().requires_grad_(RequiresGrad);
        }
        WriteObject(made);
    }
}
