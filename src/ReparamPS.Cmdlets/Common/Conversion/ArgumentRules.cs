using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Models;
using ReparamPS.Policies;
using ReparamPS.Policies.Problems;
using ReparamPS.Policies.Training;
using ReparamPS.Vae;
using TorchSharp;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>What a parameter that is not a number accepts, by its type. Stricter than PowerShell, which takes any object for text.</summary>
internal static class ArgumentRules
{
    /// <summary>The type name of the rows of Get-ExperimentRun.</summary>
    public const string RunRowTypeName = "ReparamPS.ExperimentRun";

    private const string LayoutNamespace = "Microsoft.PowerShell.Commands.Internal.Format";

    private static readonly Dictionary<Type, string> Words = new()
    {
        [typeof(string)] = "text",
        [typeof(char)] = "one character, such as ';' or \"`t\" (a tab)",
        [typeof(SwitchParameter)] = "$true or $false",
        [typeof(ScriptBlock)] = "a script block, such as { $_ * 2 }",
        [typeof(IDictionary)] = "a hashtable, such as @{ Loc = 0 }",
        [typeof(Distribution)] = "a distribution from New-NormalDistribution or another New-…Distribution",
        [typeof(Categorical)] = "a distribution from New-CategoricalDistribution",
        [typeof(VariationalFit)] = "a fit from Invoke-VariationalInference or Import-VariationalFit",
        [typeof(BayesianModel)] = "a model from New-BayesianModel",
        [typeof(Policy)] = "a policy from New-LinearPolicy, New-NeuralPolicy or Import-PolicyModel, or the path of a policy file",
        [typeof(ControlProblem)] = "a problem from New-ControlProblem, or the name Pendulum",
        [typeof(VaeImage)] = "an image from Invoke-VaeSampling, Invoke-VaeDecode or Invoke-VaeReconstruction",
    };

    /// <summary>What to do about a value after a switch, which PowerShell takes for the next argument.</summary>
    public const string SwitchHint = " If it is the value of a switch, write a colon before it, as in -Force:$false. A switch without a value is on.";

    /// <summary>Whether a value may be meant for a switch.</summary>
    public static bool IsFlag(object? value) => value is bool || (value is string text && bool.TryParse(text, out _));

    /// <summary>Whether text is True, as in a cell of a CSV file.</summary>
    public static bool IsTrueText(string text) => bool.TryParse(text, out bool isTrue) && isTrue;

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value, unwrapped.</param>
    /// <param name="type">The parameter's type.</param>
    /// <returns>What is expected and what was given, in words; null if the value fits.</returns>
    public static (string Expected, string Got)? Refusal(object? value, Type type)
    {
        if (type.IsInstanceOfType(value)) return null;
        if (!type.IsArray)
        {
            Type target = Nullable.GetUnderlyingType(type) ?? type;
            return Fits(value, target) ? null : (target.IsEnum ? OneOf(Enum.GetNames(target)) : Said(target), target == typeof(SwitchParameter) && value is string ? $"the text {Got(value)}" : Got(value));
        }
        Type element = type.GetElementType()!;
        foreach (object? item in value is IEnumerable list and not (string or IDictionary or torch.Tensor) ? list : new[] { value })
        {
            object? bare = TensorInput.Unwrap(item);
            if (!Fits(bare, element)) return (element.IsEnum ? "one or more of " + Names(element) : Several(element), Got(bare));
        }
        return null;
    }

    /// <summary>A value as a switch, by the rule of parameters; null is False.</summary>
    /// <param name="value">The value, unwrapped.</param>
    /// <param name="name">What the value is called in the error.</param>
    /// <exception cref="ArgumentException">It is neither a Boolean nor a number.</exception>
    public static bool Flag(object? value, string name)
    {
        if (value is not null && Refusal(value, typeof(SwitchParameter)) is { } refusal) throw new ArgumentException($"{name} must be {refusal.Expected}; got {refusal.Got}.", name);
        return LanguagePrimitives.IsTrue(value);
    }

    /// <summary>Allowed names as part of a message.</summary>
    public static string OneOf(IReadOnlyList<string> names) => names.Count == 1 ? $"{names[0]}, the only allowed value" : $"one of {string.Join(", ", names)}";

    private static string Names(Type type) => string.Join(", ", Enum.GetNames(type));

    private static string Several(Type element) => element == typeof(string) ? "text, or a list of texts" : $"{Said(element)}, or a list of them";

    private static string Said(Type type) => Words.GetValueOrDefault(type) ?? $"an object of type {type.Name}";

    /// <summary>A value as part of a message.</summary>
    public static string Got(object? value) => value switch
    {
        torch.Tensor { IsInvalid: true } => "a disposed tensor",
        torch.Tensor => $"the tensor {NestedNumbers.Quoted(value)}",
        _ => NestedNumbers.Quoted(value),
    };

    private static bool Fits(object? value, Type type)
    {
        if (type.IsInstanceOfType(value)) return true;
        if (type == typeof(string)) return IsText(value);
        if (type == typeof(char)) return value is string { Length: 1 };
        if (type == typeof(SwitchParameter)) return value is bool || IsNumber(value);
        return type.IsEnum && (value is string name ? IsName(name.Trim(), type) : value is int && Enum.IsDefined(type, value));
    }

    // As PowerShell has it, the beginning of one name is enough.
    private static bool IsName(string text, Type type)
    {
        if (text.Length == 0) return false;
        int begun = 0;
        foreach (string name in Enum.GetNames(type))
        {
            if (!name.StartsWith(text, StringComparison.OrdinalIgnoreCase)) continue;
            if (name.Length == text.Length) return true;
            begun++;
        }
        return begun == 1;
    }

    private static bool IsText(object? value) => IsPlain(value) && HasText(value!);

    private static bool IsPlain(object? value) => value is not (null or IEnumerable or ScriptBlock or PSObject or torch.Tensor or Distribution) && !IsOwn(value);

    /// <summary>Whether a value is an object of the module whose text describes it, and is not a path or a name.</summary>
    public static bool IsOwn(object? value) => value is Policy or ControlProblem or BayesianModel;

    /// <summary>Whether a value is an object of the module's libraries, such as a tensor, a distribution, draws or a row, and not one of the user's own.</summary>
    public static bool IsOfLibraries([NotNullWhen(true)] object? value) =>
        value?.GetType().Assembly is { } assembly && (assembly == typeof(Distribution).Assembly || assembly == typeof(torch.Tensor).Assembly || assembly == typeof(ArgumentRules).Assembly);

    /// <summary>Whether a value is refused as text because it has none of its own, or because its text only describes it.</summary>
    public static bool IsUntold([NotNullWhen(true)] object? value, Type type) =>
        (type == typeof(string) || type == typeof(string[])) && (IsOwn(value) || (IsPlain(value) && !HasText(value!)));

    /// <summary>Whether an object has a text of its own. That of others is the name of their type, or a list of their properties.</summary>
    public static bool HasText(object value)
    {
        Type type = value.GetType();
        return value.ToString() is { } text && text != type.ToString() && !text.StartsWith($"{type.Name} {{ ", StringComparison.Ordinal);
    }

    /// <summary>What to do if a row of a training or of a sweep was given instead of a model or a path; empty for other values.</summary>
    public static string RunAdvice(object? value) => value switch
    {
        _ when IsTrainingRow(value) => " A row holds no model: store the run with -OutPath, and give that folder.",
        _ when IsRunRow(value) => " A row holds no model. If the run trained one, give the folder runs/<RunId>/checkpoint in the folder of the sweep.",
        _ => "",
    };

    /// <summary>What to do if the name of a cmdlet was given instead of what it returns, or the rows of a fit instead of the fit; empty for other values.</summary>
    public static string CommandAdvice(object? value, Type type) => value is FitTraceRow && type == typeof(VariationalFit) ? " Leave out -Trace, with which Invoke-VariationalInference returns rows instead of the fit."
        : value is string text && type == typeof(Distribution) && DistributionCatalog.All.FirstOrDefault(each => text.Equals(each.Cmdlet, StringComparison.OrdinalIgnoreCase) || text.Equals(each.Name, StringComparison.OrdinalIgnoreCase)) is { } kind ? $" A name is not a distribution; create one, such as ({kind.Cmdlet} …)." : "";

    /// <summary>What to do about a list with a distribution in it: several distributions, or arguments written as in a call of a function; empty for other values.</summary>
    public static string CallAdvice(object? value) => value is IEnumerable list and not (string or IDictionary or torch.Tensor) && list.Cast<object?>().Any(item => TensorInput.Unwrap(item) is Distribution)
        ? " For several distributions, pipe them, or create one with a batch, such as (New-NormalDistribution (-1, 2) 1). For several arguments, separate them by spaces, not by commas, and without parentheses around them." : "";

    /// <summary>What to do if an object was given where a cmdlet takes the path of a file with such an object; empty for other values.</summary>
    public static string LoadedAdvice(object? value) => value switch
    {
        Policy or VaeModel or VariationalFit => " It is loaded already: use it as it is.",
        BayesianModel => " The file comes first, then the model.",
        _ => "",
    };

    /// <summary>Whether an object is part of the output of a Format- cmdlet.</summary>
    public static bool IsLayout(object value) => value.GetType().Namespace == LayoutNamespace;

    /// <summary>Whether a value is a row of Get-ExperimentRun.</summary>
    public static bool IsRunRow(object? value) => value is PSObject row && row.TypeNames.Contains(RunRowTypeName);

    /// <summary>Whether a value is a row of a training.</summary>
    public static bool IsTrainingRow(object? value) => value is VaeEpoch or PolicyIteration;

    private static bool IsNumber(object? value) => value is int or long or short or sbyte or byte or ushort or uint or ulong or double or float or decimal;
}
