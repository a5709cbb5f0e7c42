<#
.SYNOPSIS
    Swing a pendulum up by gradients through its dynamics.
.DESCRIPTION
    The pendulum of Gymnasium (Pendulum-v1): the torque is too weak to lift it at once, so the policy has to swing. A network of two hidden layers is trained by pathwise gradients: the
    cost of 200 steps is differentiated through the dynamics. Over this many steps, the path through the state amplifies small changes, so it is cut: first every 40 steps, until the pendulum
    swings up, then every 100 steps, for the last few points; the best policy is kept. Returns are those of 750 starts that are always the same, without noise.
    For comparison: the best agents of published benchmarks (TQC, TD3) reach about -151; dynamic programming on a fine grid reaches -137.1 on these starts.
    Leaves the iterations as a CSV file, a learning curve, and the trained policy.
    Runs in pwsh 7.4+ and in the console: dotnet run --project src/ReparamPS.Host -- examples/41-pendulum.ps1
.PARAMETER OutPath
    The folder for the results.
.PARAMETER Iterations
    The number of iterations of all stages together.
.PARAMETER Trajectories
    Trajectories per iteration.
.PARAMETER Seed
    The seed of weights and training.
#>
param(
    [string] $OutPath = 'pendulum',
    [int] $Iterations = 5000,
    [int] $Trajectories = 256,
    [long] $Seed = 1
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$problem = New-ControlProblem Pendulum
$file = [System.IO.Path]::Combine($folder, 'policy.safetensors')
$common = @{ Trajectories = $Trajectories; GradientClip = 100; LearningRateSchedule = 'cosine' }
$rows = [System.Collections.Generic.List[object]]::new()
$clock = [System.Diagnostics.Stopwatch]::StartNew()

# Trains, and returns the mean return of the last iterations: their starts are random, apart from those of the final measurement.
function Train([object] $Policy, [int] $Iterations, [int] $Truncation, [double] $LearningRate, [long] $Seed) {
    $stage = @($problem | Invoke-PolicyTraining $Policy @common -Iterations $Iterations -Truncation $Truncation -LearningRate $LearningRate -LearningRateEnd 0.1 -Seed $Seed)
    $rows.AddRange($stage)
    $last = $stage[-[Math]::Min(20, $stage.Count)..-1]
    $sum = 0
    foreach ($row in $last) { $sum -= $row.Cost }
    $sum / $last.Count
}

# Short paths first. Some seeds do not find the way up; the next one then gets its turn.
$part = [Math]::Max(1, [int](0.25 * $Iterations))
foreach ($try in 0..2) {
    $policy = New-NeuralPolicy -HiddenSize 32, 32 -Distribution TanhNormal -Scale 0.1 -Seed ($Seed + $try) -DType float32
    $best = Train $policy $part 40 0.01 ($Seed + $try)
    'Paths of 40 steps: mean return {0:F1}' -f $best
    if ($best -gt -250) { break }
}
$null = $policy | Export-PolicyModel $file

# Longer paths next. They can lead away to a worse way of swinging: then back to the best policy so far, with smaller steps.
$rate = 0.01
foreach ($stage in 1..3) {
    $reached = Train $policy $part 100 $rate ($Seed + 10 * $stage)
    'Paths of 100 steps: mean return {0:F1}' -f $reached
    if ($reached -gt $best - 2) {
        $best = [Math]::Max($best, $reached)
        $null = $policy | Export-PolicyModel $file
    } else {
        $policy = Import-PolicyModel $file
    }
    $rate /= 2
}
$seconds = $clock.Elapsed.TotalSeconds
$after = $problem | Measure-PolicyReturn -Policy (Import-PolicyModel $file) -Episodes 750 -Deterministic
'After {0} iterations in {1:F0} s: mean return {2:F1} over 750 starts, standard deviation {3:F0}, worst {4:F0}' -f $rows.Count, $seconds, $after.Return, $after.StandardDeviation, $after.Minimum

$number = 0
$curve = foreach ($row in $rows) {
    $number++
    [pscustomobject]@{ Iteration = $number; Return = -$row.Cost; Stage = "paths cut every $($row.Truncation) steps"; GradientNorm = $row.GradientNorm; Scale = $row.Scale; Seconds = $row.Seconds }
}
$csv = [System.IO.Path]::Combine($folder, 'iterations.csv')
$png = [System.IO.Path]::Combine($folder, 'return.png')
$curve | Export-ExperimentData -Path $csv -Force
$null = $curve | Export-Chart -X Iteration -Y Return -GroupBy Stage -Title 'Pendulum: mean return of the training trajectories' -Path $png -Force
"Done: $csv, the curve in $png, the policy in $file"
