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

    // The way back repeats only the parts of the stream that have an open element, up to the last one.
    private const int PartSize = 1 << 14;

    private readonly int parts = Math.Max(1, (count + PartSize - 1) / PartSize);

    /// <summary>Draws the angle of each element.</summary>
    public Tensor Draw()
    {
        using VonMisesProposals proposals = new(kappa, r, count);
        // Three numbers per element and round; the first number of each element is not used.
        twister.Skip(2L * count);
        var rounds = new Stack<MersenneTwister[][]>();
        for (; proposals.Count > 0; proposals.KeepRejected())
        {
            rounds.Push([Fork(proposals, proposals.Cosines), Fork(proposals, proposals.Numbers), Fork()]);
            proposals.Judge();
        }
        proposals.OpenAll();
        for (; proposals.Count > 0 && rounds.TryPop(out MersenneTwister[][]? forks); proposals.KeepRejected())
        {
            Repeat(proposals, part =>
            {
                Take(forks[Cosines][part], part, proposals, proposals.Cosines);
                Take(forks[Levels][part], part, proposals, proposals.Numbers);
            });
            proposals.Judge();
            Repeat(proposals, part => Take(forks[Sides][part], part, proposals, proposals.Numbers));
            proposals.Accept();
        }
        return proposals.Angles();
    }

    private void Repeat(VonMisesProposals proposals, Action<int> take) => TorchThreads.Run(parts, 24L * proposals.Count, (from, to) =>
    {
        for (int part = from; part < to; part++) take(part);
    });

    // Takes the next number of each open element from the stream, and returns where the stream was at the start of each part.
    private MersenneTwister[] Fork(VonMisesProposals proposals, Span<double> target)
    {
        var forks = new MersenneTwister[parts];
        for (int part = 0; part < parts; part++)
        {
            forks[part] = twister.Fork();
            twister.Skip(2L * (Start(part + 1) - Take(twister, part, proposals, target)));
        }
        return forks;
    }

    // The same without taking a number.
    private MersenneTwister[] Fork()
    {
        var forks = new MersenneTwister[parts];
        for (int part = 0; part < parts; part++)
        {
            forks[part] = twister.Fork();
            twister.Skip(2L * (Start(part + 1) - Start(part)));
        }
        return forks;
    }

    // Returns the element after the last one whose number was taken.
    private int Take(MersenneTwister stream, int part, VonMisesProposals proposals, Span<double> target)
    {
        (int from, int to) = (Start(part), Start(part + 1));
        if (proposals.AreAllOpen)
        {
            stream.Fill(target[from..to]);
            return to;
        }
        (int first, int end) = (proposals.IndexOf(from), proposals.IndexOf(to));
        return stream.Pick(proposals.Open[first..end], from, target[first..end]);
    }

    private int Start(int part) => (int)Math.Min((long)part * PartSize, count);
}
