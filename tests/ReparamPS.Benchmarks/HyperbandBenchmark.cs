using System.Globalization;

namespace ReparamPS.Benchmarks;

/// <summary>27 settings of up to 27 epochs of a VAE on the digits: what Hyperband spends of the full grid's epochs, and how far its best run is from the grid's best. It fails beyond a third and 1 %.</summary>
internal sealed class HyperbandBenchmark : IBenchmark
{
    private const int Settings = 27, Epochs = 27;

    private static readonly (string Name, string Points)[] Grids =
    [
        ("latent × rate × β", "New-ExperimentGrid @{ LatentSize = 2, 8, 32; LearningRate = 3e-4, 1e-3, 1e-2; Beta = 0.5, 1, 2 }"),
        ("latent × rate × hidden", "New-ExperimentGrid @{ LatentSize = 2, 8, 16; LearningRate = 3e-4, 1e-3, 3e-3; HiddenSize = 32, 128, 256 }"),
        ("rate × batch × activation", "New-ExperimentGrid @{ LearningRate = 1e-4, 1e-3, 1e-2; BatchSize = 20, 100, 500; Activation = 'relu', 'tanh', 'softplus' }"),
        ("Sobol", "New-ExperimentSearch @{ LearningRate = New-LogUniformDistribution 1e-4 3e-2; HiddenSize = 16, 32, 64, 128, 256, 512; LatentSize = 2, 4, 8, 16, 32 } -Strategy Sobol -Count 27 -Seed 1"),
    ];

    public string Name => "hyperband";

    public string Summary => "Hyperband on 27 settings × 27 epochs: epochs spent and gap to the full grid's best TestElbo [seed]";

    public void Run(string[] arguments)
    {
        string seed = arguments.Length > 0 ? arguments[0] : "1";
        string root = Directory.CreateTempSubdirectory("reparamps-hyperband-").FullName;
        try
        {
            using var shell = new ModuleShell();
            Console.WriteLine($"{"settings",-28} {"workers",7} {"epochs",7} {"of all",7} {"best",9} {"all: best",9} {"gap",7}");
            foreach ((string name, string points) in Grids)
            {
                string sweep = $"Invoke-ExperimentSweep '{root}/FOLDER' -Command Invoke-VaeTraining -Seed {seed}";
                (int all, double best) = Sweep(shell, root, $"{points} | ForEach-Object {{ $_.psobject.Properties.Add([psnoteproperty]::new('Epochs', {Epochs})); $_ }} | {sweep}");
                if (all != Settings * Epochs) throw new InvalidOperationException($"The full grid took {all} epochs.");
                for (int workers = 1; workers <= 2; workers++)
                {
                    (int spent, double found) = Sweep(shell, root, $"{points} | {sweep} -Strategy Hyperband -Metric TestElbo -Maximize -MaxBudget {Epochs} -ThrottleLimit {workers}");
                    double gap = (best - found) / Math.Abs(best);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {workers,7} {spent,7} {(double)spent / all,7:P1} {found,9:F3} {best,9:F3} {gap,7:P2}"));
                    if (spent > all / 3 || gap > 0.01) throw new InvalidOperationException("That is more than a third of the epochs, or further than 1 % from the best.");
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // The epochs that were spent, and the best bound of the runs that went all the way.
    private static (int Epochs, double Best) Sweep(ModuleShell shell, string root, string command)
    {
        string folder = Path.GetRandomFileName();
        IReadOnlyList<object> rows = shell.Run($$"""
            $null = {{command.Replace("FOLDER", folder, StringComparison.Ordinal)}}
            @(Get-ExperimentRun '{{root}}/{{folder}}' -Expand).Count
            foreach ($run in Get-ExperimentRun '{{root}}/{{folder}}' -Status Done) { [double]$run.TestElbo }
            """);
        return ((int)rows[0], rows.Skip(1).Cast<double>().Max());
    }
}
