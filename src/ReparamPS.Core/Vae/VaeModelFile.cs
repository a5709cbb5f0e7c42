using System.Globalization;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Models as safetensors files: the weights by name, and the settings as text beside them.</summary>
public static class VaeModelFile
{
    /// <summary>The name of the model in a run's folder.</summary>
    public const string FileName = "model.safetensors";

    private const string Format = "ReparamPS.Vae/2";

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
            VaeModel model = Create(file, metadata, tensors, device ?? "cpu");
            using var noGrad = no_grad();
            foreach ((string name, Tensor value) in model.Parameters) value.copy_(tensors[name]);
            return model;
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static VaeModel Create(string file, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, Tensor> tensors, string device)
    {
        _ = TorchDevices.Parse(device);
        try
        {
            VaeOptions options = (JsonSerializer.Deserialize<VaeOptions>(metadata["options"]) ?? throw new JsonException("they are null.")) with { Device = device };
            options.Validate();
            int height = Positive(metadata["image_height"]), width = Positive(metadata["image_width"]);
            string maximum = metadata["maximum_value"];
            // Before so much memory is asked for as the settings say.
            CheckTensors(file, VaeModel.Layout(options, height, width), options.ScalarType, tensors);
            return new VaeModel(options, height, width) { RunId = metadata["run_id"], MaximumValue = maximum == "" ? null : double.Parse(maximum, CultureInfo.InvariantCulture) };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            throw new DataFormatException(file, $"the model's settings can't be read: {error.Message}", error);
        }
    }

    private static void CheckTensors(string file, IReadOnlyList<(string Name, long[] Shape)> layout, ScalarType dtype, IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach ((string name, long[] shape) in layout)
        {
            if (!tensors.TryGetValue(name, out Tensor? saved)) throw new DataFormatException(file, $"the model's tensor '{name}' is missing.");
            if (!saved.shape.SequenceEqual(shape) || saved.dtype != dtype)
                throw new DataFormatException(file, $"the model's tensor '{name}' has not the shape and type that its settings ask for.");
        }
        if (tensors.Count != layout.Count) throw new DataFormatException(file, "the file holds tensors that are none of the model's.");
    }

    private static int Positive(string text) =>
        int.Parse(text, CultureInfo.InvariantCulture) is > 0 and var number ? number : throw new FormatException($"an image has no {text} rows or columns.");
}
