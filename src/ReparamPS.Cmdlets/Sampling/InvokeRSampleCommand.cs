using System.Management.Automation;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Sampling;

/// <summary>Draws reparameterized samples, which carry gradients to the distribution's parameters.</summary>
/// <remarks>
/// The counterpart of PyTorch's rsample(). Returns one object that holds all draws: Values is an array of all numbers in row-major order, and Mean and StdDev are taken over all of them.
/// -Expand returns rows instead, and -AsTensor a tensor. Only the tensor carries gradients, and has methods such as pow() and backward(). The object and the rows hold plain numbers. The object's RequiresGrad only says whether the distribution's parameters require gradients. A distribution whose HasRSample is False has no reparameterized samples: use Invoke-Sample.
/// </remarks>
/// <example>
/// <para>Five draws as rows</para>
/// <code>New-NormalDistribution -Loc 1 -Scale 2 |
///     Invoke-RSample -Count 5 -Seed 1 -Expand</code>
/// </example>
/// <example>
/// <para>Gradients through a sample</para>
/// <code>$d = New-GammaDistribution -Concentration 2 -Rate 1 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Concentration.grad.item()</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "RSample", DefaultParameterSetName = Positions)]
[OutputType(typeof(SampleBatch), typeof(DrawRow), typeof(torch.Tensor))]
public sealed class InvokeRSampleCommand() : SampleCommandBase(reparameterized: true);
