using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The rounds of <see cref="VonMisesAngles"/> without the proposals that do not matter: it goes through the rounds with the elements that have no angle yet, to find the last
/// round, and back with the elements that have no angle of a later round.
/// </summary>
/// <param name="kappa">The concentration of each element, or of all.</param>
/// <param name="r">The parameter of the envelope of each element, or of all.</param>
/// <param name="count">The number of elements.</param>
/// <param name="twister">The random stream.</param>
internal sealed class VonMisesSampler(double[] kappa, double[] r, int count, MersenneTwister twister)
{
    private const int Cosines = 0, Levels = 1, Sides = 2;

    private readonly int parts = get_num_threads();

    /// <summary>Draws the angle of each element.</summary>
    public Tensor Draw()
    {
        // Three numbers per element and round; the first number of each element is not used.
        twister.Skip(2L * count);
        var rounds = new Stack<MersenneTwister[][]>();
        for (int[]? open = null; open is not { Length: 0 };)
        {
            using VonMisesProposals proposals = new(kappa, r, open, count);
            MersenneTwister[][] forks = [Fork(open, proposals.Cosines), Fork(open, proposals.Levels), Fork([], [])];
            rounds.Push(forks);
            proposals.Judge();
            open = proposals.Rejected();
        }
        Tensor angle = empty(count, ScalarType.Float64, CPU);
        for (int[]? open = null; rounds.TryPop(out MersenneTwister[][]? forks);)
        {
            using VonMisesProposals proposals = new(kappa, r, open, count);
            TorchThreads.Run(parts, 24L * proposals.Count, (from, to) =>
            {
                for (int part = from; part < to; part++)
                {
                    Take(forks[Cosines][part], part, open, proposals.Cosines);
                    Take(forks[Levels][part], part, open, proposals.Levels);
                    Take(forks[Sides][part], part, open, proposals.Sides);
                }
            });
            proposals.Judge();
            proposals.Write(angle);
            open = proposals.Rejected();
        }
        return angle;
    }

    // Takes the next number of each open element from the stream, and returns where the stream was at the start of each part.
    private MersenneTwister[] Fork(int[]? open, Span<double> target)
    {
        var forks = new MersenneTwister[parts];
        for (int part = 0; part < parts; part++)
        {
            forks[part] = twister.Fork();
            Take(twister, part, open, target);
        }
        return forks;
    }

    private void Take(MersenneTwister stream, int part, int[]? open, Span<double> target)
    {
        (int from, int to) = (Start(part), Start(part + 1));
        if (open is null) stream.Fill(target[from..to]);
        else
        {
            (int first, int end) = (IndexOf(open, from), IndexOf(open, to));
            stream.Pick(open.AsSpan(first, end - first), from, to - from, target[first..end]);
        }
    }

    private int Start(int part) => (int)((long)count * part / parts);

    private static int IndexOf(int[] open, int element)
    {
        int index = Array.BinarySearch(open, element);
        return index < 0 ? ~index : index;
    }
}
