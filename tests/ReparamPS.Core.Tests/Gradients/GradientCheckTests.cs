using System.Globalization;
using ReparamPS.Gradients;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

public sealed class GradientCheckTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["tanh"] = x => x.tanh(),
        ["cube"] = x => x.pow(3),
        ["exp of a large number"] = x => x.exp(),
        ["softmax"] = x => x.softmax(0),
        ["product"] = x => x.prod(),
        ["norm"] = x => x.norm(),
        ["relu away from its kink"] = x => x.relu(),
        ["relu at its kink"] = x => x.relu(),
        ["relu beside its kink"] = x => x.relu(),
        ["abs at its kink"] = x => x.abs(),
        ["root at 0"] = x => x.sqrt(),
        ["floor"] = x => x.floor(),
        ["floor at its jump"] = x => x.floor(),
        ["detached"] = x => x.detach().square(),
        ["one factor detached"] = x => x * x.detach(),
        ["gradient off by a thousandth"] = x => x.square() + 5e-4 * (x.square() - x.square().detach()),
        ["gradient off by a hundredth"] = x => x.square() + 1e-2 * (x.square() - x.square().detach()),
        ["constant"] = x => 0 * x + 3,
        ["gradient without a second one"] = x => 2 * x.detach() * (x - x.detach()) + x.detach().square(),
    };

    public static TheoryData<string, string, string, string> Verdicts() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "gradients", "gradcheck.csv")).Skip(2).Select(line => line.Split(','))
            .Select(fields => new TheoryDataRow<string, string, string, string>(fields[0], fields[1], fields[2], fields[3]))];

    [Theory, MemberData(nameof(Verdicts))]
    public void The_verdict_is_that_of_PyTorch(string name, string input, string first, string second)
    {
        double[] values = [.. input.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        IReadOnlyList<GradientCheckRow> rows = Run(inputs => [Functions[name](inputs[0])], [tensor(values)], new GradientCheckOptions { Order = 2 });
        Assert.Equal(first, rows.Where(row => row.Order == 1).All(row => row.Passed).ToString());
        if (second.Length > 0) Assert.Equal(second, rows.Where(row => row.Order == 2).All(row => row.Passed).ToString());
    }

    [Theory]
    [InlineData("relu at its kink", GradientCheckVerdict.Kink)]
    [InlineData("relu beside its kink", GradientCheckVerdict.Kink)]
    [InlineData("floor at its jump", GradientCheckVerdict.Kink)]
    [InlineData("root at 0", GradientCheckVerdict.NonFinite)]
    [InlineData("detached", GradientCheckVerdict.NoGradient)]
    [InlineData("one factor detached", GradientCheckVerdict.Mismatch)]
    [InlineData("gradient off by a hundredth", GradientCheckVerdict.Mismatch)]
    public void A_failure_says_why(string name, GradientCheckVerdict expected)
    {
        double[] values = name switch { "relu at its kink" or "root at 0" => [0, 2], "relu beside its kink" => [5e-7, 2], "floor at its jump" => [1, 2.5], _ => [1.5, 2] };
        GradientCheckRow worst = Run(inputs => [Functions[name](inputs[0])], [tensor(values)])[0];
        Assert.Equal(expected, worst.Verdict);
        Assert.False(worst.Passed);
        Assert.NotEmpty(worst.Reason);
    }

    // The gradients are right, so a better difference quotient agrees.
    [Theory]
    [InlineData("exp of a large number", 1, 1)]
    [InlineData("exp of a large number", 1, 0.1)]
    [InlineData("cube", 0, 0.1)]
    [InlineData("tanh", 1, 1)]
    [InlineData("relu beside its kink", 0.01, 0.1)]
    public void A_step_that_is_too_large_is_not_blamed_on_the_gradient(string name, double point, double epsilon)
    {
        GradientCheckRow row = Assert.Single(Run(inputs => [Functions[name](inputs[0])], [tensor(new[] { point })], new GradientCheckOptions { Epsilon = epsilon }));
        Assert.StartsWith($"Epsilon {epsilon.ToString(CultureInfo.InvariantCulture)} is too large: the difference quotient is ", row.Reason, StringComparison.Ordinal);
        Assert.EndsWith("Lower Epsilon", row.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one factor detached", 1, 0.1, "the gradient is 0.5 times what it should be")]
    [InlineData("relu at its kink", 0, 0.1, "a kink or jump: ")]
    public void A_large_step_does_not_hide_what_is_wrong(string name, double point, double epsilon, string reason) => Assert.StartsWith(
        reason, Assert.Single(Run(inputs => [Functions[name](inputs[0])], [tensor(new[] { point })], new GradientCheckOptions { Epsilon = epsilon })).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_function_that_draws_is_called_nondeterministic_unless_allowed()
    {
        using var random = new Torch.Randomness.RandomSource(1);
        IReadOnlyList<Tensor> Noisy(IReadOnlyList<Tensor> inputs) => [inputs[0] + 1e-9 * random.Normal([2], ScalarType.Float64)];
        Tensor x = tensor(new[] { 1.0, 2.0 });
        Assert.All(Run(Noisy, [x]), row => Assert.Equal(GradientCheckVerdict.Nondeterministic, row.Verdict));
        // The two values differ in the tenth digit.
        Assert.All(Run(Noisy, [x]), row => Assert.DoesNotContain("differ: 1 and 1.", row.Reason, StringComparison.Ordinal));
        Assert.DoesNotContain(Run(Noisy, [x], new GradientCheckOptions { NondeterminismTolerance = 1e-6 }), row => row.Verdict == GradientCheckVerdict.Nondeterministic);
    }

    [Fact]
    public void What_libtorch_can_not_differentiate_is_a_verdict_and_not_the_end_of_the_process()
    {
        GradientCheckRow row = Assert.Single(Run(inputs => [nextafter(inputs[0], inputs[0] + 1)], [tensor(new[] { 1.0, 2.0 })]));
        Assert.Equal(GradientCheckVerdict.NotDifferentiable, row.Verdict);
    }

    [Fact]
    public void An_input_without_elements_is_passed_over_and_alone_refused()
    {
        Tensor nothing = zeros(0, dtype: ScalarType.Float64), x = tensor(new[] { 1.0, 2.0 });
        Assert.All(Run(inputs => [inputs[0].sum() + inputs[1].sin()], [nothing, x]), row => Assert.True(row.Passed));
        Assert.Contains("no gradient to check", Assert.Throws<ArgumentException>(() => Run(inputs => [inputs[0].sum()], [nothing])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_worst_entry_is_found_among_many()
    {
        IReadOnlyList<Tensor> OneWrong(IReadOnlyList<Tensor> inputs)
        {
            Tensor mask = zeros(20, 30, dtype: ScalarType.Float64);
            mask[7, 11] = 0.5;
            return [inputs[0].sin() + mask * (inputs[0] - inputs[0].detach()), inputs[0].sum()];
        }
        Tensor x = linspace(0, 1, 600, ScalarType.Float64).reshape(20, 30);
        GradientCheckRow row = Assert.Single(Run(OneWrong, [x]));
        Assert.Equal((7 * 30 + 11, "[7, 11]", 0, 7 * 30 + 11), (row.Element, row.Position, row.Output, row.OutputElement));
        Assert.Equal(0.5, row.AbsoluteError, 6);
        Assert.Contains(Run(OneWrong, [x], new GradientCheckOptions { Fast = true }), each => !each.Passed && each.Element == 7 * 30 + 11);
    }

    // More entries than an array can have.
    [Theory]
    [InlineData(60000, 60000)]
    [InlineData(3_000_000, 1000)]
    public void Too_many_entries_are_an_error_and_in_fast_mode_the_projections_fail(int width, int height)
    {
        Tensor x = full([width], 0.1);
        IReadOnlyList<Tensor> Doubled(IReadOnlyList<Tensor> inputs) => [inputs[0].narrow(0, 0, height).tanh() + inputs[0].detach().narrow(0, 0, height)];
        string sizes = $"{height} × {width} entries, too many to compare one by one";
        Assert.Equal($"The Jacobian has {sizes}. Use -Fast. (Parameter 'function')", Assert.Throws<ArgumentException>(() => Run(Doubled, [x], new GradientCheckOptions())).Message);
        GradientCheckRow row = Assert.Single(Run(Doubled, [x], new GradientCheckOptions { Fast = true }));
        Assert.Equal((GradientCheckVerdict.Mismatch, $"the gradient differs from central differences along a random direction; the Jacobian has {sizes}"), (row.Verdict, row.Reason));
    }

    [Fact]
    public void Fast_mode_passes_what_is_right_with_a_row_for_each_input()
    {
        Tensor x = linspace(-1, 1, 12, ScalarType.Float64).reshape(3, 4), w = linspace(0, 1, 8, ScalarType.Float64).reshape(4, 2);
        IReadOnlyList<GradientCheckRow> rows = Run(inputs => [inputs[0].matmul(inputs[1]).tanh()], [x, w], new GradientCheckOptions { Fast = true, Order = 2, InputNames = ["x", "w"] });
        Assert.All(rows, row => Assert.True(row.Passed, row.ToString()));
        Assert.Equal(["x", "w", "x", "w", "cotangent0"], rows.Select(row => row.Input));
    }

    [Fact]
    public void Only_inputs_that_require_gradients_are_checked_where_some_do()
    {
        Tensor x = tensor(new[] { 1.0 }).requires_grad_(), fixed_ = tensor(new[] { 2.0 });
        GradientCheckRow row = Assert.Single(Run(inputs => [inputs[0] * inputs[1].floor()], [x, fixed_]));
        Assert.Equal("input0", row.Input);
        Assert.Null(x.grad);
    }

    [Fact]
    public void Without_a_floating_input_there_is_nothing_to_check() =>
        Assert.Throws<ArgumentException>(() => Run(inputs => [inputs[0].to(ScalarType.Float64)], [tensor(new[] { 1L })]));

    [Fact]
    public void Results_whose_shape_changes_are_an_error_and_the_threads_are_as_before()
    {
        int threads = get_num_threads(), calls = 0;
        Assert.Throws<ArgumentException>(() => Run(inputs => [inputs[0].expand(++calls, 2)], [tensor(new[] { 1.0, 2.0 })]));
        Assert.Equal(threads, get_num_threads());
    }

    [Fact]
    public void No_tensor_stays_behind()
    {
        Tensor x = tensor(new[] { 1.0, 2.0 });
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++) Run(inputs => [inputs[0].exp().sum()], [x], new GradientCheckOptions { Order = 2, Fast = i == 1 });
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static IReadOnlyList<GradientCheckRow> Run(TensorFunction function, IReadOnlyList<Tensor> inputs, GradientCheckOptions? options = null) =>
        GradientCheck.Run(function, inputs, options, TestContext.Current.CancellationToken);
}
