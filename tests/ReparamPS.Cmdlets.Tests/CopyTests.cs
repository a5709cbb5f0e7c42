using System.Collections;
using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Copies of objects, as Import-Clixml and jobs return them: properties without methods.</summary>
[Collection(ModuleCollection.Name)]
public sealed class CopyTests(ModuleRunspace module)
{
    // libtorch warns of the transpose of a scalar, and each transpose is a tensor.
    [Fact]
    public void A_tensor_is_stored_without_its_transposes()
    {
        string stored = module.Get<string>("[Management.Automation.PSSerializer]::Serialize((New-Tensor 1.5))");
        Assert.DoesNotContain("N=\"mT\"", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("N=\"Handle\"", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_tensor_has_its_numbers_and_its_kind()
    {
        PSObject copy = Copy("New-Tensor (1, 2), (3, 4.5) -DType float32 -RequiresGrad");
        Assert.Equal(["dtype", "device", "shape", "ndim", "requires_grad", "is_leaf", "grad", "Values"], copy.Properties.Select(property => property.Name));
        Assert.Equal([1.0, 2.0, 3.0, 4.5], Items(copy, "Values"));
        Assert.Equal([2L, 2L], Items(copy, "shape"));
        Assert.Equal("Float32", copy.Properties["dtype"].Value.ToString());
        Assert.True((bool)copy.Properties["requires_grad"].Value);
        Assert.Equal("[[1, 2], [3, 4.5]]", copy.ToString());
    }

    [Theory]
    [InlineData("New-Tensor (1, 2), (3, 4)", "[[1, 2], [3, 4]]")]
    [InlineData("New-NormalDistribution 1 2", "Loc: 1, Scale: 2")]
    [InlineData("New-NormalDistribution | Invoke-RSample -Count 5 -Seed 1", "0.66135, 0.26692,")]
    public void A_copy_is_shown_as_its_original(string script, string shown) =>
        Assert.Contains(ViewTests.Render(Copy(script), 80), line => line.Contains(shown, StringComparison.Ordinal));

    [Theory]
    [InlineData("Get-DistributionType Gamma", "Test-ReparameterizationGradient $copy", "or be a name, such as Normal; got 'Gamma', a copy of an object of type DistributionTypeRow without its methods, as Import-Clixml and jobs return it.")]
    [InlineData("Get-DistributionType Gamma", "$copy | Test-ReparameterizationGradient", "'Gamma', a copy of an object of type DistributionTypeRow without its methods")]
    [InlineData("New-Tensor 1, 2", "New-NormalDistribution $copy 1", "Loc must hold numbers; got '[1, 2]', a copy of an object of type Tensor without its methods, as Import-Clixml and jobs return it (save or return numbers instead, such as $x.ToArray()).")]
    [InlineData("New-NormalDistribution", "Invoke-RSample $copy", "another New-…Distribution; got 'Normal(Loc: 0, Scale: 1)', a copy of an object of type Normal without its methods, as Import-Clixml and jobs return it.")]
    [InlineData("New-NormalDistribution", "Measure-Entropy $copy", "another New-…Distribution; got 'Normal(Loc: 0, Scale: 1)', a copy of an object of type Normal without its methods")]
    [InlineData("New-Tensor 1, 2", "New-NormalDistribution | Get-LogProbability -Value $copy", "got '[1, 2]', a copy of an object of type Tensor without its methods")]
    [InlineData("New-LinearPolicy 1", "New-ControlProblem Pendulum | Measure-PolicyReturn $copy", "a copy of an object of type LinearPolicy without its methods")]
    public void A_copy_in_the_place_of_its_original_is_named(string script, string call, string says)
    {
        (_, ErrorRecord[] errors) = module.TryRun(call, ("copy", Copy(script)));
        Assert.Contains(says, Assert.Single(errors).Exception.Message, StringComparison.Ordinal);
    }

    // A row of numbers and texts is the same as its original.
    [Fact]
    public void A_copy_of_a_row_is_a_row() =>
        Assert.Equal(2.0, module.Get<double>("$copy | New-NormalDistribution | ForEach-Object { $_.Loc.item() }", ("copy", Copy("[pscustomobject]@{ Loc = 2; Scale = 3 }"))));

    private static IEnumerable<object?> Items(PSObject copy, string property) => ((IEnumerable)((PSObject)copy.Properties[property].Value).BaseObject).Cast<object?>();

    private PSObject Copy(string script) => module.Run($"[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(({script})))").Single();
}
