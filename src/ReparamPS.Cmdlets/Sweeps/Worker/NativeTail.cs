using System.Management.Automation.Language;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>
/// The native commands that may be the last that a script executes. PowerShell does not turn their exit codes into errors; the exit code of the last one is the result of 'python train.py', and earlier ones are the script's own affair.
/// </summary>
internal static class NativeTail
{
    /// <summary>The name of the native command that was the last statement of a script; null if the last statement was something else.</summary>
    /// <param name="script">The script.</param>
    /// <param name="position">The statement that set the exit code.</param>
    /// <param name="isNative">Whether a command's name stands for a program or a script file.</param>
    public static string? Find(ScriptBlockAst script, IScriptExtent? position, Func<string, bool> isNative)
    {
        // In a function, or in another file, it was not a statement of the script.
        if (position is null || position.File != script.Extent.File) return null;
        IEnumerable<CommandAst> tail = Last((script.EndBlock ?? script.ProcessBlock)?.Statements)
            .Concat(script.FindAll(part => part is ReturnStatementAst, searchNestedScriptBlocks: false).SelectMany(part => Last((StatementAst)part)));
        // The engine's position is the statement, or a part of the command's arguments that is a statement of its own, such as "$($_.X)". A name that is computed may be that of a program.
        return tail.Where(command => IsWithin(command.Extent, position) || IsWithin(position, command.Extent))
            .Select(command => (Name: command.GetCommandName(), Command: command))
            .Where(pair => pair.Name is null ? pair.Command.CommandElements[0] is not ScriptBlockExpressionAst : isNative(pair.Name))
            .Select(pair => pair.Name ?? pair.Command.CommandElements[0].Extent.Text).LastOrDefault();
    }

    private static bool IsWithin(IScriptExtent inner, IScriptExtent outer) => inner.StartOffset >= outer.StartOffset && inner.EndOffset <= outer.EndOffset;

    private static IEnumerable<CommandAst> Last(IReadOnlyList<StatementAst>? statements) => statements is [.., var last] ? Last(last) : [];

    private static IEnumerable<CommandAst> Last(StatementAst? statement) => statement switch
    {
        PipelineAst pipeline => pipeline.PipelineElements.SelectMany(Commands),
        AssignmentStatementAst assignment => Last(assignment.Right),
        CommandExpressionAst expression => Commands(expression),
        ReturnStatementAst { Pipeline: StatementAst pipeline } => Last(pipeline),
        IfStatementAst branches => branches.Clauses.SelectMany(clause => Last(clause.Item2.Statements)).Concat(Last(branches.ElseClause?.Statements)),
        SwitchStatementAst branches => branches.Clauses.SelectMany(clause => Last(clause.Item2.Statements)).Concat(Last(branches.Default?.Statements)),
        LoopStatementAst loop => Last(loop.Body.Statements),
        TryStatementAst attempt => Last(attempt.Body.Statements).Concat(attempt.CatchClauses.SelectMany(clause => Last(clause.Body.Statements))),
        // 'a && b', whose class PowerShell 5.1's reference assembly does not have.
        { } other when other.GetType().Name == "PipelineChainAst" => other.FindAll(part => part is PipelineAst, searchNestedScriptBlocks: false).SelectMany(part => Last((StatementAst)part)),
        _ => [],
    };

    private static IEnumerable<CommandAst> Commands(CommandBaseAst element) => element switch
    {
        CommandAst command => [command],
        CommandExpressionAst { Expression: ParenExpressionAst { Pipeline: StatementAst inner } } => Last(inner),
        CommandExpressionAst { Expression: SubExpressionAst inner } => Last(inner.SubExpression.Statements),
        CommandExpressionAst { Expression: ArrayExpressionAst inner } => Last(inner.SubExpression.Statements),
        _ => [],
    };
}
