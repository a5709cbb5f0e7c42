using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class SamplingTests(ModuleRunspace module)
{
    [Fact]
    public void A_batch_tells_shape_seed_and_gradient()
    {
        PSObject batch = Assert.Single(module.Run("New-NormalDistribution 0 1 -RequiresGrad | Invoke-RSample -Count 5 -Seed 3"));
        Assert.Equal(5L, batch.Properties["Count"].Value);
        Assert.Equal(3L, batch.Properties["Seed"].Value);
        Assert.Equal(true, batch.Properties["RequiresGrad"].Value);
    }

    [Fact]
    public void A_negative_scale_is_one_clear_error()
    {
        ErrorRecord error = module.Fails("New-NormalDistribution 0 -1", "ParameterOutsideConstraint");
        Assert.Equal("Normal: Scale must be positive, but -1 came.", error.Exception.Message);
    }
}
