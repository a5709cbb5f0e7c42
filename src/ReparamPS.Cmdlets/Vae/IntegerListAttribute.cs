using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>
/// Accepts a list of integers as such or as text, as in a CSV file: '500,300', '500 300' or '500x300'. Without it PowerShell would read
/// '500,300' as half a million.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntegerListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        List<int> numbers = [];
        Add(inputData, numbers);
        return numbers.ToArray();
    }

    private static void Add(object? value, List<int> numbers)
    {
        switch (TensorInput.Unwrap(value))
        {
            case null: break;
            case string text:
                foreach (string part in text.Split([',', ';', ' ', 'x', '×', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
                    numbers.Add(int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int parsed) ? parsed : throw Refused(text));
                break;
            case IEnumerable list:
                foreach (object? item in list) Add(item, numbers);
                break;
            case IConvertible number when number.ToDouble(CultureInfo.InvariantCulture) is var real && real == (int)real:
                numbers.Add((int)real);
                break;
            case { } other: throw Refused(other);
        }
    }

    private static ArgumentTransformationMetadataException Refused(object value) =>
        new($"Expected integers, such as 500 or 500,300; got '{value}'.");
}
