namespace ReparamPS.TorchGuard;

public static unsafe partial class Replacements
{
    // How TorchSharp encodes an index: special values at the very bottom, then slices, then integers.
    private const long TensorIndex = long.MinValue + 5, FirstSlice = long.MinValue + 6, LastSlice = long.MinValue / 4, DefaultStep = long.MinValue;

    /// <summary>Elements at indices.</summary>
    public static nint THSTensor_index(nint tensor, nint starts, nint ends, nint steps, nint tensors, int length)
    {
        CheckSteps(starts, steps, length);
        return Native.THSTensor_index(tensor, starts, ends, steps, tensors, length);
    }

    /// <summary>Sets elements at indices to a number.</summary>
    public static void THSTensor_index_put_scalar_(nint tensor, nint starts, nint ends, nint steps, nint tensors, int length, nint value)
    {
        CheckSteps(starts, steps, length);
        Native.THSTensor_index_put_scalar_(tensor, starts, ends, steps, tensors, length, value);
    }

    /// <summary>Sets elements at indices, or adds to them.</summary>
    public static void THSTensor_index_put_(nint tensor, nint starts, nint ends, nint steps, nint tensors, int length, nint value, bool accumulate)
    {
        CheckSteps(starts, steps, length);
        for (int i = 0; accumulate && i < length; i++)
        {
            if (((long*)starts)[i] != TensorIndex) throw new ArgumentException("index_put_ with accumulate: every index must be a tensor.");
        }
        Native.THSTensor_index_put_(tensor, starts, ends, steps, tensors, length, value, Byte(accumulate));
    }

    /// <summary>The position of a tensor's first element in its storage.</summary>
    public static long THSTensor_storage_offset(nint tensor) => Native.THSTensor_storage_offset(Dense(tensor));

    /// <summary>The bytes of a tensor's storage.</summary>
    public static ulong THSStorage_nbytes(nint tensor) => Native.THSStorage_nbytes(Dense(tensor));

    /// <summary>The address of a tensor's storage.</summary>
    public static nint THSStorage_data_ptr(nint tensor) => Native.THSStorage_data_ptr(Dense(tensor));

    private static nint Dense(nint tensor) => Native.THSTensor_is_sparse(tensor) == 0 ? tensor : throw new NotSupportedException("A sparse tensor has no storage; call to_dense() first.");

    private static void CheckSteps(nint starts, nint steps, int length)
    {
        if (steps == 0) return;
        for (int i = 0; i < length; i++)
        {
            bool isSlice = ((long*)starts)[i] is >= FirstSlice and <= LastSlice;
            long step = ((long*)steps)[i];
            if (isSlice && step != DefaultStep && step <= 0) throw new ArgumentException($"A slice's step must be positive; got {step}.");
        }
    }
}
