using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Completes an argument from a list of names.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <summary>The names to choose from.</summary>
    protected abstract IEnumerable<string> Names(IDictionary boundParameters);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Names(fakeBoundParameters)
            .Where(name => name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(name, name, CompletionResultType.ParameterValue, name));
}

/// <summary>Completes device names.</summary>
public sealed class DeviceCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => TorchDevices.Names;
}

/// <summary>Completes the names of floating types.</summary>
public sealed class DTypeCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => TorchTypes.FloatingNames;
}

/// <summary>Completes the names of all types that a tensor can have.</summary>
public sealed class TensorDTypeCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => TorchTypes.Names;
}

/// <summary>Completes the names of distributions.</summary>
public sealed class DistributionNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => DistributionCatalog.All.Select(type => type.Name);
}

/// <summary>Completes the names of sets of values.</summary>
public sealed class ConstraintNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => ConstraintNames.All;
}

/// <summary>Completes the names of transforms.</summary>
public sealed class TransformNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => TransformType.All.Select(type => type.Name);
}
