using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ReparamPS.TorchWeaver;

/// <summary>
/// Keeps alive, until a method returns, every object whose native handle it reads: otherwise the collector may finalize it as soon as the handle is on the stack,
/// while native code still uses it. Collections of such objects are parameters or variables, and are kept alive too.
/// </summary>
internal sealed class KeepAlive
{
    private static readonly HashSet<string> HandleGetters = ["get_Handle", "DangerousGetHandle"];
    private readonly MethodReference keepAlive;
    private readonly ModuleDefinition module;

    public KeepAlive(ModuleDefinition module)
    {
        this.module = module;
        AssemblyNameReference framework = (AssemblyNameReference)module.TypeSystem.CoreLibrary;
        var collector = new TypeReference("System", "GC", module, framework);
        keepAlive = new MethodReference("KeepAlive", module.TypeSystem.Void, collector) { Parameters = { new ParameterDefinition(module.TypeSystem.Object) } };
    }

    /// <summary>Rewrites all methods.</summary>
    /// <returns>The number of methods that were changed.</returns>
    public int Run() => module.GetTypes().ToList().SelectMany(type => type.Methods).Where(method => method.HasBody).Count(Rewrite);

    private bool Rewrite(MethodDefinition method)
    {
        if (!method.Body.Instructions.Any(each => IsHandleRead(each) || IsNativeCall(each))) return false;
        method.Body.SimplifyMacros();
        List<Action<ILProcessor, Instruction>> kept = [.. Owners(method), .. Parameters(method), .. Variables(method)];
        if (kept.Count > 0)
        {
            foreach (Instruction exit in method.Body.Instructions.Where(each => each.OpCode.Code == Code.Ret).ToList()) InsertBefore(method, exit, kept);
        }
        method.Body.OptimizeMacros();
        return kept.Count > 0;
    }

    /// <summary>The exit's own instruction becomes the first of those inserted, so that jumps to it reach them.</summary>
    private static void InsertBefore(MethodDefinition method, Instruction exit, List<Action<ILProcessor, Instruction>> kept)
    {
        ILProcessor body = method.Body.GetILProcessor();
        Instruction last = body.Create(OpCodes.Ret);
        body.InsertAfter(exit, last);
        exit.OpCode = OpCodes.Nop;
            exit.Operand = null;
        foreach (var insert in kept) insert(body, last);
    }

    private IEnumerable<Action<ILProcessor, Instruction>> Owners(MethodDefinition method)
    {
        ILProcessor body = method.Body.GetILProcessor();
        foreach (Instruction read in method.Body.Instructions.Where(IsHandleRead).ToList())
        {
            TypeReference owner = ((MemberReference)read.Operand!).DeclaringType;
            if (read.Previous is { OpCode.Code: Code.Ldarg, Operand: ParameterDefinition { ParameterType.IsByReference: false } }) continue;
            var variable = new VariableDefinition(module.ImportReference(owner));
            method.Body.Variables.Add(variable);
            method.Body.InitLocals = true;
            Instruction copy = body.Create(OpCodes.Nop);
            (copy.OpCode, copy.Operand) = (read.OpCode, read.Operand);
            // Jumps to the read find the object on the stack, as before.
            read.OpCode = OpCodes.Dup;
            read.Operand = null;
            body.InsertAfter(read, copy);
            body.InsertAfter(read, body.Create(OpCodes.Stloc, variable));
            yield return Load(OpCodes.Ldloc, variable);
        }
    }

    private IEnumerable<Action<ILProcessor, Instruction>> Parameters(MethodDefinition method)
    {
        if (method.HasThis && HasHandles(method.DeclaringType)) yield return Load(OpCodes.Ldarg, method.Body.ThisParameter);
        foreach (ParameterDefinition parameter in method.Parameters.Where(each => !each.ParameterType.IsByReference && HasHandles(each.ParameterType)))
            yield return Load(OpCodes.Ldarg, parameter);
    }

    private IEnumerable<Action<ILProcessor, Instruction>> Variables(MethodDefinition method) =>
        method.Body.Variables.Where(each => !each.VariableType.IsByReference && HasHandles(each.VariableType)).Distinct().ToList().Select(each => Load(OpCodes.Ldloc, each));

    private Action<ILProcessor, Instruction> Load(OpCode load, object operand) => (body, before) =>
    {
        Instruction loading = body.Create(OpCodes.Nop);
        (loading.OpCode, loading.Operand) = (load, operand);
        body.InsertBefore(before, loading);
        body.InsertBefore(before, body.Create(OpCodes.Call, keepAlive));
    };

    private static bool IsHandleRead(Instruction instruction) => instruction.Operand switch
    {
        MethodReference getter => instruction.OpCode.Code is Code.Call or Code.Callvirt && HandleGetters.Contains(getter.Name) && getter.HasThis && getter.Parameters.Count == 0 && IsOfTorch(getter.DeclaringType),
        FieldReference field => instruction.OpCode.Code == Code.Ldfld && field.Name == "handle" && field.FieldType.FullName == "System.IntPtr" && IsOfTorch(field.DeclaringType),
        _ => false,
    };

    private static bool IsNativeCall(Instruction instruction) =>
        instruction.OpCode.Code == Code.Call && instruction.Operand is MethodReference { Name: var name } && name.StartsWith("THS", StringComparison.Ordinal);

    private static bool IsOfTorch(TypeReference type) => type is { IsValueType: false, IsGenericInstance: false } && type.Scope is ModuleDefinition;

    /// <summary>Whether objects of a type own native handles, or hold objects that do.</summary>
    private static bool HasHandles(TypeReference type) => type switch
    {
        ArrayType array => HasHandles(array.ElementType),
        GenericInstanceType { IsValueType: false } generic => generic.GenericArguments.Any(HasHandles),
        { IsGenericParameter: true } or { IsValueType: true } or PointerType or ByReferenceType or PinnedType => false,
        _ => type.Scope is ModuleDefinition && type.Resolve() is { IsValueType: false, IsInterface: false } found && !(found.IsAbstract && found.IsSealed) && Owns(found),
    };

    private static bool Owns(TypeDefinition type)
    {
        for (TypeDefinition? each = type; each is not null && each.Scope is ModuleDefinition; each = each.BaseType?.Resolve())
        {
            if (each.Methods.Any(method => HandleGetters.Contains(method.Name)) || each.Fields.Any(field => field.Name == "handle")) return true;
            if (each.BaseType?.Name == "SafeHandle") return true;
        }
        return false;
    }
}
