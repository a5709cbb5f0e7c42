using System.Globalization;
using System.Text.Json;
using ReparamPS.Data;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Models as safetensors files: the weights by name, and the settings as text beside them.</summary>
public static class VaeModelFile
{
    /// <summary>The name of the model in a run's folder.</summary>
    public const string FileName = "model.safetensors";

    private const string Format = "ReparamPS.Vae/1";

    /// <summary>Writes a model; the file appears whole or not at all.</summary>
    public static void Save(VaeModel model, string path, string runId) => SafeTensorsFile.Write(path, model.Parameters.Select(parameter => (parameter.Name, parameter.Value)), new Dictionary<string, string>
    {
        ["format"] = Format,
        ["run_id"] = runId,
        ["options"] = JsonSerializer.Serialize(model.Options),
        ["image_height"] = model.ImageHeight.ToString(CultureInfo.InvariantCulture),
        ["maximum_value"] = model.MaximumValue?.ToString("R", CultureInfo.InvariantCulture) ?? "",
        ["image_width"] = model.ImageWidth.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file, or the folder of a run.</param>
    /// <param name="device">The device to put it on; null is the CPU.</param>
    /// <exception cref="DataFormatException">The file is truncated, damaged, or no model of this kind.</exception>
    public static VaeModel Load(string path, string? device = null)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensorsFile.Read(file);
        try
        {
            if (metadata.GetValueOrDefault("format") != Format) throw new DataFormatException(file, $"a safetensors file, but no VAE of this module: its format is '{metadata.GetValueOrDefault("format")}', not '{Format}'.");
            VaeModel model = Create(file, metadata, device ?? "cpu");
            try
            {
                Fill(file, model, tensors);
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static VaeModel Create(string file, IReadOnlyDictionary<string, string> metadata, string device)
    {
        try
        {
            VaeOptions options = JsonSerializer.Deserialize<VaeOptions>(metadata["options"])!;
            int height = int.Parse(metadata["image_height"], CultureInfo.InvariantCulture), width = int.Parse(metadata["image_width"], CultureInfo.InvariantCulture);
            string maximum = metadata["maximum_value"];
            return new VaeModel(options with { Device = device }, height, width) { RunId = metadata["run_id"], MaximumValue = maximum == "" ? null : double.Parse(maximum, CultureInfo.InvariantCulture) };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or OverflowException || error is ArgumentException { ParamName: not "name" })
        {
            throw new DataFormatException(file, $"the model's settings can't be read: {error.Message}", error);
        }
    }

    private static void Fill(string file, VaeModel model, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in model.Parameters)
        {
            if (!tensors.TryGetValue(name, out Tensor? saved)) throw new DataFormatException(file, $"the model's tensor '{name}' is missing.");
            if (!saved.shape.SequenceEqual(value.shape) || saved.dtype != value.dtype)
                throw new DataFormatException(file, $"the model's tensor '{name}' has not the shape and type that its settings ask for.");
            value.copy_(saved);
        }
        if (tensors.Count != model.Parameters.Count) throw new DataFormatException(file, "the file holds tensors that are none of the model's.");
    }
}
