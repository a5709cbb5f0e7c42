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
    public static Tensor LogProb(PSObject self, object value, object? surplus = null) => At(self, value, surplus, (distribution, given) => distribution.LogProb(given), nameof(LogProb));

    /// <summary>The CDF at numbers or a tensor.</summary>
    public static Tensor Cdf(PSObject self, object value, object? surplus = null) => At(self, value, surplus, (distribution, given) => distribution.Cdf(given), nameof(Cdf));

    /// <summary>The quantile function at numbers or a tensor.</summary>
    public static Tensor Icdf(PSObject self, object value, object? surplus = null) => At(self, value, surplus, (distribution, given) => distribution.Icdf(given), nameof(Icdf));

    /// <summary>All values of a discrete distribution, expanded over the batch unless that is false.</summary>
    public static Tensor EnumerateSupport(PSObject self, bool expand = true) => Plainly(() => Self(self).EnumerateSupport(expand));

    /// <summary>The values of the parameters as numbers or nested arrays, by name.</summary>
    public static OrderedDictionary ParameterValues(PSObject self)
    {
        var values = new OrderedDictionary();
        foreach (DistributionParameter parameter in Self(self).Parameters) values[parameter.Name] = ManagedValues.ToNested(parameter.Value);
        return values;
    }

    private static Distribution Self(PSObject self) => (Distribution)self.BaseObject;

    private static Tensor At(PSObject self, object value, object? surplus, Func<Distribution, Tensor, Tensor> function, string method) => Plainly(() =>
    {
        TensorMembers.RefuseSurplus(surplus, method);
        Distribution distribution = Self(self);
        Tensor given = TensorInput.ToTensor(value, nameof(value), distribution.DType, distribution.Device);
        Tensor result = function(distribution, given);
        if (!ReferenceEquals(given, TensorInput.Unwrap(value))) given.Dispose();
        return result;
    });

    // PowerShell shows the message of a RuntimeException as it is, and quotes any other with the call around it.
    internal static T Plainly<T>(Func<T> call)
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
