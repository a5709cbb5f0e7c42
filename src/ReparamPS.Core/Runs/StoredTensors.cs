using ReparamPS.Data;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Runs;

/// <summary>The content of a safetensors file of this module: tensors and texts by name.</summary>
internal sealed class StoredTensors : IDisposable
{
    /// <summary>The name of the text that states the format.</summary>
    public const string FormatName = "format";

    /// <summary>The name of the text that holds a checkpoint's settings.</summary>
    public const string SettingsName = "options";

    private const string RunIdName = "run_id";

    private readonly IReadOnlyDictionary<string, string> texts;

    private StoredTensors(string file, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> texts) => (File, Tensors, this.texts) = (file, tensors, texts);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>The run that wrote the file.</summary>
    public string RunId => this[RunIdName];

    /// <summary>A text by name.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such text.</exception>
    public string this[string name] => TextOf(texts, name);

    /// <summary>A text by name, of the texts of a file.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such text; the message is the end of a sentence.</exception>
    public static string TextOf(IReadOnlyDictionary<string, string> texts, string name) =>
        texts.TryGetValue(name, out string? text) ? text : throw new KeyNotFoundException($"the entry '{name}' is missing.");

    /// <summary>Writes a file, whole or not at all.</summary>
    public static void Write(string path, string format, string runId, IEnumerable<(string Name, Tensor Value)> tensors, params (string Name, string Text)[] texts)
    {
        var metadata = new Dictionary<string, string> { [FormatName] = format, [RunIdName] = runId };
        foreach ((string name, string text) in texts) metadata.Add(name, text);
        SafeTensorsFile.Write(path, tensors, metadata);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The format that it must have.</param>
    /// <param name="what">What it must be, for the error message.</param>
    /// <exception cref="DataFormatException">The file is truncated, damaged or of another format.</exception>
    public static StoredTensors Read(string path, string format, string what)
    {
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensorsFile.Read(path);
        var stored = new StoredTensors(path, tensors, metadata);
        string? found = metadata.GetValueOrDefault(FormatName);
        if (found == format) return stored;
        stored.Dispose();
        if (RunKind.OfCheckpointFormat(found) is not null && RunKind.OfCheckpointFormat(format) is null)
            throw new DataFormatException(path, $"this is the checkpoint of a run, not {what}. Give the folder of the run or its {RunKind.ModelFile}.");
        // A file of an older version is the file that was meant.
        throw new DataFormatException(path, $"the file is not {what}: {(string.IsNullOrEmpty(found) ? "it states no format" : $"its format is {ShortText.Quoted(found)}, not '{format}'")}.")
        {
            IsOtherFormat = NameOf(found) != NameOf(format),
        };
    }

    private static string NameOf(string? format) => (format ?? "").Split('/')[0];

    /// <summary>The run that wrote a file; null if the file does not say.</summary>
    public static string? RunIdOf(string path) => SafeTensorsFile.ReadMetadata(path).GetValueOrDefault(RunIdName);

    /// <summary>Checks that the tensors are those of a layout, before memory is reserved for it.</summary>
    /// <exception cref="DataFormatException">A tensor is missing, has another shape or type, or does not belong to the layout.</exception>
    public void CheckLayout(IReadOnlyList<(string Name, long[] Shape)> layout, ScalarType dtype)
    {
        foreach ((string name, long[] shape) in layout)
        {
            if (!Tensors.TryGetValue(name, out Tensor? tensor)) throw new DataFormatException(File, $"the model's tensor '{ShortText.Of(name)}' is missing.");
            if (!tensor.shape.SequenceEqual(shape) || tensor.dtype != dtype)
                throw new DataFormatException(File, $"the model's tensor '{ShortText.Of(name)}' does not have the shape and type that the model's settings require.");
        }
        if (Tensors.Count != layout.Count) throw new DataFormatException(File, "the file contains tensors that do not belong to the model.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors.Values) tensor.Dispose();
    }
}
