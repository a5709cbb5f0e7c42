using System.Collections.ObjectModel;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a differentiable transform with its inverse and log-determinant.
/// </summary>
/// <remarks>
/// <para>Give the transform to New-TransformedDistribution, or call its methods Forward, Inverse and LogAbsDetJacobian. Its property Inv is the inverse transform.</para>
/// <para>Transforms are named as in PyTorch, without the ending Transform. The syntax does not show the parameters, since they depend on -Name; give them after it, such as -Loc 1 -Scale 2. Tab completes them. Defaults are in parentheses; a parameter without one is required. Affine: Loc (default 0), Scale (default 1), EventDim (default 0).
/// Power: Exponent. Reshape: InShape, OutShape. CumulativeDistribution: Distribution. Independent: BaseTransform, ReinterpretedBatchNdims. Cat: Transforms, Dim (default 0), Lengths (default 1 each).
/// Stack: Transforms, Dim (default 0). Compose: Parts. All kinds: CacheSize (default 0); with 1, the last input and output are kept, so that inverting this output is exact.</para>
/// <para>Abs, Exp, Sigmoid, Softmax, Softplus, StickBreaking, Tanh, CorrCholesky, LowerCholesky and PositiveDefinite have only CacheSize.</para>
/// </remarks>
/// <seealso cref="NewTransformedDistributionCommand"/>
/// <seealso cref="GetDistributionTypeCommand"/>
/// <example>
/// <para>Compute 1 + 2x, and invert it</para>
/// <code>$t = New-DistributionTransform Affine -Loc 1 -Scale 2
/// $y = $t.Forward((New-Tensor 1, 2, 3))
/// $t.Inverse($y)</code>
/// </example>
/// <example>
/// <para>Transform a distribution by a chain of transforms</para>
/// <code>$chain = New-DistributionTransform Compose -Parts (
///     New-DistributionTransform Affine -Scale 0.5
/// ), (New-DistributionTransform Tanh)
/// New-NormalDistribution 0 1 |
///     New-TransformedDistribution -Transforms $chain |
///     Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
[Cmdlet(VerbsCommon.New, "DistributionTransform"), OutputType(typeof(Transform))]
public sealed class NewDistributionTransformCommand : ReparamCmdlet, IDynamicParameters
{
    private RuntimeDefinedParameterDictionary dynamicParameters = [];

    /// <summary>The kind of transform, such as Affine or Exp; the description lists all kinds.</summary>
    [Parameter(Mandatory = true, Position = 0), ArgumentCompleter(typeof(TransformNameCompleter)), Exact<string>]
    public string Name { get; set; } = "";

    /// <summary>Creates the inverse of the transform.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Inverse { get; set; }

    /// <summary>Turns Loc, Scale and Exponent, if given as numbers or lists of numbers, into leaf tensors that require gradients. Tensors and defaults are used as they are.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter RequiresGrad { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    public object GetDynamicParameters()
    {
        dynamicParameters = [];
        TransformType? type = TransformType.Find(Name);
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
        foreach (RuntimeDefinedParameter given in dynamicParameters.Values.Where(parameter => parameter.IsSet))
        {
            if (TensorInput.Unwrap(given.Value) is null) throw new ArgumentException($"{given.Name} is null. Give a value, or leave the parameter out for its default.", given.Name);
            values[given.Name] = ParameterConversion.Convert(type.Parameters.First(info => info.Name == given.Name), given.Name, given.Value, null, null, RequiresGrad);
        }
        Transform made = type.Create(values);
        WriteObject(Inverse ? made.Inv : made);
    }
}
