using System.Management.Automation;
using System.Reflection;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Makes one distribution for each input. A subclass declares a property for each parameter of its kind, with the same name and of type object;
/// a property that is null was not given.
/// </summary>
public abstract class NewDistributionCommandBase : ReparamCmdlet
{
    private readonly DistributionType type;

    /// <summary>Creates the cmdlet of a kind.</summary>
    protected NewDistributionCommandBase(DistributionType type) => this.type = type;

    /// <summary>Element type of parameters and samples: float64 (default) or float32. Tensors given as parameters keep theirs unless this is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter))]
    public string? DType { get; set; }

    /// <summary>Where parameters and samples live: cpu (default), cuda or cuda:N. Tensors given as parameters stay where they are unless this is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter))]
    public string? Device { get; set; }

    /// <summary>Makes every parameter given as numbers a leaf tensor that requires gradients. Tensors given as parameters stay as they are.</summary>
    [Parameter]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => type.Name;

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
