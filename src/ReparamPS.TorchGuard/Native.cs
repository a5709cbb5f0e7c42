using System.Runtime.InteropServices;

namespace ReparamPS.TorchGuard;

/// <summary>The functions of TorchSharp's native library that the guards call. Names and arguments are those of TorchSharp 0.107.</summary>
internal static unsafe partial class Native
{
    private const string Library = "LibTorchSharp";

    [LibraryImport(Library)] internal static partial nint THSTorch_get_and_reset_last_err();
    [LibraryImport(Library)] internal static partial byte THSTorchCuda_is_available();

    [LibraryImport(Library)] internal static partial long THSTensor_ndimension(nint tensor);
    [LibraryImport(Library)] internal static partial long THSTensor_numel(nint tensor);
    [LibraryImport(Library)] internal static partial long THSTensor_element_size(nint tensor);
    [LibraryImport(Library)] internal static partial sbyte THSTensor_type(nint tensor);
    [LibraryImport(Library)] internal static partial int THSTensor_device_type(nint tensor);
    [LibraryImport(Library)] internal static partial byte THSTensor_is_sparse(nint tensor);
    [LibraryImport(Library)] internal static partial byte THSTensor_is_leaf(nint tensor);
    [LibraryImport(Library)] internal static partial byte THSTensor_is_contiguous(nint tensor);
    [LibraryImport(Library)] internal static partial nint THSTensor_data(nint tensor);
    [LibraryImport(Library)] internal static partial void THSTensor_dispose(nint tensor);
    [LibraryImport(Library)] internal static partial void THSTensor_set_requires_grad(nint tensor, byte requiresGrad);

    [LibraryImport(Library)] internal static partial nint THSTensor_mm(nint left, nint right);
    [LibraryImport(Library)] internal static partial nint THSTensor_mv(nint left, nint right);
    [LibraryImport(Library)] internal static partial nint THSTensor_unsqueeze(nint tensor, long dim);
    [LibraryImport(Library)] internal static partial nint THSTensor_squeeze(nint tensor, long dim);
    [LibraryImport(Library)] internal static partial nint THSTensor_dot(nint left, nint right);
    [LibraryImport(Library)] internal static partial nint THSTensor_var_along_dimensions(nint tensor, nint dimensions, int length, byte unbiased, byte keepDim);
    [LibraryImport(Library)] internal static partial nint THSTensor_var_mean_along_dimensions(nint tensor, nint dimensions, int length, byte unbiased, byte keepDim, out nint mean);
    [LibraryImport(Library)] internal static partial long THSTensor_storage_offset(nint tensor);
    [LibraryImport(Library)] internal static partial ulong THSStorage_nbytes(nint tensor);
    [LibraryImport(Library)] internal static partial nint THSStorage_data_ptr(nint tensor);
    [LibraryImport(Library)] internal static partial nint THSTensor_index(nint tensor, nint starts, nint ends, nint steps, nint tensors, int length);
    [LibraryImport(Library)] internal static partial void THSTensor_index_put_scalar_(nint tensor, nint starts, nint ends, nint steps, nint tensors, int length, nint value);
    [LibraryImport(Library)] internal static partial void THSTensor_index_put_(nint tensor, nint starts, nint ends, nint steps, nint tensors, int length, nint value, byte accumulate);

    [LibraryImport(Library)] internal static partial nint THSTensor_empty(nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, byte requiresGrad);
    [LibraryImport(Library)] internal static partial nint THSTensor_zeros(nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, byte requiresGrad);
    [LibraryImport(Library)] internal static partial nint THSTensor_ones(nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, byte requiresGrad);
    [LibraryImport(Library)] internal static partial nint THSTensor_full(nint sizes, int length, nint value, sbyte scalarType, int deviceType, int deviceIndex, byte requiresGrad);
    [LibraryImport(Library)] internal static partial nint THSTensor_randn(nint generator, nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, byte requiresGrad);
    [LibraryImport(Library)] internal static partial nint THSTensor_randint(nint generator, long low, long high, nint sizes, int length, sbyte scalarType, int deviceType, int deviceIndex, byte requiresGrad);
    [LibraryImport(Library)] internal static partial void THSTensor_uniform_(nint tensor, double low, double high, nint generator);
    [LibraryImport(Library)] internal static partial nint THSTensor_randperm_out(nint generator, long count, nint result);

    [LibraryImport(Library)] internal static partial nint THSGenerator_get_rng_state(nint generator);
    [LibraryImport(Library)] internal static partial void THSGenerator_set_rng_state(nint generator, nint state);
    [LibraryImport(Library)] internal static partial void THSTorch_set_num_threads(int threads);
    [LibraryImport(Library)] internal static partial void THSTorch_set_num_interop_threads(int threads);

    [LibraryImport(Library)] internal static partial byte THSTorch_scalar_type(nint scalar);
    [LibraryImport(Library)] internal static partial double THSTorch_scalar_to_float64(nint scalar);
    [LibraryImport(Library)] internal static partial long THSTorch_scalar_to_int64(nint scalar);
    [LibraryImport(Library)] internal static partial void THSTorch_scalar_to_complex64(nint scalar, out double real, out double imaginary);
    [LibraryImport(Library)] internal static partial nint THSTorch_int64_to_scalar(long value);
    [LibraryImport(Library)] internal static partial void THSTorch_dispose_scalar(nint scalar);

    [LibraryImport(Library)] internal static partial nint THSJIT_compile(byte* script);
    [LibraryImport(Library)] internal static partial void THSJIT_CompilationUnit_Invoke(nint unit, byte* name, Argument* arguments, int length,
        delegate* unmanaged[Cdecl]<int, nint, Argument*> allocate, sbyte* kind, int index);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial void THSJIT_Module_invoke(SafeHandle module, string name, Argument* arguments, int length,
        delegate* unmanaged[Cdecl]<int, nint, Argument*> allocate, sbyte* kind, int index);
    [LibraryImport(Library)] internal static partial int THSJIT_Module_num_inputs(SafeHandle module);
    [LibraryImport(Library)] internal static partial int THSJIT_Module_num_outputs(SafeHandle module);
    [LibraryImport(Library)] internal static partial void THSJIT_Module_to_device(SafeHandle module, long deviceType, long deviceIndex);
    [LibraryImport(Library)] internal static partial void THSJIT_Module_to_device_dtype(SafeHandle module, sbyte scalarType, long deviceType, long deviceIndex);
    [LibraryImport(Library)] internal static partial void THSNN_Module_to_device(SafeHandle module, long deviceType, long deviceIndex, byte nonBlocking);
    [LibraryImport(Library)] internal static partial void THSNN_Module_to_device_dtype(SafeHandle module, sbyte scalarType, long deviceType, long deviceIndex, byte nonBlocking);
    [LibraryImport(Library)] internal static partial nint THSNN_LBFGS_ctor(nint parameters, int length, double learningRate, long maxIterations, long maxEvaluations, double gradientTolerance, double changeTolerance, long historySize);
}
