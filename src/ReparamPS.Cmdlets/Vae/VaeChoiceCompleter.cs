using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Optimization;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Completes the settings of VAE runs that are one of a few names, by the parameter's name.</summary>
public sealed class VaeChoiceCompleter : IArgumentCompleter
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Choices = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(VaeOptions.Activation)] = VaeActivations.Names,
        [nameof(VaeOptions.Initialization)] = VaeChoices.Initializations,
        [nameof(VaeOptions.Likelihood)] = VaeChoices.Likelihoods,
        [nameof(VaeOptions.Prior)] = VaeChoices.Priors,
        [nameof(VaeOptions.Posterior)] = VaeChoices.Posteriors,
        [nameof(VaeOptions.Objective)] = VaeChoices.Objectives,
        [nameof(VaeOptions.KlWarmup)] = VaeChoices.KlWarmups,
        [nameof(VaeOptions.Optimizer)] = Optimizers.Names,
        [nameof(VaeOptions.LearningRateSchedule)] = LearningRateSchedules.Names,
        [nameof(VaeOptions.Binarization)] = VaeChoices.Binarizations,
        ["Part"] = VaeParts.Names,
    };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Choices.GetValueOrDefault(parameterName, [])
            .Where(name => name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(name, name, CompletionResultType.ParameterValue, name));
}
