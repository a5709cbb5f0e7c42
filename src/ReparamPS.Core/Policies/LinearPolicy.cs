using System.Globalization;
using ReparamPS.Optimization;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Policies;

/// <summary>u = −K s + σ ε, with the parameters Gain (K) and Scale (σ).</summary>
public sealed class LinearPolicy : Policy
{
    private const string GainName = "Gain";

    private readonly FlatParameters parameters;

    /// <summary>Creates the policy.</summary>
    /// <param name="gain">K, [actions, observations].</param>
    /// <param name="scale">σ: one number, or one per action; from 0 on.</param>
    /// <param name="dtype">The element type.</param>
    public LinearPolicy(double[,] gain, IReadOnlyList<double> scale, ScalarType dtype = ScalarType.Float64)
    {
        Native.NativeLibraries.LoadTorch();
        int actions = gain.GetLength(0), observations = gain.GetLength(1);
        if (actions == 0 || observations == 0) throw new ShapeMismatchException("Gain must have at least one row and one column.", GainName);
        foreach (double value in gain)
        {
            if (!double.IsFinite(In(dtype, value))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Gain must hold numbers that are finite{Limit(dtype)}; got {value}."), GainName);
        }
        CheckScale(scale, actions, dtype);
        DType = dtype;
        parameters = new FlatParameters([(GainName, [actions, observations]), (ScaleName, [actions])], dtype, CPU);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        GainTensor.copy_(tensor(gain));
        ScaleTensor.copy_(tensor([.. scale], ScalarType.Float64).expand(actions));
    }

    /// <inheritdoc/>
    public override string Name => "Linear";

    /// <inheritdoc/>
    public override ScalarType DType { get; }

    /// <summary>K as it is now, [actions, observations].</summary>
    public double[,] Gain
    {
        get
        {
            double[] values = ManagedValues.ToDoubles(GainTensor);
            var gain = new double[GainTensor.shape[0], GainTensor.shape[1]];
            Buffer.BlockCopy(values, 0, gain, 0, values.Length * sizeof(double));
            return gain;
        }
    }

    internal override FlatParameters Flat => parameters;

    internal override string Definition => $"{Name} {TensorShapes.Format(parameters.Layout[0].Shape)} {DType}";

    internal override long WorkPerStep => GainTensor.numel();

    private Tensor GainTensor => parameters.Views[0];

    private static double In(ScalarType dtype, double value) => dtype == ScalarType.Float32 ? (float)value : value;

    private static string Limit(ScalarType dtype) => dtype == ScalarType.Float32 ? " in float32" : "";

    /// <summary>Checks values of σ.</summary>
    internal static void CheckScale(IReadOnlyList<double> scale, int? actions, ScalarType dtype)
    {
        if (scale.Count != 1 && scale.Count != (actions ?? scale.Count)) throw new ShapeMismatchException($"Scale must have 1 number{(actions == 1 ? ", because there is one action variable" : $" or {actions}, one per action variable")}; got {scale.Count}.", ScaleName);
        foreach (double value in scale)
        {
            if (!(value >= 0 && double.IsFinite(In(dtype, value)))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Scale must be finite{Limit(dtype)} and at least 0; got {value}."), ScaleName);
            if (value > 0 && In(dtype, value) == 0) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Scale must be 0 or at least {float.Epsilon}, the smallest positive number of {TorchTypes.NameOf(dtype)}; got {value}."), ScaleName);
        }
    }

    /// <inheritdoc/>
    public override void FitTo(ControlProblem problem)
    {
        long[] wanted = [problem.ActionSize, problem.ObservationSize];
        if (!GainTensor.shape.SequenceEqual(wanted))
            throw new ShapeMismatchException($"Gain must have the shape [actions, observations] of the problem {problem.Name}, {TensorShapes.Format(wanted)}; got {TensorShapes.Format(GainTensor.shape)}.", GainName);
    }

    /// <inheritdoc/>
    public override Policy Clone() => new LinearPolicy(Gain, Scale, DType);

    /// <inheritdoc/>
    public override Tensor Mean(Tensor observation)
    {
        using var scope = NewDisposeScope();
        return observation.matmul(-GainTensor.t()).MoveToOuterDisposeScope();
    }

    internal override IReadOnlyList<Tensor> MeanGradients(Tensor observations, Tensor sensitivities, bool isPerTrajectory) => [-OuterSum(sensitivities, observations, isPerTrajectory)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) parameters.Dispose();
    }
}
