namespace ReparamPS.Host;

/// <summary>Finds the staged module.</summary>
internal static class ModuleLocation
{
    /// <summary>The manifest of the staged module in the nearest module/ReparamPS above a folder; null if none is complete.</summary>
    public static string? Find(string folder)
    {
        for (DirectoryInfo? parent = new(folder); parent is not null; parent = parent.Parent)
        {
            string module = Path.Combine(parent.FullName, "module", "ReparamPS");
            string manifest = Path.Combine(module, "ReparamPS.psd1");
            if (File.Exists(manifest) && File.Exists(Path.Combine(module, "bin", "ReparamPS.Cmdlets.dll"))) return manifest;
        }
        return null;
    }
}
