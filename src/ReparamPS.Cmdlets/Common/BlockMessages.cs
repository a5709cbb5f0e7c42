using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Messages about script blocks that fail, or return what they should not.</summary>
internal static partial class BlockMessages
{
    private const int MaxShown = 3;
    private const string UseMethods = "Use methods of tensors, such as $x.exp() instead of [math]::Exp($x)";

    /// <summary>Why a block failed: the first line of the error, without what the engine puts before it.</summary>
    public static string Reason(Exception error)
    {
        ErrorRecord? record = (error as RuntimeException)?.ErrorRecord;
        string text = error switch
        {
            // A cmdlet in the block wrote an error, which the engine wraps.
            ActionPreferenceStopException when record is not null => record.ErrorDetails?.Message ?? record.Exception.Message,
            _ when record is { FullyQualifiedErrorId: "NotIcomparable" } => "-gt, -ge, -lt and -le cannot compare the object. Tensors have the methods gt, ge, lt and le, such as .gt(0)",
            _ when record is { FullyQualifiedErrorId: "MethodCountCouldNotFindBest" } && NoiseCall().Match(error.Message) is { Success: true } call =>
                $"{call.Groups[1].Value} takes {(call.Groups[1].Value == nameof(DrawNoise.From) ? "a distribution and the shape, as in $noise.From((New-NormalDistribution), $shape)" : $"only the shape: $noise.{call.Groups[1].Value}($shape)")}",
            _ when record is { FullyQualifiedErrorId: "MethodNotFound" } && MissingOfMethod().Match(error.Message) is { Success: true } missing => Uncalled(missing.Groups[1].Value, record.InvocationInfo?.Line ?? ""),
            _ when error.GetBaseException().Message.EndsWith("is disposed.", StringComparison.Ordinal) => error.GetBaseException().Message + " Tensors that a block makes are disposed after the call. If several calls use a tensor, make it before the block, not inside it",
            _ when ListForTensor().Match(error.Message) is { Success: true } list => $"{list.Groups[1].Value} takes a tensor; got a list. Make a tensor of it before the block, such as $y = New-Tensor $y",
            _ when Operator().Match(error.Message) is { Success: true } operation => $"{Sign(operation.Value)} takes tensors and numbers only. If one of the two is a list, make a tensor of it before the block, such as $y = New-Tensor $y",
            _ when IndexType().IsMatch(error.GetBaseException().Message) => $"{error.GetBaseException().Message.Split('\n')[0].TrimEnd('.')}. Draws and New-Tensor are float64 by default. Convert the index to integers, such as $_.long()",
            _ when ToNumber().Match(error.GetBaseException().Message) is { Success: true } several => $"a tensor with {several.Groups[1].Value} elements cannot be converted to a number. {UseMethods}",
            _ when IsNullOperand(error) => "an operand or the argument of a method is null",
            _ => error.GetBaseException().Message,
        };
        return ShortText.WithoutParameter(text).Split('\n')[0].Trim();
    }

    // The engine names the type of the method group, and not the method: that stands in the line, before the member that was looked for.
    private static string Uncalled(string member, string line) => Regex.Match(line, $@"\.(\w+)\.{Regex.Escape(member)}\b") is { Success: true } found
        ? found.Groups[1].Value is "data" ? ".data is a method here; for a tensor without a gradient, write .detach()" : $".{found.Groups[1].Value} is a method; write it with parentheses: .{found.Groups[1].Value}()"
        : "a method stands without parentheses; write .sum() instead of .sum, for example";

    [GeneratedRegex("\"(Uniform|Normal|Exponential|From)\"")]
    private static partial Regex NoiseCall();

    [GeneratedRegex(@"\[System\.Management\.Automation\.PSMethod`.*\W(\w+)\W*$")]
    private static partial Regex MissingOfMethod();

    // libtorch's words; PowerShell converts the arguments of [math]'s methods.
    [GeneratedRegex("a Tensor with ([0-9]+) elements cannot be converted to Scalar")]
    private static partial Regex ToNumber();

    private static string Sign(string name) => name.Split('_')[1] switch { "Addition" => "+", "Subtraction" => "-", "Multiply" => "*", "Division" => "/", _ => "%" };

    // On the left, a tensor whose other operand has no conversion, or a list.
    [GeneratedRegex("(?<=Cannot find an overload for \"|\\[System\\.[\\w.]+\\[\\]\\] does not contain a method named ')op_(Addition|Subtraction|Multiply|Division|Modulus)")]
    private static partial Regex Operator();

    [GeneratedRegex("with value: \"System\\.[\\w.]+\\[\\]\", for \"([a-zA-Z]\\w*)\" to type \"TorchSharp\\.torch\\+Tensor\"")]
    private static partial Regex ListForTensor();

    [GeneratedRegex("Expected dtype .*int64 for index")]
    private static partial Regex IndexType();

    /// <summary>Where a block failed, such as “ in line 1”; empty if that is not known.</summary>
    public static string Place(Exception error) => (error as RuntimeException)?.ErrorRecord?.InvocationInfo is { ScriptLineNumber: > 0 and var line } ? $" in line {line}" : "";

    /// <summary>The error of a block that fails: its role, the line, the reason, and what may help.</summary>
    /// <param name="role">The block's role, such as the parameter that it was given as.</param>
    /// <param name="error">The error.</param>
    /// <param name="help">Further sentences, each after a space.</param>
    public static CustomFunctionException Failed(string role, RuntimeException error, string help) => new($"{role} failed{Place(error)}: {Reason(error, help)}", error);

    /// <summary>The reason, as the rest of a sentence, and what may help.</summary>
    /// <param name="error">The error.</param>
    /// <param name="help">Further sentences, each after a space.</param>
    public static string Reason(Exception error, string help)
    {
        string reason = Reason(error);
        // Sentences with a variable say which one is null.
        string advice = IsNullOperand(error) && !help.Contains('$') ? " Check that all variables there have a value." : "";
        return $"{reason}{(reason.EndsWith('.') ? "" : ".")}{advice}{help}";
    }

    // .NET's own messages name an argument that the user does not see, or nothing at all.
    private static bool IsNullOperand(Exception error) => error.GetBaseException() is ArgumentNullException { ParamName: not null } or NullReferenceException;

    /// <summary>Whether a block failed because something is null.</summary>
    public static bool IsOfNull(RuntimeException error) => error.GetBaseException() is ArgumentNullException or NullReferenceException || Reason(error).Contains("null", StringComparison.OrdinalIgnoreCase);

    /// <summary>A block that must return one object has returned none or several.</summary>
    public static string NotOne(string role, IReadOnlyList<object?> results)
    {
        if (results.Count == 0) return $"{role} returned nothing. Let its last line be the value to return.";
        bool areNumbers = results.All(IsNumber);
        string shown = string.Join(", ", results.Take(MaxShown).Select(result => areNumbers ? NumberText(result) : Described(result)));
        string advice = areNumbers ? "To return one tensor, add -AsTensor to the cmdlet that writes these numbers, or leave out .ToArray()." : "Assign other output to $null.";
        return $"{role} must return one object; it returned {results.Count} {(areNumbers ? "numbers" : "objects")} ({shown}{(results.Count > MaxShown ? ", …" : "")}). {advice}";
    }

    /// <summary>A block that must return a tensor has returned something else.</summary>
    /// <param name="role">The block's role.</param>
    /// <param name="result">What it returned.</param>
    /// <param name="hint">A sentence after a space that says why, instead of general advice; empty for none.</param>
    /// <param name="takesTable">Whether the block's first argument is the table of parameters.</param>
    public static string NotTensor(string role, object? result, string hint = "", bool takesTable = false) => $"{role} must return a tensor; got {Described(result)}{(hint.Length > 0 ? "" : Advice(result, takesTable))}.{hint}";

    /// <summary>A block that may return tensors only has also returned something else.</summary>
    public static string NotOnlyTensors(string role, object? result) => $"{role} must return tensors only; it also returned {Described(result)}. Assign other output to $null.";

    private static string Advice(object? result, bool takesTable) => result switch
    {
        _ when IsNumber(result) => $", which has no gradient. {UseMethods}. Leave out .item(), .ToArray() and [double], and add -AsTensor to a cmdlet that returns numbers",
        IDictionary when takesTable => ". The first argument of the block is a hashtable of the parameters: use its values, such as $p.Scale",
        SampleBatch => ". Add -AsTensor to Invoke-RSample",
        DrawNoise => ". Draw a tensor from it, such as $noise.Normal($shape)",
        Distribution => ". Call one of its methods, such as .LogProb($x) or .Cdf($x)",
        _ => "",
    };

    private static string Described(object? result) => result switch
    {
        Tensor tensor => $"a tensor of shape {TensorShapes.Format(tensor.shape)}",
        Distribution => ShortText.Of(result),
        _ when IsNumber(result) => $"the number {NumberText(result)}",
        _ => NestedNumbers.Quoted(result),
    };

    private static string NumberText(object? number) => TensorText.Number(Convert.ToDouble(number, CultureInfo.InvariantCulture));

    private static bool IsNumber(object? result) => result is IConvertible and not (string or char or bool or DateTime or Enum);
}
