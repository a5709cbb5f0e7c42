using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A member leaves one tensor behind, its result.</summary>
public sealed class NativeMemoryTests
{
    private const int Calls = 20;

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void No_member_leaves_tensors_behind(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample(requiresGrad: true);
        using var random = new RandomSource(1);
        Tensor value = example.Sample([5], random);
        List<string> leaks = [];
        foreach (string member in Members.Names)
        {
            long grown = Growth(() =>
            {
                using (NewDisposeScope()) Members.Call(member, example, value, random)?.Dispose();
            });
            long bare = Growth(() => Members.Call(member, example, value, random)?.Dispose());
            // Icdf's own argument is made by the caller, in the caller's scope.
            if (grown > 0 || bare > (member == "Icdf" ? Calls : 0)) leaks.Add($"{member} leaves {Math.Max(grown, bare) / (double)Calls} tensors a call");
        }
        Assert.True(leaks.Count == 0, $"{name}: {string.Join("; ", leaks)}");
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void A_distribution_owns_no_tensor(string name)
    {
        DistributionType type = DistributionCatalog.Get(name);
        long grown = Growth(() =>
        {
            using var scope = NewDisposeScope();
            type.CreateExample().Expand(3);
        });
        Assert.Equal(0, grown);
    }

    private static long Growth(Action call)
    {
        call();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < Calls; i++) call();
        return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount - before;
    }
}
