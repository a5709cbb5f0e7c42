using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>Finds script blocks that may write into a tensor that they get. They get copies: what they write would change the numbers of what comes after them.</summary>
internal static class InPlaceCalls
{
    // A call of anything else, such as a function, a script block or a delegate, may write: its text is not searched.
    private static readonly HashSet<string> KnownMethods = new(
        new[] { typeof(Tensor), typeof(Distribution), typeof(DrawNoise), typeof(string) }.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance)).Select(method => method.Name).Where(name => !name.EndsWith('_')),
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> KnownCommands = new(
        typeof(InPlaceCalls).Assembly.GetTypes().Select(type => type.GetCustomAttribute<CmdletAttribute>()).OfType<CmdletAttribute>().Select(stated => $"{stated.VerbName}-{stated.NounName}"), StringComparer.OrdinalIgnoreCase);

    private static readonly Assembly[] KnownAssemblies = [typeof(Tensor).Assembly, typeof(Math).Assembly];

    /// <summary>Whether a block calls a method in place, such as abs_(), assigns to elements or members, passes $true to a static method, as for relu in place, or calls something unknown.</summary>
    public static bool Has(ScriptBlock script) => script.Ast.Find(IsOne, searchNestedScriptBlocks: true) is not null;

    private static bool IsOne(Ast part) => part switch
    {
        InvokeMemberExpressionAst { Member: StringConstantExpressionAst { Value: var name } } call => name.EndsWith('_') || (call.Static ? !IsOfKnownType(call) || call.Arguments?.Any(IsTrue) == true : !KnownMethods.Contains(name)),
        InvokeMemberExpressionAst => true,
        CommandAst command => command.GetCommandName() is not { } name || !KnownCommands.Contains(name),
        AssignmentStatementAst assignment => assignment.Left.Find(inner => inner is IndexExpressionAst or MemberExpressionAst, searchNestedScriptBlocks: false) is not null,
        _ => false,
    };

    private static bool IsOfKnownType(InvokeMemberExpressionAst call) => call.Expression is TypeExpressionAst type && type.TypeName.GetReflectionType() is { } found && KnownAssemblies.Contains(found.Assembly);

    private static bool IsTrue(ExpressionAst argument) => argument is VariableExpressionAst { VariablePath.UserPath: var name } && name.Equals("true", StringComparison.OrdinalIgnoreCase);
}
