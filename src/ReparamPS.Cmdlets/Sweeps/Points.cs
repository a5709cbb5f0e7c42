using System.Management.Automation;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Conditions over the points of a space of settings.</summary>
internal static class Points
{
    /// <summary>Whether the last thing that a condition gives with the point as $_ is true.</summary>
    public static bool Meets(PSObject point, ScriptBlock condition) =>
        condition.InvokeWithContext(null, [new PSVariable("_", point)]) is [.., var last] && LanguagePrimitives.IsTrue(last);
}
