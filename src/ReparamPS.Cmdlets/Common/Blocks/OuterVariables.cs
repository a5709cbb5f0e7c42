using System.Management.Automation;
using System.Management.Automation.Language;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>Variables of the session that a script block reads, and that its runs will not find.</summary>
internal static class OuterVariables
{
    private static readonly HashSet<string> Everywhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "null", "true", "false", "_", "PSItem", "args", "input", "this", "Error", "Matches", "PWD", "PID", "HOME", "Host", "PROFILE", "RunPath", "RunDevice", "ExecutionContext", "MyInvocation", "PSBoundParameters", "PSCmdlet",
        "PSScriptRoot", "PSCommandPath", "PSCulture", "PSUICulture", "PSEdition", "PSHOME", "PSVersionTable", "ShellId", "StackTrace", "LASTEXITCODE", "NestedPromptLevel", "OutputEncoding", "OFS", "switch", "foreach",
        "EnabledExperimentalFeatures", "PSDefaultParameterValues", "PSStyle", "PSModuleAutoLoadingPreference", "PSNativeCommandUseErrorActionPreference",
    };

    /// <summary>Their names, without those that every run has or that the block sets itself.</summary>
    public static IEnumerable<string> Of(Ast block, PSVariableIntrinsics session) => ReadBy(block).Where(name => session.Get(name) is { } known && (known.Options & ScopedItemOptions.Constant) == 0);

    /// <summary>The variables that the block reads, that it does not set itself, and that the session has not or that are null.</summary>
    public static IEnumerable<string> Missing(ScriptBlock block, PSVariableIntrinsics session) => ReadBy(block.Ast).Where(name => session.GetValue(name) is null);

    /// <summary>The variables that a script reads, that it does not set itself, and that the engine does not set.</summary>
    public static IEnumerable<string> ReadBy(Ast script)
    {
        var own = new HashSet<string>(Everywhere, StringComparer.OrdinalIgnoreCase);
        foreach (Ast part in script.FindAll(part => part is AssignmentStatementAst or ParameterAst or ForEachStatementAst, searchNestedScriptBlocks: true))
        {
            own.UnionWith(Assigned(part switch
            {
                AssignmentStatementAst assignment => assignment.Left,
                ParameterAst parameter => parameter.Name,
                _ => ((ForEachStatementAst)part).Variable,
            }));
        }
        return script.FindAll(part => part is VariableExpressionAst { VariablePath.IsUnqualified: true }, searchNestedScriptBlocks: true)
            .Select(part => ((VariableExpressionAst)part).VariablePath.UserPath).Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name => !own.Contains(name) && !name.EndsWith("Preference", StringComparison.OrdinalIgnoreCase));
    }

    // $w[$k] = 1 and $c.X = 1 read $w, $k and $c. PowerShell starts $n += 1 from a variable of the block, not of the session.
    private static IEnumerable<string> Assigned(Ast target) => target switch
    {
        VariableExpressionAst variable => [variable.VariablePath.UserPath],
        AttributedExpressionAst { Child: var child } => Assigned(child),
        ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst { Expression: var inner }] } } => Assigned(inner),
        ArrayLiteralAst { Elements: var items } => items.SelectMany(Assigned),
        _ => [],
    };
}
