using System.Management.Automation.Language;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>A variable that a script reads at a place where it need not have set it.</summary>
/// <param name="Name">The name.</param>
/// <param name="MayBeSet">Whether each such read follows something that may set it, such as one branch of an if.</param>
internal readonly record struct VariableRead(string Name, bool MayBeSet);

/// <summary>
/// Walks through a script in the order in which it runs, and finds what it reads from outside. $y = $y.unsqueeze(0) reads the session's $y, although it sets its own;
/// so does a read after if ($test) { $y = 1 }.
/// </summary>
internal sealed class VariableReads : AstVisitor
{
    // Their blocks run in the scope around them.
    private static readonly HashSet<string> InPlace = new(StringComparer.OrdinalIgnoreCase) { "ForEach-Object", "%", "foreach", "Where-Object", "?", "where" };

    private readonly Dictionary<string, bool> reads = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> order = [];
    private readonly Queue<(Ast Body, HashSet<string> Set)> later = new();
    private readonly HashSet<string> maybeSet = new(StringComparer.OrdinalIgnoreCase);
    private HashSet<string> set = new(StringComparer.OrdinalIgnoreCase);

    private VariableReads() { }

    /// <summary>The variables without a scope in their names, in the order of their first read.</summary>
    public static IEnumerable<VariableRead> Of(Ast script)
    {
        var walk = new VariableReads();
        if (script is FunctionDefinitionAst function) walk.Walk(function);
        else script.Visit(walk);
        // What runs when it is called finds what was set until then.
        while (walk.later.TryDequeue(out var part))
        {
            walk.set = part.Set;
            if (part.Body is FunctionDefinitionAst inner) walk.Walk(inner);
            else part.Body.Visit(walk);
        }
        return walk.order.Select(name => new VariableRead(name, walk.reads[name]));
    }

    public override AstVisitAction VisitVariableExpression(VariableExpressionAst variable)
    {
        string name = variable.VariablePath.UserPath;
        if (!variable.VariablePath.IsUnqualified || set.Contains(name)) return AstVisitAction.Continue;
        bool mayBeSet = maybeSet.Contains(name);
        if (reads.TryAdd(name, mayBeSet)) order.Add(name);
        else reads[name] &= mayBeSet;
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitAssignmentStatement(AssignmentStatementAst assignment)
    {
        assignment.Right.Visit(this);
        // PowerShell starts $n += 1 from a variable of the block, not of the session. $w[$k] = 1 and $c.X = 1 read $w, $k and $c.
        VariableExpressionAst[] targets = [.. Targets(assignment.Left)];
        Set(targets);
        foreach (Ast part in assignment.Left.FindAll(part => part is VariableExpressionAst, searchNestedScriptBlocks: true).Except(targets)) part.Visit(this);
        return AstVisitAction.SkipChildren;
    }

    public override AstVisitAction VisitParameter(ParameterAst parameter)
    {
        parameter.DefaultValue?.Visit(this);
        Set(parameter.Name);
        return AstVisitAction.SkipChildren;
    }

    public override AstVisitAction VisitIfStatement(IfStatementAst choice)
    {
        List<(Ast?, Ast)> branches = [.. choice.Clauses.Skip(1).Select(clause => ((Ast?)clause.Item1, (Ast)clause.Item2))];
        choice.Clauses[0].Item1.Visit(this);
        return Branches([(null, choice.Clauses[0].Item2), .. branches], choice.ElseClause);
    }

    public override AstVisitAction VisitSwitchStatement(SwitchStatementAst choice)
    {
        choice.Condition.Visit(this);
        return Branches([.. choice.Clauses.Select(clause => ((Ast?)clause.Item1, (Ast)clause.Item2))], choice.Default);
    }

    public override AstVisitAction VisitTryStatement(TryStatementAst attempt)
    {
        Branches([.. attempt.CatchClauses.Select(clause => ((Ast?)null, (Ast)clause.Body))], attempt.Body);
        attempt.Finally?.Visit(this);
        return AstVisitAction.SkipChildren;
    }

    public override AstVisitAction VisitForEachStatement(ForEachStatementAst loop)
    {
        loop.Condition.Visit(this);
        Set(loop.Variable);
        return Perhaps(loop.Body);
    }

    public override AstVisitAction VisitForStatement(ForStatementAst loop)
    {
        loop.Initializer?.Visit(this);
        loop.Condition?.Visit(this);
        return Perhaps(loop.Body, loop.Iterator);
    }

    public override AstVisitAction VisitWhileStatement(WhileStatementAst loop)
    {
        loop.Condition.Visit(this);
        return Perhaps(loop.Body);
    }

    public override AstVisitAction VisitDoWhileStatement(DoWhileStatementAst loop) => AtLeastOnce(loop);

    public override AstVisitAction VisitDoUntilStatement(DoUntilStatementAst loop) => AtLeastOnce(loop);

    public override AstVisitAction VisitFunctionDefinition(FunctionDefinitionAst function) => Later(function);

    public override AstVisitAction VisitScriptBlockExpression(ScriptBlockExpressionAst block) => block.Parent switch
    {
        CommandAst { InvocationOperator: TokenKind.Dot } => AstVisitAction.Continue,
        CommandAst command when command.GetCommandName() is { } name && InPlace.Contains(name) => AstVisitAction.Continue,
        CommandParameterAst { Parent: CommandAst command } when command.GetCommandName() is { } name && InPlace.Contains(name) => AstVisitAction.Continue,
        CommandAst or CommandParameterAst or InvokeMemberExpressionAst => Perhaps(block.ScriptBlock),
        _ => Later(block.ScriptBlock),
    };

    private void Walk(FunctionDefinitionAst function)
    {
        foreach (ParameterAst parameter in function.Parameters ?? Enumerable.Empty<ParameterAst>()) parameter.Visit(this);
        function.Body.Visit(this);
    }

    private AstVisitAction AtLeastOnce(LoopStatementAst loop)
    {
        loop.Body.Visit(this);
        loop.Condition.Visit(this);
        return AstVisitAction.SkipChildren;
    }

    private void Set(params VariableExpressionAst[] variables)
    {
        foreach (string name in variables.Select(variable => variable.VariablePath.UserPath))
        {
            set.Add(name);
            maybeSet.Add(name);
        }
    }

    // What runs once, several times or never, or in a scope of its own, sets nothing for certain.
    private AstVisitAction Perhaps(params Ast?[] parts)
    {
        HashSet<string> before = Copy();
        foreach (Ast? part in parts) part?.Visit(this);
        set = before;
        return AstVisitAction.SkipChildren;
    }

    // One of several parts runs. What all of them set is set; a part that leaves the script does not count.
    private AstVisitAction Branches(IEnumerable<(Ast? Condition, Ast Body)> branches, Ast? otherwise)
    {
        HashSet<string> before = Copy();
        HashSet<string>? common = null;
        foreach ((Ast? condition, Ast? body) in branches.Append((null, otherwise!)))
        {
            set = new(before, before.Comparer);
            condition?.Visit(this);
            body?.Visit(this);
            if (body is StatementBlockAst { Statements: [.., ReturnStatementAst or ThrowStatementAst or ExitStatementAst or ContinueStatementAst or BreakStatementAst] }) continue;
            if (common is null) common = set;
            else common.IntersectWith(set);
        }
        set = common ?? before;
        return AstVisitAction.SkipChildren;
    }

    private AstVisitAction Later(Ast body)
    {
        later.Enqueue((body, Copy()));
        return AstVisitAction.SkipChildren;
    }

    private HashSet<string> Copy() => new(set, set.Comparer);

    private static IEnumerable<VariableExpressionAst> Targets(Ast target) => target switch
    {
        VariableExpressionAst variable => [variable],
        AttributedExpressionAst { Child: var child } => Targets(child),
        ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst { Expression: var inner }] } } => Targets(inner),
        ArrayLiteralAst { Elements: var items } => items.SelectMany(Targets),
        _ => [],
    };
}
