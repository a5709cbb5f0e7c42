namespace ReparamPS.Benchmarks;

/// <summary>A whole-task comparison that prints ratios against a bound measured in the same run. Found by reflection: a new one is a new class.</summary>
public interface IBenchmark
{
    /// <summary>The command that runs it.</summary>
    string Name { get; }

    /// <summary>What it compares, in a line.</summary>
    string Summary { get; }

    /// <summary>Runs it, and prints what came of it.</summary>
    void Run(string[] arguments);
}
