namespace ReparamPS.TorchGuard;

/// <summary>
/// Functions that TorchSharp calls in place of the native functions of the same name (the weaver replaces the calls). Each refuses, with an exception, what
/// the native function would end the process for, and otherwise returns the same.
/// </summary>
public static unsafe partial class Replacements
{
    /// <summary>The matrix product. For one and two dimensions libtorch's own matmul calls these functions.</summary>
    public static nint THSTensor_matmul(nint left, nint right) => (Native.THSTensor_ndimension(left), Native.THSTensor_ndimension(right)) switch
    {
        (2, 2) => Native.THSTensor_mm(left, right),
        (2, 1) => Native.THSTensor_mv(left, right),
        (1, 1) => Native.THSTensor_dot(left, right),
        (1, 2) => VectorMatrix(left, right),
        _ => Interpreter.Call("matmul"u8, Argument.Tensor(left), Argument.Tensor(right))[0],
    };

    /// <summary>Cumulative maxima and their indices.</summary>
    public static void THSTensor_cummax(nint tensor, Delegate allocator, long dim) => AlongDimension("cummax"u8, tensor, allocator, dim);

    /// <summary>Cumulative minima and their indices.</summary>
    public static void THSTensor_cummin(nint tensor, Delegate allocator, long dim) => AlongDimension("cummin"u8, tensor, allocator, dim);

    /// <summary>Gradients of outputs with respect to inputs.</summary>
    public static void THSAutograd_grad(nint outputs, long outputCount, nint inputs, long inputCount, nint seeds, long seedCount,
        bool retainGraph, bool createGraph, bool allowUnused, Delegate allocator)
    {
        Argument[] outputList = List(outputs, outputCount), inputList = List(inputs, inputCount), seedList = List(seeds, seedCount);
        fixed (Argument* firstOutput = outputList)
        fixed (Argument* firstInput = inputList)
        fixed (Argument* firstSeed = seedList)
        {
            Argument ofOutputs = Argument.Tensors(firstOutput, outputList.Length), ofInputs = Argument.Tensors(firstInput, inputList.Length);
            Argument retain = Argument.Boolean(retainGraph), create = Argument.Boolean(createGraph), allow = Argument.Boolean(allowUnused);
            Return(allocator, seedCount == 0
                ? Interpreter.Call("grad"u8, ofOutputs, ofInputs, retain, create, allow)
                : Interpreter.Call("grad_with"u8, ofOutputs, ofInputs, Argument.Tensors(firstSeed, seedList.Length), retain, create, allow));
        }
    }

    /// <summary>The variance along dimensions. The native function first takes the variance of all elements, outside its try block.</summary>
    public static nint THSTensor_var_along_dimensions(nint tensor, nint dimensions, int length, bool unbiased, bool keepDim)
    {
        const sbyte Float16 = 5, BFloat16 = 15, ComplexFloat64 = 10;
        bool isFloating = Native.THSTensor_type(tensor) is >= Float16 and <= ComplexFloat64 or BFloat16;
        if (isFloating && Native.THSTensor_is_sparse(tensor) == 0) return Native.THSTensor_var_along_dimensions(tensor, dimensions, length, Byte(unbiased), Byte(keepDim));
        nint variance = Native.THSTensor_var_mean_along_dimensions(tensor, dimensions, length, Byte(unbiased), Byte(keepDim), out nint mean);
        if (mean != 0) Native.THSTensor_dispose(mean);
        return variance;
    }

    private static nint VectorMatrix(nint vector, nint matrix)
    {
        nint row = Native.THSTensor_unsqueeze(vector, 0);
        if (row == 0) return 0;
        nint product = Native.THSTensor_mm(row, matrix);
        Native.THSTensor_dispose(row);
        if (product == 0) return 0;
        nint result = Native.THSTensor_squeeze(product, 0);
        Native.THSTensor_dispose(product);
        return result;
    }

    private static void AlongDimension(ReadOnlySpan<byte> function, nint tensor, Delegate allocator, long dim)
    {
        nint number = Native.THSTorch_int64_to_scalar(dim);
        try
        {
            Return(allocator, Interpreter.Call(function, Argument.Tensor(tensor), Argument.Number(number)));
        }
        finally
        {
            Native.THSTorch_dispose_scalar(number);
        }
    }

    private static Argument[] List(nint tensors, long count)
    {
        var list = new Argument[count];
        for (int i = 0; i < list.Length; i++) list[i] = Argument.Tensor(((nint*)tensors)[i]);
        return list;
    }

    private static void Return(Delegate allocator, nint[] handles)
    {
        var allocate = (delegate* unmanaged[Cdecl]<nint, nint*>)System.Runtime.InteropServices.Marshal.GetFunctionPointerForDelegate(allocator);
        nint* results = allocate(handles.Length);
        for (int i = 0; i < handles.Length; i++) results[i] = handles[i];
        GC.KeepAlive(allocator);
    }

    private static byte Byte(bool value) => value ? (byte)1 : (byte)0;
}
