using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Common;

/// <summary>A cmdlet that draws random numbers. It also has a parameter Seed, whose default depends on what the cmdlet does.</summary>
public abstract class RandomCmdlet : ReparamCmdlet
{
    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }
}
