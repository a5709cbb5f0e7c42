using System.Reflection;
using System.Runtime.Loader;

namespace ReparamPS.Native;

/// <summary>
/// Keeps ReparamPS.Files and its libraries separate from the versions of other modules: assemblies in the folder are loaded from there only. All other assemblies
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
