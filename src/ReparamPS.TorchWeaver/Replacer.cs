using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ReparamPS.TorchWeaver;

/// <summary>Makes every call of a native function that has a replacement call that.</summary>
internal sealed class Replacer(GuardMembers guards)
{
    private static readonly string[] ReferenceTypes = ["Delegate", "SafeHandle"];

    /// <summary>Rewrites all methods.</summary>
    /// <returns>The names of the native functions whose calls were replaced.</returns>
    public IReadOnlySet<string> Run(ModuleDefinition module)
    {
        Dictionary<string, MethodReference> imported = [];
        foreach (Instruction instruction in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(method => method.Body.Instructions))
        {
            if (instruction.OpCode.Code is not (Code.Call or Code.Ldftn) || instruction.Operand is not MethodReference called) continue;
            if (!guards.ByNative.TryGetValue(called.Name, out MethodDefinition? replacement)) continue;
            CheckSignature(called.Resolve(), replacement);
            if (!imported.TryGetValue(called.Name, out MethodReference? reference)) imported[called.Name] = reference = guards.Import(replacement);
            instruction.Operand = reference;
        }
        string[] unused = [.. guards.ByNative.Keys.Except(imported.Keys)];
        if (unused.Length > 0) throw new WeavingException($"TorchSharp does not call {string.Join(", ", unused)}.");
        return imported.Keys.ToHashSet();
    }

    private static void CheckSignature(MethodDefinition native, MethodDefinition replacement)
    {
        bool alike = native.Parameters.Count == replacement.Parameters.Count && native.ReturnType.FullName == replacement.ReturnType.FullName
            && native.Parameters.Zip(replacement.Parameters).All(pair => pair.First.ParameterType.FullName == pair.Second.ParameterType.FullName
                || (ReferenceTypes.Contains(pair.Second.ParameterType.Name) && !pair.First.ParameterType.IsValueType && !pair.First.ParameterType.IsByReference));
        if (!alike) throw new WeavingException($"{native.Name} has other parameters than its replacement: {native.FullName} and {replacement.FullName}.");
    }
}
