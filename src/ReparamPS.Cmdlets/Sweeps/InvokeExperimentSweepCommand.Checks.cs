using System.Management.Automation.Language;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Sweeps.Points;
using ReparamPS.Cmdlets.Vae;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Points;
using ReparamPS.Sweeps.Store;
using ReparamPS.Sweeps;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Sweeps;

// What is refused or warned of before anything runs.
public sealed partial class InvokeExperimentSweepCommand
{
    // No point of a grid has both.
    private static readonly string[] ResultColumns = ["RunId", "RunSeconds"];

    private bool hasWarnedOfResults;

    private void CheckGiven()
    {
        // Otherwise each point would be a binding error, after which the sweep in the folder runs all the same.
        if (Resume && MyInvocation.ExpectingInput)
            throw new ArgumentException("Resume reads the points from the folder, so no points may be piped to it. Leave out -Resume and repeat the command of the sweep, or leave out the points.", nameof(Resume));
        if (TimeBudget < TimeSpan.Zero) throw new ArgumentException($"TimeBudget must be a duration of at least 00:00:00, such as 00:30:00 for 30 minutes; got {TimeBudget}.", nameof(TimeBudget));
        if (TimeLimit <= TimeSpan.Zero) throw new ArgumentException($"TimeLimit must be a duration above 00:00:00, such as 01:00:00 for one hour; got {TimeLimit}.", nameof(TimeLimit));
        if (Device.FirstOrDefault(name => !TorchDevices.IsName(name)) is { } unknown) throw new ArgumentException($"Device must be cpu, cuda or cuda:N (N = 0, 1, …); got {ShortText.Quoted(unknown)}.", nameof(Device));
    }

    private void CheckDefaults()
    {
        if (new[] { nameof(Seed), nameof(Generator) }.FirstOrDefault(name => IsGivenHere(name) && resolver?.Takes(name) != true) is not { } setting) return;
        if (resolver is null) throw new ArgumentException($"{setting} cannot be combined with Resume: the points in the folder have their settings. Leave out -{setting}.", setting);
        string advice = ParameterSetName == CommandSet ? $"{ShortText.Quoted(Command)} has none. Leave out -{setting}." : $"the script has none. Add it to the script's param block, or leave out -{setting}.";
        throw new ArgumentException($"{setting} requires a command or script with a parameter {setting}; {advice}", setting);
    }

    private void CheckReads(SweepCommandResolver command)
    {
        if (repeated > 0)
            WriteWarning($"{repeated} of {points.Count + repeated} points {(repeated == 1 ? "repeats an earlier one and is" : "repeat earlier ones and are")} left out, because equal points are one run. For repetitions, use New-ExperimentGrid -Repeat, which numbers them in the setting Seed.");
        // The error of an input that was refused says enough.
        if (points.Count == 0 && !hasInput) WriteWarning("No point (an object with the settings of a run) arrived from the pipeline, so there is nothing to run. Check the command before the pipe.");
        if (command.SessionScript is { } block && IsEmpty(block)) WriteWarning("The script block is empty, so its runs return nothing.");
        if (points is [var single] && ParameterSetName == ScriptBlockSet && single.Spec.Settings is var only && Enumerable.Range(0, only.Columns.Count).FirstOrDefault(i => only.Values[i] is System.Collections.IList, -1) is >= 0 and var list)
            WriteWarning($"The property {ShortText.Of(only.Columns[list])} holds a list. The input is one point, so one run gets the whole list. For one run per value, pipe New-ExperimentGrid @{{ {ShortText.Of(only.Columns[list])} = … }}.");
        HashSet<string> settings = new([.. points.SelectMany(point => point.Spec.Settings.Columns), .. halving is null ? [] : new[] { halving.BudgetParameter }], StringComparer.OrdinalIgnoreCase);
        string[] outer = command.SessionScript is { } script ? [.. OuterVariables.Of(script, SessionState.PSVariable).Select(variable => variable.Name).Where(name => !settings.Contains(name))] : [];
        foreach (string name in outer)
            WriteWarning($"{(ParameterSetName == ScriptBlockSet ? nameof(ScriptBlock) : nameof(Command))}: ${name} is a variable of this session. {SweepCommandResolver.NotSet(command.HasParameters)}");
        foreach (string name in command.SessionFunctions(InvokeCommand))
            WriteWarning($"{FirstLetter.Upper(command.Described)} calls {ShortText.Of(name)}, a function of this session. Runs execute in another process, where it does not exist. Define it inside the script or function that runs, or import its module there.");
        bool isMistyped = outer.Length > 0;
        command.CheckReads(settings, name => outer.Contains(name, StringComparer.OrdinalIgnoreCase), message =>
        {
            isMistyped = true;
            WriteWarning(message);
        });
        // A setting that is read in a wrong way is not read in the right one.
        if (!isMistyped) WarnOfIgnored(command);
        if (TensorInput.Unwrap(Priority) is ScriptBlock order) PointReads.Check(order.Ast, nameof(Priority), settings, name => SessionState.PSVariable.GetValue(name) is not null, WriteWarning);
        if (halving is not null && !command.Reads(halving.BudgetParameter))
            WriteWarning($"{FirstLetter.Upper(command.Described)} does not read $_.{halving.BudgetParameter}, the budget that the strategy gives to a run, so a run does the same work at every budget. Read $_.{halving.BudgetParameter} in the script, or name the property that it reads with -BudgetParameter.");
    }

    // Settings with one value may be notes.
    private void WarnOfIgnored(SweepCommandResolver command)
    {
        if (command.SessionScript is { } block && IsEmpty(block)) return;
        IReadOnlySet<string> varying = VaryingSettings.Among(points.Select(point => point.Spec.Settings));
        string[] names = [.. command.Ignored(points.SelectMany(point => point.Spec.Settings.Columns).Where(varying.Contains).Distinct(StringComparer.OrdinalIgnoreCase))];
        if (names.Length == 0) return;
        string reads = string.Join(" or ", names.Select(name => $"$_.{ShortText.Of(name)}"));
        string subject = $"{(names.Length == 1 ? "setting" : "settings")} {string.Join(" and ", names.Select(ShortText.Of))} {(names.Length == 1 ? "has" : "have")}";
        string them = names.Length == 1 ? "it" : "them";
        string seed = names.Contains(ExperimentGrid.SeedAxis, StringComparer.OrdinalIgnoreCase) ? $", such as in Invoke-Sample -Seed $_.{ExperimentGrid.SeedAxis}" : "";
        WriteWarning($"The {subject} no effect on the runs, because {command.Described} does not read {reads}. Read {them} in the script{seed}, or remove {them} from the points.");
    }

    // Their results differ in each call, so that no run would be found again.
    private void WarnOfResults(ExperimentRow input)
    {
        if (hasWarnedOfResults || !ResultColumns.All(column => input.Columns.Contains(column, StringComparer.OrdinalIgnoreCase))) return;
        hasWarnedOfResults = true;
        IReadOnlyList<string> known = VaryingSettings.NamesOf(InputObject!);
        string names = known.Count > 0 ? string.Join(", ", known.Select(name => ShortText.Of(name))) : "with their names";
        WriteWarning($"The input is rows of runs, so their results, such as RunSeconds, become settings too. To pass only the settings, pipe through Select-Object {names}.");
    }

    private void WarnOfFailures(SweepPlan plan)
    {
        if (plan.Failed == 0 || Retry > 0) return;
        WriteWarning($"{plan.Failed} of {plan.Total} runs failed or reached a limit in an earlier call, and {(plan.Failed == 1 ? "is" : "are")} not repeated. To repeat {(plan.Failed == 1 ? "it" : "them")}, use -Retry 1.");
    }

    private void WarnOfStaleImages(IReadOnlyList<RunSpec> runs)
    {
        HashSet<string> trainings = [.. (resolver is null ? folder.ReadCommands() : [resolver.Command]).Where(command => command is { Kind: SweepCommandKind.Command, Text: BatchedCommand }).Select(command => command.Id)];
        if (new StaleImages(folder, path => ResolvePath(path, nameof(Path))).Warning([.. runs.Where(run => trainings.Contains(run.Command))]) is { } warning) WriteWarning(warning);
    }

    private static bool IsEmpty(ScriptBlock script) => script.Ast is ScriptBlockAst { BeginBlock: null, ProcessBlock: null, EndBlock.Statements.Count: 0 };

    private static void CheckBatched(IReadOnlyCollection<SweepCommand> commands)
    {
        if (commands.Any(command => command.Kind == SweepCommandKind.Command && command.Text.Equals(BatchedCommand, StringComparison.OrdinalIgnoreCase))) return;
        throw new ArgumentException($"{nameof(BatchRuns)} requires the command {BatchedCommand}; the sweep runs {string.Join(" and ", commands.Select(command => ShortText.Of(command.ToString())))}. Leave out -{nameof(BatchRuns)}.", nameof(BatchRuns));
    }

    private void WarnOfOtherScripts()
    {
        if (resolver is not null && folder.OtherScripts(resolver.Command).Any())
            WriteWarning("The folder also holds runs of another script, or of an earlier version of this one. They are kept, and Measure-ExperimentRun groups them separately by CommandId.");
    }
}
