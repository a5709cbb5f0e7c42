using System.Collections.ObjectModel;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Makes a transform, for New-TransformedDistribution or to call.
/// </summary>
/// <remarks>
/// A differentiable map with its inverse and the logarithm of its Jacobian determinant. Each kind has parameters of its own, with PyTorch's names, which complete once the name is there:
/// Loc, Scale and EventDim for Affine; Exponent for Power; InShape and OutShape for Reshape; Distribution for CumulativeDistribution; BaseTransform and ReinterpretedBatchNdims for Independent;
/// Transforms, Dim and Lengths for Cat; Transforms and Dim for Stack; Parts for Compose; CacheSize for all. The object has Forward, Inverse, LogAbsDetJacobian and Inv.
/// </remarks>
/// <example>
/// <para>1 + 2x, and back</para>
/// <code>$t = New-DistributionTransform Affine -Loc 1 -Scale 2
/// $y = $t.Forward((New-Tensor 1, 2, 3))
/// $t.Inverse($y)</code>
/// </example>
/// <example>
/// <para>A chain as one transform, in a distribution</para>
/// <code>$chain = New-DistributionTransform Compose -Parts (New-DistributionTransform Affine -Scale 0.5), (New-DistributionTransform Tanh)
/// New-NormalDistribution 0 1 | New-TransformedDistribution -Transforms $chain | Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
[Cmdlet(VerbsCommon.New, "DistributionTransform"), OutputType(typeof(Transform))]
public sealed class NewDistributionTransformCommand : ReparamCmdlet, IDynamicParameters
{
    private RuntimeDefinedParameterDictionary dynamicParameters = [];

    /// <summary>The kind of transform: Affine, Exp, Sigmoid, …</summary>
    [Parameter(Mandatory = true, Position = 0), ArgumentCompleter(typeof(TransformNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Makes the transform that goes backwards.</summary>
    [Parameter]
    public SwitchParameter Inverse { get; set; }

    /// <summary>Makes every parameter given as numbers a leaf tensor that requires gradients.</summary>
    [Parameter]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    public object GetDynamicParameters()
    {
        dynamicParameters = [];
        TransformType? type = TransformType.All.FirstOrDefault(kind => kind.Name.Equals(Name, StringComparison.OrdinalIgnoreCase));
        foreach (ParameterInfo info in type?.Parameters ?? [])
        {
            var attribute = new ParameterAttribute { Mandatory = info.Default is null && !info.IsOptional, HelpMessage = $"{type!.Name}: {type.Formula}" };
            dynamicParameters.Add(info.Name, new RuntimeDefinedParameter(info.Name, typeof(object), new Collection<Attribute> { attribute }));
        }
        return dynamicParameters;
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        NativeLibraries.LoadTorch();
        TransformType type = TransformType.Get(Name);
        var values = new Dictionary<string, object>();
        foreach (RuntimeDefinedParameter given in dynamicParameters.Values.Where(parameter => parameter.IsSet && parameter.Value is not null))
            values[given.Name] = ParameterConversion.Convert(type.Parameters.First(info => info.Name == given.Name), given.Name, given.Value, null, null, RequiresGrad);
        Transform made = type.Create(values);
        WriteObject(Inverse ? made.Inv : made);
    }
}
