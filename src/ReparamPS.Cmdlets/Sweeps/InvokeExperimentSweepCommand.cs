using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Runs a command for each point, in worker processes, and keeps every run in a folder.</summary>
/// <remarks>
/// Each object that comes in is a run: its properties are the settings. A command, or a script with a param block, gets them as parameters; any other script finds
/// them in $_. A run is named by the hash of command, settings and module version, and has a folder of its own: what is done is read and not done again, so the same line
/// goes on with a sweep that was interrupted, and a larger grid runs only what is new. One row a run comes out as it ends: settings, status, the last row that the run gave, and times.
/// A run that throws, hangs, or takes its process with it becomes a row that says so, and the others go on. Strings that a run puts out, and all that it prints, are in output.log in its folder ($RunPath).
/// An error that a script does not handle ends its run. With Strategy, runs that do well get more of BudgetParameter (epochs) and the others are stopped; with Pruner, runs are stopped in their
/// midst; about_ReparamPS_Sweeps tells how. With Engine Slurm one job array runs the sweep, on the nodes of a cluster that share the folder; the rows come as they do from
/// Engine Local, and with NoWait, or after Ctrl+C, Receive-ExperimentSweep gets them.
/// </remarks>
/// <example>
/// <para>Two trainings, two at a time</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 8; Epochs = 1 } | Invoke-ExperimentSweep -Path sweep -Command Invoke-VaeTraining -ThrottleLimit 2</code>
/// </example>
/// <example>
/// <para>A script block; the second call runs nothing, since all is done</para>
/// <code>New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares -WhatIf { [pscustomobject]@{ Square = $_.X * $_.X } }</code>
/// </example>
/// <example>
/// <para>Hyperband: what it would cost, and the sweep; a run that goes on does so from its checkpoint, so that no epoch is paid twice</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 4, 8; LearningRate = 1e-4, 1e-3, 1e-2 } | Invoke-ExperimentSweep -Path search -Command Invoke-VaeTraining -Strategy Hyperband -Metric TestElbo -Maximize -MaxBudget 9 -WhatIf
/// New-ExperimentGrid @{ LatentSize = 2, 4, 8; LearningRate = 1e-4, 1e-3, 1e-2 } | Invoke-ExperimentSweep -Path search -Command Invoke-VaeTraining -Strategy Hyperband -Metric TestElbo -Maximize -MaxBudget 9</code>
/// </example>
/// <example>
/// <para>Halving of a script of one's own, which keeps what it goes on from in its folder</para>
/// <code>New-ExperimentGrid @{ Rate = 0.01, 0.1, 0.5 } | Invoke-ExperimentSweep -Path descent -Strategy SuccessiveHalving -Metric Loss -MaxBudget 90 -BudgetParameter Steps {
///     $file = "$RunPath/state.txt"
///     $step, $x = 0, 1.0
///     if ([IO.File]::Exists($file)) { $step, $x = [IO.File]::ReadAllText($file).Split() | ForEach-Object { [double]$_ } }
///     for (; $step -lt $_.Steps; $step++) { $x -= $_.Rate * 2 * $x }
///     [IO.File]::WriteAllText($file, "$step $x")
///     [pscustomobject]@{ Step = $step; Loss = $x * $x }
/// }</code>
/// </example>
/// <example>
/// <para>Trainings that are worse than the median of those that are done are stopped</para>
/// <code>New-ExperimentGrid @{ LearningRate = 1e-2, 3e-3, 1e-3, 1e-4; Epochs = 4 } | Invoke-ExperimentSweep -Path pruned -Command Invoke-VaeTraining -Pruner Median -Metric TestElbo -Maximize -StartupRuns 2 -WarmupSteps 1</code>
/// </example>
/// <example>
/// <para>The same on a cluster; without WhatIf it is submitted</para>
/// <code>New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares -Engine Slurm -TimeLimit 01:00:00 -MaxParallel 8 -WhatIf { [pscustomobject]@{ Square = $_.X * $_.X } }</code>
/// </example>
/// <example>
/// <para>Going on with whatever is left in a folder, and trying failures once more</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Invoke-ExperimentSweep -Path squares -Resume -Retry 1</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "ExperimentSweep", DefaultParameterSetName = ScriptBlockSet, SupportsShouldProcess = true)]
[OutputType("ReparamPS.ExperimentRun"), OutputType(typeof(SweepPlan))]
public sealed partial class InvokeExperimentSweepCommand : ReparamCmdlet
{
    private const string CommandSet = "Command", ScriptBlockSet = "ScriptBlock", ScriptPathSet = "ScriptPath", ResumeSet = "Resume";

    private readonly RowReader reader = new();
    private readonly List<(RunSpec Spec, object? Priority)> points = [];
    private readonly HashSet<string> ids = [];
    private SweepFolder folder = null!;
    private SweepCommandResolver? resolver;
    private HalvingOptions? halving;

    /// <summary>The sweep's folder; it is made where it isn't there.</summary>
    [Parameter(Mandatory = true, Position = 0), Alias("OutPath")]
    public string Path { get; set; } = "";

    /// <summary>A cmdlet, or a function. Settings are its parameters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CommandSet)]
    public string Command { get; set; } = "";

    /// <summary>A script block. It runs in another process: it sees modules and environment variables, but no variables or functions of this session.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ScriptBlockSet)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>A script file. Its text, as it is now, is what runs, and part of a run's id.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ScriptPathSet), Alias("FilePath")]
    public string ScriptPath { get; set; } = "";

    /// <summary>Goes on with the runs that are in the folder.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ResumeSet)]
    public SwitchParameter Resume { get; set; }

    /// <summary>A point: an object, or a dictionary, whose properties are the settings.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = CommandSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptBlockSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptPathSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>The seed of runs whose command takes one and whose point has none.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>How many runs go on at a time, each in a worker process of its own. By default as many as there are cores.</summary>
    [Parameter, ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    /// <summary>Threads of each worker. With one, the default, results do not depend on the number of workers.</summary>
    [Parameter, ValidateRange(1, 1024)]
    public int ThreadsPerWorker { get; set; } = 1;

    /// <summary>Devices that workers take in turn, such as cuda:0, cuda:1; for commands with a Device parameter, and as $RunDevice.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter))]
    public string[] Device { get; set; } = [];

    /// <summary>How often a run that fails is tried again. Runs that failed in an earlier call are tried again too.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int Retry { get; set; }

    /// <summary>The most runs to start in this call; with a strategy each rung of a run is a start.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int? MaxRuns { get; set; }

    /// <summary>How long this call starts runs; those under way then end as usual.</summary>
    [Parameter]
    public TimeSpan? TimeBudget { get; set; }

    /// <summary>The longest that a run may take, in seconds.</summary>
    [Parameter, ValidateRange(0.001, 1e9)]
    public double? TimeoutSeconds { get; set; }

    /// <summary>The most memory that a worker process, or on a cluster a task, may take, in MB.</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int? MemoryMB { get; set; }

    /// <summary>What comes first: the name of a setting, or a script block over the point. Larger values come first.</summary>
    [Parameter]
    public object? Priority { get; set; }

    /// <summary>Ends the sweep with the first failure; runs under way are pending again.</summary>
    [Parameter]
    public SwitchParameter StopOnFailure { get; set; }

    /// <summary>Gives every row of each run, and not the last one alone.</summary>
    [Parameter]
    public SwitchParameter Expand { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => (object?)InputObject ?? Path;

    /// <inheritdoc/>
    protected override void Begin()
    {
        Path = ResolvePath(Path);
        folder = Resume ? SweepFolder.Open(Path) : new SweepFolder(Path);
        resolver = ParameterSetName switch
        {
            CommandSet => SweepCommandResolver.OfCommand(Command, InvokeCommand),
            ScriptBlockSet => SweepCommandResolver.OfScriptBlock(ScriptBlock),
            ScriptPathSet => SweepCommandResolver.OfScriptFile(ResolvePath(ScriptPath)),
            _ => null,
        };
        if (ParameterSetName == ScriptBlockSet)
        {
            foreach (string name in OuterVariables.Of(ScriptBlock, SessionState.PSVariable))
                WriteWarning($"ScriptBlock: ${name} is a variable of this session, but a run happens in another process, where it is not set. Make it a setting of the points.");
        }
        halving = Halving();
        if (halving is not null) resolver?.CheckBudget(halving.BudgetParameter);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (InputObject is null || resolver is null) return;
        ExperimentRow settings = SettingValues.Read(reader.Read(InputObject));
        if (resolver.TakesSeed && !settings.Columns.Contains("Seed", StringComparer.OrdinalIgnoreCase))
        {
            settings = new ExperimentRow([.. settings.Columns, "Seed"], [.. settings.Values, Seed]);
        }
        resolver.Check(settings, halving?.BudgetParameter);
        var spec = new RunSpec(resolver.Command.Id, settings, budgetParameter: halving?.BudgetParameter);
        if (ids.Add(spec.Id)) points.Add((spec, PriorityOf(InputObject, settings)));
        else WriteVerbose($"A point is there twice, and is run once: {InputObject}");
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (resolver is null) points.AddRange(folder.ReadSpecs().Select(spec => (spec, PriorityOf(RowObjects.From(spec.Settings), spec.Settings))));
        List<RunSpec> runs = [.. Ordered().Select(point => point.Spec)];
        var options = new SweepOptions
        {
            ThrottleLimit = ThrottleLimit,
            ThreadsPerWorker = ThreadsPerWorker,
            Retry = Retry,
            MaxRuns = MaxRuns,
            TimeBudget = TimeBudget,
            Timeout = TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            MemoryBytes = MemoryMB is { } megabytes ? (long)megabytes << 20 : null,
            StopOnFailure = StopOnFailure,
            Devices = Device,
            Pruner = MedianPruning(),
        };
        foreach ((List<RunSpec> part, SweepSchedule? schedule) in Parts(runs))
        {
            SweepPlan plan = SweepPlan.Of(folder, part, schedule, options);
            if (!ShouldProcess(Path, plan.Describe()))
            {
                if (MyInvocation.BoundParameters.ContainsKey("WhatIf")) WriteObject(plan);
            }
            else if (Engine == SweepEngine.Slurm) RunOnCluster(part, schedule, options);
            else RunHere(part, schedule, options);
        }
    }

    private IEnumerable<(RunSpec Spec, object? Priority)> Ordered() => Priority is null ? points : points.OrderByDescending(point => point.Priority, ByValue);

    private static Comparer<object?> ByValue { get; } = Comparer<object?>.Create((x, y) => LanguagePrimitives.Compare(x, y, ignoreCase: true));

    private void RunHere(List<RunSpec> runs, SweepSchedule? schedule, SweepOptions options)
    {
        var runner = new SweepRunner(folder, resolver?.Command, runs, options, SweepWorkerProcess.Launch(SessionState.Path.CurrentFileSystemLocation.ProviderPath), schedule);
        var progress = new SweepProgress(runs.Count, Math.Min(ThrottleLimit, runs.Count), WriteProgress);
        foreach (SweepEvent told in runner.Run(Cancellation))
        {
            progress.Tell(told);
            if (told is RunEndedEvent ended) WriteObject(RunRowObjects.From(folder, ended.Run, Expand), enumerateCollection: true);
        }
        progress.Complete();
        if (runner.StoppedBy is { } failure)
        {
            WriteError(ErrorRecords.From(new SweepException($"Run {failure.Spec.Id} ended as {failure.Status}, and the sweep with it: {failure.Result?.Message}"), failure.Spec.Id));
        }
    }

    private object? PriorityOf(PSObject point, ExperimentRow settings)
    {
        switch (TensorInput.Unwrap(Priority))
        {
            case null: return null;
            case ScriptBlock block: return block.InvokeWithContext(null, [new PSVariable("_", point)]).LastOrDefault()?.BaseObject;
            case string name:
                return settings[name] ?? throw new ArgumentException($"Priority: the point has no setting '{name}'.", nameof(Priority));
            default: throw new ArgumentException("Priority: the name of a setting, or a script block, is wanted.", nameof(Priority));
        }
    }
}
