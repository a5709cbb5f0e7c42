using System.Reflection;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>On the CPU, many ordinary values take quicker routes than the general formulas. Both routes have the same results.</summary>
public sealed class QuickRouteTests
{
    private const long Numbers = 9_000;

    private static readonly double[] Values = [0, 1, -1, 2, 0.5, 0.25, 1e-300, -1e-300, 1 - 1e-16, 3, -0.0, 1 + 1e-9, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    public static TheoryData<string> Sets() => [.. typeof(Constraints).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == typeof(Constraint)).Select(property => property.Name)];

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Log_densities_and_their_gradients_are_those_of_the_general_formula(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(11);
        Distribution example = DistributionCatalog.Get(name).CreateExample();
        Tensor[] leaves = [.. example.Parameters.Where(parameter => !parameter.Constraint.IsDiscrete).Select(parameter => parameter.Value)];
        Tensor draws = example.Sample([Numbers / TensorShapes.Count(example.EventShape)], random);
        foreach (Tensor leaf in leaves) leaf.requires_grad_();
        (double[] log, double[][] slopes) = Evaluate();
        double[] expected;
        double[][] expectedSlopes;
        using (HostMemory.Hide()) (expected, expectedSlopes) = Evaluate();
        AssertClose(expected, log);
        for (int i = 0; i < leaves.Length; i++) AssertClose(expectedSlopes[i], slopes[i]);

        (double[], double[][]) Evaluate()
        {
            foreach (Tensor leaf in leaves) leaf.grad = null;
            Tensor result = example.LogProb(draws);
            if (result.requires_grad) (result * linspace(-1, 2, result.shape[0], ScalarType.Float64)).sum().backward();
            return (ManagedValues.ToDoubles(result), [.. leaves.Select(leaf => leaf.grad is { } grad ? ManagedValues.ToDoubles(grad) : [])]);
        }
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= 1e-12 * (1 + Math.Abs(expected[i])) + 1e-13 * scale, $"Element {i}: {actual[i]:R}; expected {expected[i]:R}.");
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_set_contains_values_if_it_contains_each_of_them(string name)
    {
        using var scope = NewDisposeScope();
        Constraint set = ConstraintNames.Parse(name, "set");
        Assert.SkipWhen(set.EventDims == 2, "Matrices have one route.");
        double[][] rows = set.EventDims == 0 ? [[]] : [[], [0], [0.5, 0]];
        foreach (double first in Values)
        {
            foreach (double second in Values)
            {
                foreach (double[] more in rows)
                {
                    double[] numbers = [first, second, .. more];
                    AssertAgrees(set, tensor(numbers));
                    if (set.EventDims > 0 && second is 1 or 0.5) AssertAgrees(set, tensor(numbers).expand(5000, numbers.Length));
                }
            }
        }
    }

    [Fact]
    public void Sets_with_bounds_from_parameters_contain_values_if_they_contain_each_of_them()
    {
        using var scope = NewDisposeScope();
        foreach (Tensor high in (Tensor[])[tensor(1.0), tensor([1.0, 3.0]), tensor([0.0, double.PositiveInfinity])])
        {
            foreach (double first in Values)
            {
                foreach (double second in Values)
                {
                    Tensor value = tensor([first, second]);
                    AssertAgrees(Constraints.IntegersUpTo(high, "integer from 0 to high"), value);
                    AssertAgrees(Bounds.Between(-high, high, "between"), value);
                    AssertAgrees(Constraints.CountsOf(high.sum()), value);
                    AssertAgrees(Constraints.AnyComponent(Bounds.Between(-high, high, "between"), 0), value);
                    AssertAgrees(Constraints.Independent(Constraints.UnitInterval, 1), value);
                }
            }
        }
    }

    [Fact]
    public void A_set_of_arrays_has_a_name_in_plain_English_and_a_wrong_row_of_a_factor_is_named()
    {
        using var scope = NewDisposeScope();
        (Constraint Set, int Dims, string Name)[] cases =
        [
            (Constraints.Positive, 1, "positive vector"), (Constraints.UnitInterval, 1, "vector, each element in [0, 1]"), (Constraints.Boolean, 2, "matrix, each element 0 or 1"),
            (Constraints.NonNegativeInteger, 1, "vector, each element a non-negative integer"), (Constraints.Simplex, 1, "array, each vector a probability vector"),
        ];
        foreach ((Constraint set, int dims, string name) in cases) Assert.Equal(name, Constraints.Independent(set, dims).Name);
        Assert.StartsWith("the row at index 1 has the Euclidean norm 0.7071067811865", Constraints.CorrCholesky.Fault(tensor(new[,] { { 1.0, 0 }, { 0.5, 0.5 } })), StringComparison.Ordinal);
    }

    private static void AssertAgrees(Constraint set, Tensor value)
    {
        using var scope = NewDisposeScope();
        bool expected = set.Check(value).all().item<bool>();
        Assert.True(expected == set.IsMetBy(value), $"{set}: {string.Join(", ", ManagedValues.ToDoubles(value).Take(4))} of {value.numel()}: each {expected}.");
    }
}
