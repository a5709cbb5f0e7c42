using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ReparamPS.TorchWeaver;

/// <summary>Makes a tensor show its numbers: in strings and CSV cells (ToString), as the property Values, and in ConvertTo-Json, which writes types of elements and devices by their names.</summary>
internal static class Display
{
    /// <summary>What lists and ConvertTo-Json of a pipeline object show. The others work as before; Get-Member -Force shows them.</summary>
    private static readonly string[] Listed = ["shape", "dtype", "device", "requires_grad", "grad", "is_leaf", "ndim"];

    /// <summary>Rewrites the class Tensor.</summary>
    public static void Install(ModuleDefinition module, GuardMembers guards)
    {
        TypeDefinition tensor = module.GetTypes().SingleOrDefault(each => each.FullName == "TorchSharp.torch/Tensor") ?? throw new WeavingException("TorchSharp has no class Tensor: this version of TorchSharp is not supported.");
        // ConvertTo-Json walks properties twice: by reflection, where it honours JsonIgnore, and as PowerShell lists them, where it honours Hidden.
        AssemblyNameReference json = Reference(module, "Newtonsoft.Json", 13, [0x30, 0xad, 0x4f, 0xe6, 0xb2, 0xa6, 0xae, 0xed]);
        AssemblyNameReference engine = Reference(module, "System.Management.Automation", 7, [0x31, 0xbf, 0x38, 0x56, 0xad, 0x36, 0x4e, 0x35]);
        MethodReference ignore = Attribute(module, json, "Newtonsoft.Json", "JsonIgnoreAttribute"), hide = Attribute(module, engine, "System.Management.Automation", "HiddenAttribute");
        foreach (PropertyDefinition property in tensor.Properties.Where(each => each.GetMethod is { IsPublic: true, IsStatic: false, Parameters.Count: 0 }))
        {
            property.CustomAttributes.Add(new CustomAttribute(ignore));
            if (!Listed.Contains(property.Name)) property.CustomAttributes.Add(new CustomAttribute(hide));
        }
        AddValues(module, tensor, guards);
        ReplaceText(tensor, guards);
        WriteNames(module, json, "TorchSharp.torch/ScalarType");
        WriteNames(module, json, "TorchSharp.DeviceType");
    }

    /// <summary>Lets ConvertTo-Json write the names of an enumeration, not its numbers.</summary>
    private static void WriteNames(ModuleDefinition module, AssemblyNameReference json, string name)
    {
        TypeDefinition type = module.GetTypes().SingleOrDefault(each => each.FullName == name) ?? throw new WeavingException($"TorchSharp has no type {name}: this version of TorchSharp is not supported.");
        var kind = new TypeReference("System", "Type", module, module.TypeSystem.CoreLibrary);
        MethodReference converter = Attribute(module, json, "Newtonsoft.Json", "JsonConverterAttribute");
        converter.Parameters.Add(new ParameterDefinition(kind));
        type.CustomAttributes.Add(new CustomAttribute(converter) { ConstructorArguments = { new CustomAttributeArgument(kind, new TypeReference("Newtonsoft.Json.Converters", "StringEnumConverter", module, json)) } });
    }

    private static void AddValues(ModuleDefinition module, TypeDefinition tensor, GuardMembers guards)
    {
        var numbers = new ArrayType(module.TypeSystem.Double);
        var getter = new MethodDefinition("get_Values", MethodAttributes.Public | MethodAttributes.SpecialName | MethodAttributes.HideBySig, numbers);
        ILProcessor body = getter.Body.GetILProcessor();
        body.Emit(OpCodes.Ldarg_0);
        body.Emit(OpCodes.Call, guards.Method("TensorDisplay", "Values"));
        body.Emit(OpCodes.Ret);
        tensor.Methods.Add(getter);
        tensor.Properties.Add(new PropertyDefinition("Values", PropertyAttributes.None, numbers) { GetMethod = getter });
    }

    /// <summary>The text of the guard, or TorchSharp's own if it has none.</summary>
    private static void ReplaceText(TypeDefinition tensor, GuardMembers guards)
    {
        MethodDefinition text = tensor.Methods.SingleOrDefault(each => each is { Name: "ToString", Parameters.Count: 0 }) ?? throw new WeavingException("Tensor does not override ToString: this version of TorchSharp is not supported.");
        ILProcessor body = text.Body.GetILProcessor();
        Instruction original = text.Body.Instructions[0], drop = body.Create(OpCodes.Pop);
        foreach (Instruction each in (Instruction[])[
            body.Create(OpCodes.Ldarg_0), body.Create(OpCodes.Call, guards.Method("TensorDisplay", "Text")), body.Create(OpCodes.Dup), body.Create(OpCodes.Brfalse, drop), body.Create(OpCodes.Ret), drop])
            body.InsertBefore(original, each);
    }

    private static AssemblyNameReference Reference(ModuleDefinition module, string assembly, int version, byte[] token)
    {
        var library = new AssemblyNameReference(assembly, new Version(version, 0, 0, 0)) { PublicKeyToken = token };
        module.AssemblyReferences.Add(library);
        return library;
    }

    /// <summary>The constructor of an attribute of an assembly that is there wherever PowerShell is.</summary>
    private static MethodReference Attribute(ModuleDefinition module, AssemblyNameReference library, string space, string name) =>
        new(".ctor", module.TypeSystem.Void, new TypeReference(space, name, module, library)) { HasThis = true };
}
