using System.Runtime.InteropServices;
using ReparamPS.Native;
using ReparamPS.TorchGuard;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Native;

/// <summary>TorchSharp as the build rewrites it: valid calls return what they returned, mistakes are exceptions.</summary>
public sealed class TorchGuardTests
{
    public TorchGuardTests() => NativeLibraries.LoadTorch();

    [Fact]
    public void TheRewrittenAssemblyKeepsItsIdentity()
    {
        var name = typeof(torch).Assembly.GetName();
        Assert.Equal("TorchSharp", name.Name);
        Assert.Contains(typeof(torch).Assembly.GetReferencedAssemblies(), each => each.Name == "ReparamPS.TorchGuard");
    }

    [Theory]
    [InlineData(new long[] { 3 }, new long[] { 3 })]
    [InlineData(new long[] { 2, 3 }, new long[] { 3 })]
    [InlineData(new long[] { 3 }, new long[] { 3, 2 })]
    [InlineData(new long[] { 3 }, new long[] { 3, 1 })]
    [InlineData(new long[] { 4, 3 }, new long[] { 3, 2 })]
    [InlineData(new long[] { 5, 4, 3 }, new long[] { 3, 2 })]
    [InlineData(new long[] { 4, 3 }, new long[] { 5, 3, 2 })]
    public void TheMatrixProductSumsOverTheInnerDimension(long[] left, long[] right)
    {
        using var scope = NewDisposeScope();
        Tensor a = arange(left.Aggregate((x, y) => x * y), ScalarType.Float64).reshape(left).requires_grad_(), b = arange(right.Aggregate((x, y) => x * y), ScalarType.Float64).reshape(right);
        Tensor product = a.matmul(b);
        Tensor wide = (left.Length == 1 ? a.unsqueeze(0) : a).unsqueeze(-1) * (right.Length == 1 ? b.unsqueeze(-1) : b).unsqueeze(-3);
        Assert.Equal(wide.sum(-2, false).flatten().data<double>().ToArray(), product.flatten().data<double>().ToArray());
        product.sum().backward();
        Tensor rows = right.Length == 1 ? b : right.Length == 3 ? b.sum(2, false).sum(0, false) : b.sum(1, false);
        Assert.Equal(rows.data<double>().ToArray(), a.grad!.reshape(-1, 3)[0].data<double>().ToArray());
    }

    [Theory, InlineData(1), InlineData(2)]
    public void AVectorTimesAMatrixIsAVector(long columns) => Assert.Equal([columns], ones(3).matmul(ones(3, columns)).shape);

    [Fact]
    public void CumulativeExtremesComeWithIndicesAndGradients()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new double[] { 2, 1, 3, 0 }).requires_grad_();
        (Tensor max, Tensor maxAt) = x.cummax(0);
        (Tensor min, Tensor minAt) = x.cummin(-1);
        Assert.Equal([2, 2, 3, 3], max.data<double>().ToArray());
        Assert.Equal([0, 0, 2, 2], maxAt.data<long>().ToArray());
        Assert.Equal([2, 1, 1, 0], min.data<double>().ToArray());
        Assert.Equal([0, 1, 1, 3], minAt.data<long>().ToArray());
        max.sum().backward();
        Assert.Equal([2, 0, 2, 0], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void GradientsTakeSeedsUnusedInputsAndSecondOrders()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new double[] { 1, 2 }).requires_grad_(), unused = tensor(1.0).requires_grad_();
        Tensor first = autograd.grad([x.pow(3)], [x], [tensor(new double[] { 1, 10 })], create_graph: true)[0];
        Assert.Equal([3, 120], first.data<double>().ToArray());
        Assert.Equal([6, 120], autograd.grad([first.sum()], [x])[0].data<double>().ToArray());
        Assert.True(autograd.grad([x.sum()], [x, unused], allow_unused: true)[1].IsInvalid);
        Assert.Throws<ExternalException>(() => autograd.grad([x.sum()], [unused]));
        Assert.Throws<ExternalException>(() => autograd.grad([x.mul(2)], [x]));
    }

    [Theory]
    [InlineData(2147483647.0, true)]
    [InlineData(2147483648.0, false)]
    [InlineData(-2147483648.0, true)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void NumbersConvertToInt32OnlyWithinItsRange(double value, bool fits)
    {
        using var number = value.ToScalar();
        if (fits) Assert.Equal((int)value, number.ToInt32());
        else Assert.Throws<OverflowException>(() => number.ToInt32());
    }

    [Theory]
    [InlineData(300.7)]
    [InlineData(299.5)]
    [InlineData(-0.5)]
    public void AFractionDoesNotConvertToAnInteger(double value)
    {
        using var number = value.ToScalar();
        foreach (Action conversion in new Action[] { () => number.ToByte(), () => number.ToInt16(), () => number.ToInt32(), () => number.ToInt64() })
        {
            Exception error = Assert.ThrowsAny<Exception>(conversion);
            Assert.Contains(FormattableString.Invariant($"{value} is "), error.Message, StringComparison.Ordinal);
        }
        Assert.Equal($"{value.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not an integer and cannot be converted to Int32. Round it first.", Assert.Throws<InvalidCastException>(() => number.ToInt32()).Message);
    }

    [Fact]
    public void HalfAndBFloat16RoundToTheNearestAndOverflow()
    {
        using Scalar third = 1.0 / 3, large = 70000.0, infinite = double.PositiveInfinity;
        Assert.Equal((Half)(1.0 / 3), third.ToHalf());
        Assert.Equal(0.333984375f, third.ToBFloat16().ToSingle());
        Assert.Throws<OverflowException>(() => large.ToHalf());
        Assert.True(Half.IsPositiveInfinity(infinite.ToHalf()));
        Assert.Equal(69632f, large.ToBFloat16().ToSingle(), 512f);
    }

    [Fact]
    public void RandomFactoriesDrawTheNumbersOfTheirDefinitions()
    {
        using var scope = NewDisposeScope();
        using var one = new Generator(5);
        using var other = new Generator(5);
        Assert.Equal(empty(7, ScalarType.Float64).uniform_(0, 1, one).data<double>().ToArray(), rand(7, ScalarType.Float64, generator: other).data<double>().ToArray());
        Assert.Equal([0, 1, 2, 3, 4], randperm(5).data<long>().ToArray().Order());
        Assert.True(rand(2, requires_grad: true).requires_grad);
    }

    public static TheoryData<Action> Mistakes() => new(
        () => rand(-3), () => randperm(-3), () => ones(2, ScalarType.Int64).var(0), () => ones(2).to_sparse().storage_offset(), () => set_num_threads(0), () => set_num_interop_threads(-1),
        () => _ = ones(3)[TensorIndex.Slice(0, 3, 0)], () => einsum(null!, ones(2)), () => ones(2, 2).matmul(ones(3)), () => ones(3).matmul(ones(2, 2)), () => ones(2).matmul(ones(2, 2, ScalarType.Int64)), () => ones(2, 2, 2).matmul(ones(3)), () => ones(3).cummin(4),
        () => Generator.Default.set_state(ones(3)), () => Generator.Default.set_state(zeros(5056, ScalarType.Byte)), () => zeros(2, device: new Device(DeviceType.CPU, 4)), () => zeros(1L << 40, 1L << 20));

    [Theory, MemberData(nameof(Mistakes))]
    public void AMistakeIsAnExceptionWithOneShortMessage(Action mistake)
    {
        Exception? error = Record.Exception(mistake);
        Assert.NotNull(error);
        Assert.DoesNotContain('\n', error.Message);
        Assert.InRange(error.Message.Length, 10, 300);
    }

    [Theory]
    [InlineData("size mismatch\nException raised from f at /x/y.cpp:3 (most recent call first):\nframe #0: f + 0x1 (0x2 in lib.so)", "size mismatch")]
    [InlineData("The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most recent call last):\n  File \"<string>\", line 4\nRuntimeError: bad dim", "bad dim")]
    [InlineData("Storage size calculation overflowed with sizes=[9, 9]", "A tensor of size [9, 9] is too large for any memory.")]
    public void MessagesLoseTheirStackFrames(string native, string message) => Assert.Equal(message, NativeErrors.Clean(native));

    [Fact]
    public void ErrorsOfGradientsSayWhatToDo()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("draw with Invoke-RSample -AsTensor or rsample()", Message(() => tensor(1.0).backward()), StringComparison.Ordinal);
        Tensor x = tensor([1.0, 2.0], requires_grad: true), sum = x.mul(x).sum();
        Assert.Contains("single number", Message(() => x.mul(2).backward()), StringComparison.Ordinal);
        sum.backward();
        Assert.Contains("Compute the tensor again", Message(() => sum.backward()), StringComparison.Ordinal);
        Assert.Contains("cannot be changed in place", Message(() => x.add_(1)), StringComparison.Ordinal);

        static string Message(Action act) => Assert.Throws<System.Runtime.InteropServices.ExternalException>(act).Message;
    }

    [Fact]
    public void ARequestBeyondMemoryNamesItsSize() =>
        Assert.StartsWith("Not enough memory: needed 8 TB, available ", NativeErrors.Clean("[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 8000000000000 bytes. Error code 12"));

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 8000000000000 bytes. Error code 12", true)]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 139.80 GiB of which 1.00 GiB is free.", true)]
    [InlineData("size mismatch", false)]
    public void AnErrorOfMemoryIsKnownAsOne(string native, bool expected) => Assert.Equal(expected, NativeErrors.IsOutOfMemory(new System.Runtime.InteropServices.ExternalException(NativeErrors.Clean(native))));
}
