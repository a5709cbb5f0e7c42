using System.Management.Automation;
using System.Reflection;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates one distribution for each input. A subclass declares a property for each parameter of its kind, with the same name and of type object;
/// a property that is null was not given.
/// </summary>
public abstract class NewDistributionCommandBase : ReparamCmdlet
{
    private readonly DistributionType type;
    private bool hasWarned;

    /// <summary>Creates the cmdlet of a kind.</summary>
    protected NewDistributionCommandBase(DistributionType type) => this.type = type;

    /// <summary>The element type of parameters and samples. Allowed: float64, float32. Default: that of tensors given as parameters, otherwise float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter))]
    public string? DType { get; set; }

    /// <summary>The device of parameters and samples. Allowed: cpu, cuda, cuda:N. Default: that of tensors given as parameters, otherwise cpu.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter))]
    public string? Device { get; set; }

    /// <summary>Turns every parameter given as numbers into a leaf tensor that requires gradients. Tensors are used as they are.</summary>
    [Parameter]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => type.Name;

    /// <inheritdoc/>
    protected sealed override void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near)
    {
        if (hasWarned) return;
        hasWarned = true;
        string[] meant = [.. names.SelectMany(near).Distinct(StringComparer.OrdinalIgnoreCase)];
        WriteWarning($"The input has properties that are not parameters of {type.Name}: {string.Join(", ", names)}. They are ignored.{(meant.Length > 0 ? $" Did you mean {string.Join(", ", meant)}?" : "")}");
    }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        var given = type.Parameters
            .Select(info => (Info: info, Value: TensorInput.Unwrap(GetType().GetProperty(info.Name, BindingFlags.Public | BindingFlags.Instance)!.GetValue(this))))
            .Where(pair => pair.Value is not null)
            .ToArray();
        WriteObject(DistributionFactory.Create(type, given.ToDictionary(pair => pair.Info.Name, pair => pair.Value!), DType, Device, RequiresGrad));
    }
}
