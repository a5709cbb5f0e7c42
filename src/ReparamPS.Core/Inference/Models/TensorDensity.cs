using System.Runtime.InteropServices;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Gradients;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Models;

/// <summary>A term of a log-density.</summary>
/// <param name="Name">What it is, for errors.</param>
/// <param name="Values">Its value at each draw.</param>
internal sealed record DensityTerm(string Name, double[] Values);

/// <summary>The target of a model by tensors and automatic differentiation: priors, Jacobians and log-likelihood.</summary>
internal sealed class TensorDensity : ILogDensity
{
    // They bound the memory of one evaluation: a log-likelihood has tensors of all draws times its rows of data, and may have larger ones.
    private const int MaxDraws = 4096, MaxNumbers = 1 << 24;

    private readonly int maxDraws;
    private readonly BayesianModel model;
    private readonly PriorKernel?[] kernels;
    private readonly bool hasTensors;

    /// <param name="model">The model.</param>
    /// <param name="usesKernels">Whether frequent priors are computed without tensors.</param>
    public TensorDensity(BayesianModel model, bool usesKernels = true)
    {
        this.model = model;
        maxDraws = (int)Math.Clamp(MaxNumbers / Math.Max(model.Dimension, model.LogLikelihoodSize), 1, MaxDraws);
        kernels = [.. model.Parameters.Select(parameter => usesKernels ? PriorKernel.For(parameter) : null)];
        hasTensors = model.LogLikelihood is not null || Array.Exists(kernels, kernel => kernel is null);
    }

    public int Dimension => model.Dimension;

    /// <summary>The latest error that made a point undefined.</summary>
    public ParameterConstraintException? LastRefusal { get; private set; }

    /// <summary>The relative rounding of the coarsest term so far: a log-likelihood may be float32.</summary>
    public double Epsilon { get; private set; } = TorchTypes.Epsilon(ScalarType.Float64);

    public void Evaluate(ReadOnlySpan<double> points, Span<double> values, Span<double> gradients)
    {
        int count = values.Length;
        if (count <= maxDraws)
        {
            EvaluateAll(points, values, gradients);
            return;
        }
        for (int start = 0; start < count; start += maxDraws)
        {
            int size = Math.Min(maxDraws, count - start);
            double[] part = Columns(points, count, start, size), slopes = gradients.IsEmpty ? [] : new double[part.Length];
            EvaluateAll(part, values.Slice(start, size), slopes);
            for (int i = 0; i < Dimension && slopes.Length > 0; i++) slopes.AsSpan(i * size, size).CopyTo(gradients.Slice(i * count + start, size));
        }
    }

    // Where one draw is undefined the others still count: halves, down to the draw itself. A gradient needs all of them.
    private void EvaluateAll(ReadOnlySpan<double> points, Span<double> values, Span<double> gradients)
    {
        if (TryEvaluate(points, values, gradients)) return;
        int count = values.Length, half = count / 2;
        if (count == 1 || !gradients.IsEmpty)
        {
            values.Fill(double.NaN);
            return;
        }
        EvaluateAll(Columns(points, count, 0, half), values[..half], []);
        EvaluateAll(Columns(points, count, half, count - half), values[half..], []);
    }

    private bool TryEvaluate(ReadOnlySpan<double> points, Span<double> values, Span<double> gradients)
    {
        using var scope = NewDisposeScope();
        using var grad = set_grad_enabled(!gradients.IsEmpty);
        Tensor? density = null;
        values.Clear();
        gradients.Clear();
        if (hasTensors)
        {
            Tensor coordinates = empty([Dimension, values.Length], ScalarType.Float64);
            points.CopyTo(MemoryMarshal.Cast<byte, double>(coordinates.bytes));
            coordinates.requires_grad_(!gradients.IsEmpty);
            try
            {
                density = LogDensity(coordinates);
            }
            catch (ParameterConstraintException refusal)
            {
                LastRefusal = refusal;
                return false;
            }
            // The model has shown that maps exist: here a bound that follows from a parameter has overflowed in some draws.
            catch (NotSupportedException)
            {
                return false;
            }
            TensorMemory.Read(density, values);
            if (!gradients.IsEmpty && Backward.Of([density], [ones_like(density)], [coordinates])[0] is { } gradient) TensorMemory.Read(gradient, gradients);
        }
        foreach (PriorKernel? kernel in kernels) kernel?.Add(points, values, gradients);
        return true;
    }

    /// <summary>The terms of the log-density one by one, to find the faulty one: each prior with its Jacobian, then the log-likelihood.</summary>
    /// <param name="points">The points, coordinate by coordinate.</param>
    /// <param name="count">Their number.</param>
    /// <exception cref="ParameterConstraintException">A distribution refuses a value.</exception>
    public IReadOnlyList<DensityTerm> Terms(ReadOnlySpan<double> points, int count)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<DensityTerm> terms = [];
        double[] Read(Tensor term) => ManagedValues.ToDoubles(term.expand(count));
        Dictionary<string, Tensor> values = model.Constrain(tensor(points.ToArray(), [Dimension, count]), (parameter, prior, own, value) =>
            terms.Add(new DensityTerm($"the log-density of the prior of {parameter.Name}", Read(parameter.LogDensity(own, value, prior)))));
        if (model.LogLikelihood is not null) terms.Add(new DensityTerm(nameof(BayesianModel.LogLikelihood), Read(model.LogLikelihoodAt(values, count))));
        return terms;
    }

    private Tensor LogDensity(Tensor coordinates)
    {
        Tensor? sum = null;
        void Add(Tensor term)
        {
            if (term.dtype == ScalarType.Float32) Epsilon = TorchTypes.Epsilon(ScalarType.Float32);
            sum = sum is null ? term : sum + term;
        }
        int next = 0;
        Dictionary<string, Tensor> values = model.Constrain(coordinates, (parameter, prior, own, value) =>
        {
            if (kernels[next++] is null) Add(parameter.LogDensity(own, value, prior));
        });
        if (model.LogLikelihood is not null) Add(model.LogLikelihoodAt(values, coordinates.shape[1]));
        return sum!;
    }

    private double[] Columns(ReadOnlySpan<double> points, int count, int start, int size)
    {
        double[] part = new double[Dimension * size];
        for (int i = 0; i < Dimension; i++) points.Slice(i * count + start, size).CopyTo(part.AsSpan(i * size));
        return part;
    }
}
