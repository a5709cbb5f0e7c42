using CsCheck;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class BracketDesignTests
{
    private static string[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => $"{(i * 7919) % 10007:x4}")];

    private static HalvingOptions Options(int max, int reduction = 3, int min = 1, SweepStrategy strategy = SweepStrategy.Hyperband) =>
        new(strategy, "TestElbo", true) { MaxBudget = max, ReductionFactor = reduction, MinBudget = min };

    [Theory]
    [InlineData(81, 3, 1, new[] { 1, 3, 9, 27, 81 })]
    [InlineData(27, 3, 3, new[] { 3, 9, 27 })]
    [InlineData(20, 3, 1, new[] { 2, 7, 20 })]
    [InlineData(100, 4, 5, new[] { 6, 25, 100 })]
    [InlineData(10, 2, 1, new[] { 1, 3, 5, 10 })]
    [InlineData(10, 3, 10, new[] { 10 })]
    [InlineData(1, 3, 1, new[] { 1 })]
    public void Rungs_are_parts_of_the_full_budget_by_powers_of_the_reduction_factor(int max, int reduction, int min, int[] budgets) =>
        Assert.Equal(budgets, Options(max, reduction, min).Budgets());

    // Li et al. 2018, Table 1: R = 81, η = 3; each bracket's nᵢ, with rᵢ = 81/3ˢ⁻ⁱ. The paper's n for s = 3, 2, 1, 0 are 34, 15, 8, 5.
    [Theory]
    [InlineData(4, new[] { 81, 27, 9, 3, 1 })]
    [InlineData(3, new[] { 34, 11, 3, 1 })]
    [InlineData(2, new[] { 15, 5, 1 })]
    [InlineData(1, new[] { 8, 2 })]
    [InlineData(0, new[] { 5 })]
    public void A_bracket_halves_as_in_the_table_of_the_paper(int s, int[] sizes) =>
        Assert.Equal(sizes, new Bracket([.. Enumerable.Range(0, sizes[0])], 4 - s).Sizes(5, 3));

    [Fact]
    public void Hyperband_over_27_settings_of_27_epochs_is_this_and_costs_less_than_a_third()
    {
        IReadOnlyList<RungPlan> plan = BracketDesign.Plan(BracketDesign.Of(Ids(27), Options(27)), Options(27));
        Assert.Equal(
            [
                new(1, 27, 1, 27), new(1, 9, 3, 18), new(1, 3, 9, 18), new(1, 1, 27, 18), new(2, 9, 3, 18), new(2, 3, 9, 18), new(2, 1, 27, 18),
                new(3, 4, 9, 32), new(3, 1, 27, 18), new(4, 2, 27, 52),
            ], plan);
        Assert.Equal(237, plan.Sum(rung => rung.Cost));
    }

    [Fact]
    public void Successive_halving_over_27_settings_of_27_epochs_costs_a_ninth() =>
        Assert.Equal(81, BracketDesign.Plan(BracketDesign.Of(Ids(27), Options(27, strategy: SweepStrategy.SuccessiveHalving)), Options(27)).Sum(rung => rung.Cost));

    [Fact]
    public void Hyperband_costs_at_most_a_part_of_the_full_grid_or_as_much_as_its_first_bracket() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 200], Gen.Int[2, 5], Gen.Int[1, 20]).Sample((count, max, reduction, min) =>
        {
            HalvingOptions options = Options(Math.Max(max, min), reduction, min);
            IReadOnlyList<Bracket> brackets = BracketDesign.Of(Ids(count), options);
            IReadOnlyList<RungPlan> plan = BracketDesign.Plan(brackets, options);
            long first = plan.Where(rung => rung.Bracket == 1).Sum(rung => rung.Cost);
            Assert.True(plan.Sum(rung => rung.Cost) <= Math.Max(first, (long)count * options.MaxBudget / reduction));
            Assert.Equal(Enumerable.Range(0, count), brackets[0].Members);
            Assert.All(brackets, bracket => Assert.Equal(bracket.Members.Count, bracket.Members.Distinct().Count()));
        });

    [Fact]
    public void Which_runs_share_a_bracket_depends_on_their_ids_and_not_on_their_order()
    {
        string[] ids = Ids(27), turned = [.. ids.Reverse()];
        static IEnumerable<string> Members(string[] ids) => BracketDesign.Of(ids, Options(27)).Skip(1).Select(bracket => $"{bracket.First}: {string.Join(' ', bracket.Members.Select(i => ids[i]))}");
        Assert.Equal(Members(ids), Members(turned));
    }

    [Fact]
    public void Runs_of_other_budgets_than_those_of_the_folder_are_shown_beside_them()
    {
        SweepSchedule Schedule(int max, int reduction) => new("c", Options(max, reduction: reduction) with { BudgetParameter = "Epochs" }, ["a"]);
        Assert.StartsWith(
            "MaxBudget, MinBudget and ReductionFactor give runs of 1, 3, 9 Epochs, but the sweep in this folder has runs of 1, 2, 4 Epochs; up to 4, they must agree. Use -MinBudget 1 -MaxBudget 4 -ReductionFactor 2 as before, or another folder.",
            Assert.Throws<ArgumentException>(() => Schedule(9, 3).CheckContinues(Schedule(4, 2))).Message, StringComparison.Ordinal);
        Schedule(8, 2).CheckContinues(Schedule(4, 2));
    }

    [Fact]
    public void Options_that_contradict_each_other_are_errors_that_name_them()
    {
        static string Message(HalvingOptions options) => Assert.ThrowsAny<ArgumentException>(options.Budgets).Message;
        Assert.StartsWith("MaxBudget", Message(Options(3, min: 5)), StringComparison.Ordinal);
        Assert.StartsWith("MinBudget", Message(Options(3, min: 0)), StringComparison.Ordinal);
        Assert.StartsWith("ReductionFactor", Message(Options(3, reduction: 1)), StringComparison.Ordinal);
        Assert.StartsWith("Metric", Message(Options(3) with { Metric = " " }), StringComparison.Ordinal);
    }
}
