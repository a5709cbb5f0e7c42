using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ReparamPS.Data.Images;

namespace ReparamPS.Vae;

/// <summary>Names runs by what they are: the hash of all settings and of the data.</summary>
internal static class VaeRunId
{
    // Where images lie is no part of a run's name; what they are is.
    private static readonly string[] FromData = [nameof(VaeOptions.DataPath), nameof(VaeOptions.TestPath), nameof(VaeOptions.MaximumValue), nameof(VaeOptions.LabelColumn)];

    private static readonly PropertyInfo[] Settings =
        [.. typeof(VaeOptions).GetProperties().Where(property => property.CanWrite && !FromData.Contains(property.Name)).OrderBy(property => property.Name, StringComparer.Ordinal)];

    /// <summary>Twelve hexadecimal digits: equal for equal settings and images.</summary>
    public static string Of(VaeOptions options, ImageSplit data)
    {
        var text = new StringBuilder();
        foreach (PropertyInfo setting in Settings)
        {
            object? value = setting.GetValue(options);
            string plain = value is IReadOnlyList<int> list ? string.Join(',', list) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(setting.Name).Append('=').Append(value is string ? plain.ToLowerInvariant() : plain).Append('\n');
        }
        text.Append(data.Train.Hash).Append('\n').Append(data.Validation?.Hash).Append('\n').Append(data.Test?.Hash);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12].ToLowerInvariant();
    }
}
