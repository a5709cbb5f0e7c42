using System.Management.Automation;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Sampling;

/// <summary>Draws samples without gradients, from any distribution.</summary>
/// <remarks>
/// The counterpart of PyTorch's sample(). Returns one object that holds all draws: Values is an array of all numbers in row-major order, and Mean and StdDev are taken over all of them.
/// -Expand returns rows instead, and -AsTensor a tensor. For draws that carry gradients, use Invoke-RSample.
/// </remarks>
/// <example>
/// <para>The share of heads in a thousand coin flips</para>
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
