using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReparamPS.Messages;

namespace ReparamPS.Core.Tests.Architecture;

/// <summary>A message shortens what comes from a user or a file: it never repeats megabytes of input.</summary>
public sealed class MessageTests
{
    // What such names hold can have any length.
    private static readonly HashSet<string> Unbounded = new(["path", "folder", "file", "target", "source", "root", "directory", "table", "text", "digits", "metric", "options", "outPath", "fullName", "part", "wanted"], StringComparer.OrdinalIgnoreCase);

    // Names of the module's own.
    private static readonly HashSet<string> Short = ["directions[0].Leaf.Path", "libTorch.Folder.Path", "each.Text"];

    [Fact]
    public void No_message_repeats_input_as_it_is()
    {
        string[] sources = [.. Sources()];
        Assert.True(sources.Length > 300, $"{sources.Length} files");
        string[] found = [.. sources.SelectMany(file => Raw(File.ReadAllText(file)).Select(hole => $"{Path.GetRelativePath(SourceFolder, file)}: {hole}"))];
        Assert.True(found.Length == 0, "These messages must write {ShortText.Of(…)} or {ShortText.List(…)}:\n" + string.Join('\n', found));
    }

    [Theory]
    [InlineData("throw new IOException($\"'{path}' is missing.\");", 1)]
    [InlineData("throw new IOException($\"'{a.Path}' lacks {string.Join(\", \", names)}.\");", 1)]
    [InlineData("throw new IOException($\"'{ShortText.Of(path)}' is missing.\");", 0)]
    [InlineData("cmdlet.WriteWarning($\"'{file}' is missing.\");", 1)]
    [InlineData("string found = $\"{path}/x\";", 0)]
    public void Raw_input_is_found(string statement, int count) => Assert.Equal(count, Raw(statement).Count());

    [Fact]
    public void A_long_message_keeps_its_start_and_its_end()
    {
        string text = ShortText.Message("start" + new string('x', 1_000_000) + "end");
        Assert.InRange(text.Length, 1000, 2000);
        Assert.StartsWith("start", text, StringComparison.Ordinal);
        Assert.EndsWith("end", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "an empty string")]
    [InlineData(null, "null")]
    [InlineData("a\0b\tc\u001b[1m", @"'a\0b\tc\u001B[1m'")]
    [InlineData("a\r\nb", "'a b'")]
    public void What_a_reader_cannot_see_is_shown(string? text, string shown) => Assert.Equal(shown, ShortText.Quoted(text));

    private static IEnumerable<string> Raw(string code) => CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().Where(IsMessage)
        .SelectMany(node => node.DescendantNodes().OfType<InterpolationSyntax>()).Select(hole => hole.Expression).Distinct()
        .Where(value => value switch
        {
            IdentifierNameSyntax name => Unbounded.Contains(name.Identifier.Text),
            MemberAccessExpressionSyntax member => Unbounded.Contains(member.Name.Identifier.Text),
            _ => false,
        }).Select(value => value.ToString()).Where(value => !Short.Contains(value));

    private static bool IsMessage(Microsoft.CodeAnalysis.SyntaxNode node) => node switch
    {
        ObjectCreationExpressionSyntax made => made.Type.ToString().EndsWith("Exception", StringComparison.Ordinal),
        InvocationExpressionSyntax call => call.Expression.ToString().Split('.')[^1] is "WriteWarning" or "WriteVerbose" or "WriteDebug",
        ConstructorInitializerSyntax => true,
        _ => false,
    };

    // Folders of the native libraries come from the system, not from a call.
    private static IEnumerable<string> Sources() => new[] { "ReparamPS.Core", "ReparamPS.Cmdlets", "ReparamPS.Files" }
        .SelectMany(project => Directory.EnumerateFiles(Path.Combine(SourceFolder, project), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !file.Contains($"{Path.DirectorySeparatorChar}Native{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string SourceFolder
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ReparamPS.sln"))) folder = folder.Parent;
            return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The tests run outside the repository."), "src");
        }
    }
}
