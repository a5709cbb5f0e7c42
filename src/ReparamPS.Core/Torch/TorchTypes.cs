using ReparamPS.Messages;

using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Element types by PyTorch's names.</summary>
public static class TorchTypes
{
    /// <summary>The names of the floating types of distributions.</summary>
    public static IReadOnlyList<string> FloatingNames { get; } = ["float64", "float32"];

    /// <summary>The names of all types that a tensor can have.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. FloatingNames, "int64", "bool"];

    /// <summary>The element type with a name: float64 (double), float32 (float), int64 (long) or bool.</summary>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public static ScalarType Parse(string? name) => Named(name) ?? throw new ArgumentException($"DType must be float64, float32, int64 or bool; got {ShortText.Quoted(name)}.", "DType");

    /// <summary>The element type of a distribution: float64 or float32.</summary>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public static ScalarType ParseFloat(string? name) => Named(name) is { } type and (ScalarType.Float64 or ScalarType.Float32)
        ? type
        : throw new ArgumentException($"DType must be float64 or float32; got {ShortText.Quoted(name)}.", "DType");

    /// <summary>Whether a name is one of the floating types of distributions.</summary>
    public static bool IsFloat(string? name) => Named(name) is ScalarType.Float64 or ScalarType.Float32;

    private static ScalarType? Named(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        "float64" or "double" => ScalarType.Float64,
        "float32" or "float" or "single" => ScalarType.Float32,
        "int64" or "long" => ScalarType.Int64,
        "bool" => ScalarType.Bool,
        _ => null,
    };

    /// <summary>PyTorch's name of an element type.</summary>
    public static string NameOf(ScalarType type) => type.ToString().ToLowerInvariant();

    /// <summary>The smallest positive normal number of a floating type (PyTorch's <c>finfo.tiny</c>).</summary>
    public static double Tiny(ScalarType type) => type == ScalarType.Float32 ? 1.17549435082228751e-38 : 2.2250738585072014e-308;

    /// <summary>The distance from 1 to the next larger number of a floating type (PyTorch's <c>finfo.eps</c>).</summary>
    public static double Epsilon(ScalarType type) => type == ScalarType.Float32 ? 1.1920928955078125e-07 : 2.2204460492503131e-16;

    /// <summary>The largest finite number of a floating type (PyTorch's <c>finfo.max</c>).</summary>
    public static double Largest(ScalarType type) => type == ScalarType.Float32 ? float.MaxValue : double.MaxValue;
}
