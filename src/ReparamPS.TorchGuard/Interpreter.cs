using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ReparamPS.TorchGuard;

/// <summary>
/// Runs an operation through TorchScript, whose native entry point catches every exception. The operation and its gradient are libtorch's own;
/// a call costs some microseconds more.
/// </summary>
internal static unsafe class Interpreter
{
    private const string Script = """
        def matmul(left: Tensor, right: Tensor) -> Tensor:
            return torch.matmul(left, right)
        def cummax(input: Tensor, dim: int) -> Tuple[Tensor, Tensor]:
            return torch.cummax(input, dim)
        def cummin(input: Tensor, dim: int) -> Tuple[Tensor, Tensor]:
            return torch.cummin(input, dim)
        def grad(outputs: List[Tensor], inputs: List[Tensor], retain_graph: bool, create_graph: bool, allow_unused: bool) -> List[Optional[Tensor]]:
            return torch.grad(outputs, inputs, None, retain_graph, create_graph, allow_unused)
        def grad_with(outputs: List[Tensor], inputs: List[Tensor], seeds: List[Tensor], retain_graph: bool, create_graph: bool, allow_unused: bool) -> List[Optional[Tensor]]:
            weights: List[Optional[Tensor]] = []
            for seed in seeds:
                weights.append(seed)
            return torch.grad(outputs, inputs, weights, retain_graph, create_graph, allow_unused)

        """;

    private static readonly Lazy<nint> Unit = new(Compile);

    [ThreadStatic] private static Argument* results;
    [ThreadStatic] private static int resultCount;

    /// <summary>The callback that a native TorchScript call asks for room for its results.</summary>
    public static delegate* unmanaged[Cdecl]<int, nint, Argument*> Allocator => &Allocate;

    /// <summary>Calls a function of the script.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The native tensors that it returned: one for a tensor, several for a tuple or a list; 0 for None.</returns>
    /// <exception cref="ExternalException">libtorch refused the operation.</exception>
    public static nint[] Call(ReadOnlySpan<byte> function, params ReadOnlySpan<Argument> arguments)
    {
        sbyte kind;
        Argument* outer = results;
        int outerCount = resultCount;
        results = null;
        try
        {
            fixed (byte* name = function)
            fixed (Argument* first = arguments)
                Native.THSJIT_CompilationUnit_Invoke(Unit.Value, name, first, arguments.Length, Allocator, &kind, 0);
            NativeErrors.Check();
            nint[] handles = new nint[resultCount];
            for (int i = 0; i < handles.Length; i++) handles[i] = results[i].Handle;
            return handles;
        }
        finally
        {
            FreeResults();
            // A hook of the gradient may call the interpreter itself.
            results = outer;
            resultCount = outerCount;
        }
    }

    /// <summary>Releases the room for results of the call before.</summary>
    public static void FreeResults()
    {
        NativeMemory.Free(results);
        results = null;
        resultCount = 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static Argument* Allocate(int index, nint length)
    {
        // No function above nests lists, so that there is one array per call.
        NativeMemory.Free(results);
        resultCount = (int)length;
        return results = (Argument*)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1), (nuint)sizeof(Argument));
    }

    private static nint Compile()
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(Script + "\0"))
        {
            nint unit = Native.THSJIT_compile(text);
            NativeErrors.Check();
            return unit;
        }
    }
}
