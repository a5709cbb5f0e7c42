using System.Management.Automation.Language;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>
/// The settings that a script reads as properties of $_. PowerShell reads a property that does not exist as null, so a misspelled setting would go unnoticed.
/// </summary>
internal static class PointReads
{
    // Members of every object that say nothing about its properties.
    private static readonly HashSet<string> Everywhere = new(StringComparer.OrdinalIgnoreCase) { "PSTypeNames", "Count", "Length" };

    // A script that looks at the properties itself, or changes $_, may read names that no point has.
    private static readonly HashSet<string> Views = new(StringComparer.OrdinalIgnoreCase) { "PSObject", "PSBase", "PSAdapted", "PSExtended" };
    private static readonly HashSet<string> Commands = new(StringComparer.OrdinalIgnoreCase) { "Add-Member", "Get-Member", "gm", "Set-Variable", "sv", "New-Variable", "nv" };

    /// <summary>Refuses a script that reads a misspelled setting from $_, and warns of other names that no point has: a script may use them for what can be absent.</summary>
    /// <param name="script">The script, or the definition of a function.</param>
    /// <param name="described">What the script is, for messages.</param>
    /// <param name="settings">The names of the settings of all points.</param>
    /// <param name="isSet">Whether a variable that the script does not set has a value when it runs.</param>
    /// <param name="warn">Takes a warning.</param>
    public static void Check(Ast script, string described, IEnumerable<string> settings, Func<string, bool> isSet, Action<string> warn)
    {
        string[] all = [.. settings.Distinct(StringComparer.OrdinalIgnoreCase)];
        if (all.Length == 0) return;
        foreach ((string name, int line) in Unknown(script, all))
        {
            string place = $"$_.{ShortText.Of(name)} is not a setting of the points (line {line} of {described})";
            // The only column of a file that was read with another delimiter than its own.
            if (all.FirstOrDefault(setting => UnknownColumn.Delimiter(setting) is { } delimiter && setting.Split(delimiter).Contains(name, StringComparer.OrdinalIgnoreCase)) is { } header)
                throw new ArgumentException($"{place}. They have the setting {ShortText.Quoted(header)}.{UnknownColumn.DelimiterHint(header)}", name);
            if (NearNames.Of(name, all).Count > 0) throw new ArgumentException($"{place}.{NearNames.Hint(name, all)}", name);
            warn($"{place}, so it is null. Their settings: {ShortText.List(all)}.");
        }
        foreach (string found in MissedReads.Of(script, described, all, isSet)) warn(found);
    }

    /// <summary>Whether a script may read a setting: it names it, looks at the properties of $_ itself, or passes $_ on.</summary>
    public static bool Mentions(Ast script, string setting) =>
        script.Find(KnowsBetter, searchNestedScriptBlocks: true) is not null
        || script.Find(part => part is StringConstantExpressionAst text && text.Value.Equals(setting, StringComparison.OrdinalIgnoreCase), searchNestedScriptBlocks: true) is not null
        || script.Find(part => IsPoint(part) && part.Parent is not MemberExpressionAst { Member: StringConstantExpressionAst }, searchNestedScriptBlocks: true) is not null;

    /// <summary>Whether a script surely does not read a setting: it neither mentions it, nor runs code or reads files that may.</summary>
    public static bool Ignores(Ast script, string setting) => !Mentions(script, setting) && script.Find(MayReadElsewhere, searchNestedScriptBlocks: true) is null;

    // Other scripts and script blocks see $_ too, and the folder of a run holds its settings.
    private static bool MayReadElsewhere(Ast part) => part switch
    {
        CommandAst command => command.InvocationOperator != TokenKind.Unknown || command.GetCommandName() is not { } name || name.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase) || Evaluates.Contains(name),
        VariableExpressionAst { VariablePath.UserPath: var name } => OfRun.Contains(name),
        InvokeMemberExpressionAst { Member: StringConstantExpressionAst { Value: var name } } => name.StartsWith("Invoke", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static readonly HashSet<string> Evaluates = new(StringComparer.OrdinalIgnoreCase) { "Invoke-Expression", "iex", "Invoke-Command", "icm", "Get-Variable", "gv", "Get-Item", "gi", "Get-Content", "gc", "cat", "type" };
    private static readonly HashSet<string> OfRun = new(StringComparer.OrdinalIgnoreCase) { "RunPath", "ExecutionContext", "PSCmdlet" };

    /// <summary>The properties that no point has, in the order of the script. A property that the script tests for, such as 'if ($_.X)' or '$_.X ?? 1', may be absent.</summary>
    /// <param name="script">The script, or the definition of a function.</param>
    /// <param name="settings">The names of the settings of all points.</param>
    public static IEnumerable<(string Name, int Line)> Unknown(Ast script, IEnumerable<string> settings)
    {
        if (script.Find(KnowsBetter, searchNestedScriptBlocks: true) is not null) return [];
        MemberExpressionAst[] reads = [.. script.FindAll(part => part is MemberExpressionAst { Member: StringConstantExpressionAst } and not InvokeMemberExpressionAst, searchNestedScriptBlocks: true)
            .Cast<MemberExpressionAst>().Where(read => IsPoint(read.Expression) && IsOfPoint(read, script))];
        var known = new HashSet<string>([.. Everywhere, .. settings, .. reads.Where(IsTest).Select(NameOf)], StringComparer.OrdinalIgnoreCase);
        return reads.Where(read => !known.Contains(NameOf(read))).DistinctBy(NameOf, StringComparer.OrdinalIgnoreCase).Select(read => (NameOf(read), read.Extent.StartLineNumber - script.Extent.StartLineNumber + 1));
    }

    private static string NameOf(MemberExpressionAst read) => ((StringConstantExpressionAst)read.Member).Value;

    /// <summary>Whether a part is the variable $_.</summary>
    public static bool IsPoint(Ast part) => part is VariableExpressionAst { VariablePath.UserPath: var name } && (name == "_" || name.Equals("PSItem", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a part looks at the properties itself, or sets variables by their names.</summary>
    public static bool KnowsBetter(Ast part) => part switch
    {
        AssignmentStatementAst { Left: { } left } => left.Find(IsPoint, searchNestedScriptBlocks: false) is { } point && point.Parent is not MemberExpressionAst,
        ForEachStatementAst loop => IsPoint(loop.Variable),
        MemberExpressionAst { Member: StringConstantExpressionAst member } read => IsPoint(read.Expression) && Views.Contains(member.Value),
        CommandAst command => command.GetCommandName() is { } name && Commands.Contains(name),
        _ => false,
    };

    /// <summary>Whether $_ is the point at a place: it is another object in the blocks of other commands, in functions, and in clauses of catch and switch.</summary>
    public static bool IsOfPoint(Ast read, Ast script)
    {
        for (Ast child = read; child.Parent is { } parent && child != script; child = parent)
        {
            if (parent == script) return true;
            if (parent is ScriptBlockExpressionAst or FunctionDefinitionAst or CatchClauseAst or TrapStatementAst) return false;
            if (parent is SwitchStatementAst choice && child != choice.Condition) return false;
        }
        return true;
    }

    private static bool IsTest(MemberExpressionAst read)
    {
        Ast child = read, parent = read.Parent;
        while (parent is ParenExpressionAst or CommandExpressionAst or PipelineAst { PipelineElements.Count: 1 }) (child, parent) = (parent, parent.Parent);
        return parent switch
        {
            IfStatementAst branches => branches.Clauses.Any(clause => clause.Item1 == child),
            UnaryExpressionAst { TokenKind: TokenKind.Not or TokenKind.Exclaim } => true,
            ConvertExpressionAst cast => cast.Type.TypeName.Name.Equals("bool", StringComparison.OrdinalIgnoreCase),
            BinaryExpressionAst { Operator: TokenKind.And or TokenKind.Or or TokenKind.Xor } => true,
            // The reference assembly is that of PowerShell 5.1, which has neither '??' nor 'a ? b : c'.
            BinaryExpressionAst both => both.Operator.ToString() == "QuestionQuestion" && both.Left == child || IsNull(both.Left) || IsNull(both.Right),
            { } other => other.GetType().Name == "TernaryExpressionAst" && other.Extent.StartOffset == child.Extent.StartOffset,
            null => false,
        };
    }

    /// <summary>Whether a part is $null.</summary>
    public static bool IsNull(Ast part) => part is VariableExpressionAst { VariablePath.UserPath: var name } && name.Equals("null", StringComparison.OrdinalIgnoreCase);
}
