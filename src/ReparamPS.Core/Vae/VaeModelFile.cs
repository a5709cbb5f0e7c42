using System.Globalization;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Runs;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Models as safetensors files: the weights by name, and the settings as text beside them.</summary>
public static class VaeModelFile
{
    private const string Advice = "Give the folder of a run (-OutPath of Invoke-VaeTraining) or its " + RunKind.ModelFile + ".";

    /// <summary>Writes a model; the file appears whole or not at all.</summary>
    public static void Save(VaeModel model, string path, string runId) => StoredTensors.Write(
        path, VaeRun.Kind.ModelFormat, runId, model.GetParameters(),
        ("options", JsonSerializer.Serialize(model.Options)),
        ("image_height", model.ImageHeight.ToString(CultureInfo.InvariantCulture)),
        ("maximum_value", model.MaximumValue?.ToString("R", CultureInfo.InvariantCulture) ?? ""),
        ("image_width", model.ImageWidth.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file, or the folder of a run.</param>
    /// <param name="device">The device to put it on; null is the CPU.</param>
    /// <exception cref="DataFormatException">The file is truncated, damaged, or not a VAE model.</exception>
    public static VaeModel Load(string path, string? device = null)
    {
        try
        {
            return Read(FileOf(path), device);
        }
        catch (DataFormatException error)
        {
            throw RunFolder.Advised(error, VaeRun.Kind, Resuming, Advice);
        }
    }

    /// <summary>The warning that a model is not the one of its run, because the run was extended and is not finished; null if there is nothing to warn of.</summary>
    /// <param name="path">The file, or the folder of a run.</param>
    public static string? WarningOf(string path) => RunFolder.ModelWarning(path, VaeRun.Kind, folder => VaeRun.Settings(folder)?.Epochs, Resuming);

    /// <summary>Tells whether the model of a path was written since an earlier look.</summary>
    /// <param name="path">The file, or the folder of a run.</param>
    public static FileStamp StampOf(string path) => FileStamp.Of(Directory.Exists(path) ? Path.Combine(path, RunKind.ModelFile) : path);

    private static string Resuming(string folder) => $"Invoke-VaeTraining -OutPath '{ShortText.Of(folder)}' -Resume";

    private static VaeModel Read(string file, string? device)
    {
        using StoredTensors stored = StoredTensors.Read(file, VaeRun.Kind.ModelFormat, "a VAE model of this module");
        VaeModel model = Create(stored, device ?? "cpu");
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in model.GetParameters()) value.copy_(stored.Tensors[name]);
        return model;
    }

    // What a newcomer may give: a folder that holds runs, or a file of a run other than its model.
    private static string FileOf(string path)
    {
        if (Directory.Exists(path))
        {
            string inside = Path.Combine(path, RunKind.ModelFile);
            if (File.Exists(inside)) return inside;
            RunFolder.CheckFinished(path, VaeRun.Kind, Resuming(path));
            string[] runs = [.. Directory.EnumerateDirectories(path).Where(folder => File.Exists(Path.Combine(folder, RunKind.ModelFile))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];
            string advice = runs.Length == 0 ? $". {Advice}"
                : $", but its {(runs.Length == 1 ? $"subfolder {ShortText.List(runs)} does. Give" : $"subfolders {ShortText.List(runs)} do. Give one of them, such as")} '{ShortText.Of(Path.Combine(path, runs[0]))}'.";
            throw new FileNotFoundException($"The folder '{ShortText.Of(path)}' holds no {RunKind.ModelFile}{advice}", inside);
        }
        if (!File.Exists(path)) throw new FileNotFoundException($"'{ShortText.Of(path)}' does not exist.{RegularFile.WildcardAdvice(path)} {Advice}", path);
        if (Path.GetExtension(path).ToLowerInvariant() is ".json" or ".csv" && File.Exists(Path.Combine(Path.GetDirectoryName(path)!, RunKind.ModelFile)))
            throw new DataFormatException(path, $"this is not a model. {Advice}");
        return path;
    }

    private static VaeModel Create(StoredTensors stored, string device)
    {
        _ = TorchDevices.Parse(device);
        try
        {
            VaeOptions options = (JsonSerializer.Deserialize<VaeOptions>(stored["options"]) ?? throw new JsonException("the entry 'options' is null.")) with { Device = device };
            options.Validate();
            int height = Positive(stored, "image_height"), width = Positive(stored, "image_width");
            const string Maximum = "maximum_value";
            double? maximum = stored[Maximum] is not { Length: > 0 } text ? null
                : double.TryParse(text, CultureInfo.InvariantCulture, out double number) ? number : throw new FormatException($"{Maximum} must be a number; got {ShortText.Quoted(text)}.");
            // Before the memory that the settings ask for is reserved.
            stored.CheckLayout(VaeModel.Layout(options, height, width), options.ScalarType);
            return new VaeModel(options, height, width) { RunId = stored.RunId, MaximumValue = maximum };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            throw new DataFormatException(stored.File, $"the model's settings cannot be read: {(error is OverflowException ? "the sizes are too large." : JsonFault.Of(error))} Use an intact copy of the file.", error);
        }
    }

    private static int Positive(StoredTensors stored, string name) =>
        int.TryParse(stored[name], CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw new FormatException($"{name} must be a positive integer; got {ShortText.Quoted(stored[name])}.");
}
