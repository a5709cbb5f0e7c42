using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>
/// Members of a tensor at the prompt (ReparamPS.Types.ps1xml). TorchSharp overloads these for Tensor and Scalar. PowerShell can convert a
/// number to either, so such calls are ambiguous to it. PyTorch's item() is generic in TorchSharp. Each method accepts the arguments of PyTorch's, in their order. PowerShell drops arguments beyond the last parameter,
/// so each has one more, which must stay empty.
/// </summary>
public static partial class TensorMembers
{
    /// <summary>The only element as a number, as in PyTorch.</summary>
    public static object Item(PSObject self)
    {
        Tensor tensor = Self(self);
        if (tensor.numel() != 1)
            throw new ArgumentException($"item() needs a tensor with one element; this one has the shape {TensorShapes.Format(tensor.shape)}. Leave out .item() if a tensor will do, which also keeps the gradient; otherwise use .ToArray().");
        return tensor.dtype switch
        {
            ScalarType.Bool => tensor.item<bool>(),
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => tensor.to(ScalarType.Int64).item<long>(),
            ScalarType.Float32 => tensor.item<float>(),
            _ when tensor.is_complex() => throw new ArgumentException($"item() returns real numbers; got a tensor of type {TorchTypes.NameOf(tensor.dtype)}. Write .real.item() or .imag.item()."),
            _ => tensor.to(ScalarType.Float64).item<double>(),
        };
    }

    /// <summary>A number, or arrays nested as the dimensions are.</summary>
    public static object ToArray(PSObject self) => ManagedValues.ToNested(Self(self));

    /// <summary>self ^ exponent.</summary>
    public static Tensor Pow(PSObject self, object exponent, object? surplus = null) => Apply(self, exponent, (x, y) => x.pow(y), (x, y) => x.pow(y), surplus);

    /// <summary>self + alpha × other.</summary>
    public static Tensor Add(PSObject self, object other, object? alpha = null, object? surplus = null)
    {
        if (alpha is null) return Apply(self, other, (x, y) => x.add(y), (x, y) => x.add(y), surplus);
        using Scalar factor = Factor(alpha);
        return Apply(self, other, (x, y) => x.add(y, factor), (x, y) => x.add(y, factor), surplus);
    }

    /// <summary>self − alpha × other.</summary>
    public static Tensor Sub(PSObject self, object other, object? alpha = null, object? surplus = null)
    {
        if (alpha is null) return Apply(self, other, (x, y) => x.sub(y), (x, y) => x.sub(y), surplus);
        // TorchSharp has no sub() with alpha.
        using Scalar factor = Factor(alpha, sign: -1);
        return Apply(self, other, (x, y) => x.add(y, factor), (x, y) => x.add(y, factor), surplus);
    }

    /// <summary>self × other.</summary>
    public static Tensor Mul(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.mul(y), (x, y) => x.mul(y), surplus);

    /// <summary>self ÷ other, rounded toward zero (trunc), down (floor), or not.</summary>
    public static Tensor Div(PSObject self, object other, object? rounding = null, object? surplus = null)
    {
        RoundingMode mode = Rounding(rounding);
        return Apply(self, other, (x, y) => x.div(y, mode), (x, y) => x.div(y, mode), surplus);
    }

    /// <summary>self ÷ other.</summary>
    public static Tensor TrueDivide(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.div(y), (x, y) => x.div(y), surplus);

    /// <summary>self ÷ other, rounded down.</summary>
    public static Tensor FloorDivide(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.floor_divide(y), (x, y) => x.floor_divide(y), surplus);

    /// <summary>The remainder of self ÷ other, with the sign of other.</summary>
    public static Tensor Remainder(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.remainder(y), (x, y) => x.remainder(y), surplus);

    /// <summary>The remainder of self ÷ other, with the sign of self.</summary>
    public static Tensor Fmod(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.fmod(y), (x, y) => x.fmod(y), surplus);

    /// <summary>Adds alpha × other in place.</summary>
    public static Tensor AddInPlace(PSObject self, object other, object? alpha = null, object? surplus = null)
    {
        if (alpha is null) return Apply(self, other, (x, y) => x.add_(y), (x, y) => x.add_(y), surplus);
        using Scalar factor = Factor(alpha);
        return Apply(self, other, (x, y) => x.add_(y, factor), (x, y) => x.add_(y, factor), surplus);
    }

    /// <summary>Subtracts alpha × other in place.</summary>
    public static Tensor SubInPlace(PSObject self, object other, object? alpha = null, object? surplus = null)
    {
        if (alpha is null) return Apply(self, other, (x, y) => x.sub_(y), (x, y) => x.sub_(y), surplus);
        using Scalar factor = Factor(alpha, sign: -1);
        return Apply(self, other, (x, y) => x.add_(y, factor), (x, y) => x.add_(y, factor), surplus);
    }

    /// <summary>Multiplies by other in place.</summary>
    public static Tensor MulInPlace(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.mul_(y), (x, y) => x.mul_(y), surplus);

    /// <summary>Divides by other in place, with the rounding of div().</summary>
    public static Tensor DivInPlace(PSObject self, object other, object? rounding = null, object? surplus = null)
    {
        RoundingMode mode = Rounding(rounding);
        return Apply(self, other, (x, y) => x.div_(y, mode), (x, y) => x.div_(y, mode), surplus);
    }

    /// <summary>Raises to a power in place.</summary>
    public static Tensor PowInPlace(PSObject self, object exponent, object? surplus = null) => Apply(self, exponent, (x, y) => x.pow_(y), (x, y) => x.pow_(y), surplus);

    /// <summary>self &gt; other.</summary>
    public static Tensor Gt(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.gt(y), (x, y) => x.gt(y), surplus);

    /// <summary>self ≥ other.</summary>
    public static Tensor Ge(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.ge(y), (x, y) => x.ge(y), surplus);

    /// <summary>self &lt; other.</summary>
    public static Tensor Lt(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.lt(y), (x, y) => x.lt(y), surplus);

    /// <summary>self ≤ other.</summary>
    public static Tensor Le(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.le(y), (x, y) => x.le(y), surplus);

    /// <summary>self = other.</summary>
    public static Tensor Eq(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.eq(y), (x, y) => x.eq(y), surplus);

    /// <summary>self ≠ other.</summary>
    public static Tensor Ne(PSObject self, object other, object? surplus = null) => Apply(self, other, (x, y) => x.ne(y), (x, y) => x.ne(y), surplus);

    /// <summary>self clamped between two bounds, numbers or tensors; null or a missing second one for no bound.</summary>
    public static Tensor Clamp(PSObject self, object? min, object? max = null, object? surplus = null) => DistributionMembers.Plainly(() =>
    {
        RefuseSurplus(surplus);
        Tensor tensor = Self(self);
        using var scope = NewDisposeScope();
        Tensor? Bound(object? bound, string name) => bound is null ? null : TensorInput.ToOperand(tensor, bound, name);
        return tensor.clamp(Bound(min, "min"), Bound(max, "max")).MoveToOuterDisposeScope();
    });

    /// <summary>Computes gradients; the arguments are those of TorchSharp, and the first may also be one tensor, a number or a list.</summary>
    /// <param name="self">The tensor.</param>
    /// <param name="gradient">The gradient in the tensor's own shape; null for a tensor with one number.</param>
    /// <param name="createGraph">Whether the gradients get a graph of their own.</param>
    /// <param name="retainGraph">Whether the graph is kept for another call.</param>
    /// <param name="inputs">The leaves that get a gradient; null for all.</param>
    public static void Backward(PSObject self, object? gradient = null, bool createGraph = false, bool retainGraph = false, Tensor[]? inputs = null) => DistributionMembers.Plainly<object?>(() =>
    {
        Tensor tensor = Self(self);
        object? bare = TensorInput.Unwrap(gradient);
        if (bare is bool) throw new ArgumentException("The first argument of backward() must be a gradient or null. To keep the graph for another call, write backward($null, $false, $true).");
        if (bare is IList<Tensor> { Count: 1 } only) bare = only[0];
        IList<Tensor>? gradients = bare is null ? null : [bare as Tensor ?? TensorInput.ToOperand(tensor, bare, nameof(gradient))];
        tensor.backward(gradients, createGraph, retainGraph, inputs);
        return null;
    });

    /// <summary>clamp() in place.</summary>
    public static Tensor ClampInPlace(PSObject self, object? min, object? max = null, object? surplus = null)
    {
        RefuseSurplus(surplus);
        using Tensor bounded = Clamp(self, min, max);
        return Self(self).copy_(bounded);
    }

    private static RoundingMode Rounding(object? rounding) => TensorInput.Unwrap(rounding) switch
    {
        null => RoundingMode.None,
        RoundingMode given => given,
        string text when text.Equals("floor", StringComparison.OrdinalIgnoreCase) => RoundingMode.floor,
        string text when text.Equals("trunc", StringComparison.OrdinalIgnoreCase) => RoundingMode.trunc,
        var refused => throw new ArgumentException($"The rounding of div() must be floor or trunc; got {ArgumentRules.Got(refused)}."),
    };

    private static Tensor Self(PSObject self) => (Tensor)self.BaseObject;

    /// <summary>Refuses an argument beyond those of PyTorch.</summary>
    internal static void RefuseSurplus(object? surplus, [CallerMemberName] string method = "")
    {
        if (surplus is null) return;
        MethodInfo called = typeof(TensorMembers).GetMethod(method) ?? typeof(DistributionMembers).GetMethod(method)!;
        string[] names = [.. called.GetParameters().Skip(1).SkipLast(1).Select(parameter => parameter.Name!)];
        string name = Capitals().Replace(method.Replace("InPlace", "_", StringComparison.Ordinal), "_$0").ToLowerInvariant();
        throw new ArgumentException($"{name}() takes at most {(names.Length == 1 ? "one argument" : $"{names.Length} arguments")} ({string.Join(", ", names)}); got a further one: {ArgumentRules.Got(TensorInput.Unwrap(surplus))}.");
    }

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capitals();

    private static Scalar Factor(object alpha, int sign = 1) => TensorInput.Unwrap(alpha) switch
    {
        (int or long or short or byte) and var whole => sign * Convert.ToInt64(whole, CultureInfo.InvariantCulture),
        (double or float or decimal) and var real => sign * Convert.ToDouble(real, CultureInfo.InvariantCulture),
        var refused => throw new ArgumentException($"alpha must be a number; got {ArgumentRules.Got(refused)}."),
    };

    private static Tensor Apply(PSObject self, object other, Func<Tensor, Tensor, Tensor> withTensor, Func<Tensor, Scalar, Tensor> withNumber, object? surplus, [CallerMemberName] string method = "") => DistributionMembers.Plainly(() =>
    {
        RefuseSurplus(surplus, method);
        Tensor tensor = Self(self);
        object? bare = TensorInput.Unwrap(other);
        switch (bare)
        {
            case Tensor second: return withTensor(tensor, second);
            case bool flag: return withNumber(tensor, flag);
            case int or long or short or byte: return withNumber(tensor, Convert.ToInt64(bare, CultureInfo.InvariantCulture));
            case double or float or decimal: return withNumber(tensor, Convert.ToDouble(bare, CultureInfo.InvariantCulture));
            default:
                using (Tensor made = TensorInput.ToOperand(tensor, other, method.StartsWith(nameof(Pow), StringComparison.Ordinal) ? "exponent" : nameof(other))) return withTensor(tensor, made);
        }
    });
}
