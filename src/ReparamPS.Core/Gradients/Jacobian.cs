using System.Globalization;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>The derivatives of all elements of a function's results in all elements of its checked inputs, by automatic differentiation and by differences.</summary>
internal sealed class Jacobian
{
    private readonly TensorFunction function;
    private readonly IReadOnlyList<Tensor> inputs;

    /// <summary>Evaluates the function once.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">Its inputs: contiguous leaves that may be modified.</param>
    public Jacobian(TensorFunction function, IReadOnlyList<Tensor> inputs)
    {
        (this.function, this.inputs) = (function, inputs);
        Results = Evaluate();
        Sizes = [.. Results.Select(result => checked((int)result.numel()))];
        Height = Sizes.Sum();
        if (Height == 0) throw new ArgumentException("The function returned an empty tensor, so there is no gradient to check.", nameof(function));
        Values = Flat(Results);
    }

    /// <summary>The floating results, with their graphs.</summary>
    public IReadOnlyList<Tensor> Results { get; }

    /// <summary>The number of elements of each result.</summary>
    public int[] Sizes { get; }

    /// <summary>The number of elements of all results.</summary>
    public int Height { get; }

    /// <summary>All elements of the results.</summary>
    public double[] Values { get; }

    /// <summary>All elements of the results of another evaluation.</summary>
    public double[] ValuesAgain()
    {
        using var scope = NewDisposeScope();
        double[] values = Flat(Evaluate());
        return values.Length == Height ? values : throw new ArgumentException($"The shapes of the function's results must not change between calls: the first results had {Height} elements; got {values.Length}.", nameof(function));
    }

    /// <summary>Why the entries cannot be compared one by one: they do not fit into memory; null if they can.</summary>
    /// <param name="wanted">The checked inputs.</param>
    public string? WhyNotEntries(IReadOnlyList<Tensor> wanted)
    {
        long width = wanted.Sum(input => input.numel());
        bool fits = wanted.All(input => (double)Height * input.numel() <= Array.MaxLength) && MemoryLimit.Allows((double)Height * width, sizeof(double));
        return fits ? null : string.Create(CultureInfo.InvariantCulture, $"the Jacobian has {Height} × {width} entries, too many to compare one by one");
    }

    /// <summary>Derivatives by automatic differentiation: for each checked input one array, result element by result element; null if the results do not depend on it.</summary>
    /// <param name="wanted">The checked inputs.</param>
    /// <param name="cancellation">Stops between two backward passes.</param>
    public double[]?[] Analytic(IReadOnlyList<Tensor> wanted, CancellationToken cancellation)
    {
        var columns = new double[]?[wanted.Count];
        int row = 0;
        foreach (Tensor result in Results)
        {
            using var scope = NewDisposeScope();
            Tensor selector = zeros(result.shape, result.dtype, result.device);
            for (int j = 0; j < result.numel(); j++, row++)
            {
                cancellation.ThrowIfCancellationRequested();
                TensorMemory.Set(selector, j, 1);
                Tensor?[] gradients = Backward.Of([result], [selector], wanted);
                TensorMemory.Set(selector, j, 0);
                for (int i = 0; i < wanted.Count; i++)
                {
                    if (gradients[i] is not { } gradient) continue;
                    int width = (int)wanted[i].numel();
                    TensorMemory.Read(gradient, (columns[i] ??= new double[(long)Height * width]).AsSpan(row * width, width));
                    gradient.Dispose();
                }
            }
        }
        return columns;
    }

    /// <summary>The products of a vector, with one element per element of the results, and the Jacobian.</summary>
    public double[]?[] Analytic(IReadOnlyList<Tensor> wanted, double[] vector)
    {
        using var scope = NewDisposeScope();
        List<Tensor> parts = [];
        int start = 0;
        foreach (Tensor result in Results)
        {
            int size = (int)result.numel();
            parts.Add(tensor(vector.AsSpan(start, size).ToArray(), result.shape, result.dtype, result.device));
            start += size;
        }
        return [.. Backward.Of(Results, parts, wanted).Select(gradient => gradient is null ? null : Torch.ManagedValues.ToDoubles(gradient))];
    }

    /// <summary>Derivatives in one element of one input by central differences, one per element of the results.</summary>
    public double[] Numeric(Tensor input, long element, double epsilon)
    {
        double[] up = At(input, element, epsilon), down = At(input, element, -epsilon);
        for (int i = 0; i < up.Length; i++) up[i] = (up[i] - down[i]) / (2 * epsilon);
        return up;
    }

    /// <summary>All elements of the results after a shift of one element of an input.</summary>
    public double[] At(Tensor input, long element, double shift)
    {
        double value = TensorMemory.Get(input, element);
        TensorMemory.Set(input, element, value + shift);
        try
        {
            return ValuesAgain();
        }
        finally
        {
            TensorMemory.Set(input, element, value);
        }
    }

    /// <summary>All elements of the results after a shift of an input along a direction, and after the opposite shift.</summary>
    public (double[] Up, double[] Down) Around(Tensor input, double[] direction, double shift)
    {
        double[] values = Torch.ManagedValues.ToDoubles(input);
        try
        {
            TensorMemory.SetAll(input, Moved(values, direction, shift));
            double[] up = ValuesAgain();
            TensorMemory.SetAll(input, Moved(values, direction, -shift));
            return (up, ValuesAgain());
        }
        finally
        {
            TensorMemory.SetAll(input, values);
        }
    }

    private static double[] Moved(double[] values, double[] direction, double shift)
    {
        double[] moved = new double[values.Length];
        for (int i = 0; i < moved.Length; i++) moved[i] = values[i] + shift * direction[i];
        return moved;
    }

    private IReadOnlyList<Tensor> Evaluate()
    {
        IReadOnlyList<Tensor> results = function(inputs);
        foreach (Tensor result in results)
        {
            if (result.is_complex()) throw new ArgumentException("The function must return real tensors; got a complex tensor. Return its .real, .imag, .abs() or .view_as_real().", nameof(function));
            if (TensorMemory.IsHalf(result)) throw new ArgumentException($"The function must return float64 or float32; got {Torch.TorchTypes.NameOf(result.dtype)}, whose precision is too low for numeric derivatives.", nameof(function));
        }
        IReadOnlyList<Tensor> floating = [.. results.Where(result => result.is_floating_point())];
        return floating.Count > 0 ? floating
            : throw new ArgumentException($"The function must return a floating-point tensor; got {(results.Count == 0 ? "nothing" : string.Join(", ", results.Select(result => Torch.TorchTypes.NameOf(result.dtype)).Distinct()))}.", nameof(function));
    }

    private static double[] Flat(IReadOnlyList<Tensor> results)
    {
        double[] values = new double[results.Sum(result => result.numel())];
        int start = 0;
        foreach (Tensor result in results)
        {
            int size = (int)result.numel();
            TensorMemory.Read(result, values.AsSpan(start, size));
            start += size;
        }
        return values;
    }
}
