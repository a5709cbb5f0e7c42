using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Sampling;

/// <summary>One draw of one member of a batch.</summary>
/// <param name="Draw">The draw, from 0, in row-major order of the sample shape.</param>
/// <param name="Member">The member of the batch, from 0, in row-major order of the batch shape.</param>
/// <param name="Value">The number drawn.</param>
public sealed record DrawRow(long Draw, long Member, double Value)
{
    /// <summary>Passes on a row per number. Without an iterator and divisions: a row costs little more than what the engine takes for it.</summary>
    internal static void EachOfScalars(SampleBatch batch, Action<DrawRow> write)
    {
        long members = TensorShapes.Count(batch.GetDistribution().BatchShape), draw = 0, member = 0;
        foreach (double value in batch.Values)
        {
            write(new DrawRow(draw, member, value));
            if (++member < members) continue;
            (draw, member) = (draw + 1, 0);
        }
    }

    /// <summary>Rows of vectors and matrices: a column for each element, named Value0, Value1, … in row-major order, so that tables and CSV files show them.</summary>
    internal static IEnumerable<PSObject> OfVectors(SampleBatch batch)
    {
        long members = TensorShapes.Count(batch.GetDistribution().BatchShape), size = TensorShapes.Count(batch.GetDistribution().EventShape);
        string[] names = [.. Enumerable.Range(0, (int)size).Select(i => $"Value{i}")];
        for (long start = 0, row = 0; start < batch.Values.LongLength; start += size, row++)
        {
            var result = new PSObject();
            result.TypeNames.Insert(0, "ReparamPS.Cmdlets.Sampling.VectorDrawRow");
            result.Properties.Add(new PSNoteProperty("Draw", row / members));
            result.Properties.Add(new PSNoteProperty("Member", row % members));
            for (int i = 0; i < size; i++) result.Properties.Add(new PSNoteProperty(names[i], batch.Values[start + i]));
            yield return result;
        }
    }
}
