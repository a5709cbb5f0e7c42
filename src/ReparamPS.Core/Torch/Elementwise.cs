using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// A function of a few numbers. It reads its arguments and writes results: first the value, then, if the span has room, the
/// partial derivative in each argument.
/// </summary>
internal delegate void PointFunction(ReadOnlySpan<double> arguments, Span<double> results);

/// <summary>A function of two numbers over many of them at once.</summary>
internal delegate void SpanFunction(ReadOnlySpan<double> first, ReadOnlySpan<double> second, Span<double> results);

/// <summary>
/// Elementwise functions over broadcast tensors that libtorch lacks. They are evaluated in double precision by managed code on all of libtorch's
/// threads, and can be differentiated once: a second derivative through them is NaN.
/// </summary>
internal static class Elementwise
{
    private const int SmallestChunk = 256, Block = 2048;

    /// <summary>The function at each element, in the inputs' type and on their device; differentiable in the inputs that require gradients.</summary>
    public static Tensor Apply(PointFunction function, params Tensor[] inputs)
    {
        bool[] wanted = [.. inputs.Select(input => is_grad_enabled() && input.requires_grad)];
        if (!wanted.Contains(true)) return Map(function, 1, 1, inputs)[0];
        Tensor[] results = Map(function, 1 + inputs.Length, 1, inputs);
        return Attach(results[0], results[1..], inputs);
    }

    /// <summary>
    /// A draw that keeps its value and gets gradients: <paramref name="derivatives"/> reads the draw and then the parameters, and writes the
    /// draw's derivative in each parameter.
    /// </summary>
    public static Tensor AttachGradients(Tensor draw, Func<Tensor> drawn, PointFunction derivatives, params Tensor[] parameters)
    {
        if (!is_grad_enabled() || !parameters.Any(parameter => parameter.requires_grad)) return draw;
        return Attach(draw.detach(), Map(derivatives, parameters.Length, 0, [drawn().detach(), .. parameters]), parameters);
    }

    /// <summary>As above, of one parameter, with derivatives that are computed for many draws at once.</summary>
    public static Tensor AttachGradients(Tensor draw, SpanFunction derivatives, Tensor parameter) =>
        !is_grad_enabled() || !parameter.requires_grad ? draw : Attach(draw.detach(), [Map(derivatives, draw.detach(), parameter)], [parameter]);

    /// <summary>Adds Σ slope · (input − input) to a value. This adds 0 to the number and attaches its gradient, once.</summary>
    public static Tensor Attach(Tensor value, Tensor[] slopes, Tensor[] inputs)
    {
        int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].requires_grad)];
        Tensor[] terms = [.. wanted.Select(i => ZeroWithGradient(inputs[i]))];
        // One guard for the sum of all, because mixed second derivatives are not zero either.
        Tensor all = terms.Aggregate((sum, term) => sum + term);
        terms[0] = terms[0] + FirstOrder.Guard(all);
        Tensor result = value;
        for (int k = 0; k < wanted.Length; k++) result = addcmul(result, slopes[wanted[k]].to(value.dtype), terms[k], 1);
        return result;
    }

    private static Tensor ZeroWithGradient(Tensor input) => TensorFunctions.WithoutNaN(input - input.detach());

    /// <summary>The function over the inputs' common shape, clamped to finite values.</summary>
    public static Tensor Map(SpanFunction function, Tensor first, Tensor second) =>
        Map((sources, targets, length, limit) => Evaluate(function, sources, targets, length, limit), 1, [first, second])[0];

    /// <summary>The function's results, each a tensor of the inputs' common shape; results from index <paramref name="firstSlope"/> are clamped to finite values.</summary>
    public static Tensor[] Map(PointFunction function, int resultCount, int firstSlope, params Tensor[] inputs) =>
        Map((sources, targets, length, limit) => Evaluate(function, sources, targets, length, firstSlope, limit), resultCount, inputs);

    private static Tensor[] Map(BlockFunction function, int resultCount, Tensor[] inputs)
    {
        long[] shape = inputs.Aggregate(Array.Empty<long>(), (common, input) => TensorShapes.TryBroadcast(common, input.shape, out long[] both)
            ? both : throw new ShapeMismatchException($"The shapes {TensorShapes.Format(common)} and {TensorShapes.Format(input.shape)} do not broadcast.", nameof(inputs)));
        Tensor first = inputs[0];
        if (!TensorQuestions.HasValues(first)) return [.. Enumerable.Range(0, resultCount).Select(_ => empty(shape, first.dtype, first.device))];
        using var noGrad = no_grad();
        long count = TensorShapes.Count(shape);
        Tensor[] flat = [.. inputs.Select(input => Dense(input, shape))];
        Tensor[] results = [.. Enumerable.Range(0, resultCount).Select(_ => empty(count, ScalarType.Float64, CPU))];
        double limit = inputs[^1].dtype == ScalarType.Float32 ? float.MaxValue : double.MaxValue;
        long chunk = Math.Max(SmallestChunk, (count + 4 * get_num_threads() - 1) / (4 * get_num_threads()));
        int chunks = (int)((count + chunk - 1) / chunk);
        if (chunks <= 1) Fill(function, flat, results, 0, count, limit);
        else Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, i => Fill(function, flat, results, i * chunk, Math.Min(chunk, count - i * chunk), limit));
        return [.. results.Select(result => result.reshape(shape).to(first.dtype, first.device))];
    }

    // One element if all are equal, otherwise all elements in a row.
    private static Tensor Dense(Tensor input, long[] shape)
    {
        Tensor numbers = input.detach().to(ScalarType.Float64).cpu();
        return numbers.numel() == 1 ? numbers.reshape(1) : TensorShapes.ExpandTo(numbers, shape).contiguous().reshape(-1);
    }

    // In blocks, so that the managed copies fit into the cache and the youngest generation of the garbage collector.
    private static void Fill(BlockFunction function, Tensor[] inputs, Tensor[] results, long start, long count, double limit)
    {
        double[][] sources = [.. inputs.Select(input => new double[input.numel() == 1 ? 1 : Math.Min(count, Block)])];
        double[][] targets = [.. results.Select(_ => new double[Math.Min(count, Block)])];
        for (long done = 0; done < count; done += Block)
        {
            int length = (int)Math.Min(Block, count - done);
            for (int i = 0; i < inputs.Length; i++) Read(inputs[i], start + done, sources[i].AsSpan(0, Math.Min(length, sources[i].Length)));
            function(sources, targets, length, limit);
            for (int i = 0; i < results.Length; i++)
            {
                using Tensor part = results[i].narrow(0, start + done, length);
                targets[i].AsSpan(0, length).CopyTo(MemoryMarshal.Cast<byte, double>(part.bytes));
            }
        }
    }

    private static void Read(Tensor input, long start, Span<double> target)
    {
        using Tensor part = input.numel() == 1 ? input.alias() : input.narrow(0, start, target.Length);
        MemoryMarshal.Cast<byte, double>(part.bytes).CopyTo(target);
    }

    private delegate void BlockFunction(double[][] sources, double[][] targets, int length, double limit);

    private static void Evaluate(SpanFunction function, double[][] sources, double[][] targets, int length, double limit)
    {
        Span<double> target = targets[0].AsSpan(0, length);
        function(Repeated(sources[0], length), Repeated(sources[1], length), target);
        foreach (ref double value in target) value = double.IsNaN(value) ? 0 : Math.Clamp(value, -limit, limit);
    }

    private static ReadOnlySpan<double> Repeated(double[] source, int length)
    {
        if (source.Length >= length) return source.AsSpan(0, length);
        double[] repeated = new double[length];
        Array.Fill(repeated, source[0]);
        return repeated;
    }

    private static void Evaluate(PointFunction function, double[][] sources, double[][] targets, int length, int firstSlope, double limit)
    {
        Span<double> arguments = stackalloc double[sources.Length], values = stackalloc double[targets.Length];
        for (int n = 0; n < length; n++)
        {
            for (int i = 0; i < sources.Length; i++) arguments[i] = sources[i].Length == 1 ? sources[i][0] : sources[i][n];
            values.Clear();
            function(arguments, values);
            for (int i = 0; i < firstSlope; i++) targets[i][n] = values[i];
            // A derivative is multiplied by zero later, so it must be finite.
            for (int i = firstSlope; i < values.Length; i++) targets[i][n] = double.IsNaN(values[i]) ? 0 : Math.Clamp(values[i], -limit, limit);
        }
    }
}
