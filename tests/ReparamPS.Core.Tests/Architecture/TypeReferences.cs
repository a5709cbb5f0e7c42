using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ReparamPS.Core.Tests.Architecture;

/// <summary>
/// Reads from a compiled assembly which folders depend on which (a namespace is its folder, and each assembly has its own): by base types, interfaces, fields, signatures, method bodies, attributes and constraints. A nested type
/// counts as its outermost type. Lines of <c>using</c> would miss a child namespace that uses its parent.
/// </summary>
internal sealed class TypeReferences : ISignatureTypeProvider<int, int>
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly PEReader file;
    private readonly MetadataReader reader;
    private readonly Dictionary<(string From, string To), string> found = [];
    private (string Folder, string Type) current;

    private TypeReferences(PEReader file) => (this.file, reader) = (file, file.GetMetadataReader());

    /// <summary>The dependencies between folders, each with one pair of types as an example.</summary>
    public static IReadOnlyDictionary<(string From, string To), string> Of(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var references = new TypeReferences(file);
        foreach (TypeDefinitionHandle handle in references.reader.TypeDefinitions) references.ReadType(handle);
        return references.found;
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        current = Outermost(handle);
        TypeDefinition type = reader.GetTypeDefinition(handle);
        Visit(type.BaseType);
        foreach (InterfaceImplementationHandle each in type.GetInterfaceImplementations()) Visit(reader.GetInterfaceImplementation(each).Interface);
        foreach (FieldDefinitionHandle each in type.GetFields())
        {
            FieldDefinition field = reader.GetFieldDefinition(each);
            field.DecodeSignature(this, 0);
            Visit(field.GetCustomAttributes());
        }
        foreach (PropertyDefinitionHandle each in type.GetProperties()) Visit(reader.GetPropertyDefinition(each).GetCustomAttributes());
        foreach (MethodDefinitionHandle each in type.GetMethods()) ReadMethod(reader.GetMethodDefinition(each));
        Visit(type.GetGenericParameters());
        Visit(type.GetCustomAttributes());
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(this, 0);
        Visit(method.GetGenericParameters());
        Visit(method.GetCustomAttributes());
        foreach (ParameterHandle parameter in method.GetParameters()) Visit(reader.GetParameter(parameter).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0) return;
        MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil) reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, 0);
        foreach (ExceptionRegion region in body.ExceptionRegions) Visit(region.CatchType);
        ReadInstructions(body.GetILReader());
    }

    private void ReadInstructions(BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            short value = code.ReadByte();
            if (value == 0xFE) value = (short)(0xFE00 | code.ReadByte());
            OpCode operation = OpCodesByValue[value];
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Visit(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                default:
                    code.Offset += operation.OperandType switch
                    {
                        OperandType.InlineNone => 0,
                        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                        OperandType.InlineVar => 2,
                        OperandType.InlineI8 or OperandType.InlineR => 8,
                        _ => 4,
                    };
                    break;
            }
        }
    }

    private void Visit(GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterHandle each in parameters)
        {
            foreach (GenericParameterConstraintHandle constraint in reader.GetGenericParameter(each).GetConstraints()) Visit(reader.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Visit(CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle each in attributes) Visit(reader.GetCustomAttribute(each).Constructor);
    }

    private void Visit(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition: Add(Outermost((TypeDefinitionHandle)handle)); break;
            case HandleKind.TypeReference: Add(Outermost((TypeReferenceHandle)handle)); break;
            case HandleKind.TypeSpecification: reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, 0); break;
            case HandleKind.MethodDefinition: Visit(reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType()); break;
            case HandleKind.FieldDefinition: Visit(reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType()); break;
            case HandleKind.MethodSpecification:
                MethodSpecification specification = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                specification.DecodeSignature(this, 0);
                Visit(specification.Method);
                break;
            case HandleKind.MemberReference:
                MemberReference member = reader.GetMemberReference((MemberReferenceHandle)handle);
                Visit(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Method) member.DecodeMethodSignature(this, 0);
                else member.DecodeFieldSignature(this, 0);
                break;
        }
    }

    private void Add((string Folder, string Type) to)
    {
        if (to.Folder != current.Folder && to.Folder.Length > 0 && current.Folder.Length > 0) found.TryAdd((current.Folder, to.Folder), $"{current.Type} uses {to.Type}");
    }

    // Empty for types that are not ours, and for those that the compiler makes.
    private (string Folder, string Type) Named(string assembly, StringHandle space, StringHandle name)
    {
        string text = reader.GetString(space);
        if (text != "ReparamPS" && !text.StartsWith("ReparamPS.", StringComparison.Ordinal)) return ("", "");
        string folder = text["ReparamPS".Length..].TrimStart('.').Replace('.', '/');
        string project = assembly["ReparamPS.".Length..];
        return (project == "Core" || folder == project ? folder : $"{project}/{folder}".TrimEnd('/'), reader.GetString(name));
    }

    private (string Folder, string Type) Outermost(TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? Outermost(outer) : Named(reader.GetString(reader.GetAssemblyDefinition().Name), type.Namespace, type.Name);
    }

    private (string Folder, string Type) Outermost(TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => Outermost((TypeReferenceHandle)type.ResolutionScope),
            HandleKind.AssemblyReference => Named(reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name), type.Namespace, type.Name),
            _ => ("", ""),
        };
    }

    int ISimpleTypeProvider<int>.GetTypeFromDefinition(MetadataReader _, TypeDefinitionHandle handle, byte rawTypeKind) => Seen(() => Add(Outermost(handle)));

    int ISimpleTypeProvider<int>.GetTypeFromReference(MetadataReader _, TypeReferenceHandle handle, byte rawTypeKind) => Seen(() => Add(Outermost(handle)));

    int ISignatureTypeProvider<int, int>.GetTypeFromSpecification(MetadataReader _, int genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => Seen(() => Visit(handle));

    int ISimpleTypeProvider<int>.GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

    int ISZArrayTypeProvider<int>.GetSZArrayType(int elementType) => 0;

    int IConstructedTypeProvider<int>.GetArrayType(int elementType, ArrayShape shape) => 0;

    int IConstructedTypeProvider<int>.GetByReferenceType(int elementType) => 0;

    int IConstructedTypeProvider<int>.GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

    int IConstructedTypeProvider<int>.GetPointerType(int elementType) => 0;

    int ISignatureTypeProvider<int, int>.GetFunctionPointerType(MethodSignature<int> signature) => 0;

    int ISignatureTypeProvider<int, int>.GetGenericMethodParameter(int genericContext, int index) => 0;

    int ISignatureTypeProvider<int, int>.GetGenericTypeParameter(int genericContext, int index) => 0;

    int ISignatureTypeProvider<int, int>.GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

    int ISignatureTypeProvider<int, int>.GetPinnedType(int elementType) => 0;

    private static int Seen(Action visit)
    {
        visit();
        return 0;
    }
}
