using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The contract of every distribution; the counterpart of <c>torch.distributions.Distribution</c>.
/// <para>
/// Shapes: a sample has shape sampleShape + <see cref="BatchShape"/> + <see cref="EventShape"/>; a log-probability has the shape of the
/// value without its event dimensions, broadcast with the batch. Parameters are stored as given and broadcast on use, so a
/// leaf that requires gradients stays that leaf.
/// </para>
/// <para>
/// Memory: the distribution owns no tensor. Each result belongs to the caller (to the caller's dispose scope, if there is one);
/// intermediate tensors are disposed before a member returns.
/// </para>
/// <para>
/// A class overrides, in this order: the moments, <see cref="ComputeLogProb"/>, <see cref="Draw"/>, <see cref="ComputeCdf"/> and <see cref="ComputeIcdf"/>;
/// and declares a static property <c>Definition</c> of type <see cref="DistributionType"/>, by which the catalogue finds it.
/// </para>
/// </summary>
public abstract partial class Distribution : IContinuousTails
{
    private long[] batchShape;

    /// <summary>Checks the parameters and computes the batch shape.</summary>
    /// <param name="type">The kind of distribution.</param>
    /// <param name="parameters">Names and values, in the order of <paramref name="type"/>; parameters without a value are left out.</param>
    /// <param name="eventShape">The shape of one sample.</param>
    /// <exception cref="ParameterConstraintException">A value is outside its parameter's constraint.</exception>
    /// <exception cref="ShapeMismatchException">The parameters' shapes do not broadcast.</exception>
    protected Distribution(DistributionType type, (string Name, Tensor Value)[] parameters, long[] eventShape)
    {
        Type = type;
        EventShape = eventShape;
        // An array: PowerShell cannot index the list that the compiler would make.
        Parameters = (DistributionParameter[])[.. parameters.Select(given => new DistributionParameter(type.Parameters.First(info => info.Name == given.Name), given.Value))];
        batchShape = ParameterChecks.BatchShape(type.Name, Parameters);
        Tensor first = parameters[0].Value;
        DType = first.dtype;
        Device = first.device;
    }

    /// <summary>For distributions that consist of other distributions, whose parameters are checked already.</summary>
    protected Distribution(DistributionType type, Distribution source, long[] batchShape, long[] eventShape)
    {
        (Type, Parameters, this.batchShape, EventShape, DType, Device) = (type, source.Parameters, batchShape, eventShape, source.DType, source.Device);
    }

    /// <summary>The kind of distribution.</summary>
    [JsonIgnore, Hidden]
    public DistributionType Type { get; }

    /// <summary>PyTorch's class name.</summary>
    public string Name => Type.Name;

    /// <summary>The parameters: name, constraint and value as given.</summary>
    [JsonIgnore, Hidden]
    public IReadOnlyList<DistributionParameter> Parameters { get; protected init; }

    /// <summary>The tensors that define the distribution: those of the parameters, and of transforms.</summary>
    internal virtual IEnumerable<Tensor> Tensors => Parameters.Select(parameter => parameter.Value);

    /// <summary>The shape of a batch of independent distributions.</summary>
    public long[] BatchShape => batchShape;

    /// <summary>The shape of one sample of one of them.</summary>
    public long[] EventShape { get; }

    /// <summary>The set that contains all samples.</summary>
    [JsonIgnore]
    public virtual Constraint Support => Type.Support;

    /// <summary>Whether <see cref="RSample"/> returns samples that carry gradients to the parameters.</summary>
    public virtual bool HasRSample => Type.HasRSample;

    /// <summary>How samples are reparameterized.</summary>
    [JsonIgnore, Hidden]
    public virtual Reparameterization Reparameterization => Type.Reparameterization;

    /// <summary>The names of the parameters that a sample's gradient reaches.</summary>
    [JsonIgnore, Hidden]
    public virtual IReadOnlyList<string> ReparameterizedParameters => Type.ReparameterizedParameters;

    /// <summary>Whether <see cref="Mean"/> and <see cref="Variance"/> have a closed form.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasMoments => Type.HasMoments;

    /// <summary>Whether there is a <see cref="LogProb"/>; a distribution that is made of functions of a user, or by transforms that are not one-to-one, can lack it.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasLogProb => true;

    /// <summary>Whether there is a <see cref="Cdf"/>.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasCdf => Type.HasCdf;

    /// <summary>Whether there is a quantile function, <see cref="Icdf(Tensor)"/>.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasQuantile => Type.HasQuantile;

    /// <summary>Whether <see cref="Entropy"/> has a closed form.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasEntropy => Type.HasEntropy;

    /// <summary>Whether <see cref="Mode"/> exists.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasMode => Type.HasMode;

    /// <summary>Whether <see cref="EnumerateSupport"/> exists.</summary>
    [JsonIgnore, Hidden]
    public virtual bool HasEnumerableSupport => Type.HasEnumerableSupport;

    /// <summary>Whether samples are angles, whose mean is a direction and whose variance is 1 − the length of the mean vector.</summary>
    [JsonIgnore, Hidden]
    public virtual bool IsCircular => Type.IsCircular;

    /// <summary>The floating type of parameters and samples.</summary>
    [JsonIgnore]
    public ScalarType DType { get; }

    /// <summary>The device of parameters and samples.</summary>
    [JsonIgnore]
    public Device Device { get; }

    /// <summary>The mean, shape batch + event; NaN if it does not exist, infinite if it diverges.</summary>
    /// <exception cref="NotSupportedException">It has no closed form.</exception>
    [JsonIgnore]
    public Tensor Mean => OverBatch(self => self.ComputeMean(), EventShape);

    /// <summary>The variance of each element, shape batch + event; NaN if it does not exist, infinite if it diverges.</summary>
    /// <exception cref="NotSupportedException">It has no closed form.</exception>
    [JsonIgnore]
    public Tensor Variance => OverBatch(self => self.ComputeVariance(), EventShape);

    /// <summary>The square root of <see cref="Variance"/>.</summary>
    [JsonIgnore]
    public Tensor StdDev => OverBatch(self => self.ComputeVariance().sqrt(), EventShape);

    /// <summary>The entropy in nats, shape batch: differential, or Shannon's if the support is discrete.</summary>
    /// <exception cref="NotSupportedException">It has no closed form.</exception>
    [JsonIgnore]
    public Tensor Entropy => OverBatch(self => self.ComputeEntropy(), []);

    /// <summary>The value with the largest density or mass, shape batch + event. Of two neighboring counts that tie it is the larger, of categories the first. NaN if an interval or several ends share it, or if none exists.</summary>
    /// <exception cref="NotSupportedException">It has no closed form.</exception>
    [JsonIgnore]
    public Tensor Mode => OverBatch(self => self.ComputeMode(), EventShape);

    /// <summary>
    /// All values of a finite support, along a first dimension. Counterpart of PyTorch's enumerate_support: shape [values] + batch + event, where the batch is of ones unless it is
    /// expanded.
    /// </summary>
    /// <param name="expand">Whether the values are repeated over the batch.</param>
    /// <exception cref="NotSupportedException">The support is not finite, or differs over the batch.</exception>
    public Tensor EnumerateSupport(bool expand = true)
    {
        if (!HasEnumerableSupport) throw Lacks("finite support");
        using var scope = NewDisposeScope();
        Tensor values = ComputeSupportValues();
        long[] ones = [.. batchShape.Select(_ => 1L)];
        Tensor shaped = values.reshape([values.shape[0], .. ones, .. EventShape]);
        return (expand ? shaped.expand([values.shape[0], .. batchShape, .. EventShape]) : shaped).alias().MoveToOuterDisposeScope();
    }

    /// <summary>Draws samples that are differentiable in the <see cref="ReparameterizedParameters"/>.</summary>
    /// <param name="sampleShape">The shape of the draws; empty for one draw.</param>
    /// <param name="random">The random stream; null creates one with a random seed.</param>
    /// <returns>Shape sampleShape + batch + event.</returns>
    /// <exception cref="NotReparameterizableException">There is no differentiable sample.</exception>
    public Tensor RSample(long[] sampleShape, RandomSource? random = null)
    {
        if (!HasRSample) throw new NotReparameterizableException(this);
        return DrawFrom(sampleShape, random);
    }

    /// <summary>Draws samples that carry no gradient.</summary>
    /// <param name="sampleShape">The shape of the draws; empty for one draw.</param>
    /// <param name="random">The random stream; null creates one with a random seed.</param>
    /// <returns>Shape sampleShape + batch + event.</returns>
    public Tensor Sample(long[] sampleShape, RandomSource? random = null)
    {
        using var noGrad = no_grad();
        return DrawFrom(sampleShape, random);
    }

    /// <summary>The logarithm of the density or mass at a value; −∞ outside the support.</summary>
    /// <param name="value">Ends with the event's shape; the dimensions before it broadcast against the batch.</param>
    /// <exception cref="ShapeMismatchException">It does not.</exception>
    public Tensor LogProb(Tensor value) => AtValue(OfEvents(value), (self, given) => self.ComputeLogProbAnywhere(given), LogProbSlope, isInDouble: false);

    /// <summary>The cumulative distribution function F(value).</summary>
    /// <param name="value">Broadcasts against the batch.</param>
    /// <exception cref="NotSupportedException">It has no closed form, or the distribution is multivariate.</exception>
    public Tensor Cdf(Tensor value) => AtValue(value, (self, given) => self.Flattened(given, self.ComputeCdf), TailSlope);

    /// <summary>log F(value), accurate in the lower tail.</summary>
    /// <param name="value">Broadcasts against the batch.</param>
    /// <exception cref="NotSupportedException">As for <see cref="Cdf"/>.</exception>
    public Tensor LogCdf(Tensor value) => AtValue(value, (self, given) => self.Flattened(given, self.ComputeLogCdf), LogTailSlope);

    /// <summary>The survival function 1 − F(value), accurate in the upper tail.</summary>
    /// <param name="value">Broadcasts against the batch.</param>
    /// <exception cref="NotSupportedException">As for <see cref="Cdf"/>.</exception>
    public Tensor Survival(Tensor value) => AtValue(value, (self, given) => self.Flattened(given, self.ComputeSurvival), TailSlope);

    /// <summary>log(1 − F(value)), accurate in the upper tail.</summary>
    /// <param name="value">Broadcasts against the batch.</param>
    /// <exception cref="NotSupportedException">As for <see cref="Cdf"/>.</exception>
    public Tensor LogSurvival(Tensor value) => AtValue(value, (self, given) => self.Flattened(given, self.ComputeLogSurvival), LogTailSlope);

    /// <summary>The quantile function F⁻¹(probability); NaN outside [0, 1]. Discrete: the smallest value whose CDF reaches the probability.</summary>
    /// <param name="probability">Broadcasts against the batch.</param>
    /// <exception cref="NotSupportedException">As for <see cref="Cdf"/>.</exception>
    public Tensor Icdf(Tensor probability) => Icdf(probability, default);

    /// <inheritdoc cref="Icdf(Tensor)"/>
    /// <param name="probability">Broadcasts against the batch.</param>
    /// <param name="cancellation">Stops a search.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Icdf(Tensor probability, CancellationToken cancellation) => EventShape.Length > 0 ? throw Lacks("quantile function: it is multivariate") : AtValue(probability, (self, given) =>
    {
        Tensor inside = (given >= 0) & (given <= 1), sought = DType == ScalarType.Float32 && Support.IsDiscrete ? LeastRoundedTo(given) : given;
        // The sum turns −0 into 0: a quotient would have the other sign.
        return TensorChoice.Where(inside, SearchCancellation.Run(cancellation, () => self.IcdfToEnds(TensorChoice.Where(inside, sought + 0.0, 0.5))), double.NaN);
    }, QuantileSlope, ends: Constraints.Constraints.UnitInterval);

    /// <summary>The same distribution over a larger batch; no values are copied.</summary>
    /// <param name="batch">A shape that the batch broadcasts to.</param>
    /// <exception cref="ShapeMismatchException">The batch does not broadcast to it.</exception>
    public virtual Distribution Expand(params long[] batch)
    {
        if (batch.Any(size => size < 0)) throw new ShapeMismatchException($"A batch shape must have sizes of at least 0; got {TensorShapes.Format(batch)}.", nameof(batch));
        if (!TensorShapes.BroadcastsTo(batchShape, batch))
            throw new ShapeMismatchException($"The batch shape {TensorShapes.Format(batchShape)} does not expand to {TensorShapes.Format(batch)}: only dimensions of size 1 can change.", nameof(batch));
        var expanded = (Distribution)MemberwiseClone();
        expanded.batchShape = batch;
        return expanded;
    }

    /// <summary>The same distribution on another device or in another type; gradients still reach the original tensors.</summary>
    /// <param name="device">The new device.</param>
    /// <param name="dtype">The floating type; null keeps it.</param>
    public virtual Distribution To(Device device, ScalarType? dtype = null)
    {
        ScalarType target = dtype ?? DType;
        if (target == DType && device.ToString() == Device.ToString()) return this;
        return WithParameters(parameter => parameter.Value.to(target, device)).Expand(batchShape);
    }

    /// <summary>A distribution of other elements, whose parameters are made from this one's; null if its functions may depend on the shape of the batch.</summary>
    /// <param name="choose">Makes a tensor; its second argument is the shape of the part of a tensor that belongs to one element.</param>
    internal virtual Distribution? WithRows(Func<Tensor, long[], Tensor> choose) => WithParameters(parameter => choose(parameter.Value, parameter.Value.shape[^parameter.Constraint.EventDims..]));

    private Distribution WithParameters(Func<DistributionParameter, Tensor> change) =>
        Type.Create(Parameters.ToDictionary(parameter => parameter.Name, parameter => (object)change(parameter)));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Parameters.Select(parameter => parameter.ToString()))})";

    /// <summary>The mean, of a shape that broadcasts to batch + event.</summary>
    protected abstract Tensor ComputeMean();

    /// <summary>The variance, of a shape that broadcasts to batch + event.</summary>
    protected abstract Tensor ComputeVariance();

    /// <summary>The entropy, of a shape that broadcasts to the batch.</summary>
    protected virtual Tensor ComputeEntropy() => throw Lacks("closed-form entropy");

    /// <summary>The mode, of a shape that broadcasts to batch + event.</summary>
    protected virtual Tensor ComputeMode() => throw Lacks("closed-form mode");

    /// <summary>The values of a finite support, shape [values] + event.</summary>
    protected virtual Tensor ComputeSupportValues() => throw Lacks("finite support");

    /// <summary>The log-density at values inside the support.</summary>
    protected abstract Tensor ComputeLogProb(Tensor value);

    /// <summary>Draws samples, differentiable in the parameters if the distribution is reparameterized.</summary>
    /// <param name="shape">The full shape of the result: sample + batch + event.</param>
    /// <param name="random">The random stream.</param>
    protected abstract Tensor Draw(long[] shape, RandomSource random);

    /// <summary>The CDF, at any value.</summary>
    protected virtual Tensor ComputeCdf(Tensor value) => throw Lacks(EventShape.Length > 0 ? "cumulative distribution function: it is multivariate" : "cumulative distribution function");

    /// <summary>log F; overridden if the logarithm of the CDF loses digits.</summary>
    protected virtual Tensor ComputeLogCdf(Tensor value) => LogOfPart(ComputeCdf(value), ComputeSurvival(value));

    /// <summary>1 − F; overridden if the difference loses digits.</summary>
    protected virtual Tensor ComputeSurvival(Tensor value) => 1 - ComputeCdf(value);

    /// <summary>log(1 − F); overridden if the logarithm of the survival function loses digits.</summary>
    protected virtual Tensor ComputeLogSurvival(Tensor value) => LogOfPart(ComputeSurvival(value), ComputeCdf(value));

    /// <summary>The quantile of probabilities in [0, 1].</summary>
    protected virtual Tensor ComputeIcdf(Tensor probability) => throw Lacks("quantile function");

    /// <summary>The error for a member that this distribution lacks.</summary>
    protected NotSupportedException Lacks(string what) => new($"{Name} has no {what}.");

    // Close to 1, the logarithm of a probability takes its digits from the complement.
    private protected static Tensor LogOfPart(Tensor part, Tensor other)
    {
        Tensor isLarge = part > 0.5, isNone = part == 0;
        return TensorChoice.Where(isLarge, (-other.masked_fill(~isLarge, 0)).log1p(), part.masked_fill(isLarge | isNone, 1).log().masked_fill(isNone, double.NegativeInfinity));
    }
}
