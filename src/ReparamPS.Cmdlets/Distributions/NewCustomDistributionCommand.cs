using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Native;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a custom distribution from script blocks.
/// </summary>
/// <remarks>
/// <para>Give a way to draw: -Sample, or -Quantile, or -Cdf together with -LogProbability. The result works like a built-in distribution. Without -LogProbability, however, Get-LogProbability reports an error. Test-ReparameterizationGradient and
/// Test-Distribution check whether gradients, density, CDF and draws agree.</para>
/// <para>The first argument of each block, $p, holds the parameters: $p.Scale is a tensor. The block of -Sample also gets $noise and $shape; $shape is the shape to return: sample, batch and event dimensions.
/// The methods of $noise draw random tensors: Uniform($shape), Normal($shape), Exponential($shape), Gamma($concentration, $shape), From($distribution, $shape). The last argument of each method is the whole shape of its result. For From, it includes the batch and event dimensions of $distribution. Gamma draws carry a gradient to $concentration, and From draws carry gradients to the parameters of $distribution. Draws from $noise follow the -Seed of cmdlets such as Invoke-RSample; random numbers that a block makes in any other way, such as with Get-Random, do not.</para>
/// <para>The parameters $p and the values that a block gets can have additional leading dimensions, because the checks repeat the parameters over many draws. Reduce only the last dimensions: sum(-1), not sum().</para>
/// <para>Without -EventShape, each element of a parameter makes one distribution of the batch. With -EventShape n, a parameter that ends in a dimension of size n holds a vector per
/// distribution; one that ends in n × n holds a matrix. If -ParameterConstraint names a parameter, the constraint replaces this rule: with PositiveVector, each distribution of the batch gets one vector; with PositiveDefinite, it gets one matrix. With Positive, or another constraint on single numbers, each element belongs to a separate distribution, even if the parameter ends in a dimension of size n. A Simplex parameter is divided by its sum before it reaches the blocks, so its scale has no effect.</para>
/// <para>Variables of the session that a block reads are captured when the distribution is created. Tensors that a block makes are disposed after the call. If several calls use a tensor, make it before the block, not inside it.</para>
/// </remarks>
/// <seealso cref="TestDistributionCommand"/>
/// <seealso cref="ReparamPS.Cmdlets.Gradients.TestReparameterizationGradientCommand"/>
/// <seealso cref="NewTransformedDistributionCommand"/>
/// <seealso cref="GetDistributionTypeCommand"/>
/// <example>
/// <para>A Rayleigh distribution, and a check of its gradient</para>
/// <code>$scale = @{ Scale = 2.0 }
/// $d = New-CustomDistribution Rayleigh $scale -Support Positive -Sample {
///     param($p, $noise, $shape)
///     $p.Scale * (2 * $noise.Exponential($shape)).sqrt()
/// } -LogProbability {
///     param($p, $x)
///     $x.log() - 2 * $p.Scale.log() - ($x / $p.Scale).pow(2) / 2
/// }
/// $d | Test-ReparameterizationGradient</code>
/// </example>
/// <example>
/// <para>A triangular distribution from its quantile function alone</para>
/// <code>$quantile = { param($p, $q) $p.Width * (1 - (1 - $q).sqrt()) }
/// $triangular = @{
///     Parameter = @{ Width = 3.0 }
///     Support = 'in [0, Width]'
///     Quantile = $quantile
/// }
/// New-CustomDistribution Triangular @triangular |
///     Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>A normal vector that is rotated by an angle</para>
/// <code>$rotated = New-CustomDistribution Rotated @{
///     Angle = 0.5
///     Scale = 2.0, 0.5
/// } -EventShape 2 -Sample {
///     param($p, $noise, $shape)
///     $e = $p.Scale * $noise.Normal($shape)
///     $x = $e.select(-1, 0); $y = $e.select(-1, 1)
///     $cos = $p.Angle.cos(); $sin = $p.Angle.sin()
///     $turned = ($cos * $x - $sin * $y), ($sin * $x + $cos * $y)
///     [TorchSharp.torch]::stack([TorchSharp.torch+Tensor[]]$turned, -1)
/// }
/// $rotated | Test-ReparameterizationGradient</code>
/// </example>
[Cmdlet(VerbsCommon.New, "CustomDistribution"), OutputType(typeof(CustomDistribution))]
public sealed class NewCustomDistributionCommand : ReparamCmdlet
{
    /// <summary>The name of the distribution in messages and rows.</summary>
    [Parameter(Mandatory = true, Position = 0), ValidateNotNullOrEmpty, Exact<string>]
    public string Name { get; set; } = "";

    /// <summary>The parameters by name. Allowed: numbers, nested arrays or tensors.</summary>
    [Parameter(Mandatory = true, Position = 1), Exact<IDictionary>]
    public IDictionary Parameter { get; set; } = new Hashtable();

    /// <summary>Draws: param($p, $noise, $shape) returns a tensor of shape $shape. Unless -NoRSample is given, it must be differentiable in the parameters.</summary>
    [Parameter(Position = 2), Exact<ScriptBlock>]
    public ScriptBlock? Sample { get; set; }

    /// <summary>The log-density: param($p, $x) returns one number per draw. Values outside -Support are never passed to it.</summary>
    [Parameter, Alias("LogProb"), Exact<ScriptBlock>]
    public ScriptBlock? LogProbability { get; set; }

    /// <summary>The cumulative distribution function, for draws that are single numbers: param($p, $x) returns one number per value.</summary>
    [Parameter, Exact<ScriptBlock>]
    public ScriptBlock? Cdf { get; set; }

    /// <summary>The quantile function, for draws that are single numbers: param($p, $q) returns one number per probability in $q. Without -Sample, it also makes the draws.</summary>
    [Parameter, Alias("Icdf"), Exact<ScriptBlock>]
    public ScriptBlock? Quantile { get; set; }

    /// <summary>The set in which draws lie. Allowed: a name that Tab completes, such as Real, Positive or Simplex, or an interval: 'in [a, b]', 'at least a', 'greater than a', 'at most b' or 'less than b', with numbers or parameters as a and b. Default: Real.</summary>
    [Parameter, ArgumentCompleter(typeof(ConstraintNameCompleter)), Exact<string>]
    public string? Support { get; set; }

    /// <summary>The shape of one draw, such as 3 for vectors of three elements. Default: draws are single numbers.</summary>
    [Parameter, IntegerList(IsLong = true)]
    public long[] EventShape { get; set; } = [];

    /// <summary>The set in which each parameter lies, such as @{ Scale = 'Positive' }. Allowed: the same names and intervals as for -Support, but the bounds of an interval must be numbers. Default: any number.</summary>
    [Parameter, Exact<IDictionary>]
    public IDictionary ParameterConstraint { get; set; } = new Hashtable();

    /// <summary>States that draws carry no gradient. Test-Distribution then checks all but the gradient, and Test-ReparameterizationGradient reports an error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter NoRSample { get; set; }

    /// <summary>Turns each parameter that is not given as a tensor into a leaf tensor that requires gradients. A given tensor gets gradients only if it requires them itself.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter RequiresGrad { get; set; }

    /// <summary>The element type of parameters and samples. Allowed: float64, float32. Default: that of tensors given as parameters, otherwise float64.</summary>
    [Parameter, ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string? DType { get; set; }

    /// <summary>The device of parameters and samples. Allowed: cpu, cuda, cuda:N. Default: that of tensors given as parameters, otherwise cpu.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        NativeLibraries.LoadTorch();
        (string Name, object? Value)[] given = [.. Entries()];
        torch.Tensor? tensor = given.Select(entry => TensorInput.Unwrap(entry.Value)).OfType<torch.Tensor>().FirstOrDefault();
        torch.ScalarType dtype = ParseDType(DType) ?? tensor?.dtype ?? torch.ScalarType.Float64;
        torch.Device device = Device is not null ? TorchDevices.Parse(Device) : tensor?.device ?? torch.CPU;
        string[] names = [.. given.Select(entry => entry.Name)];
        var functions = new CustomFunctions
        {
            Name = Name, Support = Support, EventShape = EventShape, IsReparameterized = !NoRSample,
            Sample = CustomBlock.Sampler(Sample, nameof(Sample), Name, SessionState.PSVariable, names),
            LogProbability = CustomBlock.Function(LogProbability, nameof(LogProbability), Name, SessionState.PSVariable, names),
            Cdf = CustomBlock.Function(Cdf, nameof(Cdf), Name, SessionState.PSVariable, names),
            Quantile = CustomBlock.Function(Quantile, nameof(Quantile), Name, SessionState.PSVariable, names),
            ParameterConstraints = ParameterConstraint.Cast<DictionaryEntry>().ToDictionary(entry => LanguagePrimitives.ConvertTo<string>(entry.Key), entry => LanguagePrimitives.ConvertTo<string>(entry.Value)),
        };
        (string, torch.Tensor)[] values = [.. given.Select(entry => (entry.Name, TensorInput.ToTensor(entry.Value, entry.Name, dtype, device, RequiresGrad)))];
        WriteObject(DistributionFactory.Refined(() => CustomDistribution.Create(functions, values), given, dtype));
    }

    // The order of a plain table differs between sessions.
    private IEnumerable<(string Name, object? Value)> Entries()
    {
        IEnumerable<(string Name, object? Value)> entries = Parameter.Cast<DictionaryEntry>().Select(entry => (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value));
        return Parameter is IOrderedDictionary ? entries : entries.OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
    }
}
