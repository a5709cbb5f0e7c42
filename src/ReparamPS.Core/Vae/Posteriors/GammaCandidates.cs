using System.Runtime.InteropServices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>
/// Gamma(a, 1) draws by the method of Marsaglia and Tsang (2000) from noise for a fixed number of rounds of the rejection, of which the first accepted one counts. A round accepts with
/// probability 0.95 or more, so that no draw in 10^15 misses all of them. Below a = 1, a draw of a + 1 is boosted by u^(1/a).
/// </summary>
internal static class GammaCandidates
{
    private const int Rounds = 12;
    private const double TinyRoot = 1e-300;

    /// <summary>Numbers of noise per draw: a normal and an exponential per round, and the exponential of the boost.</summary>
    public const int Size = 2 * Rounds + 1;

    /// <summary>Noise of a shape, with one more dimension.</summary>
    public static Tensor Noise(long[] shape, ScalarType dtype, RandomSource random)
    {
        using var scope = NewDisposeScope();
        using RandomSource branch = random.Branch();
        return cat([branch.Normal([.. shape, Rounds], dtype), branch.Exponential([.. shape, Rounds + 1], dtype)], -1).MoveToOuterDisposeScope();
    }

    /// <summary>The logarithms of draws, in float64 and without gradients.</summary>
    /// <param name="concentration">a.</param>
    /// <param name="noise">The noise, whose first dimensions are those of the draws.</param>
    public static Tensor LogDraws(Tensor concentration, Tensor noise)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor a = concentration.detach().to(ScalarType.Float64);
        bool isOnHost = HostMemory.Holds(noise) && noise.numel() <= int.MaxValue / sizeof(double);
        Tensor logs = isOnHost ? OnHost(a.expand(noise.shape[..^1]).contiguous(), noise.to(ScalarType.Float64).contiguous()) : InTensors(a.unsqueeze(-1), noise.to(ScalarType.Float64));
        return logs.MoveToOuterDisposeScope();
    }

    // All rounds, since a device would have to tell which ones matter.
    private static Tensor InTensors(Tensor a, Tensor noise)
    {
        Tensor isSmall = a < 1, d = a + isSmall.to(ScalarType.Float64) - 1 / 3.0, x = noise.narrow(-1, 0, Rounds), exponential = noise.narrow(-1, Rounds, Rounds);
        Tensor root = 1 + x / (9 * d).sqrt(), log = 3 * root.clamp_min(TinyRoot).log();
        Tensor isAccepted = (root > 0) & (-exponential < 0.5 * x.square() + d * (1 - log.exp() + log));
        Tensor boost = noise.narrow(-1, 2 * Rounds, 1) / a;
        return (d.log() + Candidates.First(log, isAccepted) - boost.masked_fill(~isSmall, 0)).squeeze(-1);
    }

    // The same, up to the first accepted round.
    private static Tensor OnHost(Tensor concentrations, Tensor noise)
    {
        Tensor logs = empty_like(concentrations);
        TorchThreads.Run((int)concentrations.numel(), 8 * noise.numel(), (from, to) =>
        {
            ReadOnlySpan<double> all = MemoryMarshal.Cast<byte, double>(concentrations.bytes), numbers = MemoryMarshal.Cast<byte, double>(noise.bytes);
            Span<double> drawn = MemoryMarshal.Cast<byte, double>(logs.bytes);
            for (int i = from; i < to; i++) drawn[i] = LogDraw(all[i], numbers.Slice(i * Size, Size));
        });
        return logs;
    }

    private static double LogDraw(double a, ReadOnlySpan<double> noise)
    {
        double d = a + (a < 1 ? 1 : 0) - 1 / 3.0, step = Math.Sqrt(9 * d), found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            double x = noise[round], root = 1 + x / step, log = 3 * Math.Log(Math.Max(root, TinyRoot));
            if (round == 0) found = log;
            if (!(root > 0 && -noise[Rounds + round] < 0.5 * x * x + d * (1 - Math.Exp(log) + log))) continue;
            found = log;
            break;
        }
        return Math.Log(d) + found - (a < 1 ? noise[2 * Rounds] / a : 0);
    }
}
