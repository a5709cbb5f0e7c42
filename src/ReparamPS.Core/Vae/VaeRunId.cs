using System.Security.Cryptography;
using System.Text;
using ReparamPS.Data.Images;

namespace ReparamPS.Vae;

/// <summary>Names runs by content: the hash of settings and data.</summary>
internal static class VaeRunId
{
    /// <summary>Twelve hexadecimal digits: equal for equal settings and images.</summary>
    public static string Of(VaeOptions options, ImageSplit data)
    {
        string text = $"{VaeSettings.Table.Identity(options)}{data.Train.Hash}\n{data.Validation?.Hash}\n{data.Test?.Hash}";
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12].ToLowerInvariant();
    }
}
