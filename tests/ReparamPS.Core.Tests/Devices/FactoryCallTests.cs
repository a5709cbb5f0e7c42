using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReparamPS.Core.Tests.Architecture;

namespace ReparamPS.Core.Tests.Devices;

/// <summary>
/// Every call that creates a tensor names its device. The meta device does not show all stray CPU tensors (<c>cat</c> and <c>matmul</c> accept them there), and no GPU may be at hand.
/// </summary>
public sealed class FactoryCallTests
{
    private static readonly HashSet<string> Factories =
    [
        "tensor", "as_tensor", "from_array", "frombuffer", "zeros", "ones", "empty", "empty_strided", "full", "eye", "arange", "linspace", "logspace",
        "rand", "randn", "randint", "randperm", "tril_indices", "triu_indices", "complex", "bartlett_window", "hann_window", "hamming_window",
    ];

    // A file or folder whose tensors never leave the CPU, with the reason. A folder ends in '/'.
    private static readonly Dictionary<string, string> OnTheCpu = new()
    {
        ["ReparamPS.Core/Inference/"] = "points are managed numbers, and a prior on another device is refused",
        ["ReparamPS.Core/Policies/"] = "policies and problems have no device, and initial states on another device are refused",
        ["ReparamPS.Core/Distributions/Transforms/Bijections.cs"] = "a number without dimensions mixes with tensors of every device",
    };

    private static readonly Lazy<(string File, int Line, string Text)[]> Calls = new(() => [.. new[] { "ReparamPS.Core", "ReparamPS.Cmdlets", "ReparamPS.Files" }.SelectMany(SourceTree.Files).SelectMany(CallsIn)]);

    [Fact]
    public void Every_factory_call_names_its_device()
    {
        string[] wrong = [.. Calls.Value.Where(call => !NamesDevice(call.Text) && !OnTheCpu.Keys.Any(place => IsIn(call.File, place))).Select(call => $"{call.File}:{call.Line}: {call.Text}")];
        Assert.True(wrong.Length == 0, "These calls create tensors on the CPU, whatever device the others are on:\n" + string.Join("\n", wrong));
    }

    [Fact]
    public void Every_exception_is_still_needed() => Assert.All(OnTheCpu.Keys, place => Assert.Contains(Calls.Value, call => IsIn(call.File, place) && !NamesDevice(call.Text)));

    [Theory]
    [InlineData("zeros(3)", false)]
    [InlineData("torch.tensor(values, [2, 3], ScalarType.Float64)", false)]
    [InlineData("arange(single.shape[0])", false)]
    [InlineData("zeros(3, x.dtype, x.device)", true)]
    [InlineData("eye(3, device: Device)", true)]
    [InlineData("randperm(3, ScalarType.Int64, CPU, generator: random.Generator)", true)]
    [InlineData("tensor(deviceCount)", false)]
    [InlineData("zeros(device.index)", false)]
    public void A_call_names_its_device_by_an_argument(string call, bool isNamed) => Assert.Equal(isNamed, NamesDevice(call));

    [Fact]
    public void The_calls_are_found()
    {
        Assert.True(Calls.Value.Length > 60, $"{Calls.Value.Length} calls");
        Assert.Contains(Calls.Value, call => call.File.EndsWith("Torch/Randomness/RandomSource.cs", StringComparison.Ordinal) && call.Text.StartsWith("randn(", StringComparison.Ordinal));
    }

    private static bool NamesDevice(string call) =>
        ((InvocationExpressionSyntax)SyntaxFactory.ParseExpression(call)).ArgumentList.Arguments.Any(argument => argument.NameColon?.Name.Identifier.Text == "device" || argument.Expression switch
        {
            IdentifierNameSyntax name => name.Identifier.Text is "CPU" or "META" or "device" or "Device",
            MemberAccessExpressionSyntax member => member.Name.Identifier.Text is "device" or "Device" or "CPU",
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Right: IdentifierNameSyntax fallback } => fallback.Identifier.Text == "CPU",
            _ => false,
        });

    private static IEnumerable<(string File, int Line, string Text)> CallsIn(string file)
    {
        var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(file));
        string name = SourceTree.NameOf(file);
        foreach (InvocationExpressionSyntax call in tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            bool isFactory = call.Expression switch
            {
                IdentifierNameSyntax plain => Factories.Contains(plain.Identifier.Text),
                MemberAccessExpressionSyntax { Expression: var owner, Name: var member } => owner.ToString() is "torch" or "TorchSharp.torch" && Factories.Contains(member.Identifier.Text),
                _ => false,
            };
            if (isFactory) yield return (name, tree.GetLineSpan(call.Span).StartLinePosition.Line + 1, call.ToString());
        }
    }

    private static bool IsIn(string file, string place) => place.EndsWith('/') ? file.StartsWith(place, StringComparison.Ordinal) : file == place;
}
