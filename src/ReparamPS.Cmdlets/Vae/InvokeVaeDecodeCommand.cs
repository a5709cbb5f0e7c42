using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Messages;
using ReparamPS.Torch;
using ReparamPS.Vae;
using TorchSharp;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Decodes latent points to mean images, and interpolates between them.</summary>
/// <remarks>
/// <para>Each pixel of a mean image is the mean of that pixel's distribution at the latent point. There is one image per point. With -Steps, each pair of consecutive points returns that number of images, so every point except the first and the last appears twice.</para>
/// <para>You can give both the model and the latent points as arguments, or pipe one of them. If you pipe the model, name the other: -Latent 0, 0. With -Steps, give all points as one argument, because each piped object is decoded on its own.</para>
/// </remarks>
/// <example>
/// <para>Decode the prior's mean</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 30 -OutPath ./run -Force |
///     Out-Null
/// Invoke-VaeDecode ./run -Latent 0, 0</code>
/// </example>
/// <example>
/// <para>Decode encoded images</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 30 -OutPath ./run -Force |
///     Out-Null
/// Invoke-VaeEncode ./run -Count 5 | Invoke-VaeDecode ./run</code>
/// </example>
/// <example>
/// <para>Interpolate between two points in ten images</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 30 -OutPath ./run -Force |
///     Out-Null
/// Invoke-VaeDecode ./run -Latent (-2, 0), (2, 0) -Steps 10 |
///     Export-ImageGrid ./way.png -Columns 10</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeDecode")]
[OutputType(typeof(VaeImage))]
public sealed class InvokeVaeDecodeCommand : VaeModelCommandBase
{
    private const int MaxShown = 4;

    private bool isTyped;

    /// <summary>The latent points: one point, a list of points, or a tensor. A point is a list of finite numbers (one number if LatentSize is 1) or a row of Invoke-VaeEncode; without -Steps, the image of a row keeps the row's Index and Label.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    public object Latent { get; set; } = null!;

    /// <summary>The number of images on the straight line from each point to the next, including both points. Default: one image per point, without interpolation.</summary>
    [Parameter, AllowedRange(2), OptionalNumber<int>]
    public int? Steps { get; set; }

    private protected override string Meant => nameof(Latent);

    /// <inheritdoc/>
    protected override void Begin()
    {
        isTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Latent));
        base.Begin();
    }

    /// <inheritdoc/>
    protected override void Process(VaeModel model)
    {
        PSObject[]? rows = Rows();
        object points = rows is null ? Latent : Array.ConvertAll(rows, row => Point(row, model.Options.LatentSize));
        torch.Tensor given = Numbers(points, model.Options.LatentSize);
        // Every further object would fail alike.
        if (Steps is not null && !isTyped && given.numel() <= model.Options.LatentSize)
            ThrowTerminatingError(ErrorRecords.From(new ArgumentException($"Steps requires at least two latent points per piped object; got one. Do not pipe the points: give all of them as one argument, such as -Latent {Example(model.Options.LatentSize, 0)}, {Example(model.Options.LatentSize, 1)}.", nameof(Steps)), Latent));
        IEnumerable<VaeImage> images = VaeUse.Decode(model, given, Steps);
        WriteObject(rows is null || Steps is not null ? images : images.Zip(rows, Named), enumerateCollection: true);
        if (!TensorInput.IsTensor(Latent)) given.Dispose();
    }

    private static torch.Tensor Numbers(object points, int size)
    {
        try
        {
            return TensorInput.ToTensor(points, nameof(Latent), torch.ScalarType.Float64);
        }
        catch (ArgumentException error) when (error is not ShapeMismatchException)
        {
            string point = size == 1 ? "number" : $"list of {size} numbers";
            throw new ArgumentException($"{ShortText.Message(error)} Each latent point is a {point}, such as -Latent {Example(size, 0)}, or a row of Invoke-VaeEncode.", nameof(Latent), error);
        }
    }

    // A latent point as it is typed.
    private static string Example(int size, int value) => size == 1 ? $"(, {value})" : size <= MaxShown ? $"({string.Join(", ", Enumerable.Repeat(value, size))})" : $"(@({value}) * {size})";

    // The rows of Invoke-VaeEncode; null if the points are numbers.
    private PSObject[]? Rows() => TensorInput.Unwrap(Latent) switch
    {
        PSObject row => [row],
        IList { Count: > 0 } items when items.Cast<object?>().All(item => TensorInput.Unwrap(item) is PSObject) => [.. items.Cast<object>().Select(PSObject.AsPSObject)],
        _ => null,
    };

    private static object?[] Point(PSObject row, int size)
    {
        int last = size;
        while (row.Properties[$"Z{last + 1}"] is not null) last++;
        if (last > size) throw new ArgumentException($"Latent: the row has Z1 to Z{last}, but the LatentSize of the model is {size}. Decode rows with the model that encoded them.", nameof(Latent));
        object?[] numbers = [.. Enumerable.Range(1, size).Select(i => row.Properties[$"Z{i}"]?.Value)];
        return Array.IndexOf(numbers, null) is >= 0 and var missing
            ? throw new ArgumentException($"Latent: the row has no Z{missing + 1}, but the LatentSize of the model is {numbers.Length}, so Z1 to Z{numbers.Length} are required. Decode rows with the model that encoded them.", nameof(Latent))
            : numbers;
    }

    private static VaeImage Named(VaeImage image, PSObject row) => image with
    {
        Index = Whole(row, "Index") ?? 0,
        Label = Whole(row, "Label"),
    };

    // A blank cell of a CSV file means that there is none.
    private static int? Whole(PSObject row, string name)
    {
        object? value = TensorInput.Unwrap(row.Properties[name]?.Value);
        if (ExactConversion.IsBlank(value)) return null;
        return ExactConversion.Convert(value, typeof(int), out object? converted) is not { } expected ? (int?)(converted ?? value)
            : throw new ArgumentException($"Latent: {name} of the row must be {expected}; got {ArgumentRules.Got(value)}.", nameof(Latent));
    }
}
