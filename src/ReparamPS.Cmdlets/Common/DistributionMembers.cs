using System.Collections.Specialized;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>
/// Members of a distribution at the prompt (ReparamPS.Types.ps1xml), named as in PyTorch. PowerShell ignores case, so rsample and sample also stand
/// for the .NET methods RSample and Sample: the last argument may be the stream to draw from.
/// </summary>
public static class DistributionMembers
{
    /// <summary>Draws that carry gradients: rsample(), rsample(3), rsample(2, 3).</summary>
    public static Tensor RSample(Distribution self, object?[]? shape) => Plainly(() =>
    {
        (long[] sizes, RandomSource? random) = Arguments(shape);
        return self.RSample(sizes, random);
    });

    /// <summary>Draws without gradients: sample(), sample(3), sample(2, 3).</summary>
    public static Tensor Sample(Distribution self, object?[]? shape) => Plainly(() =>
    {
        (long[] sizes, RandomSource? random) = Arguments(shape);
        return self.Sample(sizes, random);
    });

    /// <summary>The logarithm of the density or mass at numbers or a tensor.</summary>
    public static Tensor LogProb(PSObject self, object value, object? surplus = null) => Plainly(() =>
    {
        TensorMembers.RefuseSurplus(surplus, nameof(LogProb));
        Distribution distribution = Self(self);
        Tensor given = TensorInput.ToTensor(value, nameof(value), distribution.DType, distribution.Device);
        Tensor result = distribution.LogProb(given);
        if (!ReferenceEquals(given, TensorInput.Unwrap(value))) given.Dispose();
        return result;
    });

    /// <summary>The values of the parameters as numbers or nested arrays, by name.</summary>
    public static OrderedDictionary ParameterValues(PSObject self)
    {
        var values = new OrderedDictionary();
        foreach (DistributionParameter parameter in Self(self).Parameters) values[parameter.Name] = ManagedValues.ToNested(parameter.Value);
        return values;
    }

    private static Distribution Self(PSObject self) => (Distribution)self.BaseObject;

    // PowerShell shows the message of a RuntimeException as it is, and quotes any other with the call around it.
    private static Tensor Plainly(Func<Tensor> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is not RuntimeException)
        {
            ErrorRecord record = ErrorRecords.From(error, null);
            throw new RuntimeException(record.ErrorDetails?.Message ?? record.Exception.Message, record.Exception, record);
        }
    }

    private static (long[] Shape, RandomSource? Random) Arguments(object?[]? given)
    {
        object?[] bare = [.. (given ?? []).Select(TensorInput.Unwrap)];
        RandomSource? random = bare.LastOrDefault() as RandomSource;
        if (bare.Length == 2 && (random is not null || bare[1] is null)) bare = bare[..1];
        else if (random is not null) bare = bare[..^1];
        if (bare is [null]) bare = [];
        if (bare is [System.Collections.IEnumerable list and not (string or System.Collections.IDictionary or Tensor)]) bare = [.. list.Cast<object?>()];
        return ([.. bare.Select(Size)], random);
    }

    private static long Size(object? given)
    {
        object? size = TensorInput.Unwrap(given);
        return ExactConversion.Convert(size, typeof(long), out object? converted) is null && converted is long whole ? whole
            : throw new ArgumentException($"A sample shape must hold integers, such as rsample(3) or rsample(2, 3); got {ArgumentRules.Got(size)}.", "sampleShape");
    }
}
