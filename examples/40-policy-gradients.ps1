<#
.SYNOPSIS
    Policy gradients of a linear-quadratic problem: how noisy is each estimator, and is it right?
.DESCRIPTION
    A double integrator: position and speed, a force as the action, quadratic costs, 50 steps. For a linear policy the exact gradient is known, so each estimator is shown with its distance
    from the truth in standard errors, and with its variance per trajectory: what one trajectory tells. The pathwise gradient goes through the dynamics; the score function needs
    thousands of times as many trajectories for the same precision, with the cost to go and a baseline still hundreds of times as many.
    Then all are used: the gain of the policy over 200 iterations of training, beside the best gain of the Riccati equation.
    Leaves two CSV files and two pictures.
    Runs in pwsh 7.4+ and in the console: dotnet run --project src/ReparamPS.Host -- examples/40-policy-gradients.ps1
.PARAMETER OutPath
    The folder for the results.
.PARAMETER Trajectories
    The number of trajectories behind each estimate.
.PARAMETER Iterations
    The number of iterations of each training.
#>
param(
    [string] $OutPath = 'policy-gradients',
    [long] $Trajectories = 10000,
    [int] $Iterations = 200
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)
$lqr = @{ A = @(@(1, 0.1), @(0, 1)); B = @(@(0), @(0.1)); Q = @(@(1, 0), @(0, 1)); R = 0.1 }

$rows = @(New-ControlProblem Lqr @lqr | Measure-PolicyGradient -Policy (New-LinearPolicy 1, 1 -Scale 0.5) -Baseline None, Time -Trajectories $Trajectories -Seed 1)
$rows
$far = @($rows | Where-Object { [Math]::Abs($_.ZScore) -gt 4 })
"$($rows.Count) estimates, $($far.Count) of them more than four standard errors from the truth"
$table = foreach ($row in $rows) {
    [pscustomobject]@{
        Estimator = if ($row.Baseline -eq 'Time') { "$($row.Estimator), time baseline" } else { "$($row.Estimator)" }
        Derivative = if ($row.Parameter -eq 'Gain') { "gain $($row.Index + 1)" } else { 'scale' }
        Variance = $row.VariancePerTrajectory; Estimate = $row.Estimate; Truth = $row.Truth; ZScore = $row.ZScore
    }
}
$csv = [System.IO.Path]::Combine($folder, 'variances.csv')
$table | Export-ExperimentData -Path $csv -Force
$null = $table | Export-Chart -Kind Bar -X Derivative -Y Variance -GroupBy Estimator -LogY -Title 'Variance of the gradient per trajectory' -Path ([System.IO.Path]::Combine($folder, 'variances.png')) -Force

'Training: the gain after each iteration, on the discounted problem'
$problem = New-ControlProblem Lqr @lqr -Discount 0.99 -Horizon 200
$best = $problem.OptimalGain
$gains = @()
$progress = foreach ($estimator in 'Pathwise', 'RewardToGo') {
    $policy = New-LinearPolicy 1, 1 -Scale 0.5
    $baseline = $estimator -eq 'Pathwise' ? 'None' : 'Time'
    $problem | Invoke-PolicyTraining $policy -Estimator $estimator -Baseline $baseline -Iterations $Iterations -Trajectories 128 -LearningRate 0.2 -LearningRateSchedule cosine -Seed 1 | ForEach-Object {
        $error1 = [Math]::Abs($policy.Gain[0, 0] / $best[0, 0] - 1)
        $error2 = [Math]::Abs($policy.Gain[0, 1] / $best[0, 1] - 1)
        [pscustomobject]@{ Estimator = "$estimator"; Iteration = $_.Iteration; Cost = $_.Cost; GainError = [Math]::Max($error1, $error2); Gain1 = $policy.Gain[0, 0]; Gain2 = $policy.Gain[0, 1]; Scale = $_.Scale }
    }
    $gains += '{0,-12} gain {1:F4}, {2:F4}; the best is {3:F4}, {4:F4}' -f $estimator, $policy.Gain[0, 0], $policy.Gain[0, 1], $best[0, 0], $best[0, 1]
}
$gains
$trained = [System.IO.Path]::Combine($folder, 'training.csv')
$progress | Export-ExperimentData -Path $trained -Force
$null = $progress | Export-Chart -X Iteration -Y GainError -GroupBy Estimator -LogY -Title 'Relative distance of the gain from the best one' -Path ([System.IO.Path]::Combine($folder, 'training.png')) -Force
"Done: $csv, $trained and the pictures beside them"
