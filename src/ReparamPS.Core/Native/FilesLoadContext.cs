using System.Reflection;
using System.Runtime.Loader;

namespace ReparamPS.Native;

/// <summary>
/// Keeps ReparamPS.Files and its libraries apart from the versions that other modules bring: what lies in the folder is loaded from there, and nowhere else. All other assemblies
/// (the runtime's, ReparamPS.Core, TorchSharp) are those of the default context, so that both sides share their types.
/// </summary>
internal sealed class FilesLoadContext(string folder) : AssemblyLoadContext("ReparamPS.Files")
{
    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
