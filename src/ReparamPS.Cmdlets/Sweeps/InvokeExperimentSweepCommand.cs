using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Runs a command for each combination of settings in worker processes, and saves every run.</summary>
/// <remarks>
/// <para>Each input object is a point: one run, whose settings are the properties of the object. A command, or a script with a param block, gets the settings as parameters. Any other script reads them from $_, such as $_.Rate. Reading a property of $_ that no point has is an error if its name resembles a setting; otherwise the value is null, with a warning.</para>
/// <para>The cmdlet returns one row per run when the run ends: settings, status, the last row that the run returned, and times. -WhatIf runs nothing and returns one object, whose property ToRun is the number of runs to start.</para>
/// <para>A run stops and fails at its first error that is not caught, as with $ErrorActionPreference = 'Stop'. It also fails if it calls exit with a nonzero code, or if its last statement is a native command whose exit code is nonzero. A run crashes (Status Died) if its process ends without a result. If a run fails, crashes or reaches a limit, its Status says so, and the other runs continue.</para>
/// <para>Each run has its own folder, named by a hash of command, settings and module version. To resume a sweep, repeat the same command, or use -Resume if the points are not at hand. Pending and crashed runs are executed; for the others, the saved rows are returned. -Retry also repeats runs that failed or reached a limit. New points run too.</para>
/// <para>In a run, $RunPath is the folder of the run. Its file output.log holds the strings, messages, warnings and errors of the run. If a run returns a number or a tensor of one number, that becomes the column Value. If a run returns only text, the last string becomes the column Value.</para>
/// <para>-Strategy compares runs at small budgets, such as few epochs, and continues only the better ones. -Pruner stops poor runs while they execute. Runs stopped by either get the status Pruned. See about_ReparamPS_Sweeps.</para>
/// <para>With -Engine Slurm, one job array executes the runs on nodes of a cluster that share the folder, and the cmdlet returns the same rows. -ThrottleLimit, -MaxRuns, -TimeBudget and -StopOnFailure require -Engine Local. After -NoWait or Ctrl+C, Receive-ExperimentSweep returns the rows.</para>
/// </remarks>
/// <example>
/// <para>Train two VAEs in parallel</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 8; Epochs = 1 } |
///     Invoke-ExperimentSweep sweep -Command Invoke-VaeTraining</code>
/// </example>
/// <example>
/// <para>Run a script block, then show with -WhatIf that no run is left</para>
/// <code>New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares -WhatIf {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }</code>
/// </example>
/// <example>
/// <para>Show what Hyperband would run, then run it; trainings resume from checkpoints</para>
/// <code>$points = New-ExperimentGrid @{
///     LatentSize = 2, 4, 8; LearningRate = 1e-4, 1e-3, 1e-2
/// }
/// $hyperband = @{
///     Command = 'Invoke-VaeTraining'; Strategy = 'Hyperband'
///     Metric = 'TestElbo'; MaxBudget = 9
/// }
/// $points | Invoke-ExperimentSweep search @hyperband -WhatIf
/// $points | Invoke-ExperimentSweep search @hyperband</code>
/// </example>
/// <example>
/// <para>Successive halving of a script that saves its state in $RunPath</para>
/// <code>$strategy = @{
///     Strategy = 'SuccessiveHalving'; Metric = 'Loss'
///     MaxBudget = 90; BudgetParameter = 'Steps'
/// }
/// $rates = New-ExperimentGrid @{ Rate = 0.01, 0.1, 0.5 }
/// $rates | Invoke-ExperimentSweep descent @strategy {
///     $file = "$RunPath/state.txt"
///     $step, $x = 0, 1.0
///     if ([IO.File]::Exists($file)) {
///         $step, $x = [IO.File]::ReadAllText($file).Split() |
///             ForEach-Object { [double]$_ }
///     }
///     for (; $step -lt $_.Steps; $step++) { $x -= $_.Rate * 2 * $x }
///     [IO.File]::WriteAllText($file, "$step $x")
///     [pscustomobject]@{ Step = $step; Loss = $x * $x }
/// }</code>
/// </example>
/// <example>
/// <para>Run one training at a time, and stop those that are worse than the median of the finished ones</para>
/// <code>$pruning = @{
///     Pruner = 'Median'; Metric = 'TestElbo'
///     StartupRuns = 2; WarmupSteps = 1; ThrottleLimit = 1
/// }
/// New-ExperimentGrid @{ LearningRate = 0.01, 0.003, 0.001; Epochs = 4 } |
///     Invoke-ExperimentSweep pruned -Command Invoke-VaeTraining @pruning</code>
/// </example>
/// <example>
/// <para>Train eight seeds in one worker process</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2; Epochs = 2 } -Repeat 8 |
///     Invoke-ExperimentSweep seeds -Command Invoke-VaeTraining -BatchRuns 8</code>
/// </example>
/// <example>
/// <para>A sweep on a cluster; without -WhatIf, the job is submitted</para>
/// <code>$job = @{ Engine = 'Slurm'; TimeLimit = '01:00:00'; MaxParallel = 8 }
/// New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares @job -WhatIf {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }</code>
/// </example>
/// <example>
/// <para>Resume a sweep from its folder, and retry failures once</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// Invoke-ExperimentSweep -Path squares -Resume -Retry 1</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "ExperimentSweep", DefaultParameterSetName = ScriptBlockSet, SupportsShouldProcess = true)]
[OutputType("ReparamPS.ExperimentRun"), OutputType(typeof(SweepPlan)), OutputType(typeof(SweepCounts))]
public sealed partial class InvokeExperimentSweepCommand : ReparamCmdlet
{
    // 16 TB; 1gb is more.
    private const int MaxMemoryMB = 1 << 24;
    private const string CommandSet = "Command", ScriptBlockSet = "ScriptBlock", ScriptPathSet = "ScriptPath", ResumeSet = "Resume";

    private readonly RowReader reader = new();
    private readonly List<(RunSpec Spec, object? Priority)> points = [];
    private readonly HashSet<string> ids = [];
    private SweepFolder folder = null!;
    private SweepCommandResolver? resolver;
    private HalvingOptions? halving;
    private bool isDamaged, hasInput;
    private int repeated;

    /// <summary>The folder of the sweep. It is created if it does not exist.</summary>
    [Parameter(Mandatory = true, Position = 0), Alias("OutPath"), Exact<string>(BlockHint = "The folder of the sweep comes first: Invoke-ExperimentSweep sweep { … }.")]
    public string Path { get; set; } = "";

    /// <summary>The cmdlet or function that is run. A function defined in this session cannot use other functions or variables of the session.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CommandSet), ArgumentCompleter(typeof(CommandNameCompleter)), Exact<string>]
    public string Command { get; set; } = "";

    /// <summary>The script block that is run. It executes in another process: it can use installed modules and environment variables, but no variables or functions of this session.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ScriptBlockSet), Exact<ScriptBlock>(Expected = "a script block, such as { $_.X * 2 }")]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>The script file that is run; its name ends in .ps1. Its text is part of the hash that names a run, so an edited script starts new runs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ScriptPathSet), Alias("FilePath"), Exact<string>]
    public string ScriptPath { get; set; } = "";

    /// <summary>Executes all pending and crashed runs in the folder, whichever call added them. Commands, settings, and -Strategy with its options (such as -Metric) are read from the folder, so use -Resume only with a folder that you trust. Other options are not stored: give them again, such as -TimeoutSeconds, or -Pruner with its -Metric.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ResumeSet), Exact<SwitchParameter>]
    public SwitchParameter Resume { get; set; }

    /// <summary>A point: an object or a dictionary that holds the settings of one run.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = CommandSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptBlockSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptPathSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>The value of the setting Seed for points that have none. Only a command or script with a parameter Seed gets it; with others, -Seed is an error. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The value of the setting Generator for points that have none; see about_ReparamPS_Random. Only a command or script with a parameter Generator gets it; with others, -Generator is an error. Default: Torch.</summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <summary>The maximum number of worker processes at the same time. Each executes one run at a time, or with -BatchRuns several together. Default: the number of cores.</summary>
    [Parameter, AllowedRange(1, 1024), Exact<int>]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    /// <summary>The number of threads per worker. More threads can speed up large runs, but can change the last digits of results. Default: 1.</summary>
    [Parameter, AllowedRange(1, 1024), Exact<int>]
    public int ThreadsPerWorker { get; set; } = 1;

    /// <summary>The devices that workers use in turn: cpu, cuda or cuda:N, such as cuda:0, cuda:1. A run gets its device as $RunDevice, and as the parameter Device if the command has one. Default: none.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string[]>(RefusesNull = true)]
    public string[] Device { get; set; } = [];

    /// <summary>The maximum number of times that this call retries a run that fails, crashes or reaches a limit. Failures of earlier calls are retried too. Default: 0.</summary>
    [Parameter, AllowedRange(0), Exact<int>]
    public int Retry { get; set; }

    /// <summary>The exit codes besides 0 that count as success. Default: none.</summary>
    [Parameter, IntegerList]
    public int[] AllowedExitCode { get; set; } = [];

    /// <summary>The maximum number of runs to start in this call. With -Strategy, a run counts again each time it continues with a larger budget. Default: all.</summary>
    [Parameter, AllowedRange(0), OptionalNumber<int>]
    public int? MaxRuns { get; set; }

    /// <summary>The duration after which this call starts no more runs, such as 00:30:00 for 30 minutes. Runs that have started finish normally. Default: no limit.</summary>
    [Parameter, OptionalNumber<TimeSpan>]
    public TimeSpan? TimeBudget { get; set; }

    /// <summary>The time limit of a run, in seconds. A run that reaches it is stopped, with the status TimedOut. Default: none.</summary>
    [Parameter, AllowedRange(0.001, 1e9), OptionalNumber<double>]
    public double? TimeoutSeconds { get; set; }

    /// <summary>The memory limit of a worker process, in MB; a run that exceeds it is stopped, with the status OutOfMemory. With -Engine Slurm: the memory to request for a task. Default: none.</summary>
    [Parameter, AllowedRange(1), OptionalNumber<int>]
    public int? MemoryMB { get; set; }

    /// <summary>The order of runs: the name of a setting, or a script block that computes a value from the point $_. Larger values come first. Default: the order of the points; with -Resume, ascending order of the settings' values.</summary>
    [Parameter]
    public object? Priority { get; set; }

    /// <summary>Ends the sweep at the first run that fails, crashes or reaches a limit. Unfinished runs get the status Pending.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter StopOnFailure { get; set; }

    /// <summary>Returns one row for each object that a run returned, not only for its last one.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Expand { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => (object?)InputObject ?? Path;

    /// <inheritdoc/>
    protected override void Begin()
    {
        Path = ResolvePath(Path);
        folder = Resume ? SweepFolder.Open(Path) : new SweepFolder(Path);
        folder.CheckFree();
        resolver = ParameterSetName switch
        {
            CommandSet => SweepCommandResolver.OfCommand(Command, InvokeCommand, OwnCommands.PrefixOf(MyInvocation.MyCommand)),
            ScriptBlockSet => SweepCommandResolver.OfScriptBlock(ScriptBlock),
            ScriptPathSet => SweepCommandResolver.OfScriptFile(ResolvePath(ScriptPath)),
            _ => null,
        };
        CheckGiven();
        CheckDefaults();
        if (MemoryMB > MaxMemoryMB) throw new ArgumentException($"MemoryMB, in megabytes, must be at most {MaxMemoryMB} ({MaxMemoryMB >> 20} TB); got {MemoryMB}. For 1 GB, write 1024.", nameof(MemoryMB));
        if (TensorInput.Unwrap(Priority) is not (null or string or ScriptBlock _)) throw new ArgumentException($"Priority must be a script block or the name of a setting; got {ArgumentRules.Got(TensorInput.Unwrap(Priority))}.", nameof(Priority));
        if (TensorInput.Unwrap(Priority) is ScriptBlock order) HomeRunspace.Of(order).Check(nameof(Priority), "script block");
        CheckUnused();
        halving = Halving();
        if (halving is not null) resolver?.CheckBudget(halving.BudgetParameter);
        if (BatchRuns > 1 && resolver is not null) CheckBatched([resolver.Command]);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (InputObject is null || resolver is null) return;
        hasInput = true;
        if (RowReader.Refusal(InputObject) is { } refusal) throw refusal;
        ExperimentRow settings = SettingValues.Read(reader.Read(InputObject));
        WarnOfResults(settings);
        if (resolver.Takes(nameof(Seed))) settings = With(settings, nameof(Seed), Seed);
        // The default is left out, so that runs from before there were generators keep their ids.
        if (Generator != RandomGenerator.Torch && resolver.Takes(nameof(Generator))) settings = With(settings, nameof(Generator), Generator.ToString());
        if (!resolver.Check(settings, halving?.BudgetParameter)) return;
        var spec = new RunSpec(resolver.Command.Id, settings, budgetParameter: halving?.BudgetParameter);
        if (ids.Add(spec.Id)) points.Add((spec, PriorityOf(InputObject, settings)));
        else repeated++;
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (resolver is not null && InputObject is null && !MyInvocation.ExpectingInput)
        {
            throw new ArgumentException("A sweep needs points, one per run. Pipe them to Invoke-ExperimentSweep, for example from New-ExperimentGrid, or use -Resume to continue the sweep in the folder.", nameof(InputObject));
        }
        if (resolver is null)
        {
            points.AddRange(folder.ReadSpecs(WarnOfDamage).Select(spec => (spec, PriorityOf(RowObjects.From(spec.Settings), spec.Settings))));
            if (BatchRuns > 1) CheckBatched([.. folder.ReadCommands()]);
        }
        // The settings of refused points are not known here.
        else if (!resolver.HasRefused) CheckReads(resolver);
        CheckSchedules();
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
            AllowedExitCodes = AllowedExitCode,
            Pruner = MedianPruning(),
            Batching = Batching,
        };
        ISweepEngine engine = CreateEngine();
        WarnOfOtherScripts();
        SweepWork[] parts = [.. Parts(runs, options)];
        var plan = SweepPlan.Of(folder, parts);
        if (plan.ToRun > 0) parts.SelectMany(part => part.Runs).Select(folder.DamageOf).OfType<DataFormatException>().ToList().ForEach(WarnOfDamage);
        if (ShouldProcess(Path, plan.Describe()))
        {
            WarnOfFailures(plan);
            WarnOfStaleImages(runs);
            if (Resume)
            {
                if (isDamaged) folder.FailDamaged();
                // Other commands that read the folder must decide by the same runs.
                foreach (SweepSchedule schedule in parts.Select(part => part.Schedule).OfType<SweepSchedule>()) folder.Save(schedule);
            }
            Run(engine, parts);
        }
        else if (MyInvocation.BoundParameters.ContainsKey("WhatIf")) WriteObject(plan);
    }

    private static ExperimentRow With(ExperimentRow settings, string name, object value) =>
        settings.Columns.Contains(name, StringComparer.OrdinalIgnoreCase) ? settings : new ExperimentRow([.. settings.Columns, name], [.. settings.Values, value]);

    private IEnumerable<(RunSpec Spec, object? Priority)> Ordered()
    {
        if (TensorInput.Unwrap(Priority) is string name && points.Any(point => point.Priority is null))
            throw new ArgumentException($"Priority must be a setting that has a value in every point; '{ShortText.Of(name)}' is missing in {(points.TrueForAll(point => point.Priority is null) ? "all" : "some")} of them.", nameof(Priority));
        return Priority is null ? points : points.OrderByDescending(point => point.Priority, ValueOrder.Instance);
    }

    private void WarnOfDamage(DataFormatException damage)
    {
        isDamaged = true;
        WriteWarning(damage.Message);
    }

    private object? PriorityOf(PSObject point, ExperimentRow settings) => TensorInput.Unwrap(Priority) switch
    {
        ScriptBlock block => block.InvokeWithContext(null, [new PSVariable("_", point)]).LastOrDefault()?.BaseObject,
        string name => settings[name],
        _ => null,
    };
}
