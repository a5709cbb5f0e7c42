using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;

namespace ReparamPS.Cmdlets.Sampling;

/// <summary>Draws from each distribution that comes in.</summary>
public abstract class SampleCommandBase : RandomCmdlet
{
    /// <summary>The parameter set of a distribution before the number of draws.</summary>
    protected const string Positions = "Positions";

    private const string Piped = "Piped";

    private readonly bool reparameterized;

    /// <summary>Creates the cmdlet for draws with or without a gradient.</summary>
    protected SampleCommandBase(bool reparameterized) => this.reparameterized = reparameterized;

    /// <summary>The distribution to draw from.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = Piped)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Positions), Exact<Distribution>(IsOnlyInput = true, LeavesNumbers = true)]
    public Distribution Distribution { get; set; } = null!;

    /// <summary>The number of draws, which is the first dimension of the result. Default: one draw without this dimension.</summary>
    [Parameter(Position = 0, ParameterSetName = Piped)]
    [Parameter(Position = 1, ParameterSetName = Positions)]
    [AllowedRange(0), OptionalNumber<long>(ListHint = "A shape is given as -SampleShape 2,3.")]
    public long? Count { get; set => field = Once(value); }

    /// <summary>The sample shape instead of Count, as PyTorch's sample_shape: 2,3 makes a 2 × 3 grid of draws, of shape [2, 3, batch, event].</summary>
    [Parameter, IntegerList(IsLong = true)]
    public long[] SampleShape { get; set; } = [];

    /// <summary>The seed of the draws: the same seed returns the same draws. Default: a random one; the returned object shows it as Seed, but rows and tensors do not.</summary>
    [Parameter, OptionalNumber<long>]
    public long? Seed { get; set; }

    /// <summary>The device of the draws. Parameters on another device are copied to it. Allowed: cpu, cuda, cuda:N. Default: the device of the distribution's parameters.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string? Device { get; set; }

    /// <summary>Returns one row for each draw of each distribution in the batch, with the columns Draw, Member (the number of the distribution in the batch) and Value (Value0, Value1, … for vectors and matrices). Draw and Member count from 0 in row-major order: Draw over the sample shape, Member over the batch shape.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Expand { get; set; }

    /// <summary>Returns a tensor instead of an object; not together with -Expand. A tensor from Invoke-RSample has an autograd graph to the distribution's parameters; one from Invoke-Sample has none.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter AsTensor { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Distribution;

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (Expand && AsTensor) throw new ArgumentException("Expand and AsTensor cannot be combined. Use one of them.", nameof(Expand));
        if (!IsGivenHere(nameof(Count)) && IsGivenHere(nameof(SampleShape))) Count = null;
        if (Count is not null && IsGivenHere(nameof(SampleShape)))
            throw new ArgumentException($"{nameof(Count)} and {nameof(SampleShape)} cannot be combined. Use one of them.", nameof(Count));
    }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        Distribution from = Device is null ? Distribution : Distribution.To(TorchDevices.Parse(Device));
        long[] shape = Count is { } count ? [count] : SampleShape;
        double numbers = TensorShapes.RealCount([.. shape, .. from.BatchShape, .. from.EventShape]);
        if (AsTensor)
        {
            torch.Tensor draws = RunLong(numbers, from, () => Draw(from, shape));
            if (reparameterized && !draws.requires_grad && CustomDistribution.IsPartOf(from) && from.Parameters.Any(parameter => parameter.Value.requires_grad))
                WriteWarning($"The draws of {from.Name} carry no gradient to its parameters. In its -Sample block, leave out .item(), .ToArray(), .detach() and [math]. If no gradient is needed, create the distribution with -NoRSample.");
            WriteObject(draws);
            return;
        }
        SampleBatch batch = RunLong(numbers, from, () => Batch(from, shape));
        if (!Expand) WriteObject(batch);
        else WriteRows(batch);
    }

    private torch.Tensor Draw(Distribution from, long[] shape)
    {
        using RandomSource random = RandomSource.Open(Seed, Generator, from.Device, Cancellation);
        return reparameterized ? from.RSample(shape, random) : from.Sample(shape, random);
    }

    private SampleBatch Batch(Distribution from, long[] shape) => SampleBatch.Draw(from, shape, Seed, reparameterized, Generator, Cancellation);

    private void WriteRows(SampleBatch batch)
    {
        if (batch.GetDistribution().EventShape.Length > 0)
        {
            foreach (PSObject row in DrawRow.OfVectors(batch)) WriteObject(row);
            return;
        }
        DrawRow.EachOfScalars(batch, WriteObject);
    }
}
