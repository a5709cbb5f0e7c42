using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Tensors;

/// <summary>Converts a tensor to numbers.</summary>
/// <remarks>
/// <para>Returns the elements one by one, in row-major order. -AsArray returns one array per tensor, with one level of nesting per dimension. Floating-point numbers of any size become [double], integers of any size [long], and Booleans [bool].</para>
/// <para>The property Values of a tensor returns all elements as [double], which keeps 53 bits of an integer. The method ToArray() returns the same nested array as -AsArray.</para>
/// </remarks>
/// <example>
/// <para>The numbers of a gradient</para>
/// <code>$x = New-Tensor 1, 2, 3 -RequiresGrad
/// $x.pow(2).sum().backward()
/// $x.grad | ConvertFrom-Tensor</code>
/// </example>
/// <example>
/// <para>A matrix as nested arrays</para>
/// <code>$rows = New-Tensor @(@(1, 2), @(3, 4)) | ConvertFrom-Tensor -AsArray
/// $rows[1][0]   # 3</code>
/// </example>
[Cmdlet(VerbsData.ConvertFrom, "Tensor"), OutputType(typeof(double), typeof(long), typeof(bool), typeof(object[]))]
public sealed class ConvertFromTensorCommand : ReparamCmdlet
{
    /// <summary>The tensor. Allowed: a tensor, or the result of Invoke-RSample or Invoke-Sample.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("InputObject")]
    public object Tensor { get; set; } = null!;

    /// <summary>Returns one nested array per tensor instead of single elements.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter AsArray { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Tensor;

    /// <inheritdoc/>
    protected override void Process()
    {
        object? given = TensorInput.Unwrap(Tensor);
        if (given is not (torch.Tensor or SampleBatch)) throw new ArgumentException($"Tensor must be a tensor, or draws from Invoke-RSample or Invoke-Sample; got {NestedNumbers.Quoted(given)}.", nameof(Tensor));
        torch.Tensor tensor = TensorInput.ToTensor(given, nameof(Tensor));
        if (tensor.is_complex()) throw new ArgumentException($"Tensor must be real; got a tensor of type {TorchTypes.NameOf(tensor.dtype)}. Convert its .real, .imag or .view_as_real() instead.", nameof(Tensor));
        if (AsArray)
        {
            WriteObject(ManagedValues.ToNested(tensor));
        }
        else
        {
            using torch.Tensor flat = tensor.detach().reshape(-1);
            WriteObject(ManagedValues.ToNested(flat), enumerateCollection: true);
        }
        if (given is SampleBatch) tensor.Dispose();
    }
}
