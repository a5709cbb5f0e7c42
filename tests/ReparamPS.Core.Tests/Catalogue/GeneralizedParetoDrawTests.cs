using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>The quantile of a GeneralizedPareto and its derivatives in the concentration ξ, near and far from ξ h = 0, where h = −log(1 − p). Expected values are from mpmath at 50 digits.</summary>
public sealed class GeneralizedParetoDrawTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-9)]
    [InlineData(ScalarType.Float32, 2e-5)]
    public void Quantiles_and_two_derivatives_are_right_on_both_sides_of_the_series(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        foreach ((double p, double shape, double value, double slope, double curvature) in Rows)
        {
            Tensor concentration = tensor(shape, dtype, requires_grad: true);
            Tensor x = new GeneralizedPareto(tensor(0.0, dtype), tensor(1.0, dtype), concentration).Icdf(tensor(p, dtype), cancellation: TestContext.Current.CancellationToken);
            Tensor first = autograd.grad([x], [concentration], retain_graph: true, create_graph: true)[0];
            Tensor second = autograd.grad([first], [concentration])[0];
            AssertNear(value, x);
            AssertNear(slope, first);
            AssertNear(curvature, second);

            void AssertNear(double expected, Tensor actual) =>
                Assert.True(Math.Abs((actual.to(ScalarType.Float64).item<double>() / expected) - 1) <= tolerance, $"{p}, {shape}: {actual.to(ScalarType.Float64).item<double>():R}, not {expected:R}");
        }
    }

    private static readonly (double P, double Shape, double Value, double Slope, double Curvature)[] Rows =
    [
        (0.25, 0.0, 0.28768207245178093, 0.041380487405075865, 0.0079362829171713622),
        (0.25, 0.000244140625, 0.28769217534636262, 0.041382425025180246, 0.0079367009818308719),
        (0.25, -0.00048828125, 0.28766186808171059, 0.041376612471052469, 0.0079354468583195201),
        (0.25, 0.00390625, 0.28784377554675493, 0.041411501578290481, 0.007942974771400703),
        (0.25, -0.015625, 0.28703647003291094, 0.041256691760631927, 0.0079095755771645288),
        (0.25, 0.25, 0.29827972729416768, 0.0434191107487912, 0.0083769342472488627),
        (0.25, -0.5, 0.26794919243112271, 0.03761841894904999, 0.0071274625410891444),
        (0.25, 1.0, 0.33333333333333333, 0.050242763269041237, 0.0098624398754531679),
        (0.5, 0.0, 0.69314718055994531, 0.24022650695910071, 0.11100821732964316),
        (0.5, 0.000244140625, 0.69320583291793852, 0.24025361029459283, 0.11102230733968839),
        (0.5, -0.00048828125, 0.69302989569293529, 0.2401723106067839, 0.11098004303142612),
        (0.5, 0.00390625, 0.69408641285183627, 0.24066057340913052, 0.11123388655907563),
        (0.5, -0.015625, 0.68940715558556902, 0.23849902779190592, 0.11011041231692755),
        (0.5, 0.25, 0.75682846001088427, 0.26986839542031392, 0.12648540694159471),
        (0.5, -0.5, 0.58578643762690495, 0.19131473178526271, 0.085795758774900989),
        (0.5, 1.0, 1.0, 0.38629436111989062, 0.18831730559662161),
        (0.875, 0.0, 2.0794415416798359, 2.1620385626319064, 2.9972218679003653),
        (0.875, 0.000244140625, 2.0799694724613014, 2.1627704455791569, 2.9983633132409266),
        (0.875, -0.00048828125, 2.0783862159939382, 2.1605756324740599, 2.9949403675038174),
        (0.875, 0.00390625, 2.087909918314884, 2.173782200857006, 3.0155407461458153),
        (0.875, -0.015625, 2.0460226082465776, 2.115772667075528, 2.9251249268751978),
        (0.875, 0.25, 2.7271713220297163, 3.080074216906988, 4.4482138960635152),
        (0.875, -0.5, 1.2928932188134525, 1.1153992224240842, 1.4040126320486623),
        (0.875, 1.0, 7.0, 9.6355323334386874, 15.321552335233128),
    ];
}
