using System.Reflection;
using ReparamPS.Messages;
using ReparamPS.Native;

namespace ReparamPS.Cmdlets.Common;

/// <summary>The copy of the module whose assemblies this process has loaded. .NET unloads none, so any other copy would run this one's code, even after Remove-Module.</summary>
public static class ModuleCopy
{
    /// <summary>Why a copy of the module cannot be imported; null if it is the loaded one.</summary>
    /// <param name="folder">The folder of the module that is being imported.</param>
    public static string? FindConflict(string folder)
    {
        Assembly own = typeof(ModuleCopy).Assembly;
        string loaded = Path.GetDirectoryName(Path.GetDirectoryName(own.Location))!;
        if (loaded == folder || FinalPath.AreEqual(loaded, folder)) return null;
        return $"ReparamPS {own.GetName().Version!.ToString(3)} is already loaded from {ShortText.Quoted(loaded)}, and .NET cannot unload it. Start a new session to import the module from {ShortText.Quoted(folder)}.";
    }
}
