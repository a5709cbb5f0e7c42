using Mono.Cecil;

namespace ReparamPS.TorchWeaver;

/// <summary>The list of native functions that do not catch exceptions, each with the reason why it cannot end the process.</summary>
internal static class UncaughtNatives
{
    private const string Replaced = "replaced", NotCalled = "not called by TorchSharp";

    /// <summary>Checks the list against the assembly: what it calls replaced is, and what it calls unused is not called.</summary>
    /// <exception cref="WeavingException">The list does not fit this TorchSharp.</exception>
    public static void Check(ModuleDefinition module, IReadOnlySet<string> replaced)
    {
        using var reader = new StreamReader(typeof(UncaughtNatives).Assembly.GetManifestResourceStream("uncaught-natives.txt")!);
        ILookup<string, string> byReason = reader.ReadToEnd().Split('\n').Where(line => line.Contains('\t')).Select(line => line.Trim().Split('\t')).ToLookup(cells => cells[1], cells => cells[0]);
        HashSet<string> called = [.. module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(method => method.Body.Instructions)
            .Select(each => each.Operand).OfType<MethodReference>().Where(method => method.DeclaringType.Name == "NativeMethods").Select(method => method.Name)];
        string[] wrong = [.. byReason[Replaced].Except(replaced), .. byReason[NotCalled].Intersect(called)];
        if (wrong.Length > 0) throw new WeavingException($"uncaught-natives.txt does not fit this TorchSharp: {string.Join(", ", wrong)}.");
    }
}
