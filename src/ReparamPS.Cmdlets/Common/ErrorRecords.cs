using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Policies;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Native;
using ReparamPS.Runs;
using ReparamPS.Sweeps;
using ReparamPS.Torch;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Common;

/// <summary>The only factory of ErrorRecords: an id and a category per kind of failure. The ids are part of the module's interface.</summary>
public static class ErrorRecords
{
    /// <summary>The record of an exception.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="target">The object that caused it.</param>
    public static ErrorRecord From(Exception error, object? target)
    {
        (string id, ErrorCategory category) = error switch
        {
            ParameterConstraintException => ("ParameterOutsideConstraint", ErrorCategory.InvalidArgument),
            ShapeMismatchException => ("ShapeMismatch", ErrorCategory.InvalidArgument),
            NotReparameterizableException => ("NotReparameterizable", ErrorCategory.InvalidOperation),
            DeviceNotAvailableException => ("DeviceNotAvailable", ErrorCategory.ResourceUnavailable),
            NativeLibraryException => ("NativeLibraryNotLoaded", ErrorCategory.ResourceUnavailable),
            FileNotFoundException or DirectoryNotFoundException => ("PathNotFound", ErrorCategory.ObjectNotFound),
            FileExistsException => ("FileExists", ErrorCategory.ResourceExists),
            CustomFunctionException => ("CustomFunctionFailed", ErrorCategory.InvalidResult),
            OtherRunspaceException => ("OtherRunspace", ErrorCategory.InvalidOperation),
            SweepException => ("SweepNotFinished", ErrorCategory.OperationStopped),
            DataFormatException => ("InvalidData", ErrorCategory.InvalidData),
            TrainingDivergedException => ("TrainingDiverged", ErrorCategory.InvalidResult),
            OutOfMemoryException => ("NotEnoughMemory", ErrorCategory.ResourceUnavailable),
            NonFiniteCostException => ("CostNotFinite", ErrorCategory.InvalidResult),
            NonFiniteDensityException => ("DensityNotFinite", ErrorCategory.InvalidResult),
            NotSupportedException => ("NotSupported", ErrorCategory.NotImplemented),
            ArgumentException => ("InvalidArgument", ErrorCategory.InvalidArgument),
            UnauthorizedAccessException => ("AccessDenied", ErrorCategory.PermissionDenied),
            IOException => ("InputOutput", ErrorCategory.WriteError),
            _ => ("UnexpectedError", ErrorCategory.NotSpecified),
        };
        if (error.GetType() == typeof(ArgumentException)) error = new PlainArgumentException((ArgumentException)error);
        var record = new ErrorRecord(error, id, category, target);
        // Checked products of sizes; what does not fit into 64 bits fits into no memory.
        if (error is OverflowException && error.Message == new OverflowException().Message) record.ErrorDetails = new ErrorDetails("A size is too large: the product of the sizes exceeds the largest 64-bit integer. Choose smaller sizes.");
        if (error is OutOfMemoryException and not InsufficientMemoryException) record.ErrorDetails = new ErrorDetails("There is not enough memory for this call. Use a smaller count, batch or shape.");
        string text = record.ErrorDetails?.Message ?? error.Message, shown = ShortText.Message(text);
        if (shown != text) record.ErrorDetails = new ErrorDetails(shown);
        return record;
    }

    // An argument's error whose message does not end with the name of a parameter of some method.
    private sealed class PlainArgumentException(ArgumentException error) : ArgumentException(error.Message, error.ParamName, error)
    {
        public override string Message { get; } = ShortText.Message(error);
    }

    /// <summary>Whether a cmdlet must stop after such a failure, even if the pipeline has more input.</summary>
    public static bool IsTerminating(Exception error) => error is NativeLibraryException or DeviceNotAvailableException or OtherRunspaceException or LayoutInputException;
}
