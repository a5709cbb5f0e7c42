using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ReparamPS.TorchWeaver;

/// <summary>Calls of the guard that replace no native function: loading, memory of tensors, texts of errors, devices, null texts, and counts of waits.</summary>
internal static class Hooks
{
    /// <summary>Installs all of them.</summary>
    public static void Install(ModuleDefinition module, GuardMembers guards)
    {
        LoadThroughGuard(module, guards);
        CountMemory(module, guards);
        CleanErrors(module, guards);
        CheckDevices(module, guards);
        RefuseNullTexts(module, guards);
        SayDisposed(module);
        CountWaits(module, guards);
    }

    private static void CountWaits(ModuleDefinition module, GuardMembers guards)
    {
        HashSet<string> waits =
        [
            "THSTensor_item", "THSTensor_data", "THSTensor_cpu", "THSTensor_to_device", "THSTensor_to_type_and_device", "THSTensor_masked_select", "THSTensor_nonzero", "THSTensor_argwhere",
            "THSTensor_is_nonzero", "THSTensor_allclose", "THSTensor_equal", "THSTensor_unique", "THSTensor_bincount", "THSTensor_repeat_interleave", "THSLinalg_cholesky", "THSLinalg_solve", "THSLinalg_inv",
        ];
        bool IsWait(Instruction each) => each.OpCode.Code == Code.Call && each.Operand is MethodReference { DeclaringType.Name: "NativeMethods", Name: var name } && waits.Contains(name);
        MethodReference count = guards.Method("DeviceWaits", "Add");
        List<MethodDefinition> methods = [.. module.GetTypes().SelectMany(type => type.Methods).Where(each => each.HasBody && each.Body.Instructions.Any(IsWait))];
        string[] missing = [.. waits.Except(methods.SelectMany(each => each.Body.Instructions).Where(IsWait).Select(each => ((MethodReference)each.Operand).Name))];
        if (missing.Length > 0) throw new WeavingException($"TorchSharp does not call {string.Join(", ", missing)}.");
        foreach (MethodDefinition method in methods) Before(method, IsWait, body => [body.Create(OpCodes.Call, count)]);
    }

    /// <summary>The first lines of LoadNativeBackend: return with an empty trace if the guard loaded libtorch.</summary>
    private static void LoadThroughGuard(ModuleDefinition module, GuardMembers guards)
    {
        MethodDefinition load = Type(module, "TorchSharp.torch").Methods.Single(each => each.Name == "LoadNativeBackend");
        if (load.Parameters is not [{ ParameterType.FullName: "System.Boolean" }, { ParameterType: ByReferenceType { ElementType.FullName: "System.Text.StringBuilder" } }])
            throw new WeavingException("TorchSharp's method LoadNativeBackend has unexpected parameters: this version of TorchSharp is not supported.");
        MethodReference trace = load.Body.Instructions.Select(each => each.Operand).OfType<MethodReference>().First(each => each is { Name: ".ctor", DeclaringType.FullName: "System.Text.StringBuilder", Parameters.Count: 0 });
        load.Body.SimplifyMacros();
        ILProcessor body = load.Body.GetILProcessor();
        Instruction first = load.Body.Instructions[0];
        foreach (Instruction made in new[]
        {
            body.Create(OpCodes.Call, guards.Method("Backend", "Load")), body.Create(OpCodes.Brfalse, first),
            body.Create(OpCodes.Ldarg, load.Parameters[1]), body.Create(OpCodes.Newobj, trace), body.Create(OpCodes.Stind_Ref), body.Create(OpCodes.Ret),
        }) body.InsertBefore(first, made);
        load.Body.OptimizeMacros();
    }

    // TorchSharp's own words, some of which quote a trace that is empty after loading through the guard.
    private static void SayDisposed(ModuleDefinition module)
    {
        Dictionary<string, string> plain = new()
        {
            ["Tensor invalid -- empty handle."] = "The tensor is disposed.",
            ["Scalar invalid -- empty handle."] = "The Scalar is disposed.",
            ["Torch device type "] = "The device ",
            [" did not initialise on the current machine. Trace from LoadNativeBackend:\n"] = " is not available on this machine. Get-TorchEnvironment shows which libtorch is loaded.",
        };
        foreach (Instruction text in module.GetTypes().SelectMany(type => type.Methods).Where(each => each.HasBody).SelectMany(each => each.Body.Instructions).Where(each => each.OpCode.Code == Code.Ldstr))
        {
            if (plain.TryGetValue((string)text.Operand, out string? sentence)) text.Operand = sentence;
        }
    }

    private static void CountMemory(ModuleDefinition module, GuardMembers guards)
    {
        TypeDefinition tensor = Type(module, "TorchSharp.torch/Tensor");
        var bytes = new FieldDefinition("nativeBytes", FieldAttributes.Private, module.TypeSystem.Int64);
        tensor.Fields.Add(bytes);

        MethodDefinition constructor = tensor.Methods.SingleOrDefault(each => each.IsConstructor && !each.IsStatic && each.Parameters is [{ ParameterType.FullName: "System.IntPtr" }, _])
            ?? throw new WeavingException("Tensor has no constructor that takes a handle: this version of TorchSharp is not supported.");
        Before(constructor, each => each.OpCode.Code == Code.Ret, body => [
            body.Create(OpCodes.Ldarg_0), body.Create(OpCodes.Ldarg_1), body.Create(OpCodes.Call, guards.Method("MemoryBudget", "Add")), body.Create(OpCodes.Stfld, bytes)]);

        foreach (MethodDefinition release in tensor.Methods.Where(each => each.HasBody && !each.IsStatic && each.Name is "Dispose" or "DecoupleFromNativeHandle"))
        {
            if (release.Name == "Dispose" && release.Parameters.Count == 0) continue;
            Before(release, each => each is { OpCode.Code: Code.Stfld, Operand: FieldReference { Name: "handle" } } && each.Previous is not null, body => [
                body.Create(OpCodes.Ldarg_0), body.Create(OpCodes.Ldfld, bytes), body.Create(OpCodes.Call, guards.Method("MemoryBudget", "Remove")),
                body.Create(OpCodes.Ldarg_0), body.Create(OpCodes.Ldc_I4_0), body.Create(OpCodes.Conv_I8), body.Create(OpCodes.Stfld, bytes)]);
        }
    }

    private static void CleanErrors(ModuleDefinition module, GuardMembers guards)
    {
        MethodDefinition check = Type(module, "TorchSharp.torch").Methods.Single(each => each.Name == "CheckForErrors");
        Before(check, each => each is { OpCode.Code: Code.Newobj, Operand: MethodReference { DeclaringType.Name: "ExternalException" } },
            body => [body.Create(OpCodes.Call, guards.Method("NativeErrors", "Clean"))]);
    }

    private static void CheckDevices(ModuleDefinition module, GuardMembers guards)
    {
        TypeDefinition device = Type(module, "TorchSharp.torch/Device");
        MethodDefinition type = device.Methods.Single(each => each.Name == "get_type"), index = device.Methods.Single(each => each.Name == "get_index");
        foreach (MethodDefinition constructor in device.Methods.Where(each => each.IsConstructor && !each.IsStatic))
        {
            Before(constructor, each => each.OpCode.Code == Code.Ret, body => [
                body.Create(OpCodes.Ldarg_0), body.Create(OpCodes.Call, type), body.Create(OpCodes.Ldarg_0), body.Create(OpCodes.Call, index),
                body.Create(OpCodes.Call, guards.Method("Replacements", "CheckDevice"))]);
        }
    }

    /// <summary>The native side makes a std::string of these, which a null pointer makes undefined.</summary>
    private static void RefuseNullTexts(ModuleDefinition module, GuardMembers guards)
    {
        MethodReference notNull = guards.Method("Replacements", "NotNull");
        foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods).Where(each => each.HasBody).ToList())
        {
            foreach (MethodDefinition native in method.Body.Instructions.Where(each => each.OpCode.Code == Code.Call && each.Operand is MethodReference { Name: var name } && name.StartsWith("THS", StringComparison.Ordinal))
                .Select(each => ((MethodReference)each.Operand).Resolve()).Where(each => each is { IsPInvokeImpl: true }).Distinct().ToList())
            {
                if (!native.Parameters.Any(each => each.ParameterType.FullName == "System.String")) continue;
                foreach (ParameterDefinition text in method.Parameters.Where(each => each.ParameterType.FullName == "System.String"))
                {
                    ILProcessor body = method.Body.GetILProcessor();
                    Instruction first = method.Body.Instructions[0];
                    body.InsertBefore(first, body.Create(OpCodes.Ldarg, text));
                    body.InsertBefore(first, body.Create(OpCodes.Call, notNull));
                    body.InsertBefore(first, body.Create(OpCodes.Pop));
                }
                break;
            }
        }
    }

    /// <summary>Inserts before each instruction that matches; jumps to it reach what was inserted.</summary>
    private static void Before(MethodDefinition method, Func<Instruction, bool> matches, Func<ILProcessor, Instruction[]> insert)
    {
        method.Body.SimplifyMacros();
        ILProcessor body = method.Body.GetILProcessor();
        List<Instruction> found = [.. method.Body.Instructions.Where(matches)];
        if (found.Count == 0) throw new WeavingException($"{method.FullName} has an unexpected body: this version of TorchSharp is not supported.");
        foreach (Instruction each in found)
        {
            Instruction moved = body.Create(OpCodes.Nop);
            (moved.OpCode, moved.Operand) = (each.OpCode, each.Operand);
            each.OpCode = OpCodes.Nop;
            each.Operand = null;
            body.InsertAfter(each, moved);
            foreach (Instruction made in insert(body)) body.InsertBefore(moved, made);
        }
        method.Body.OptimizeMacros();
    }

    private static TypeDefinition Type(ModuleDefinition module, string name) =>
        module.GetTypes().SingleOrDefault(each => each.FullName == name) ?? throw new WeavingException($"TorchSharp has no type {name}: this version of TorchSharp is not supported.");
}
