using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Checks the data that the block of -Simulator returns. A mistake in the block would look like one of the fits.</summary>
/// <param name="observed">The value of a variable in the model.</param>
/// <param name="warn">Writes a warning.</param>
internal sealed class SimulatedData(Func<string, object?> observed, Action<string> warn)
{
    // Data of a rare event may be equal by chance.
    private const int Enough = 10;

    private Dictionary<string, Numbers>? first;
    private int count, equal;
    private bool hasWarnedOfShape;

    /// <summary>Whether no data have come yet.</summary>
    public bool IsFirst => count == 0;

    /// <summary>Warns if the data of one seed differ between two calls of the block.</summary>
    public void CheckRepeated(IReadOnlyDictionary<string, object?> data, IReadOnlyDictionary<string, object?> again)
    {
        if (Read(data) is { } one && Read(again) is { } other && !AreEqual(one, other))
            warn("Simulator returns different data when it is called again with the same $p and $seed, so the result cannot be reproduced. Pass $seed to Invoke-Sample -Seed, $seed + 1 for a second variable, and so on.");
    }

    /// <summary>Warns if the data of the first simulation do not depend on the seed. Values of discrete data may be equal by chance, so all variables need a number that is not an integer.</summary>
    /// <param name="data">The data.</param>
    /// <param name="others">The data of the same parameters and other seeds.</param>
    public void CheckSeed(IReadOnlyDictionary<string, object?> data, IEnumerable<IReadOnlyDictionary<string, object?>> others)
    {
        if (Read(data) is not { } one || !one.Values.All(numbers => numbers.Values.Any(value => double.IsFinite(value) && value != Math.Floor(value)))) return;
        if (others.All(other => Read(other) is { } read && AreEqual(one, read)))
            warn($"Simulator returns the same {string.Join(" and ", one.Keys)} for other values of $seed, so the simulations share their random numbers and the result may be wrong. Pass $seed to Invoke-Sample -Seed, $seed + 1 for a second variable, and so on.");
    }

    /// <summary>That the latest data are not finite, as a sentence without its full stop; null if they are.</summary>
    public string? NonFinite { get; private set; }

    /// <summary>Notes the data of a simulation.</summary>
    /// <exception cref="ArgumentException">All simulations so far have the same data.</exception>
    public void Add(IReadOnlyDictionary<string, object?> data)
    {
        Dictionary<string, Numbers>? read = Read(data);
        NonFinite = read?.Where(entry => entry.Value.Values.Any(value => !double.IsFinite(value)))
            .Select(entry => $"Simulator returned {TensorText.Number(entry.Value.Values.First(value => !double.IsFinite(value)))} in {entry.Key} (simulation {count}, counted from 0)").FirstOrDefault();
        count++;
        first ??= read;
        if (read is null || !AreEqual(first!, read)) return;
        equal++;
        bool isConstant = read.Values.All(numbers => numbers.Values.Distinct().Count() <= 1);
        if (count == Enough && equal == Enough && !isConstant) throw new ArgumentException($"Simulator returned the same {Names} in all of the first {Enough} simulations, although $p and $seed differ. {FirstLetter.Upper(Remedy)}.", nameof(TestVariationalInferenceCommand.Simulator));
    }

    /// <summary>Warns if all data were the same number, which may be by chance.</summary>
    public void Finish()
    {
        if (count > 0 && equal == count) warn($"Simulator returned the same {Names} in all {count} simulations. This may be chance. Otherwise, {Remedy}.");
    }

    /// <summary>The first variable that has another shape than in the model; null if none has.</summary>
    public Misfit? ShapeFault(IReadOnlyDictionary<string, object?> data)
    {
        foreach ((string name, object? value) in data)
        {
            if (Read(value) is not { } simulated || Read(observed(name)) is not { } given || simulated.Shape.SequenceEqual(given.Shape)) continue;
            return new Misfit(name, TensorShapes.Format(simulated.Shape), TensorShapes.Format(given.Shape));
        }
        return null;
    }

    /// <summary>Warns of another shape, once.</summary>
    public void WarnOfShape(Misfit fault)
    {
        if (hasWarnedOfShape) return;
        hasWarnedOfShape = true;
        warn($"{fault} The result holds for data of the simulated shape only. To check the model with its own data size, {FirstLetter.Lower(fault.Advice)}.");
    }

    private string Names => string.Join(" and ", first!.Keys);

    private string Remedy => $"compute {Names} from $p, and pass $seed to Invoke-Sample -Seed";

    private static bool AreEqual(Dictionary<string, Numbers> one, Dictionary<string, Numbers> other) =>
        one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out Numbers? numbers) && entry.Value.Shape.SequenceEqual(numbers.Shape) && entry.Value.Values.SequenceEqual(numbers.Values));

    // Null for data that are not all numbers.
    private static Dictionary<string, Numbers>? Read(IReadOnlyDictionary<string, object?> data)
    {
        var read = new Dictionary<string, Numbers>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in data)
        {
            if (Read(value) is not { } numbers) return null;
            read.Add(name, numbers);
        }
        return read;
    }

    private static Numbers? Read(object? value)
    {
        using var scope = NewDisposeScope();
        try
        {
            Tensor tensor = TensorInput.ToTensor(value, "data");
            return new Numbers(ManagedValues.ToDoubles(tensor.detach()), tensor.shape);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A variable of another shape than in the model; its text is a sentence.</summary>
    /// <param name="Name">The variable's name.</param>
    /// <param name="Simulated">The shape that the block returned, as text.</param>
    /// <param name="InModel">The shape in the model, as text.</param>
    internal sealed record Misfit(string Name, string Simulated, string InModel)
    {
        /// <summary>What to do, as a sentence without its full stop.</summary>
        public string Advice => $"Return {Name} of shape {InModel}";

        /// <inheritdoc/>
        public override string ToString() => $"Simulator returned {Name} of shape {Simulated}, but ${Name} of the model has the shape {InModel}.";
    }

    private sealed record Numbers(double[] Values, long[] Shape);
}
