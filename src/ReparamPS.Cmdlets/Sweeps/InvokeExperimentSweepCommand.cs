using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Runs a command for each point in worker processes, and saves every run in a folder.</summary>
/// <remarks>
/// <para>Each input object, a point, is one run; its properties are the settings. A command, or a script with a param block, gets them as parameters. Any other script reads them from $_; a name that no point has is an error.</para>
/// <para>The cmdlet returns one row per run when it ends: settings, status, the run's last row, and times. A run that throws, hangs or ends its process becomes a row that says so; the other runs continue.</para>
/// <para>Each run has its own folder, named by a hash of command, settings and module version. Finished runs are read, not repeated. To resume a sweep, repeat the same command. A larger grid runs only the new points.</para>
/// <para>A run fails on an unhandled error, or if its last statement is a native command with a nonzero exit code. Its text output is in output.log in its folder ($RunPath). A number is the row's Value; if a run returns only text, so is its last text.</para>
/// <para>-Strategy gives good runs more of BudgetParameter and stops the others; -Pruner stops poor runs while they execute. See about_ReparamPS_Sweeps.</para>
/// <para>With -Engine Slurm, one job array runs the sweep on cluster nodes that share the folder, and returns the same rows. After -NoWait or Ctrl+C, use Receive-ExperimentSweep.</para>
/// </remarks>
/// <example>
/// <para>Two trainings in parallel</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 8; Epochs = 1 } |
///     Invoke-ExperimentSweep sweep -Command Invoke-VaeTraining</code>
/// </example>
/// <example>
/// <para>A script block. The second call shows that nothing is left to run</para>
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
/// <para>The cost of Hyperband, then the sweep. Runs resume from checkpoints</para>
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
/// <para>Halving with a script that saves its state in the run's folder</para>
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
/// <para>Stopping trainings that are worse than the median of the finished ones</para>
/// <code>$pruning = @{
///     Pruner = 'Median'; Metric = 'TestElbo'
///     StartupRuns = 2; WarmupSteps = 1
/// }
/// New-ExperimentGrid @{ LearningRate = 0.01, 0.003, 0.001; Epochs = 4 } |
///     Invoke-ExperimentSweep pruned -Command Invoke-VaeTraining @pruning</code>
/// </example>
/// <example>
/// <para>On a cluster. Without -WhatIf, the job is submitted</para>
/// <code>$job = @{ Engine = 'Slurm'; TimeLimit = '01:00:00'; MaxParallel = 8 }
/// New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares @job -WhatIf {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }</code>
/// </example>
/// <example>
/// <para>Resume the unfinished runs in a folder, and retry failures once</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
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

    /// <summary>The sweep's folder. It is created if it does not exist.</summary>
    [Parameter(Mandatory = true, Position = 0), Alias("OutPath"), Exact<string>]
    public string Path { get; set; } = "";

    /// <summary>A cmdlet or a function. Settings are its parameters.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CommandSet), ArgumentCompleter(typeof(CommandNameCompleter)), Exact<string>]
    public string Command { get; set; } = "";

    /// <summary>A script block. It executes in another process: it sees modules and environment variables, but no variables or functions of this session.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ScriptBlockSet), Exact<ScriptBlock>]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>A script file. Its text is part of the run's id, so an edited script starts new runs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ScriptPathSet), Alias("FilePath"), Exact<string>]
    public string ScriptPath { get; set; } = "";

    /// <summary>Executes the unfinished runs in the folder, with the folder's own commands. Use it only for folders you trust.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ResumeSet), Exact<SwitchParameter>]
    public SwitchParameter Resume { get; set; }

    /// <summary>A point: an object or a dictionary whose properties are the settings.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = CommandSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptBlockSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ScriptPathSet)]
    public PSObject? InputObject { get; set; }

    /// <summary>The Seed for commands that have this parameter, if the point sets none. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The Generator for commands that have this parameter, if the point sets none. Torch adds no setting to the point. Default: Torch.</summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <summary>Maximum number of concurrent runs, each in a worker process. Default: the number of cores.</summary>
    [Parameter, AllowedRange(1, 1024), Exact<int>]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    /// <summary>Threads per worker. With 1, results do not depend on the number of workers. Default: 1.</summary>
    [Parameter, AllowedRange(1, 1024), Exact<int>]
    public int ThreadsPerWorker { get; set; } = 1;

    /// <summary>Devices that workers use in turn, such as cuda:0, cuda:1; passed to a command's Device parameter, and as $RunDevice.</summary>
    [Parameter, ArgumentCompleter(typeof(DeviceCompleter)), Exact<string[]>]
    public string[] Device { get; set; } = [];

    /// <summary>Maximum number of retries per failed run, including runs that failed in earlier calls. Default: 0.</summary>
    [Parameter, AllowedRange(0), Exact<int>]
    public int Retry { get; set; }

    /// <summary>Exit codes besides 0 that count as success, of exit or of a native command as the last statement. Default: none.</summary>
    [Parameter, IntegerList]
    public int[] AllowedExitCode { get; set; } = [];

    /// <summary>Maximum number of runs to start in this call; each rung of a run counts once. Default: all.</summary>
    [Parameter, AllowedRange(0), Exact<int?>]
    public int? MaxRuns { get; set; }

    /// <summary>Time after which this call starts no more runs. Runs already started finish normally. Default: no limit.</summary>
    [Parameter, Exact<TimeSpan?>]
    public TimeSpan? TimeBudget { get; set; }

    /// <summary>Time limit of a run, in seconds. Default: none.</summary>
    [Parameter, AllowedRange(0.001, 1e9), Exact<double?>]
    public double? TimeoutSeconds { get; set; }

    /// <summary>Memory limit of a worker process, or of a task on a cluster, in MB. Default: none.</summary>
    [Parameter, AllowedRange(1), Exact<int?>]
    public int? MemoryMB { get; set; }

    /// <summary>The order of runs: the name of a setting, or a script block over the point. Larger values come first.</summary>
    [Parameter]
    public object? Priority { get; set; }

    /// <summary>Ends the sweep at the first failure. Other unfinished runs become pending.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter StopOnFailure { get; set; }

    /// <summary>Returns every row of each run, not only the last one.</summary>
    [Parameter, Exact<SwitchParameter>]
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
                WriteWarning($"ScriptBlock: ${name} is a variable of this session. Runs execute in another process, where it is not set. Make it a setting of the points.");
        }
        if (resolver is not null && folder.OtherScripts(resolver.Command).Any())
            WriteWarning("The folder also holds runs of another script, or of an earlier version of this one. They are kept, and Measure-ExperimentRun groups them separately by CommandId.");
        halving = Halving();
        if (halving is not null) resolver?.CheckBudget(halving.BudgetParameter);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (InputObject is null || resolver is null) return;
        ExperimentRow settings = SettingValues.Read(reader.Read(InputObject));
        if (resolver.Takes(nameof(Seed))) settings = With(settings, nameof(Seed), Seed);
        // The default is left out, so that runs from before there were generators keep their ids.
        if (Generator != RandomGenerator.Torch && resolver.Takes(nameof(Generator))) settings = With(settings, nameof(Generator), Generator.ToString());
        resolver.Check(settings, halving?.BudgetParameter);
        var spec = new RunSpec(resolver.Command.Id, settings, budgetParameter: halving?.BudgetParameter);
        if (ids.Add(spec.Id)) points.Add((spec, PriorityOf(InputObject, settings)));
        else WriteVerbose($"A point occurs twice and is executed once: {ShortText.Of(InputObject)}");
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (resolver is not null && InputObject is null && !MyInvocation.ExpectingInput)
        {
            throw new ArgumentException("A sweep needs points. Pipe settings to it, such as those of New-ExperimentGrid, or use -Resume to continue the sweep in the folder.", nameof(InputObject));
        }
        if (resolver is null) points.AddRange(folder.ReadSpecs(WarnOfDamage).Select(spec => (spec, PriorityOf(RowObjects.From(spec.Settings), spec.Settings))));
        else resolver.CheckReads([.. points.SelectMany(point => point.Spec.Settings.Columns), .. halving is null ? [] : new[] { halving.BudgetParameter }]);
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
        };
        ISweepEngine engine = CreateEngine();
        foreach (SweepWork part in Parts(runs, options))
        {
            SweepPlan plan = SweepPlan.Of(folder, part);
            if (ShouldProcess(Path, plan.Describe())) Run(engine, part);
            else if (MyInvocation.BoundParameters.ContainsKey("WhatIf")) WriteObject(plan);
        }
    }

    private static ExperimentRow With(ExperimentRow settings, string name, object value) =>
        settings.Columns.Contains(name, StringComparer.OrdinalIgnoreCase) ? settings : new ExperimentRow([.. settings.Columns, name], [.. settings.Values, value]);

    private IEnumerable<(RunSpec Spec, object? Priority)> Ordered() => Priority is null ? points : points.OrderByDescending(point => point.Priority, ByValue);

    private static Comparer<object?> ByValue { get; } = Comparer<object?>.Create((x, y) => LanguagePrimitives.Compare(x, y, ignoreCase: true));

    private void WarnOfDamage(DataFormatException damage) => WriteWarning(damage.Message);

    private object? PriorityOf(PSObject point, ExperimentRow settings)
    {
        switch (TensorInput.Unwrap(Priority))
        {
            case null: return null;
            case ScriptBlock block: return block.InvokeWithContext(null, [new PSVariable("_", point)]).LastOrDefault()?.BaseObject;
            case string name:
                return settings[name] ?? throw new ArgumentException($"Priority names the setting '{ShortText.Of(name)}', for which a point has no value.", nameof(Priority));
            default: throw new ArgumentException("Priority must be the name of a setting or a script block.", nameof(Priority));
        }
    }
}
