<#
.SYNOPSIS
    A sweep: latent size × β over five seeds, with a band over seeds, the effect of each setting, and samples of the best run.
.DESCRIPTION
    Each run is an Invoke-VaeTraining on the embedded digits. After an interruption, start the script again: it resumes. With more values or seeds it runs only the new points.
    -Engine Slurm sends the same runs to a cluster, from a folder that its nodes share.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/20-sweep-latent-beta.ps1
.PARAMETER Engine
    Local: worker processes on this machine. Slurm: a job array.
.PARAMETER LatentSize
    The latent sizes.
.PARAMETER Beta
    The weights of the KL term.
.PARAMETER Seeds
    The number of runs per setting, with different random numbers.
.PARAMETER Epochs
    The number of epochs.
.PARAMETER OutPath
    The folder for the sweep and the results.
#>
param(
    [ValidateSet('Local', 'Slurm')] [string] $Engine = 'Local',
    [int[]] $LatentSize = (1, 2, 4, 8),
    [double[]] $Beta = (0.25, 1, 4),
    [int] $Seeds = 5,
    [int] $Epochs = 20,
    [string] $OutPath = 'sweep-latent-beta'
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)
$sweep = "$folder/sweep"

$runs = New-ExperimentGrid ([ordered]@{ LatentSize = $LatentSize; Beta = $Beta; HiddenSize = 64; Epochs = $Epochs }) -Repeat $Seeds |
    Invoke-ExperimentSweep $sweep -Command Invoke-VaeTraining -Engine $Engine
"$(@($runs | Where-Object Status -EQ Done).Count) of $(@($runs).Count) runs are done"

$runs | Export-ExperimentData "$folder/runs.sqlite" -Table runs
$null = $runs | Export-Chart "$folder/latent-size.png" -X LatentSize -Y TestElbo -GroupBy Beta -Band StandardError -Title 'Bound on unseen digits: mean of the seeds ± a standard error' -XLabel 'Latent size' -YLabel 'ELBO (nats)'
$null = Get-ExperimentRun $sweep -Expand | Export-Chart "$folder/epochs.png" -X Epoch -Y TestElbo -GroupBy LatentSize -Facet Beta -Band MinMax -Title 'Bound on unseen digits: mean and range of the seeds' -YLabel 'ELBO (nats)' -Width 1400
$null = $runs | Export-Chart "$folder/runs.png" -Kind ParallelCoordinates -X LatentSize -Y Beta, KlDivergence, TestElbo -Title 'Each run from its settings to its bound'

'What each setting does to the bound, as a share of its variance:'
foreach ($effect in Measure-ExperimentRun $sweep -Metric TestElbo -Effect -Setting LatentSize, Beta, Seed) { "  $($effect.Setting.PadRight(10)) $($effect.Share.ToString('P0').PadLeft(5))   best at $($effect.BestValue)" }

$best = $null
foreach ($run in $runs) { if ($run.Status -eq 'Done' -and ($null -eq $best -or $run.TestElbo -gt $best.TestElbo)) { $best = $run } }
"Best: latent size $($best.LatentSize), β $($best.Beta), seed $($best.Seed): $($best.TestElbo.ToString('F2')) nats"
$null = Import-VaeModel "$sweep/runs/$($best.RunId)/checkpoint" | Invoke-VaeSampling -Count 100 -Seed 1 | Export-ImageGrid "$folder/samples.png"
"Done: latent-size.png, epochs.png, runs.png, samples.png and runs.sqlite in $folder"
