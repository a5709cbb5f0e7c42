using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Native;
using ReparamPS.Torch;
using TorchSharp;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Tensors;

/// <summary>Creates a tensor from numbers.</summary>
/// <remarks>
/// The counterpart of torch.tensor(). A number becomes a scalar, an array a vector, nested arrays of equal lengths a matrix, and so on. Numbers and Booleans become float64, unless -DType is given.
/// With -DType int64, integers of any kind are stored exactly, and numbers with a fraction lose it: 2.7 becomes 2. With this type, NaN and numbers outside the range of int64 are errors.
/// The garbage collector frees the tensor; to free it earlier, call its Dispose().
/// </remarks>
/// <example>
/// <para>A 2 × 2 matrix</para>
/// <code>New-Tensor @(@(1, 2), @(3, 4))</code>
/// </example>
/// <example>
/// <para>A leaf tensor and its gradient</para>
/// <code>$x = New-Tensor 1, 2, 3 -RequiresGrad
/// $x.pow(2).sum().backward()
/// $x.grad   # [2, 4, 6]</code>
/// </example>
[Cmdlet(VerbsCommon.New, "Tensor"), OutputType(typeof(torch.Tensor))]
public sealed class NewTensorCommand : ReparamCmdlet
{
    /// <summary>The values. Allowed: a number, a Boolean, a number as text such as '1.5', a tensor, or nested arrays of these; in an array, a tensor must have one element. Tensors are copied without their graphs; the copy has the type -DType (float64 by default) and is on -Device.</summary>
    [Parameter(Mandatory = true, Position = 0), AllowEmptyCollection]
    public object Value { get; set; } = null!;

    /// <summary>The element type. Allowed: float64, float32, int64, bool. Default: float64.</summary>
    [Parameter, ArgumentCompleter(typeof(TensorDTypeCompleter)), Exact<string>]
    public string DType { get; set; } = "float64";

    /// <summary>The device. Allowed: cpu, cuda, cuda:N. Default: cpu.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string Device { get; set; } = "cpu";

    /// <summary>Records operations on the tensor for gradients, as requires_grad=True in PyTorch. DType must be float64 or float32.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Value;

    /// <inheritdoc/>
    protected override void Process()
    {
        NativeLibraries.LoadTorch();
        torch.ScalarType dtype = TorchTypes.Parse(DType);
        if (RequiresGrad && dtype is not (torch.ScalarType.Float64 or torch.ScalarType.Float32))
            throw new ArgumentException($"RequiresGrad needs DType float64 or float32; got {ShortText.Of(DType)}.", nameof(RequiresGrad));
        torch.Device device = TorchDevices.Parse(Device);
        WriteObject(Made(dtype, device));
    }

    private torch.Tensor Made(torch.ScalarType dtype, torch.Device device)
    {
        // Without graphs, also of tensors in a list.
        using var mode = torch.no_grad();
        torch.Tensor made = TensorInput.ToTensor(Value, nameof(Value), dtype, device, RequiresGrad);
        if (!TensorInput.IsTensor(Value)) return made;
        using torch.Tensor detached = made.detach();
        return detached.clone().requires_grad_(RequiresGrad);
    }
}
