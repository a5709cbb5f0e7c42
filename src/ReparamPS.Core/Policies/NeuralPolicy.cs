using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Optimization;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies;

/// <summary>The distribution of a neural policy's actions.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ActionDistribution
{
    /// <summary>u = x, normal.</summary>
    Normal,

    /// <summary>u = bound · tanh(x): within the bound that the problem names, or ±1.</summary>
    TanhNormal,
}

/// <summary>
/// A policy whose mean is a dense network with tanh after each hidden layer, and whose σ is one number per action. Its sizes are those of the first problem
/// that it is used on; its weights then follow from the seed.
/// </summary>
public sealed class NeuralPolicy : Policy
{
    private readonly NeuralPolicySettings settings;
    private FlatParameters? parameters;

    /// <summary>Creates the policy.</summary>
    /// <param name="settings">Hidden sizes, distribution and the like.</param>
    public NeuralPolicy(NeuralPolicySettings settings)
    {
        Native.NativeLibraries.LoadTorch();
        settings.Validate();
        this.settings = settings;
    }

    /// <inheritdoc/>
    public override string Name => "Neural";

    /// <inheritdoc/>
    public override ScalarType DType => settings.ScalarType;

    /// <inheritdoc/>
    public override bool HasParameters => parameters is not null;

    /// <inheritdoc/>
    public override double[] Scale => HasParameters ? base.Scale : [.. settings.Scale];

    /// <summary>The sizes of the hidden layers.</summary>
    public IReadOnlyList<int> HiddenSize => settings.HiddenSize;

    /// <summary>The distribution of actions.</summary>
    public ActionDistribution Distribution => settings.Distribution;

    internal NeuralPolicySettings Settings => settings;

    internal override FlatParameters Flat => parameters ?? throw new InvalidOperationException("The policy has no weights yet. Train it, or use it on a problem with Measure-PolicyReturn, which creates them.");

    internal override string Definition => $"{Name} {settings}";

    internal override long WorkPerStep => 4L * settings.HiddenSize.Sum();

    private int LayerCount => settings.HiddenSize.Count + 1;

    private static double BoundOr(double? bound) => bound ?? 1;

    /// <summary>The number of observations; 0 before the first problem.</summary>
    internal int ObservationSize => parameters is null ? 0 : (int)parameters.Views[0].shape[1];

    /// <inheritdoc/>
    public override void FitTo(ControlProblem problem)
    {
        if (parameters is null)
        {
            Allocate(problem.ObservationSize, problem.ActionSize);
            Initialize();
            return;
        }
        long observations = ObservationSize, actions = ScaleTensor.numel();
        if (observations != problem.ObservationSize || actions != problem.ActionSize)
        {
            throw new ShapeMismatchException(
                $"The policy has observation size {observations} and action size {actions}; the problem {problem.Name} has {problem.ObservationSize} and {problem.ActionSize}. Use a new policy for this problem.", "Policy");
        }
    }

    /// <inheritdoc/>
    public override Policy Clone()
    {
        var copy = new NeuralPolicy(settings);
        if (parameters is null) return copy;
        copy.Allocate(ObservationSize, (int)ScaleTensor.numel());
        using var noGrad = no_grad();
        copy.Flat.Buffer.copy_(Flat.Buffer);
        return copy;
    }

    /// <inheritdoc/>
    public override Tensor Mean(Tensor observation)
    {
        using var scope = NewDisposeScope();
        Tensor value = observation;
        for (int i = 0; i < LayerCount; i++)
        {
            value = nn.functional.linear(value, Flat.Views[2 * i], Flat.Views[(2 * i) + 1]);
            if (i < LayerCount - 1) value = value.tanh();
        }
        return value.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Action(Tensor x, double? bound)
    {
        if (settings.Distribution == ActionDistribution.Normal) return x;
        using var scope = NewDisposeScope();
        return (BoundOr(bound) * x.tanh()).MoveToOuterDisposeScope();
    }

    internal override Tensor? LogDensityOfAction(Tensor x, double? bound) => settings.Distribution == ActionDistribution.Normal
        ? null
        : -(TensorFunctions.LogTanhSlope(x) + Math.Log(BoundOr(bound))).sum(-1);

    internal override IReadOnlyList<Tensor> MeanGradients(Tensor observations, Tensor sensitivities, bool isPerTrajectory)
    {
        List<Tensor> inputs = [observations];
        for (int i = 0; i < LayerCount - 1; i++) inputs.Add(nn.functional.linear(inputs[i], Flat.Views[2 * i], Flat.Views[(2 * i) + 1]).tanh());
        var gradients = new Tensor[2 * LayerCount];
        Tensor current = sensitivities;
        for (int i = LayerCount - 1; i >= 0; i--)
        {
            gradients[2 * i] = OuterSum(current, inputs[i], isPerTrajectory);
            gradients[(2 * i) + 1] = Sum(current, isPerTrajectory);
            if (i > 0) current = current.matmul(Flat.Views[2 * i]) * (1 - inputs[i].square());
        }
        return gradients;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) parameters?.Dispose();
    }

    /// <summary>Makes the parameters of given sizes, all zero.</summary>
    internal void Allocate(int observations, int actions)
    {
        LinearPolicy.CheckScale(settings.Scale, actions, DType);
        parameters = new FlatParameters([.. Layout(observations, actions)], DType, CPU);
    }

    /// <summary>Names and shapes of the parameters.</summary>
    internal IEnumerable<(string, long[])> Layout(int observations, int actions)
    {
        int[] sizes = [observations, .. settings.HiddenSize, actions];
        for (int i = 1; i < sizes.Length; i++)
        {
            yield return ($"mean.{i - 1}.weight", [sizes[i], sizes[i - 1]]);
            yield return ($"mean.{i - 1}.bias", [sizes[i]]);
        }
        yield return (ScaleName, [actions]);
    }

    // As PyTorch's Linear: uniform on ±1/√inputs.
    private void Initialize()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using RandomSource random = settings.Stream.Open();
        for (int i = 0; i < LayerCount; i++)
        {
            double bound = 1 / Math.Sqrt(Flat.Views[2 * i].shape[1]);
            foreach (Tensor values in new[] { Flat.Views[2 * i], Flat.Views[(2 * i) + 1] })
                values.copy_(random.Uniform(values.shape, ScalarType.Float64).mul_(2 * bound).sub_(bound));
        }
        ScaleTensor.copy_(tensor([.. settings.Scale], ScalarType.Float64).expand(ScaleTensor.shape));
    }
}
