using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>Ways to read a setting that PowerShell answers with null, without an error: $X, $Point.X, $_['X'] and $args[0] instead of $_.X. $_ itself is a point, with which nothing can be computed.</summary>
internal static class MissedReads
{
    /// <summary>One message per wrong way, in the order of the script.</summary>
    /// <param name="script">The script, or the definition of a function, without a param block.</param>
    /// <param name="described">What the script is, for messages.</param>
    /// <param name="settings">The names of the settings of all points.</param>
    /// <param name="isSet">Whether a variable that the script does not set has a value when it runs.</param>
    public static IEnumerable<string> Of(Ast script, string described, IReadOnlyCollection<string> settings, Func<string, bool> isSet)
    {
        var names = new HashSet<string>(settings, StringComparer.OrdinalIgnoreCase);
        HashSet<string> unset = script.Find(SetsOthers, searchNestedScriptBlocks: true) is null
            ? new(OuterVariables.ReadBy(script).Where(name => !isSet(name)), StringComparer.OrdinalIgnoreCase) : [];
        return Messages(script, described, part => part switch
        {
            VariableExpressionAst { VariablePath: { IsUnqualified: true, UserPath: var name } } variable when unset.Contains(name) && Setting(variable, name) is { } setting => ($"${ShortText.Of(name)} is not set", $"The setting {ShortText.Of(setting)} is {Read(setting)}."),
            VariableExpressionAst { VariablePath.UserPath: var name } when name.Equals("args", StringComparison.OrdinalIgnoreCase) && PointReads.IsOfPoint(part, script) => ("$args is empty", $"Settings are read from $_, such as {Read(settings.First())}."),
            IndexExpressionAst { Target: { } target, Index: StringConstantExpressionAst { Value: var key } } when names.Contains(key) && PointReads.IsPoint(target) && PointReads.IsOfPoint(part, script) => ($"$_['{ShortText.Of(key)}'] is null", $"Write {Read(key)}."),
            BinaryExpressionAst { Left: var left, Right: var right, Operator: var sign } when Arithmetic.Contains(sign) && (PointReads.IsPoint(left) || (PointReads.IsPoint(right) && left is ConstantExpressionAst and not StringConstantExpressionAst)) && PointReads.IsOfPoint(part, script) => ("$_ holds all settings and is not a number", $"Read one of them, such as {Read(settings.First())}."),
            _ => null,
        });

        // $X, or a member of another variable that has the name of a setting.
        string? Setting(VariableExpressionAst variable, string name) =>
            names.Contains(name) ? name
            : variable.Parent is MemberExpressionAst { Member: StringConstantExpressionAst { Value: var member } } and not InvokeMemberExpressionAst && names.Contains(member) ? member : null;
    }

    /// <summary>One message per setting that a script with a param block reads from $_, which is not set there.</summary>
    /// <param name="script">The script, or the definition of a function.</param>
    /// <param name="described">What the script is, for messages.</param>
    /// <param name="parameters">The names of its parameters.</param>
    public static IEnumerable<string> OfPoint(Ast script, string described, IReadOnlySet<string> parameters) => Messages(script, described, part =>
        part is MemberExpressionAst { Member: StringConstantExpressionAst { Value: var name } } and not InvokeMemberExpressionAst
        && parameters.Contains(name) && PointReads.IsPoint(((MemberExpressionAst)part).Expression) && PointReads.IsOfPoint(part, script)
            ? ($"$_.{ShortText.Of(name)} is null", $"A script with a param block gets its settings as parameters: write ${ShortText.Of(name)}.") : null);

    private static IEnumerable<string> Messages(Ast script, string described, Func<Ast, (string Fact, string Advice)?> messageOf)
    {
        if (script.Find(PointReads.KnowsBetter, searchNestedScriptBlocks: true) is not null) return [];
        return script.FindAll(part => messageOf(part) is not null, searchNestedScriptBlocks: true)
            .Select(part => (Line: part.Extent.StartLineNumber - script.Extent.StartLineNumber + 1, Message: messageOf(part)!.Value))
            .DistinctBy(found => found.Message)
            .Select(found => $"{found.Message.Fact} (line {found.Line} of {described}). {found.Message.Advice}");
    }

    private static readonly TokenKind[] Arithmetic = [TokenKind.Plus, TokenKind.Minus, TokenKind.Multiply, TokenKind.Divide, TokenKind.Rem, TokenKind.Igt, TokenKind.Ige, TokenKind.Ilt, TokenKind.Ile];

    private static string Read(string setting) => setting.All(letter => char.IsLetterOrDigit(letter) || letter == '_') ? $"$_.{ShortText.Of(setting)}" : $"$_.'{ShortText.Of(setting)}'";

    // A script of its own, or a parameter such as -OutVariable, can set any variable.
    private static bool SetsOthers(Ast part) => part switch
    {
        CommandAst command => command.InvocationOperator == TokenKind.Dot,
        CommandParameterAst { ParameterName: var name } => name.EndsWith("Variable", StringComparison.OrdinalIgnoreCase) || name.Equals("ov", StringComparison.OrdinalIgnoreCase) || name.Equals("pv", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
