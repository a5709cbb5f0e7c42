using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Common;

/// <summary>A cmdlet that draws random numbers. It also has a parameter Seed, whose default depends on what the cmdlet does.</summary>
public abstract class RandomCmdlet : ReparamCmdlet
{
    /// <summary>
    /// The random number generator: Torch draws as PyTorch does; Philox draws on all CPU threads, which is faster for many draws. The same seed returns different numbers from each. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }
}
