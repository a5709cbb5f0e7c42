using System.Management.Automation;
using System.Management.Automation.Language;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>Finds script blocks that may write into a tensor that they get. They get copies: what they write would change the numbers of what comes after them.</summary>
internal static class InPlaceCalls
{
    /// <summary>Whether a block calls a method in place, such as abs_(), assigns to elements, or passes $true to a static method, as for relu in place.</summary>
    public static bool Has(ScriptBlock script) => script.Ast.Find(IsOne, searchNestedScriptBlocks: true) is not null;

    private static bool IsOne(Ast part) => part switch
    {
        InvokeMemberExpressionAst { Member: StringConstantExpressionAst { Value: var name } } call => name.EndsWith('_') || (call.Static && call.Arguments?.Any(IsTrue) == true),
        InvokeMemberExpressionAst => true,
        AssignmentStatementAst assignment => assignment.Left.Find(inner => inner is IndexExpressionAst, searchNestedScriptBlocks: false) is not null,
        _ => false,
    };

    private static bool IsTrue(ExpressionAst argument) => argument is VariableExpressionAst { VariablePath.UserPath: var name } && name.Equals("true", StringComparison.OrdinalIgnoreCase);
}
