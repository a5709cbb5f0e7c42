using ReparamPS.Optimization;

namespace ReparamPS.Core.Tests.Inference;

public sealed class LbfgsTests
{
    [Fact]
    public void It_finds_the_minimum_of_Rosenbrocks_function()
    {
        double[] at = [-1.2, 1];
        LbfgsResult result = new Lbfgs(Rosenbrock).Minimize(at, 1e-10, 200);
        Assert.Equal(LbfgsEnd.Converged, result.End);
        Assert.Equal(1, at[0], 1e-9);
        Assert.Equal(1, at[1], 1e-9);
        Assert.InRange(result.Evaluations, 20, 60);
    }

    [Fact]
    public void It_finds_the_minimum_of_a_badly_scaled_quadratic_in_many_dimensions()
    {
        double[] at = new double[50];
        LbfgsResult result = new Lbfgs((x, slope) =>
        {
            double sum = 0;
            for (int i = 0; i < 50; i++)
            {
                double scale = 1 + i * i;
                (sum, slope[i]) = (sum + 0.5 * scale * (x[i] - i) * (x[i] - i), scale * (x[i] - i));
            }
            return sum;
        }).Minimize(at, 1e-9, 500);
        Assert.Equal(LbfgsEnd.Converged, result.End);
        for (int i = 0; i < 50; i++) Assert.Equal(i, at[i], 1e-7);
    }

    // x − log x is undefined where steps that are too long lead to.
    [Fact]
    public void A_step_to_where_the_function_is_undefined_is_shortened()
    {
        double[] at = [20];
        int undefined = 0;
        LbfgsResult result = new Lbfgs((x, slope) =>
        {
            if (x[0] <= 0)
            {
                undefined++;
                return double.NaN;
            }
            slope[0] = 100 * (1 - 1 / x[0]);
            return 100 * (x[0] - Math.Log(x[0]));
        }).Minimize(at, 1e-8, 100);
        Assert.Equal(LbfgsEnd.Converged, result.End);
        Assert.Equal(1, at[0], 1e-9);
        Assert.True(undefined > 0);
    }

    [Fact]
    public void It_ends_where_a_gradient_is_wrong_and_where_evaluations_are_used_up()
    {
        double[] at = [3];
        Assert.Equal(LbfgsEnd.NoProgress, new Lbfgs((x, slope) =>
        {
            slope[0] = -x[0];
            return x[0] * x[0];
        }).Minimize(at, 1e-8, 1000).End);
        at = [-1.2, 1];
        LbfgsResult result = new Lbfgs(Rosenbrock).Minimize(at, 1e-10, 10);
        Assert.Equal(LbfgsEnd.EvaluationLimit, result.End);
        Assert.InRange(result.Evaluations, 10, 11);
        Assert.True(result.Value < Rosenbrock([-1.2, 1], new double[2]));
    }

    [Fact]
    public void A_start_where_the_function_is_undefined_is_refused() =>
        Assert.Equal(LbfgsEnd.Undefined, new Lbfgs((_, _) => double.NaN).Minimize([0], 1e-6, 10).End);

    private static double Rosenbrock(ReadOnlySpan<double> x, Span<double> slope)
    {
        double bend = x[1] - x[0] * x[0];
        slope[0] = -400 * x[0] * bend - 2 * (1 - x[0]);
        slope[1] = 200 * bend;
        return 100 * bend * bend + (1 - x[0]) * (1 - x[0]);
    }
}
