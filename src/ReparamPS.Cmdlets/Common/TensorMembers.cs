using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>
/// Members of a tensor at the prompt (ReparamPS.Types.ps1xml). TorchSharp overloads these for Tensor and Scalar. PowerShell can convert a
/// number to either, so such calls are ambiguous to it. PyTorch's item() is generic in TorchSharp. Each method accepts the arguments of PyTorch's.
/// </summary>
public static class TensorMembers
{
    /// <summary>The only element as a number, as in PyTorch.</summary>
    public static object Item(PSObject self)
    {
        Tensor tensor = Self(self);
        return tensor.dtype switch
        {
            ScalarType.Bool => tensor.item<bool>(),
            ScalarType.Int64 => tensor.item<long>(),
            ScalarType.Float32 => tensor.item<float>(),
            _ when tensor.is_complex() => throw new ArgumentException($"item() returns real numbers; got a tensor of type {TorchTypes.NameOf(tensor.dtype)}. Write .real.item() or .imag.item()."),
            _ => tensor.to(ScalarType.Float64).item<double>(),
        };
    }

    /// <summary>A number, or arrays nested as the dimensions are.</summary>
    public static object ToArray(PSObject self) => ManagedValues.ToNested(Self(self));

    /// <summary>self ^ exponent.</summary>
    public static Tensor Pow(PSObject self, object exponent) => Apply(self, exponent, (x, y) => x.pow(y), (x, y) => x.pow(y));

    /// <summary>self + other.</summary>
    public static Tensor Add(PSObject self, object other) => Apply(self, other, (x, y) => x.add(y), (x, y) => x.add(y));

    /// <summary>self − other.</summary>
    public static Tensor Sub(PSObject self, object other) => Apply(self, other, (x, y) => x.sub(y), (x, y) => x.sub(y));

    /// <summary>self × other.</summary>
    public static Tensor Mul(PSObject self, object other) => Apply(self, other, (x, y) => x.mul(y), (x, y) => x.mul(y));

    /// <summary>self ÷ other.</summary>
    public static Tensor Div(PSObject self, object other) => Apply(self, other, (x, y) => x.div(y), (x, y) => x.div(y));

    /// <summary>self &gt; other.</summary>
    public static Tensor Gt(PSObject self, object other) => Apply(self, other, (x, y) => x.gt(y), (x, y) => x.gt(y));

    /// <summary>self ≥ other.</summary>
    public static Tensor Ge(PSObject self, object other) => Apply(self, other, (x, y) => x.ge(y), (x, y) => x.ge(y));

    /// <summary>self &lt; other.</summary>
    public static Tensor Lt(PSObject self, object other) => Apply(self, other, (x, y) => x.lt(y), (x, y) => x.lt(y));

    /// <summary>self ≤ other.</summary>
    public static Tensor Le(PSObject self, object other) => Apply(self, other, (x, y) => x.le(y), (x, y) => x.le(y));

    /// <summary>self = other.</summary>
    public static Tensor Eq(PSObject self, object other) => Apply(self, other, (x, y) => x.eq(y), (x, y) => x.eq(y));

    /// <summary>self ≠ other.</summary>
    public static Tensor Ne(PSObject self, object other) => Apply(self, other, (x, y) => x.ne(y), (x, y) => x.ne(y));

    /// <summary>self clamped between two bounds, numbers or tensors; null or a missing second one for no bound.</summary>
    public static Tensor Clamp(PSObject self, object? low, object? high = null)
    {
        Tensor tensor = Self(self);
        using var scope = NewDisposeScope();
        Tensor? Bound(object? bound, string name) => bound is null ? null : TensorInput.ToOperand(tensor, bound, name);
        return tensor.clamp(Bound(low, "min"), Bound(high, "max")).MoveToOuterDisposeScope();
    }

    private static Tensor Self(PSObject self) => (Tensor)self.BaseObject;

    private static Tensor Apply(PSObject self, object other, Func<Tensor, Tensor, Tensor> withTensor, Func<Tensor, Scalar, Tensor> withNumber)
    {
        Tensor tensor = Self(self);
        object? bare = TensorInput.Unwrap(other);
        switch (bare)
        {
            case Tensor second: return withTensor(tensor, second);
            case int or long or short or byte or bool: return withNumber(tensor, Convert.ToInt64(bare, System.Globalization.CultureInfo.InvariantCulture));
            case double or float or decimal: return withNumber(tensor, Convert.ToDouble(bare, System.Globalization.CultureInfo.InvariantCulture));
            default:
                using (Tensor made = TensorInput.ToOperand(tensor, other, "other")) return withTensor(tensor, made);
        }
    }
}
