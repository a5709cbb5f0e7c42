using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// Calls of a user's functions, with what they return checked. A function may be written for one distribution; if its parameters are a batch, the form of the parameters that it understands is
/// found once, by the shapes of its results: as they are, widened by the event's dimensions, or one member of the batch after another.
/// </summary>
internal sealed class CustomCalls
{
    // Sizes that no shape of a user has by chance.
    private const long ProbeDraws = 13, ProbeBatch = 11;

    private static readonly ConditionalWeakTable<CustomFunctions, CustomCalls> Known = [];

    // Shared by all threads that draw from distributions with these functions.
    private readonly ConcurrentDictionary<string, Form> forms = [];

    private enum Form
    {
        AsGiven,
        Widened,
        OneByOne,
    }

    /// <summary>Whether a function takes one member of a batch at a time.</summary>
    public bool HasOneByOne => forms.Values.Contains(Form.OneByOne);

    /// <summary>The calls of a set of functions.</summary>
    public static CustomCalls Of(CustomFunctions functions) => Known.GetValue(functions, _ => new CustomCalls());

    /// <summary>Draws samples of a shape.</summary>
    public Tensor Sample(CustomSampler sampler, CustomDistribution distribution, DrawNoise noise, long[] shape)
    {
        const string role = nameof(CustomFunctions.Sample);
        Call call = (parameters, stream, _, wanted) => sampler(parameters, stream, wanted);
        long[] leading = shape[..^(distribution.BatchShape.Length + distribution.EventShape.Length)];
        return Checked(distribution, role, Run(distribution, role, call, noise, null, leading, shape, distribution.EventShape), shape);
    }

    /// <summary>Evaluates a function of values, which broadcast with the batch.</summary>
    public Tensor Evaluate(CustomFunction function, string role, CustomDistribution distribution, Tensor value)
    {
        long[] batch = distribution.BatchShape, events = distribution.EventShape;
        TensorShapes.TryBroadcast(value.shape, [.. batch, .. events], out long[] full);
        // A formula that does not use a parameter still returns one number per member of the batch.
        Tensor wide = TensorShapes.ExpandTo(value, full);
        Call call = (parameters, _, given, _) => function(parameters, given!);
        long[] shape = full[..^events.Length];
        return Checked(distribution, role, Run(distribution, role, call, null, wide, shape[..^batch.Length], shape, []), shape);
    }

    // A sampler gets the noise, all others a value.
    private delegate Tensor Call(IReadOnlyDictionary<string, Tensor> parameters, DrawNoise noise, Tensor? value, long[] shape);

    private Tensor Run(CustomDistribution distribution, string role, Call call, DrawNoise? noise, Tensor? value, long[] leading, long[] shape, long[] tail)
    {
        if (!HasBatch(distribution)) return call(distribution.Values, noise!, value, shape);
        // An empty batch, or an empty value, shows nothing of what a function does with one.
        if (distribution.BatchShape.Contains(0) || value?.numel() == 0) return OneByOne(distribution, call, noise!, value, leading, shape, tail);
        if (!forms.TryGetValue(role, out Form form)) forms[role] = form = Probe(distribution, call, value, tail);
        return Run(form, distribution, call, noise!, value, leading, shape, tail);
    }

    private static Tensor Run(Form form, CustomDistribution distribution, Call call, DrawNoise noise, Tensor? value, long[] leading, long[] shape, long[] tail) => form switch
    {
        Form.AsGiven => call(distribution.Values, noise, value, shape),
        Form.Widened => call(Widened(distribution), noise, value, shape),
        _ => OneByOne(distribution, call, noise, value, leading, shape, tail),
    };

    private static bool HasBatch(CustomDistribution distribution) => distribution.Parameters.Any(parameter => parameter.Value.dim() > parameter.Constraint.EventDims);

    private static Dictionary<string, Tensor> Widened(CustomDistribution distribution)
    {
        IReadOnlyDictionary<string, Tensor> values = distribution.Values;
        return distribution.Parameters.ToDictionary(parameter => parameter.Name, parameter =>
        {
            Tensor value = values[parameter.Name];
            if (value.dim() == parameter.Constraint.EventDims) return value;
            for (int i = parameter.Constraint.EventDims; i < distribution.EventShape.Length; i++) value = value.unsqueeze(-1);
            return value;
        }, StringComparer.OrdinalIgnoreCase);
    }

    // A batch of equal members, one of the distribution's own, of a size by which shapes tell what was done with it.
    private static Form Probe(CustomDistribution distribution, Call call, Tensor? value, long[] tail)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var repeated = distribution.Parameters.ToDictionary(parameter => parameter.Name, object (parameter) =>
        {
            Tensor own = parameter.Value.detach();
            while (own.dim() > parameter.Constraint.EventDims) own = own.select(0, 0);
            return own.expand([ProbeBatch, .. own.shape]);
        });
        var probe = (CustomDistribution)distribution.Type.Create(repeated);
        Tensor? given = value is null ? null : MemberOf(value, distribution.EventShape.Length);
        given = given?.expand([ProbeDraws, ProbeBatch, .. distribution.EventShape]);
        long[] shape = [ProbeDraws, ProbeBatch, .. tail];
        // The stream of the draws must not notice.
        using var random = new RandomSource(0, distribution.Device);
        var noise = new DrawNoise(random, distribution.DType);
        foreach (Form form in distribution.EventShape.Length > 0 ? new[] { Form.AsGiven, Form.Widened } : [Form.AsGiven])
        {
            try
            {
                if (Run(form, probe, call, noise, given, [ProbeDraws], shape, tail).shape.SequenceEqual(shape)) return form;
            }
            catch (Exception error) when (error is CustomFunctionException or ArgumentException or System.Runtime.InteropServices.ExternalException or NotSupportedException or InvalidOperationException)
            {
                // This form is not what the function understands.
            }
        }
        return Form.OneByOne;
    }

    private static Tensor MemberOf(Tensor value, int eventDims)
    {
        Tensor one = value;
        while (one.dim() > eventDims) one = one.select(0, 0);
        return one;
    }

    private static Tensor OneByOne(CustomDistribution distribution, Call call, DrawNoise noise, Tensor? value, long[] leading, long[] shape, long[] tail)
    {
        long[] batch = distribution.BatchShape, events = distribution.EventShape;
        long members = TensorShapes.Count(batch);
        if (members == 0) return zeros(shape, distribution.DType, distribution.Device);
        IReadOnlyDictionary<string, Tensor> given = distribution.Values;
        var rows = distribution.Parameters.ToDictionary(parameter => parameter.Name, parameter =>
        {
            long[] own = parameter.Value.shape[^parameter.Constraint.EventDims..];
            return TensorShapes.ExpandTo(given[parameter.Name], [.. batch, .. own]).reshape([members, .. own]);
        }, StringComparer.OrdinalIgnoreCase);
        Tensor? values = value?.reshape([.. leading, members, .. events]);
        List<Tensor> results = [];
        for (long i = 0; i < members; i++)
        {
            var one = rows.ToDictionary(pair => pair.Key, pair => pair.Value.select(0, i), StringComparer.OrdinalIgnoreCase);
            results.Add(call(one, noise, values?.select(leading.Length, i), [.. leading, .. tail]));
        }
        long[] each = [.. leading, .. tail];
        if (results.Find(result => !result.shape.SequenceEqual(each)) is { } wrong) return wrong;
        return stack(results, leading.Length).reshape(shape);
    }

    private static Tensor Checked(CustomDistribution distribution, string role, Tensor result, long[] shape)
    {
        string name = distribution.Name;
        if (result.dtype != distribution.DType && !result.is_floating_point()) throw new CustomFunctionException($"{role} of {name} must return floating-point numbers; got {TorchTypes.NameOf(result.dtype)}.");
        if (result.device_type != distribution.Device.type) throw new CustomFunctionException($"{role} of {name} must return a tensor on {distribution.Device}; got a tensor on {result.device}. Make tensors there, such as with New-Tensor 1 -Device {distribution.Device}.");
        if (!result.shape.SequenceEqual(shape))
        {
            string advice = role switch
            {
                nameof(CustomFunctions.Sample) => "Draw noise of that shape, such as with $noise.Normal($shape), and do not sum the result.",
                nameof(CustomFunctions.LogProbability) when distribution.EventShape.Length == 0 => "Return one number per draw: each draw is a single number, so do not sum the result.",
                nameof(CustomFunctions.LogProbability) when distribution.EventShape.Length == 1 => "Return one number per draw: sum over the event dimension only, with .sum(-1).",
                nameof(CustomFunctions.LogProbability) => $"Return one number per draw: sum over the last {TensorShapes.Dimensions(distribution.EventShape.Length)} only, with {string.Concat(Enumerable.Repeat(".sum(-1)", distribution.EventShape.Length))}.",
                _ => "Return one number per value.",
            };
            throw new CustomFunctionException($"{role} of {name} must return a tensor of shape {TensorShapes.Format(shape)}; got {TensorShapes.Format(result.shape)}. {advice}");
        }
        // The result may be a tensor of the user, which must not be disposed with ours.
        return result.dtype == distribution.DType ? result.alias() : result.to(distribution.DType);
    }
}
