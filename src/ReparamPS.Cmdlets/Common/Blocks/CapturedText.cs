using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>Values of variables as text, equal in all sessions for equal values.</summary>
internal static class CapturedText
{
    private const int MaxLength = 40, MaxDepth = 6;

    /// <summary>The variables that blocks have captured.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<CapturedBlock> blocks)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in blocks.SelectMany(block => block.Variables)) texts[name] = Of(value);
        return texts;
    }

    /// <summary>A value as text; a long one as the number sign and a hash.</summary>
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, TensorInput.Unwrap(value), 0);
        string all = text.ToString();
        return all.Length <= MaxLength ? all : "#" + Hash(Encoding.UTF8.GetBytes(all));
    }

    private static void Append(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case string word: text.Append('\'').Append(word).Append('\''); break;
            case Tensor tensor: AppendTensor(text, tensor); break;
            case Distribution distribution:
                AppendAll(text, distribution.Name + "(", distribution.Parameters.Select(parameter => (parameter.Name + "=", (object?)parameter.Value)), ")", depth);
                break;
            case ScriptBlock script: text.Append('{').Append(script).Append('}'); break;
            case PSObject record: AppendAll(text, "@{", record.Properties.Select(property => (property.Name + "=", (object?)property.Value)), "}", depth); break;
            case IFormattable number: text.Append(number.ToString(null, CultureInfo.InvariantCulture)); break;
            case IDictionary table:
                AppendAll(text, "@{", table.Cast<DictionaryEntry>().Select(entry => ($"{entry.Key}=", entry.Value)).OrderBy(entry => entry.Item1, StringComparer.OrdinalIgnoreCase), "}", depth);
                break;
            case IEnumerable list: AppendAll(text, "(", list.Cast<object?>().Select(item => ("", item)), ")", depth); break;
            default: text.Append(value.GetType().FullName).Append(' ').Append(value); break;
        }
    }

    private static void AppendAll(StringBuilder text, string open, IEnumerable<(string Name, object? Value)> items, string close, int depth)
    {
        text.Append(open);
        // A table may hold itself.
        if (depth < MaxDepth)
        {
            string separator = "";
            foreach ((string name, object? value) in items)
            {
                text.Append(separator).Append(name);
                Append(text, TensorInput.Unwrap(value), depth + 1);
                separator = ", ";
            }
        }
        text.Append(close);
    }

    private static void AppendTensor(StringBuilder text, Tensor tensor)
    {
        if (tensor.IsInvalid)
        {
            text.Append("a disposed tensor");
            return;
        }
        using var scope = NewDisposeScope();
        Tensor values = tensor.detach().cpu();
        if (values.numel() == 1 && values.dim() == 0 && !values.is_complex()) text.Append(values.to(ScalarType.Float64).item<double>().ToString("R", CultureInfo.InvariantCulture));
        else text.Append(TensorShapes.Format(values.shape)).Append(' ').Append(values.dtype).Append(' ').Append(Hash(values.contiguous().bytes));
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes))[..16].ToLowerInvariant();
}
