using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>Conditions on the points of a space of settings.</summary>
internal static class PointCondition
{
    /// <summary>The type name of a point, by which it has its view.</summary>
    public const string TypeName = "ReparamPS.ExperimentPoint";

    /// <summary>Refuses a condition that reads a misspelled setting or writes a file, and warns of other names that no point has: PowerShell reads them as null.</summary>
    public static void Check(ScriptBlock? condition, IEnumerable<string> settings, PSVariableIntrinsics session, Action<string> warn)
    {
        if (condition is null) return;
        HomeRunspace.Of(condition).Check("Condition", "script block");
        if (condition.Ast.Find(WritesFile, searchNestedScriptBlocks: true) is { } redirection)
            throw new ArgumentException($"Condition: '{ShortText.Of(redirection.Extent.Text)}' writes a file. To compare, write -gt.", "Condition");
        PointReads.Check(condition.Ast, "Condition", settings, name => session.GetValue(name) is not null, warn);
    }

    /// <summary>Warns if no point meets a condition.</summary>
    /// <param name="condition">The condition; null for none.</param>
    /// <param name="points">The number of points that were checked.</param>
    /// <param name="met">The number of points that meet it.</param>
    /// <param name="warn">Takes the warning.</param>
    public static void CheckMet(ScriptBlock? condition, long points, long met, Action<string> warn)
    {
        if (condition is null || points == 0 || met > 0) return;
        string hint = condition.Ast.Find(Assigns, searchNestedScriptBlocks: true) is { } assignment ? $" '{ShortText.Of(assignment.Extent.Text)}' assigns a value. To compare, write -eq." : " Relax the condition, or change the space.";
        warn($"Condition: {(points == 1 ? "the only point does not meet it" : $"none of the {points} points meets it")}.{hint}");
    }

    /// <summary>Whether the last output of a condition, with the point as $_, is true.</summary>
    public static bool Meets(PSObject point, ScriptBlock condition) =>
        condition.InvokeWithContext(null, [new PSVariable("_", point)]) is [.., var last] && LanguagePrimitives.IsTrue(last);

    // "> 1" is meant as a comparison; appended text and other streams are not.
    private static bool WritesFile(Ast part) => part is FileRedirectionAst { FromStream: RedirectionStream.Output, Append: false } redirection && !PointReads.IsNull(redirection.Location);

    private static bool Assigns(Ast part) => part is AssignmentStatementAst { Operator: TokenKind.Equals, Left: MemberExpressionAst { Expression: { } of } } && PointReads.IsPoint(of);
}
