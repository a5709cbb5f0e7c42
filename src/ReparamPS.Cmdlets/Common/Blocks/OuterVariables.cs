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

    /// <summary>All of them, without those that every run has or that the block always sets before it reads them.</summary>
    public static IEnumerable<PSVariable> Of(ScriptBlock block, PSVariableIntrinsics session)
    {
        PSVariableIntrinsics variables = HomeRunspace.Variables(block, session);
        return Read(block.Ast).Select(read => variables.Get(read.Name)).Where(known => known is not null && (known.Options & ScopedItemOptions.Constant) == 0);
    }

    /// <summary>The variables that the block reads before it sets them, and that the session has not or that are null.</summary>
    public static IEnumerable<string> Missing(ScriptBlock block, PSVariableIntrinsics session)
    {
        PSVariableIntrinsics variables = HomeRunspace.Variables(block, session);
        return ReadBy(block.Ast).Where(name => variables.GetValue(name) is null);
    }

    /// <summary>The variables that a script reads before any part of it sets them, and that the engine does not set.</summary>
    public static IEnumerable<string> ReadBy(Ast script) => Read(script).Where(read => !read.MayBeSet).Select(read => read.Name);

    private static IEnumerable<VariableRead> Read(Ast script) =>
        VariableReads.Of(script).Where(read => !Everywhere.Contains(read.Name) && !read.Name.EndsWith("Preference", StringComparison.OrdinalIgnoreCase));
}
