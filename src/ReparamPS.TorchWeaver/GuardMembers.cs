using Mono.Cecil;

namespace ReparamPS.TorchWeaver;

/// <summary>The guard's methods, as references of TorchSharp's module.</summary>
internal sealed class GuardMembers
{
    private readonly ModuleDefinition target;
    private readonly ModuleDefinition guard;

    public GuardMembers(ModuleDefinition target, ModuleDefinition guard)
    {
        (this.target, this.guard) = (target, guard);
        ByNative = Type("Replacements").Methods.Where(each => each.IsPublic && each.Name.StartsWith("THS", StringComparison.Ordinal)).ToDictionary(each => each.Name);
    }

    /// <summary>The replacements of native functions, by the functions' names.</summary>
    public IReadOnlyDictionary<string, MethodDefinition> ByNative { get; }

    /// <summary>A method of the guard.</summary>
    public MethodReference Method(string type, string name) => Import(Type(type).Methods.Single(each => each.Name == name && each.IsPublic));

    /// <summary>Imports a method. Its references to the framework become TorchSharp's own.</summary>
    public MethodReference Import(MethodDefinition method) => target.ImportReference(method);

    private TypeDefinition Type(string name) => guard.Types.Single(each => each.Name == name);
}
