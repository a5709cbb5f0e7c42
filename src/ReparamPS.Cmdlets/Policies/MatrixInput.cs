using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Matrices and lists of numbers from PowerShell's values.</summary>
internal static class MatrixInput
{
    private const string Rule = "must be a matrix (nested arrays, one per row), such as ((1, 0), (0, 1))";

    /// <summary>What a flat list of numbers stands for.</summary>
    [JsonConverter(typeof(StringEnumConverter))]
    public enum FlatList
    {
        /// <summary>Nothing: a matrix of more than one element is nested arrays.</summary>
        Refused,

        /// <summary>One row.</summary>
        Row,

        /// <summary>One column.</summary>
        Column,
    }

    /// <summary>A matrix of a number (1 × 1), a flat list or nested arrays.</summary>
    public static double[,] Matrix(object? value, string parameter, FlatList flat = FlatList.Refused)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor given = TensorInput.ToTensor(value, parameter, torch.ScalarType.Float64);
        long[] shape = given.shape;
        if (shape is [0]) throw new ShapeMismatchException($"{parameter} {Rule}; got an empty list.", parameter);
        bool isNumber = given.numel() == 1 && shape.Length < 2;
        if (!isNumber && shape.Length != 2 && (shape.Length != 1 || flat == FlatList.Refused))
            throw new ShapeMismatchException($"{parameter} {Rule}; got values of shape {TensorShapes.Format(shape)}.", parameter);
        (int rows, int columns) = isNumber ? (1, 1)
            : shape.Length == 2 ? ((int)shape[0], (int)shape[1])
            : flat == FlatList.Row ? (1, (int)shape[0]) : ((int)shape[0], 1);
        var matrix = new double[rows, columns];
        double[] values = ManagedValues.ToDoubles(given);
        Buffer.BlockCopy(values, 0, matrix, 0, values.Length * sizeof(double));
        return matrix;
    }

    /// <summary>A list of a number or a flat list.</summary>
    public static double[] List(object? value, string parameter)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor given = TensorInput.ToTensor(value, parameter, torch.ScalarType.Float64);
        return given.dim() <= 1 ? ManagedValues.ToDoubles(given)
            : throw new ShapeMismatchException($"{parameter} must be a number or a flat list of numbers; got values of shape {TensorShapes.Format(given.shape)}.", parameter);
    }
}
