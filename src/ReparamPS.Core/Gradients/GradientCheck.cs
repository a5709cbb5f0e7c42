using System.Diagnostics;
using System.Runtime.InteropServices;
using ReparamPS.Messages;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Gradients;

/// <summary>
/// Compares the gradient of any function of tensors with central differences; the counterpart of <c>torch.autograd.gradcheck</c> and <c>gradgradcheck</c>, which
/// says where and why a gradient is wrong.
/// </summary>
public static class GradientCheck
{
    /// <summary>Checks a function at a point.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">The point. Inputs that require gradients are checked; if there are none, all floating inputs. They are copied and do not change.</param>
    /// <param name="options">The options; null for PyTorch's defaults.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    /// <returns>For each checked input its worst entry, or its worst entries if several fail.</returns>
    /// <exception cref="ArgumentException">No input can be checked, the function returns no floating tensor, or the entries do not all fit into memory.</exception>
    public static IReadOnlyList<GradientCheckRow> Run(
        TensorFunction function, IReadOnlyList<Tensor> inputs, GradientCheckOptions? options = null, CancellationToken cancellation = default) => Run(function, inputs, options, null, cancellation);

    /// <summary>Checks as <see cref="Run(TensorFunction, IReadOnlyList{Tensor}, GradientCheckOptions?, CancellationToken)"/>, and says which inputs pass although the comparison says little of them.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">The point.</param>
    /// <param name="options">The options; null for PyTorch's defaults.</param>
    /// <param name="warn">Receives each input with which the function does not change, or whose elements do not change by a step.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    public static IReadOnlyList<GradientCheckRow> Run(
        TensorFunction function, IReadOnlyList<Tensor> inputs, GradientCheckOptions? options, Action<string>? warn, CancellationToken cancellation)
    {
        options ??= new GradientCheckOptions();
        if (!(options.Epsilon > 0)) throw new ArgumentException($"Epsilon must be positive; got {ShortText.Of(options.Epsilon)}.", nameof(options));
        if (options.Order is not (1 or 2)) throw new ArgumentException($"Order must be 1 or 2; got {options.Order}.", nameof(options));
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        bool any = inputs.Any(input => input.is_floating_point() && input.requires_grad);
        Tensor[] copies = [.. inputs.Select(input => Copy(input).requires_grad_(input.is_floating_point() && (!any || input.requires_grad)))];
        if (!copies.Any(copy => copy.requires_grad)) throw new ArgumentException($"At least one input must be a float64 or float32 tensor, so that there is a gradient to check; got {(copies.Length == 0 ? "none" : string.Join(", ", copies.Select(copy => TorchTypes.NameOf(copy.dtype)).Distinct()))}.", nameof(inputs));
        if (!copies.Any(copy => copy.requires_grad && copy.numel() > 0)) throw new ArgumentException("Every floating-point input is empty, so there is no gradient to check.", nameof(inputs));
        if (copies.FirstOrDefault(copy => copy.requires_grad && TensorMemory.IsHalf(copy)) is { } coarse)
            throw new ArgumentException($"Inputs must be float64 or float32; got {TorchTypes.NameOf(coarse.dtype)}, whose precision is too low for numeric derivatives.", nameof(inputs));
        string[] names = [.. inputs.Select((_, i) => options.InputNames is { } given && i < given.Count ? given[i] : $"input{i}")];

        List<GradientCheckRow> rows = [.. new Session(function, copies, names, options, 1, warn, cancellation).Run()];
        if (options.Order == 2 && rows.TrueForAll(row => row.Verdict != GradientCheckVerdict.NotDifferentiable)) rows.AddRange(SecondOrder(function, copies, names, options, cancellation));
        return rows;
    }

    private static Tensor Copy(Tensor input)
    {
        using Tensor values = input.detach();
        return values.is_contiguous() ? values.clone() : values.contiguous();
    }

    private static IEnumerable<GradientCheckRow> SecondOrder(
        TensorFunction function, Tensor[] copies, string[] names, GradientCheckOptions options, CancellationToken cancellation)
    {
        using var random = options.Stream.Open(copies[0].device);
        Tensor[] results = [.. function(copies).Where(result => result.is_floating_point())];
        Tensor[] cotangents = [.. results.Select(result => random.Normal(result.shape, result.dtype).requires_grad_())];
        IReadOnlyList<Tensor> Gradient(IReadOnlyList<Tensor> given)
        {
            Tensor[] first = [.. given.Take(copies.Length)];
            Tensor[] values = [.. function(first).Where(result => result.is_floating_point())];
            int[] attached = [.. Enumerable.Range(0, values.Length).Where(i => values[i].requires_grad)];
            if (attached.Length == 0) return [zeros(1, values[0].dtype, values[0].device)];
            IList<Tensor> found = autograd.grad(
                [.. attached.Select(i => values[i])], [.. first.Where(input => input.requires_grad)], [.. attached.Select(i => given[copies.Length + i])], retain_graph: true, create_graph: true, allow_unused: true);
            Tensor[] used = [.. found.Where(gradient => gradient is { IsInvalid: false })];
            return used.Length > 0 ? used : [zeros(1, values[0].dtype, values[0].device)];
        }
        string[] all = [.. names, .. cotangents.Select((_, i) => $"cotangent{i}")];
        return new Session(Gradient, [.. copies, .. cotangents], all, options, 2, null, cancellation).Run();
    }

    // A step that rounding changes by more, relative to the step, is the reason for a difference.
    private const double MaxStepError = 0.01;

    private sealed class Session(TensorFunction function, Tensor[] inputs, string[] names, GradientCheckOptions options, int order, Action<string>? warn, CancellationToken cancellation)
    {
        private static readonly TimeSpan WorthThreads = TimeSpan.FromMilliseconds(5);
        private readonly int[] wanted = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].requires_grad && inputs[i].numel() > 0)];

        private Tensor[] Wanted => [.. wanted.Select(i => inputs[i])];

        public IEnumerable<GradientCheckRow> Run()
        {
            int threads = get_num_threads();
            try
            {
                // For a small function, the start of a second thread costs more than it saves. (MKL's vector functions start one from about fifty elements.)
                set_num_threads(1);
                var jacobian = new Jacobian(function, inputs);
                var clock = Stopwatch.StartNew();
                if (MovedValue(jacobian) is { } moved) return moved;
                // One pass serves both the comparison of two passes and the projections.
                double[] vector = UnitVector(jacobian.Height, options.Stream);
                double[]?[] gradients = jacobian.Analytic(Wanted, vector);
                if (MovedGradient(gradients, jacobian.Analytic(Wanted, vector)) is { } row) return [row];
                if (clock.Elapsed > WorthThreads) set_num_threads(threads);
                GradientCheckRow[] projected = options.Fast ? Projections(jacobian, vector, gradients) : [];
                if (options.Fast && projected.All(row => row.Passed))
                {
                    // A lost step beside a gradient that is not 0 would have failed.
                    for (int k = 0; k < wanted.Length; k++)
                    {
                        if (projected[k].Numeric == 0 && gradients[k]?.All(value => value == 0) != false) WarnIfUntested(jacobian, inputs[wanted[k]], names[wanted[k]], isZero: true);
                    }
                    return projected;
                }
                if (jacobian.WhyNotEntries(Wanted) is not { } tooMany) return [.. Entries(jacobian)];
                return options.Fast ? projected.Select(row => row.Passed ? row : row with { Reason = $"{row.Reason}; {tooMany}" })
                    : throw new ArgumentException($"{FirstLetter.Upper(tooMany)}. Use -Fast.", nameof(function));
            }
            catch (ExternalException error)
            {
                string message = error.Message.Split('\n')[0];
                return wanted.Select(i => Row(i, -1, 0, -1, double.NaN, double.NaN, 0, GradientCheckVerdict.NotDifferentiable, $"libtorch refuses: {message}"));
            }
            finally
            {
                set_num_threads(threads);
            }
        }

        private IReadOnlyList<GradientCheckRow>? MovedValue(Jacobian jacobian)
        {
            double[] again = jacobian.ValuesAgain();
            for (int moved = 0; moved < again.Length; moved++)
            {
                if (!Differ(jacobian.Values[moved], again[moved])) continue;
                (int output, int element) = Locate(jacobian, moved);
                string Exact(double value) => TensorText.Exact(value, jacobian.Results[output].dtype);
                string reason = $"two evaluations at the same inputs differ: {Exact(jacobian.Values[moved])} and {Exact(again[moved])}. Draw random numbers before the check, or set their seed in the function; {RoundingAdvice}";
                return [.. wanted.Select(i => Row(i, -1, output, element, double.NaN, double.NaN, options.NondeterminismTolerance, GradientCheckVerdict.Nondeterministic, reason))];
            }
            return null;
        }

        private GradientCheckRow? MovedGradient(double[]?[] first, double[]?[] second)
        {
            for (int k = 0; k < wanted.Length; k++)
            {
                for (int e = 0; e < (first[k]?.Length ?? 0); e++)
                {
                    if (!Differ(first[k]![e], second[k]![e])) continue;
                    string Exact(double value) => TensorText.Exact(value, inputs[wanted[k]].dtype);
                    string reason = $"two backward passes at the same inputs differ: {Exact(first[k]![e])} and {Exact(second[k]![e])}, so the gradient itself is not deterministic; {RoundingAdvice}";
                    return Row(wanted[k], e, 0, -1, first[k]![e], second[k]![e], options.NondeterminismTolerance, GradientCheckVerdict.Nondeterministic, reason);
                }
            }
            return null;
        }

        private bool Differ(double left, double right) => !(Math.Abs(left - right) <= options.NondeterminismTolerance) && !(left == right) && !(double.IsNaN(left) && double.IsNaN(right));

        // One number per input: unit vectors u and v project the Jacobian from both sides. If its error exceeds the tolerance of a single entry, all entries are checked.
        private GradientCheckRow[] Projections(Jacobian jacobian, double[] v, double[]?[] gradients) =>
        [
            .. wanted.Select((input, k) =>
            {
                double[] u = UnitVector((int)inputs[input].numel(), options.Stream + (2 + k));
                (double[] up, double[] down) = jacobian.Around(inputs[input], u, options.Epsilon);
                double numeric = 0;
                for (int j = 0; j < v.Length; j++) numeric += v[j] * (up[j] - down[j]) / (2 * options.Epsilon);
                double analytic = gradients[k]?.Zip(u, (g, d) => g * d).Sum() ?? 0;
                double tolerance = options.AbsoluteTolerance + options.RelativeTolerance * Math.Abs(numeric);
                bool passed = Math.Abs(analytic - numeric) <= tolerance;
                return Row(input, -1, 0, -1, analytic, numeric, tolerance, passed ? GradientCheckVerdict.Agrees : GradientCheckVerdict.Mismatch,
                    passed ? "agrees with central differences along a random direction" : "the gradient differs from central differences along a random direction");
            }),
        ];

        private IEnumerable<GradientCheckRow> Entries(Jacobian jacobian)
        {
            double[]?[] analytic = jacobian.Analytic(Wanted, cancellation);
            for (int k = 0; k < wanted.Length; k++)
            {
                Tensor input = inputs[wanted[k]];
                int width = (int)input.numel();
                var worst = new PriorityQueue<(int Element, int Entry, double Numeric), double>();
                (int Element, int Entry, double Numeric) best = (0, 0, 0);
                double largest = -1;
                long compared = 0;
                bool isZero = true;
                for (int element = 0; element < width; element++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    double[] numeric = jacobian.Numeric(input, element, options.Epsilon);
                    compared += numeric.Length;
                    for (int entry = 0; entry < numeric.Length; entry++)
                    {
                        double given = analytic[k]?[(long)entry * width + element] ?? 0, excess = Excess(given, numeric[entry]);
                        isZero &= given == 0 && numeric[entry] == 0;
                        if (excess > largest) (largest, best) = (excess, (element, entry, numeric[entry]));
                        if (excess <= 1) continue;
                        worst.Enqueue((element, entry, numeric[entry]), excess);
                        if (worst.Count > Math.Max(1, options.WorstEntries)) worst.Dequeue();
                    }
                }
                if (worst.Count == 0)
                {
                    worst.Enqueue(best, largest);
                    WarnIfUntested(jacobian, input, names[wanted[k]], isZero);
                }
                foreach (var entry in worst.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Element).Select(item => item.Element))
                    yield return Judge(jacobian, wanted[k], entry.Element, entry.Entry, analytic[k]?[(long)entry.Entry * width + entry.Element], entry.Numeric) with { Entries = compared };
            }
        }

        // A gradient of 0 is right if the function does not change, but says nothing if the function does not use the input.
        private void WarnIfUntested(Jacobian jacobian, Tensor input, string name, bool isZero)
        {
            if (warn is null || input.numel() == 0) return;
            // If the largest number changes by a step, all do.
            using Tensor largest = input.detach().abs().max();
            if (StepRatio(input, ManagedValues.ToDoubles(largest)[0]) == 0)
            {
                double[] values = ManagedValues.ToDoubles(input), lost = [.. values.Where(value => StepRatio(input, value) == 0)];
                warn($"{TooSmall(lost[0])}: adding it changes nothing, so {(values.Length == 1 ? name : $"{lost.Length} of {values.Length} elements of {name}")} {(lost.Length == 1 ? "is" : "are")} not checked. {Advice}.");
            }
            else if (isZero && Enumerable.Range(0, (int)Math.Min(input.numel(), MaxMoved)).All(element => IsStill(jacobian, input, element)))
            {
                warn($"The function does not change with {name} near this point: all derivatives are 0, by automatic differentiation and by differences. Does the function use {name}?");
            }
        }

        private bool IsStill(Jacobian jacobian, Tensor input, long element)
        {
            cancellation.ThrowIfCancellationRequested();
            return jacobian.At(input, element, options.Epsilon).SequenceEqual(jacobian.Values);
        }

        // An evaluation each. With -Fast, a step in a random direction has changed nothing before.
        private const int MaxMoved = 100;

        private const string Advice = "Raise Epsilon, or scale the input";

        private const string RoundingAdvice = "for differences by rounding, raise NondeterminismTolerance";

        private string TooSmall(double value) => $"Epsilon {TensorText.Number(options.Epsilon)} is too small for the number {TensorText.Number(value)}";

        // What rounding leaves of a step in both directions: 1 if all of it.
        private double StepRatio(Tensor input, double value)
        {
            double up = value + options.Epsilon, down = value - options.Epsilon;
            if (input.dtype == ScalarType.Float32) (up, down) = ((float)up, (float)down);
            return (up - down) / (2 * options.Epsilon);
        }

        // The error relative to the allowed error; infinite for values that are not finite.
        private double Excess(double analytic, double numeric)
        {
            double error = Math.Abs(analytic - numeric), allowed = options.AbsoluteTolerance + options.RelativeTolerance * Math.Abs(numeric);
            if (error <= allowed) return allowed > 0 ? error / allowed : 0;
            return double.IsFinite(error) && allowed > 0 ? error / allowed : double.PositiveInfinity;
        }

        private GradientCheckRow Judge(Jacobian jacobian, int input, int element, int entry, double? analytic, double numeric)
        {
            double tolerance = options.AbsoluteTolerance + options.RelativeTolerance * Math.Abs(numeric), given = analytic ?? 0;
            (int output, int outputElement) = Locate(jacobian, entry);
            (GradientCheckVerdict verdict, string reason) =
                Math.Abs(given - numeric) <= tolerance ? (GradientCheckVerdict.Agrees, "agrees with central differences")
                : !double.IsFinite(given) ? (GradientCheckVerdict.NonFinite, "the gradient is not finite")
                : !double.IsFinite(numeric) ? (GradientCheckVerdict.NonFinite, $"the function is not finite within Epsilon {TensorText.Number(options.Epsilon)} of the input. Lower Epsilon, or check at another input")
                : LostStep(inputs[input], element) is { } lost ? (GradientCheckVerdict.Mismatch, lost)
                : analytic is null ? (GradientCheckVerdict.NoGradient, "no gradient reaches this input, though the function depends on it: part of the function is detached, such as by .detach(), .item(), .ToArray() or New-Tensor")
                : SmallerStep(jacobian, inputs[input], element, entry, given, numeric, tolerance) is { } step
                    ? (GradientCheckVerdict.Mismatch, $"Epsilon {TensorText.Number(options.Epsilon)} is too large: the difference quotient is {TensorText.Number(numeric)} with this step, and {TensorText.Number(step.Numeric)}, close to the gradient, with a step of {TensorText.Number(step.Size)}. Lower Epsilon")
                : AtKink(jacobian, input, element, entry, tolerance, out double left, out double right)
                    ? (GradientCheckVerdict.Kink, $"a kink or jump: the slope is {TensorText.Number(left)} on the left and {TensorText.Number(right)} on the right")
                : (GradientCheckVerdict.Mismatch, Describe(jacobian, output, entry, given, numeric, tolerance));
            return Row(input, element, output, outputElement, given, numeric, tolerance, verdict, reason);
        }

        // Why the numeric derivative is wrong, rather than the gradient; null if the step is as large as it should be.
        private string? LostStep(Tensor input, int element)
        {
            double value = TensorMemory.Get(input, element), ratio = StepRatio(input, value);
            return !(Math.Abs(ratio - 1) > MaxStepError) ? null
                : $"{TooSmall(value)}: {(ratio == 0 ? "adding it does not change the input" : "rounding changes the step")}. {Advice}";
        }

        private string Describe(Jacobian jacobian, int output, int entry, double analytic, double numeric, double tolerance)
        {
            if (analytic == 0) return "the gradient is zero, though the function depends on the input";
            double value = jacobian.Values[entry];
            if (numeric == 0 && Math.Abs(analytic * options.Epsilon) <= TorchTypes.Epsilon(jacobian.Results[output].dtype) * Math.Abs(value))
                return $"Epsilon {TensorText.Number(options.Epsilon)} is too small for the function's value {TensorText.Number(value)}: a step changes it by less than its rounding. Raise Epsilon, or scale the function";
            if (numeric == 0) return "there is a gradient, though the function does not depend on the input";
            string ratio = TensorText.Number(analytic / numeric);
            // Digits that a ratio does not show.
            return ratio == "1" ? $"the error is {TensorText.Number(Math.Abs(analytic - numeric))}, above the tolerance of {TensorText.Number(tolerance)}" : $"the gradient is {ratio} times what it should be";
        }

        // The error of a right gradient is that of the difference quotient, which a smaller step makes smaller; that of a wrong gradient stays. Null if the step is not the reason, or if rounding would decide.
        private (double Size, double Numeric)? SmallerStep(Jacobian jacobian, Tensor input, int element, int entry, double analytic, double numeric, double tolerance)
        {
            const double Smaller = 8, Less = 4, ManyRoundings = 1e5;
            // Within the default step, a kink is the better explanation.
            if (options.Epsilon <= new GradientCheckOptions().Epsilon) return null;
            double value = jacobian.Values[entry], step = options.Epsilon / Smaller, smallest = step / Smaller;
            double rounding = TorchTypes.Epsilon(jacobian.Results[Locate(jacobian, entry).Output].dtype) * Math.Abs(value);
            if (Math.Abs(numeric) * options.Epsilon < ManyRoundings * rounding || smallest < ManyRoundings * TorchTypes.Epsilon(input.dtype) * Math.Abs(TensorMemory.Get(input, element))) return null;
            double near = jacobian.Numeric(input, element, step)[entry], nearest = jacobian.Numeric(input, element, smallest)[entry];
            double error = Math.Abs(analytic - numeric), nearError = Math.Abs(analytic - near), nearestError = Math.Abs(analytic - nearest);
            return nearError <= error / Less && nearestError <= Math.Max(nearError / Less, tolerance) ? (smallest, nearest) : null;
        }

        // At a smooth point, the difference of left and right slopes shrinks in proportion to the step; at a kink it does not.
        private bool AtKink(Jacobian jacobian, int input, int element, int entry, double tolerance, out double left, out double right)
        {
            (double Left, double Right) Slopes(double step) => (
                (jacobian.Values[entry] - jacobian.At(inputs[input], element, -step)[entry]) / step,
                (jacobian.At(inputs[input], element, step)[entry] - jacobian.Values[entry]) / step);
            (left, right) = Slopes(options.Epsilon);
            (double farLeft, double farRight) = Slopes(8 * options.Epsilon);
            double near = Math.Abs(right - left), far = Math.Abs(farRight - farLeft);
            return near > tolerance && far < 4 * near;
        }

        private static double[] UnitVector(int size, RandomSeed seed)
        {
            using var random = seed.Open();
            using Tensor draws = random.Normal([size], ScalarType.Float64);
            double[] values = ManagedValues.ToDoubles(draws);
            TensorPrimitives.Divide(values, TensorPrimitives.Norm<double>(values), values);
            return values;
        }

        private static (int Output, int Element) Locate(Jacobian jacobian, int entry)
        {
            int output = 0;
            while (entry >= jacobian.Sizes[output]) entry -= jacobian.Sizes[output++];
            return (output, entry);
        }

        private GradientCheckRow Row(int input, long element, int output, long outputElement, double analytic, double numeric, double tolerance, GradientCheckVerdict verdict, string reason) => new()
        {
            Order = order, Input = names[input], Element = element, Position = Position(inputs[input], element), Output = output, OutputElement = outputElement,
            Analytic = analytic, Numeric = numeric, Tolerance = tolerance, Verdict = verdict, Reason = reason,
        };

        private static string Position(Tensor input, long element) => element < 0 ? "all" : TensorShapes.Format(TensorShapes.Unravel(element, input.shape));
    }
}
