using Mono.Cecil;

namespace ReparamPS.TorchWeaver;

/// <summary>
/// Writes the module's copy of TorchSharp.dll: 'ReparamPS.TorchWeaver TorchSharp.dll ReparamPS.TorchGuard.dll Destination.dll'.
///
/// Why the assembly is rewritten. Many functions of TorchSharp's native library let C++ exceptions escape, which ends the process, and its wrappers do not keep
/// their operands alive during native calls, which corrupts results or ends the process if another thread collects garbage. Both faults are in every call of a
/// user's script, so that members in Types.ps1xml cannot reach them: static methods, operators and conversions bypass those, and they cost time.
/// A native shim would need a C++ compiler for each platform. A fork of TorchSharp would need its whole build. The rewriting is some hundred lines,
/// works alike on each platform, and fails loudly (here) if a new TorchSharp looks different.
///
/// What stays: the assembly's name, version and public key token, all public members and their behaviour for valid arguments; only ToString() of a tensor without
/// arguments shows its numbers. Code compiled against the package
/// runs with this copy, and code that brings a TorchSharp.dll of its own is not affected. The package in the cache is only read.
/// </summary>
public static class Program
{
    /// <summary>Runs the weaver.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 3)
        {
            Console.Error.WriteLine("ReparamPS.TorchWeaver <TorchSharp.dll> <ReparamPS.TorchGuard.dll> <destination>");
            return 2;
        }
        try
        {
            Weave(arguments[0], arguments[1], arguments[2]);
            return 0;
        }
        catch (WeavingException error)
        {
            Console.Error.WriteLine($"{arguments[0]}: error: {error.Message}");
            return 1;
        }
    }

    private static void Weave(string source, string guardPath, string destination)
    {
        using var torch = AssemblyDefinition.ReadAssembly(source);
        using var guard = AssemblyDefinition.ReadAssembly(guardPath);
        ModuleDefinition module = torch.MainModule;
        var guards = new GuardMembers(module, guard.MainModule);
        var replaced = new Replacer(guards).Run(module);
        UncaughtNatives.Check(module, replaced);
        Hooks.Install(module, guards);
        Display.Install(module, guards);
        int kept = new KeepAlive(module).Run();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(destination))!);
        string temporary = destination + ".tmp";
        torch.Write(temporary);
        File.Move(temporary, destination, overwrite: true);
        Console.WriteLine($"TorchSharp: {replaced.Count} native functions replaced, {kept} methods keep their operands alive.");
    }
}
