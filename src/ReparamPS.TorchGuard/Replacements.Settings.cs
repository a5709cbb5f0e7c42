using System.Runtime.InteropServices;

namespace ReparamPS.TorchGuard;

public static unsafe partial class Replacements
{
    private const int Cuda = 1;
    private static int interopThreadsSet;

    /// <summary>Sets the number of threads within an operation.</summary>
    public static void THSTorch_set_num_threads(int threads) => Native.THSTorch_set_num_threads(Positive(threads));

    /// <summary>Sets the number of threads between operations, which libtorch allows once.</summary>
    public static void THSTorch_set_num_interop_threads(int threads)
    {
        Positive(threads);
        if (Interlocked.Exchange(ref interopThreadsSet, 1) != 0) throw new InvalidOperationException("The number of interop threads can be set only once per process. Start a new process to change it.");
        Native.THSTorch_set_num_interop_threads(threads);
    }

    /// <summary>Restores the state of a generator.</summary>
    public static void THSGenerator_set_rng_state(nint generator, nint state)
    {
        if (state == 0) throw new ArgumentException("The generator's state must be a tensor; got null.");
        const sbyte ByteType = 0;
        nint own = Native.THSGenerator_get_rng_state(generator);
        NativeErrors.Check();
        long length = Native.THSTensor_numel(own);
        Native.THSTensor_dispose(own);
        bool hasLayout = Native.THSTensor_type(state) == ByteType && Native.THSTensor_device_type(state) == 0 && Native.THSTensor_is_sparse(state) == 0
            && Native.THSTensor_numel(state) == length && Native.THSTensor_is_contiguous(state) != 0;
        if (!hasLayout || !IsEngineState(Native.THSTensor_data(state))) throw new ArgumentException($"The generator's state must be what get_state() returned: {length} bytes on the CPU.");
        Native.THSGenerator_set_rng_state(generator, state);
    }

    /// <summary>Moves a TorchScript module.</summary>
    public static void THSJIT_Module_to_device(SafeHandle module, long deviceType, long deviceIndex)
    {
        CheckAvailable(deviceType);
        Native.THSJIT_Module_to_device(module, deviceType, deviceIndex);
    }

    /// <summary>Moves and converts a TorchScript module.</summary>
    public static void THSJIT_Module_to_device_dtype(SafeHandle module, sbyte scalarType, long deviceType, long deviceIndex)
    {
        CheckAvailable(deviceType);
        Native.THSJIT_Module_to_device_dtype(module, scalarType, deviceType, deviceIndex);
    }

    /// <summary>Moves a module.</summary>
    public static void THSNN_Module_to_device(SafeHandle module, long deviceType, long deviceIndex, bool nonBlocking)
    {
        CheckAvailable(deviceType);
        Native.THSNN_Module_to_device(module, deviceType, deviceIndex, Byte(nonBlocking));
    }

    /// <summary>Moves and converts a module.</summary>
    public static void THSNN_Module_to_device_dtype(SafeHandle module, sbyte scalarType, long deviceType, long deviceIndex, bool nonBlocking)
    {
        CheckAvailable(deviceType);
        Native.THSNN_Module_to_device_dtype(module, scalarType, deviceType, deviceIndex, Byte(nonBlocking));
    }

    /// <summary>The number of a TorchScript module's inputs.</summary>
    public static int THSJIT_Module_num_inputs(SafeHandle module) => Native.THSJIT_Module_num_inputs(WithForward(module));

    /// <summary>The number of a TorchScript module's outputs.</summary>
    public static int THSJIT_Module_num_outputs(SafeHandle module) => Native.THSJIT_Module_num_outputs(WithForward(module));

    /// <summary>An L-BFGS optimizer.</summary>
    public static nint THSNN_LBFGS_ctor(nint parameters, int length, double learningRate, long maxIterations, long maxEvaluations, double gradientTolerance, double changeTolerance, long historySize)
    {
        for (int i = 0; i < length; i++)
        {
            if (Native.THSTensor_is_leaf(((nint*)parameters)[i]) == 0) throw new ArgumentException("An optimizer's parameters must be leaf tensors.");
        }
        return Native.THSNN_LBFGS_ctor(parameters, length, learningRate, maxIterations, maxEvaluations, gradientTolerance, changeTolerance, historySize);
    }

    /// <summary>libtorch's own reader of MNIST, which ends the process at a missing or damaged file.</summary>
    public static nint THSData_loaderMNIST(string filename, long batchSize, bool isTrain) => throw NoReader(filename);

    /// <summary>TorchSharp's own reader of CIFAR-10, which ends the process at a missing or damaged file.</summary>
    public static nint THSData_loaderCIFAR10(string path, long batchSize, bool isTrain) => throw NoReader(path);

    /// <summary>Refuses a device index that libtorch ends the process for.</summary>
    /// <param name="type">The device's type, as libtorch numbers it.</param>
    /// <param name="index">The index; -1 stands for the current device.</param>
    public static void CheckDevice(int type, int index)
    {
        bool isValid = type == 0 ? index is -1 or 0 : index is >= -1 and <= sbyte.MaxValue;
        if (!isValid) throw new ArgumentException(type == 0 ? $"The CPU's device index must be 0; got {index}." : $"A device index must be from 0 to {sbyte.MaxValue}; got {index}.");
    }

    // The Mersenne Twister's header, as at::CPUGeneratorImpl writes it: seed, numbers left, whether it is seeded, next position.
    private static bool IsEngineState(nint data)
    {
        const int Size = 624;
        int left = *(int*)(data + 8), seeded = *(int*)(data + 12);
        return seeded == 1 && left is > 0 and <= Size && *(ulong*)(data + 16) <= Size;
    }

    private static int Positive(int threads) => threads > 0 ? threads : throw new ArgumentException($"The number of threads must be positive; got {threads}.");

    private static void CheckAvailable(long deviceType)
    {
        if (deviceType == Cuda && Native.THSTorchCuda_is_available() == 0) throw new InvalidOperationException("No CUDA device is available.");
    }

    // Called without arguments, forward is refused by a caught error unless it takes none.
    private static SafeHandle WithForward(SafeHandle module)
    {
        sbyte kind;
        Native.THSJIT_Module_invoke(module, "forward", null, 0, Interpreter.Allocator, &kind, 0);
        Interpreter.FreeResults();
        nint error = Native.THSTorch_get_and_reset_last_err();
        return error == 0 || Marshal.PtrToStringUTF8(error)?.Contains("is not defined", StringComparison.Ordinal) != true ? module
            : throw new InvalidOperationException("The TorchScript module has no method 'forward'.");
    }

    private static NotSupportedException NoReader(string path) => new($"This function of TorchSharp is disabled, because a damaged file would end the process; '{path}' was not read. Use TorchSharp's torchvision.datasets, or Invoke-VaeTraining -DataPath.");
}
