using System.Reflection;
using ReparamPS.Benchmarks;
using ReparamPS.Native;

NativeLibraries.LoadTorch();
IBenchmark[] benchmarks =
[
    .. Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IBenchmark).IsAssignableFrom(type))
        .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
        .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal),
];
if (args.Length == 0)
{
    Console.WriteLine("Usage: dotnet run -c Release --project tests/ReparamPS.Benchmarks -- NAME [arguments]");
    foreach (IBenchmark benchmark in benchmarks) Console.WriteLine($"  {benchmark.Name,-12} {benchmark.Summary}");
    return 0;
}
IBenchmark? chosen = Array.Find(benchmarks, benchmark => benchmark.Name.Equals(args[0], StringComparison.OrdinalIgnoreCase));
if (chosen is null)
{
    Console.Error.WriteLine($"There is no benchmark '{args[0]}'; there are {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}.");
    return 1;
}
chosen.Run(args[1..]);
return 0;
