using ReparamPS.Distributions.Parameters;
using ReparamPS.Messages;
using static System.Reflection.BindingFlags;

namespace ReparamPS.Distributions.Transforms;

/// <summary>A kind of transform as data: what completion, help and the factory read. Each transform class declares a static property <c>Definition</c> of this type.</summary>
public sealed class TransformType
{
    private static readonly Lazy<IReadOnlyList<TransformType>> Types = new(() =>
    [
        .. typeof(Transform).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Transform)) && !type.IsAbstract)
            .Select(type => type.GetProperty("Definition", Public | Static | DeclaredOnly)?.GetValue(null))
            .OfType<TransformType>()
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ]);

    private readonly Func<ParameterValues, Transform> create;

    internal TransformType(string name, string formula, IReadOnlyList<ParameterInfo> parameters, Func<ParameterValues, Transform> create)
    {
        (Name, Formula) = (name, formula);
        Parameters = [.. parameters, new ParameterInfo("CacheSize", Constraints.Constraints.NonNegativeInteger) { Kind = ParameterKind.Integer, Default = 0 }];
        this.create = create;
    }

    /// <summary>All kinds, by name.</summary>
    public static IReadOnlyList<TransformType> All => Types.Value;

    /// <summary>PyTorch's class name without the word Transform.</summary>
    public string Name { get; }

    /// <summary>The map as one line of text.</summary>
    public string Formula { get; }

    /// <summary>The parameters, in PyTorch's order.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>Finds a transform by name, ignoring case; PyTorch's class name, such as AffineTransform, is also a name. Null if there is none.</summary>
    public static TransformType? Find(string name)
    {
        const string Suffix = "Transform";
        string bare = name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? name[..^Suffix.Length] : name;
        return All.FirstOrDefault(type => type.Name.Equals(bare, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Finds a transform by name, as <see cref="Find"/> does.</summary>
    /// <exception cref="ArgumentException">There is no such transform; the message names the nearest ones, or all.</exception>
    public static TransformType Get(string name) =>
        Find(name)
        ?? throw new ArgumentException($"There is no transform '{ShortText.Of(name)}'. {NearNames.Advice(name, [.. All.Select(type => type.Name)])}", nameof(name));

    /// <summary>Creates a transform of this kind from named values; names ignore case.</summary>
    /// <param name="values">Tensors, integers, shapes, distributions or transforms by parameter name.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a parameter without default is missing.</exception>
    public Transform Create(IReadOnlyDictionary<string, object> values) => create(new ParameterValues(Name, Parameters, values));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
