namespace ReparamPS.TorchGuard;

public static unsafe partial class Replacements
{
    /// <summary>A tensor of unset values.</summary>
    public static nint THSTensor_empty(nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(sizes, length, scalarType, deviceType);
        return Native.THSTensor_empty(sizes, length, scalarType, deviceType, deviceIndex, Byte(requiresGrad));
    }

    /// <summary>A tensor of zeros.</summary>
    public static nint THSTensor_zeros(nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(sizes, length, scalarType, deviceType);
        return Native.THSTensor_zeros(sizes, length, scalarType, deviceType, deviceIndex, Byte(requiresGrad));
    }

    /// <summary>A tensor of ones.</summary>
    public static nint THSTensor_ones(nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(sizes, length, scalarType, deviceType);
        return Native.THSTensor_ones(sizes, length, scalarType, deviceType, deviceIndex, Byte(requiresGrad));
    }

    /// <summary>A tensor of one value.</summary>
    public static nint THSTensor_full(nint sizes, int length, nint value, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(sizes, length, scalarType, deviceType);
        return Native.THSTensor_full(sizes, length, value, scalarType, deviceType, deviceIndex, Byte(requiresGrad));
    }

    /// <summary>Standard normal numbers.</summary>
    public static nint THSTensor_randn(nint generator, nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(sizes, length, scalarType, deviceType);
        return Native.THSTensor_randn(generator, sizes, length, scalarType, deviceType, deviceIndex, Byte(requiresGrad));
    }

    /// <summary>Random integers.</summary>
    public static nint THSTensor_randint(nint generator, long low, long high, nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(sizes, length, scalarType, deviceType);
        return Native.THSTensor_randint(generator, low, high, sizes, length, scalarType, deviceType, deviceIndex, Byte(requiresGrad));
    }

    /// <summary>Uniform numbers in [0, 1). The native function returns an uninitialized handle if it fails; libtorch's own rand is these two steps.</summary>
    public static nint THSTensor_rand(nint generator, nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        nint made = THSTensor_empty(sizes, length, scalarType, deviceType, deviceIndex, false);
        if (made == 0) return 0;
        Native.THSTensor_uniform_(made, 0, 1, generator);
        return Finished(made, requiresGrad);
    }

    /// <summary>A random permutation. The native function returns an uninitialized handle if it fails.</summary>
    public static nint THSTensor_randperm(nint generator, long count, sbyte scalarType, int deviceType, int deviceIndex, bool requiresGrad)
    {
        MemoryLimit.Check(count, sizeof(long));
        long none = 0;
        nint made = THSTensor_empty((nint)(&none), 1, scalarType, deviceType, deviceIndex, false);
        if (made == 0) return 0;
        nint alias = Native.THSTensor_randperm_out(generator, count, made);
        if (alias != 0) Native.THSTensor_dispose(alias);
        return Finished(made, requiresGrad);
    }

    private static nint Finished(nint made, bool requiresGrad)
    {
        try
        {
            NativeErrors.Check();
            if (requiresGrad) Native.THSTensor_set_requires_grad(made, 1);
            NativeErrors.Check();
            return made;
        }
        catch
        {
            Native.THSTensor_dispose(made);
            throw;
        }
    }
}
