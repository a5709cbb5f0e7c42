using System.Reflection;
using System.Runtime.Loader;
using System.Text;

namespace ReparamPS.HelpWriter;

/// <summary>Writes the help of a cmdlet assembly: its MAML file, and the topic on distributions.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length != 3)
        {
            Console.Error.WriteLine("usage: ReparamPS.HelpWriter CMDLETS.dll CMDLETS.xml FOLDER");
            return 2;
        }
        string assemblyPath = Path.GetFullPath(arguments[0]), folder = arguments[2];
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(Path.GetDirectoryName(assemblyPath)!, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        try
        {
            Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(assemblyPath);
            IReadOnlyList<CmdletHelp> cmdlets = CmdletReader.Read(assembly, new XmlDocumentation(arguments[1]));
            Directory.CreateDirectory(folder);
            Maml.Write(cmdlets, Path.Combine(folder, Path.GetFileName(assemblyPath) + "-Help.xml"));
            File.WriteAllText(Path.Combine(folder, "about_ReparamPS_Distributions.help.txt"), DistributionsTopic.Write(), new UTF8Encoding(false));
            return 0;
        }
        catch (HelpException error)
        {
            // In MSBuild's form, so that a build shows each line as an error.
            foreach (string line in error.Problems) Console.Error.WriteLine($"{arguments[1]} : error HELP001: {line}");
            return 1;
        }
    }
}

/// <summary>The documentation has gaps.</summary>
/// <param name="problems">What is missing, a line each.</param>
internal sealed class HelpException(IReadOnlyList<string> problems) : Exception(string.Join("; ", problems))
{
    /// <summary>What is missing, a line each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
