using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Vae;
using TorchSharp;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Processes each model, given as an object or as the path of a run or a model file.</summary>
public abstract class VaeModelCommandBase : ReparamCmdlet
{
    // Kept from one object of a pipeline to the next, unless the file is written between them.
    private (string Path, FileStamp Stamp, VaeModel Model)? loaded;
    private bool isTyped;

    /// <summary>The model, from Import-VaeModel; or the path of a model file or of a training run's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object Model { get; set; } = null!;

    /// <summary>The parameter that a value in the place of a piped model is meant for.</summary>
    private protected virtual string Meant => "Count";

    /// <inheritdoc/>
    protected override object? ErrorTarget => Model;

    /// <inheritdoc/>
    protected override void Begin()
    {
        // $model | Invoke-VaeSampling 16: the number stands where the model belongs, and the engine would only say that the piped one does not bind.
        isTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Model));
        if (!MyInvocation.ExpectingInput) return;
        string? shown = TensorInput.Unwrap(Model) switch
        {
            int or long or double => $"{Model}",
            IEnumerable list and not (string or IDictionary or torch.Tensor) when list.Cast<object?>().All(item => TensorInput.Unwrap(item) is int or long or double) => ShortText.Of(string.Join(",", list.Cast<object?>().Select(TensorInput.Unwrap))),
            _ => null,
        };
        if (shown is not null)
            throw new ArgumentException($"Model: {shown} is not a model; here, the model comes from the pipeline. Name the parameter that {shown} is for, such as -{Meant} {shown}.", nameof(Model));
    }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        if (TensorInput.Unwrap(Model) is VaeModel given)
        {
            Process(given);
            return;
        }
        object? value = TensorInput.Unwrap(Model);
        if (ArgumentRules.Refusal(value, typeof(string)) is { } refusal)
        {
            var error = new ArgumentException($"Model must come from Import-VaeModel, or be the path of a run or of a model file; got {refusal.Got}.{(isTyped && MyInvocation.ExpectingInput ? $" If the model comes from the pipeline, write the name of a parameter before this value, such as -{Meant}." : "")}{ArgumentRules.RunAdvice(value)}", nameof(Model));
            // A run has many rows, which would all have this error.
            if (ArgumentRules.IsTrainingRow(value)) ThrowTerminatingError(ErrorRecords.From(error, Model));
            throw error;
        }
        string path = ResolvePath(Convert.ToString(Model, System.Globalization.CultureInfo.InvariantCulture)!, nameof(Model));
        FileStamp stamp = VaeModelFile.StampOf(path);
        if (loaded?.Path != path || loaded?.Stamp != stamp)
        {
            loaded?.Model.Dispose();
            loaded = null;
            loaded = (path, stamp, VaeModelFile.Load(path));
            if (VaeModelFile.WarningOf(path) is { } warning) WriteWarning(warning);
        }
        Process(loaded.Value.Model);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) loaded?.Model.Dispose();
        loaded = null;
        base.Dispose(disposing);
    }

    /// <summary>Handles a model.</summary>
    protected abstract void Process(VaeModel model);
}

/// <summary>Processes each model with images: a part of the run's own, or those of a file.</summary>
public abstract class VaeImagesCommandBase : VaeModelCommandBase
{
    private readonly VaeDataReader reader = new();

    /// <summary>Which images of the training run are used. They are read again from the data path that is stored with the model. Allowed: test, validation, train, all (the images of that path in their order, then those of a separate file of test images, if the training had one).</summary>
    [Parameter, ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Part { get; set; } = "test";

    /// <summary>Images to use instead of those of -Part: a file or folder that Invoke-VaeTraining can read. Pixel values are scaled as those of the training images were; values above the maximum used in training (-MaximumValue of Invoke-VaeTraining) are an error. Default: the images of -Part.</summary>
    [Parameter, ValidateNotNullOrEmpty, Exact<string>]
    public string? DataPath { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        if (DataPath is not null && IsGivenHere(nameof(Part))) throw new ArgumentException("Part and DataPath cannot be combined. Use one of them.", nameof(Part));
    }

    /// <summary>The images, binarized as the run's are, and what to call them.</summary>
    protected (ImageDataSet Images, string Name) ImagesFor(VaeModel model)
    {
        if (DataPath is not null) return VaeParts.ReadFile(reader, model, ResolvePath(DataPath));
        ImageDataSet images = OfTraining(model);
        WarnOfChanges(model);
        return (images, Part.ToLowerInvariant());
    }

    private void WarnOfChanges(VaeModel model)
    {
        try
        {
            if (!VaeParts.HaveChanged(reader, model)) return;
            string which = VaeParts.PathsOf(model.Options) is { } paths ? $"The images in {paths}" : "The images of the run";
            WriteWarning($"{which} have changed since the model was trained, so test images may include images that it was trained on. Restore the images, or give others with -DataPath.");
        }
        // Of test images that are not used here.
        catch (Exception error) when (error is FileNotFoundException or DataFormatException)
        {
            WriteWarning($"{ShortText.Message(error)} So it cannot be checked whether the images have changed since the model was trained.");
        }
    }

    private ImageDataSet OfTraining(VaeModel model)
    {
        try
        {
            VaeParts.CheckWhole(reader, model);
            return VaeParts.Read(reader, model.Options, Part);
        }
        catch (FileNotFoundException error)
        {
            throw new FileNotFoundException($"The data file '{ShortText.Of(error.FileName)}', with which the model was trained, does not exist. Put it back, or give another file with -DataPath instead of -Part; all images of the other file are used.", error.FileName, error);
        }
    }
}
