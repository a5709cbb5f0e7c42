using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Takes names of estimators. What comes first in other calls, a distribution or an objective, is refused with the right order.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EstimatorNamesAttribute : ExactAttribute<GradientEstimatorKind[]>
{
    private const string Order = "Pipe the distribution, or give -Distribution.";

    private protected override string Advice(object? value) =>
        value is ScriptBlock or Distribution || NamedObjective.All.Any(each => each.Name.Equals(value as string, StringComparison.OrdinalIgnoreCase)) ? Order : "";
}
