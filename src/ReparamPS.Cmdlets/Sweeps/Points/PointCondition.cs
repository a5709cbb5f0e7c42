using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Blocks;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>Conditions on the points of a space of settings.</summary>
internal static class PointCondition
{
    /// <summary>The type name of a point, by which it has its view.</summary>
    public const string TypeName = "ReparamPS.ExperimentPoint";

    /// <summary>Refuses a condition that reads a misspelled setting, and warns of other names that no point has: PowerShell reads them as null.</summary>
    public static void Check(ScriptBlock? condition, IEnumerable<string> settings, Action<string> warn)
    {
        if (condition is null) return;
        HomeRunspace.Of(condition).Check("Condition", "script block");
        PointReads.Check(condition.Ast, "Condition", settings, warn);
    }

    /// <summary>Whether the last output of a condition, with the point as $_, is true.</summary>
    public static bool Meets(PSObject point, ScriptBlock condition) =>
        condition.InvokeWithContext(null, [new PSVariable("_", point)]) is [.., var last] && LanguagePrimitives.IsTrue(last);
}
