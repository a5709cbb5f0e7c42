using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>Functions of the session that a script calls, and that another process does not have.</summary>
internal static class SessionFunctions
{
    private static readonly Lazy<HashSet<string>> Everywhere = new(() => new(InitialSessionState.CreateDefault2().Commands.Select(command => command.Name), StringComparer.OrdinalIgnoreCase));

    /// <summary>Their names; none if the script may define functions where this cannot be seen.</summary>
    public static IEnumerable<string> CalledBy(Ast script, CommandInvocationIntrinsics session)
    {
        CommandAst[] calls = [.. script.FindAll(part => part is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>()];
        if (calls.Any(MayDefine)) return [];
        HashSet<string> own = new(script.FindAll(part => part is FunctionDefinitionAst && part != script, searchNestedScriptBlocks: true).Select(part => ((FunctionDefinitionAst)part).Name), StringComparer.OrdinalIgnoreCase);
        return calls.Select(call => call.GetCommandName()).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name => !own.Contains(name) && !Everywhere.Value.Contains(name) && session.GetCommand(name, CommandTypes.Function) is FunctionInfo { Module: null });
    }

    private static bool MayDefine(CommandAst call) =>
        call.InvocationOperator == TokenKind.Dot || call.GetCommandName()?.ToUpperInvariant() is "INVOKE-EXPRESSION" or "IEX" or "IMPORT-MODULE" or "IPMO" or "SET-ITEM" or "NEW-ITEM" or "SET-CONTENT";
}
