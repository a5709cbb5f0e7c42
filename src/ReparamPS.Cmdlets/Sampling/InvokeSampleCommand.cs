using System.Management.Automation;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Sampling;

/// <summary>Draws samples without gradients, from any distribution.</summary>
/// <remarks>
/// The counterpart of PyTorch's sample(). Returns one batch of numbers; -Expand returns one row per draw, -AsTensor a tensor.
/// </remarks>
/// <example>
/// <para>A thousand coin flips, and how many were heads</para>
/// <code>(
///     New-BernoulliDistribution -Probs 0.5 |
///         Invoke-Sample -Count 1000 -Seed 1
/// ).Mean</code>
/// </example>
/// <example>
/// <para>A 2 × 3 grid of draws as a tensor</para>
/// <code>New-NormalDistribution | Invoke-Sample -SampleShape 2,3 -Seed 1 -AsTensor</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "Sample", DefaultParameterSetName = Positions)]
[OutputType(typeof(SampleBatch), typeof(DrawRow), typeof(torch.Tensor))]
public sealed class InvokeSampleCommand() : SampleCommandBase(reparameterized: false);
