<#
.SYNOPSIS
    A search for the learning rate and the hidden units of a VAE, by Sobol points that all train to the end, and by Hyperband over the same points.
.DESCRIPTION
    The Sobol search trains every point for all epochs. Hyperband trains all points for a few epochs and continues the best from their checkpoints. Both find
    about the same best run. The script prints the epochs that each search spent, and draws the runs over the learning rate.
    After an interruption, start the script again: it resumes.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/23-learning-rate-search.ps1
.PARAMETER Count
    The number of points to try.
.PARAMETER Epochs
    The number of epochs of a complete run.
.PARAMETER OutPath
    The folder for the sweeps and the results.
#>
param(
    [int] $Count = 27,
    [int] $Epochs = 27,
    [string] $OutPath = 'learning-rate-search'
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$points = New-ExperimentSearch ([ordered]@{ LearningRate = New-LogUniformDistribution 1e-4 1e-1; HiddenSize = 16, 32, 64, 128; LatentSize = 8 }) -Strategy Sobol -Count $Count -Seed 1
$runs = [ordered]@{
    Hyperband = @($points | Invoke-ExperimentSweep "$folder/hyperband" -Command Invoke-VaeTraining -Strategy Hyperband -Metric TestElbo -MaxBudget $Epochs)
    Sobol     = @($points | ForEach-Object { [pscustomobject]@{ LearningRate = $_.LearningRate; HiddenSize = $_.HiddenSize; LatentSize = $_.LatentSize; Epochs = $Epochs } } |
            Invoke-ExperimentSweep "$folder/sobol" -Command Invoke-VaeTraining)
}

$rows = foreach ($search in $runs.Keys) {
    foreach ($run in $runs[$search]) { [pscustomobject]@{ Search = $search; LearningRate = $run.LearningRate; HiddenSize = $run.HiddenSize; Epoch = $run.Epoch; TestElbo = $run.TestElbo } }
}
foreach ($search in $runs.Keys) {
    $spent, $best = 0, $null
    foreach ($run in $rows | Where-Object Search -EQ $search) {
        $spent += $run.Epoch
        if ($run.Epoch -eq $Epochs -and ($null -eq $best -or $run.TestElbo -gt $best.TestElbo)) { $best = $run }
    }
    "$($search.PadRight(9)) $(([string]$spent).PadLeft(4)) epochs; the best: learning rate $($best.LearningRate.ToString('G3')), $($best.HiddenSize) hidden units, $($best.TestElbo.ToString('F2')) nats on unseen digits"
}
$rows | Export-ExperimentData "$folder/runs.csv" -Force
$null = $rows | Export-Chart "$folder/search.png" -Kind Scatter -X LearningRate -Y TestElbo -GroupBy Epoch -Facet Search -LogX -Title 'Bound on unseen digits, and the epochs that each run was given' -XLabel 'Learning rate' -YLabel 'ELBO (nats)' -Width 1400
"Done: search.png and runs.csv in $folder"
