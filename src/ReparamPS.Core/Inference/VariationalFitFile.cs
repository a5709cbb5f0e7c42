using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReparamPS.Data;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Inference;

/// <summary>Fits as safetensors files: location and factor as tensors, names, shapes and settings as text. The model itself, which is code, is not saved.</summary>
public static class VariationalFitFile
{
    private const string Format = "ReparamPS.VariationalFit/1", Location = "location", Scale = "scale", ScaleTril = "scale_tril", SupportsName = "supports";
    private const string OtherFile = "Give a file that Export-VariationalFit wrote.", Again = "Export the fit again, with Export-VariationalFit.";
    private const double SameSupport = 1e-9;

    // A tolerance and the squares of large values may be infinite.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes a fit; the file appears whole or not at all.</summary>
    public static void Save(VariationalFit fit, string path)
    {
        using var scope = NewDisposeScope();
        int size = fit.Model.Dimension;
        bool isMeanField = fit.Family == VariationalFamily.MeanField;
        Tensor factor = isMeanField ? tensor(fit.State.Factor) : tensor(fit.State.Factor, [size, size]);
        SafeTensorsFile.Write(path, [(Location, tensor(fit.State.Location)), (isMeanField ? Scale : ScaleTril, factor)], new Dictionary<string, string>
        {
            ["format"] = Format,
            ["parameters"] = JsonSerializer.Serialize(Signature(fit.Model)),
            [SupportsName] = JsonSerializer.Serialize(Supports(fit.Model, fit.State), Json),
            ["options"] = JsonSerializer.Serialize(fit.Options, Json),
            ["summary"] = JsonSerializer.Serialize(new Summary(
                fit.Evaluations, fit.TotalEvaluations, fit.FitDraws, Text(fit.Bound), Text(fit.GradientNorm), Text(fit.GradientTolerance), Text(fit.Disagreement), fit.Agrees, Text(fit.Seconds))),
        });
    }

    /// <summary>Reads a fit of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model, whose parameters must have the names, shapes and supports of the file's.</param>
    /// <exception cref="DataFormatException">The file is damaged, or not a fit.</exception>
    /// <exception cref="ArgumentException">The fit is of another model.</exception>
    public static VariationalFit Load(string path, BayesianModel model)
    {
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = ReadFile(path);
        try
        {
            string? format = metadata.GetValueOrDefault("format");
            if (format != Format) throw new DataFormatException(path, $"not a variational fit: {(format is null ? "its metadata have no entry 'format'" : $"its format is {ShortText.Quoted(format)}, not '{Format}'")}. {OtherFile}");
            string[] saved = Read<string[]>(path, metadata, "parameters"), expected = Signature(model);
            if (!saved.SequenceEqual(expected))
                throw new ArgumentException($"Model must have the parameters of the saved fit, in the same order and with the same shapes: {ShortText.List(saved)}; got {ShortText.List(expected)}. Give the model that was fitted.", nameof(model));
            VariationalOptions options = Read<VariationalOptions>(path, metadata, "options");
            GaussianState state = State(path, options.Family, model.Dimension, tensors);
            // Older files do not state the supports.
            if (metadata.ContainsKey(SupportsName)) CheckSupports(Read<ParameterSupport[]>(path, metadata, SupportsName), Supports(model, state));
            Summary summary = Read<Summary>(path, metadata, "summary");
            return new VariationalFit(model, options, state)
            {
                Evaluations = summary.Evaluations, TotalEvaluations = summary.TotalEvaluations, FitDraws = summary.FitDraws, Bound = Number(summary.Bound), GradientNorm = Number(summary.GradientNorm),
                GradientTolerance = Number(summary.GradientTolerance), Disagreement = Number(summary.Disagreement), Agrees = summary.Agrees, Seconds = Number(summary.Seconds),
            };
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static (IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) ReadFile(string path)
    {
        try
        {
            return SafeTensorsFile.Read(path);
        }
        catch (DataFormatException error) when (error.IsOtherFormat)
        {
            throw error.With(OtherFile);
        }
    }

    private static GaussianState State(string path, VariationalFamily family, int size, IReadOnlyDictionary<string, Tensor> tensors)
    {
        string factor = family == VariationalFamily.MeanField ? Scale : ScaleTril;
        long[] shape = family == VariationalFamily.MeanField ? [size] : [size, size];
        if (!tensors.TryGetValue(Location, out Tensor? location) || !tensors.TryGetValue(factor, out Tensor? scale) || !location.shape.SequenceEqual([size]) || !scale.shape.SequenceEqual(shape))
            throw new DataFormatException(path, $"the file is damaged: it must hold the tensors '{Location}' of shape [{size}] and '{factor}' of shape {TensorShapes.Format(shape)}. {Again}");
        var state = new GaussianState(family, ManagedValues.ToDoubles(location), ManagedValues.ToDoubles(scale));
        for (int i = 0; i < size; i++)
        {
            if (!(state.Diagonal(i) > 0) || !double.IsFinite(state.Location[i])) throw new DataFormatException(path, $"the file is damaged: a mean of the fit is not finite, or a standard deviation is not positive. {Again}");
        }
        return state;
    }

    private static T Read<T>(string path, IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (!metadata.TryGetValue(name, out string? text)) throw new DataFormatException(path, $"the metadata entry '{name}' is missing. {Again}");
        try
        {
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("it is null.");
        }
        catch (JsonException error)
        {
            throw new DataFormatException(path, $"the metadata entry '{name}' cannot be read: {JsonFault.Of(error)} {Again}", error);
        }
    }

    // A name and a shape for each parameter, in order.
    private static string[] Signature(BayesianModel model) => [.. model.Parameters.Select(parameter => $"{parameter.Name}[{string.Join(",", parameter.Shape)}]")];

    // The fit is a normal distribution of coordinates, and the supports of the priors say which values those stand for.
    private static ParameterSupport[] Supports(BayesianModel model, GaussianState state)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<ParameterSupport> supports = [];
        model.Constrain(tensor(state.Location).unsqueeze(1), (parameter, prior, _, value) =>
        {
            double[] values = ManagedValues.ToDoubles(value.to(ScalarType.Float64));
            supports.Add(new ParameterSupport(parameter.Name, prior.Support.ToString() ?? "", [values.Sum(), values.Sum(each => each * each)]));
        });
        return [.. supports];
    }

    private static void CheckSupports(ParameterSupport[] saved, ParameterSupport[] expected)
    {
        foreach ((ParameterSupport one, ParameterSupport other) in saved.Zip(expected))
        {
            if (one.Values is { Length: 2 } && one.Values.Zip(other.Values).All(pair => pair.First == pair.Second || Math.Abs(pair.First - pair.Second) <= SameSupport * Math.Max(Math.Abs(pair.First), Math.Abs(pair.Second)))) continue;
            throw new ArgumentException(
                $"Model must have priors with the supports of the saved fit; the support of {other.Parameter} is {ShortText.Of(one.Support)} in the file and {ShortText.Of(other.Support)}{(one.Support == other.Support ? " with other bounds" : "")} in the model.", "model");
        }
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    /// <summary>The support of a parameter's prior.</summary>
    /// <param name="Parameter">The parameter.</param>
    /// <param name="Support">The support in words.</param>
    /// <param name="Values">The sums of the values and of their squares at the location of the fit, which differ for other bounds.</param>
    private sealed record ParameterSupport(string Parameter, string Support, double[] Values);

    private sealed record Summary(
        int Evaluations, int TotalEvaluations, int FitDraws, string Bound, string GradientNorm, string GradientTolerance, string Disagreement, bool Agrees, string Seconds);
}
