using System.Runtime.InteropServices;
using ReparamPS.Numerics.Statistics;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>Moments of tensors.</summary>
internal static class ColumnMoments
{
    /// <summary>The moments of each column of a matrix.</summary>
    public static Moments[] Of(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        Tensor columns = matrix.detach().to(ScalarType.Float64).cpu().t().contiguous();
        int rows = checked((int)columns.shape[1]);
        var result = new Moments[columns.shape[0]];
        for (int i = 0; i < result.Length; i++)
        {
            using Tensor column = columns.select(0, i);
            result[i] = Moments.Of(MemoryMarshal.Cast<byte, double>(column.bytes)[..rows]);
        }
        return result;
    }
}
